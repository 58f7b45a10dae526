/**
 * Alarms over time, judged by events (事件) and not by steps: whoever watches a machine asks how many faults were
 * noticed, how late, and how often the bell rang for nothing.
 */
import {assertInteger, assertPositive} from '../check';

/** A run of steps: from `start` up to, and without, `end`. */
export interface Span {
  start: number;
  end: number;
}

export interface EventReport {
  /** How many events there were. */
  events: number;
  /** How many of them have an alarm at one of their steps. */
  detected: number;
  /** Of each detected event, in their order: seconds from its first step to the first step of it with an alarm. */
  delays: number[];
  /** Seconds; NaN if no event was detected. */
  meanDelay: number;
  /** Runs of alarm steps among the normal steps, which are those outside of events and of the grace behind them. */
  falseAlarms: number;
  /** falseAlarms ÷ the days that all normal steps last; NaN if there are none. */
  falseAlarmsPerDay: number;
}

/**
 * The runs of 1 in labels, in their order: one event each.
 * @throws RangeError for a label that is neither 0 nor 1.
 */
export function eventsOf(labels: ArrayLike<number>): Span[] {
  return runs('labels', labels);
}

/**
 * Judges one alarm (0 or 1) per time step against one label per time step, 1 during an event.
 *
 *     labels  0 0 0 1 1 1 0 0 0 0     one event, noticed one step late; the alarm goes on for a step
 *     alarms  0 1 0 0 1 1 1 0 0 0     behind it, which a grace of 1 forgives: one false alarm
 *
 * An alarm that lasts into an event, or beyond the grace behind it, is a false alarm for the normal steps that it
 * covers, and one for each stretch of them. Steps in the grace count neither as normal nor as an event.
 * @param secondsPerStep how long a step lasts
 * @param grace steps behind the end of each event in which an alarm is forgiven. Default 0.
 * @throws TypeError unless there are as many alarms as labels.
 * @throws RangeError for an alarm or label that is neither 0 nor 1, or options out of range.
 */
export function eventReport(
  alarms: ArrayLike<number | boolean>,
  labels: ArrayLike<number>,
  {secondsPerStep, grace = 0}: {secondsPerStep: number; grace?: number},
): EventReport {
  assertPositive('secondsPerStep', secondsPerStep);
  assertInteger('grace', grace, 0);
  const n = labels.length;
  if (alarms.length !== n)
    throw new TypeError(`alarms: expected ${n} steps, as many as labels, got ${alarms.length}`);
  const rung = Array.from(alarms, Number);
  runs('alarms', rung); // for its check
  const events = eventsOf(labels);
  const delays: number[] = [];
  const normal = new Uint8Array(n).fill(1);
  for (const {start, end} of events) {
    const first = rung.slice(start, end).indexOf(1);
    if (first >= 0) delays.push(first * secondsPerStep);
    normal.fill(0, start, end + grace);
  }
  const falseAlarms = eventsOf(rung.map((alarm, step) => alarm & normal[step])).length;
  const normalSteps = normal.reduce((sum, step) => sum + step, 0);
  return {
    events: events.length,
    detected: delays.length,
    delays,
    meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
    falseAlarms,
    falseAlarmsPerDay: falseAlarms / ((normalSteps * secondsPerStep) / 86400),
  };
}

function runs(name: string, steps: ArrayLike<number>): Span[] {
  const found: Span[] = [];
  for (let i = 0; i < steps.length; i++) {
    if (steps[i] !== 0 && steps[i] !== 1)
      throw new RangeError(`${name}: expected 0 or 1 at each step, got ${steps[i]} at step ${i}`);
    if (steps[i] === 0) continue;
    const last = found[found.length - 1];
    if (last?.end === i) last.end++;
    else found.push({start: i, end: i + 1});
  }
  return found;
}
