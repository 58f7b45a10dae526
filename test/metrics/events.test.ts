import * as assert from 'node:assert/strict';
import {eventReport, eventsOf} from '../../lib/metrics/events';

describe('eventsOf(labels)', () => {
  it('finds runs of 1, also at both ends', () => {
    assert.deepEqual(eventsOf([1, 0, 0, 1, 1, 0, 1]), [
      {start: 0, end: 1},
      {start: 3, end: 5},
      {start: 6, end: 7},
    ]);
    assert.deepEqual(eventsOf([0, 0]), []);
  });

  it('names a label that is neither 0 nor 1', () => {
    assert.throws(() => eventsOf([0, 2]), /labels: expected 0 or 1 at each step, got 2 at step 1/);
  });
});

describe('eventReport(alarms, labels)', () => {
  const labels = [0, 0, 0, 1, 1, 1, 0, 0, 0, 0];
  const alarms = [0, 1, 0, 0, 1, 1, 1, 0, 0, 0];

  it('counts by hand: one event, one step late; before it one false alarm, one behind it unless forgiven', () => {
    const normalDays = (steps: number) => (steps * 3600) / 86400;
    assert.deepEqual(eventReport(alarms, labels, {secondsPerStep: 3600, grace: 1}), {
      events: 1,
      detected: 1,
      delays: [3600],
      meanDelay: 3600,
      falseAlarms: 1,
      falseAlarmsPerDay: 1 / normalDays(6),
    });
    const strict = eventReport(alarms, labels, {secondsPerStep: 3600});
    assert.deepEqual([strict.falseAlarms, strict.falseAlarmsPerDay], [2, 2 / normalDays(7)]);
  });

  it('counts an alarm that never ends once before and once behind each event, and detects the event at once', () => {
    const report = eventReport(labels.map(() => true), labels, {secondsPerStep: 1, grace: 2}); // prettier-ignore
    assert.deepEqual([report.detected, report.delays, report.falseAlarms], [1, [0], 2]);
  });

  it('misses an event without an alarm inside, whatever rings beside it', () => {
    const report = eventReport([0, 0, 1, 0, 0, 0, 1, 0, 0, 0], labels, {secondsPerStep: 1});
    assert.deepEqual([report.detected, report.delays, report.falseAlarms], [0, [], 2]);
    assert.ok(Number.isNaN(report.meanDelay));
  });

  it('averages the delays of the events that were detected', () => {
    const report = eventReport([0, 1, 0, 0, 0, 1, 0, 0], [1, 1, 0, 1, 1, 1, 0, 1], {secondsPerStep: 10});
    assert.deepEqual([report.events, report.detected, report.delays, report.meanDelay], [3, 2, [10, 20], 15]);
  });

  it('refuses other lengths, other numbers and steps without duration', () => {
    const options = {secondsPerStep: 1};
    assert.throws(
      () => eventReport([0], labels, options),
      /alarms: expected 10 steps, as many as labels, got 1/,
    );
    assert.throws(() => eventReport([0.5], [0], options), /alarms: expected 0 or 1 at each step, got 0.5/);
    assert.throws(() => eventReport([0], [0], {secondsPerStep: 0}), /secondsPerStep: expected a number > 0/);
    assert.throws(
      () => eventReport([0], [0], {...options, grace: -1}),
      /grace: expected a whole number >= 0/,
    );
  });
});
