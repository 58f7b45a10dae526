import * as assert from 'node:assert/strict';
import {
  benjaminiHochberg,
  conformalPValues,
  conformalThreshold,
  falseAlarmSpread,
} from '../../lib/detection/conformal';
import {RandomStream} from '../../lib/random';
import {assertClose} from '../helpers';

describe('conformalPValues', () => {
  it('counts by hand, equal scores against an alarm', () => {
    const p = conformalPValues(Float32Array.of(3, 1, 2, 2), Float32Array.of(0, 2, 2.5, 3, 4));
    assertClose(p, [5 / 5, 4 / 5, 2 / 5, 2 / 5, 1 / 5], 1e-12);
  });

  it('refuses scores that are not finite, and no calibration', () => {
    assert.throws(() => conformalPValues([], [1]), /calibration: expected at least one score, got none/);
    assert.throws(() => conformalPValues([NaN], [1]), /calibration: expected finite scores, got NaN/);
    assert.throws(() => conformalPValues([1], [0, NaN]), /scores: expected finite numbers, got NaN in row 1/);
  });
});

describe('conformalThreshold', () => {
  it('is the k-th largest score: of 19 the largest at 0.05, of 99 the 29th at 0.29', () => {
    const upTo = (m: number) => Float32Array.from({length: m}, (_, i) => ((i * 7) % m) + 1);
    assert.equal(conformalThreshold(upTo(19), 0.05), 19);
    assert.equal(conformalThreshold(upTo(99), 0.29), 99 - 28); // 0.29 * 100 is 28.999999999999996
    assert.equal(conformalThreshold(upTo(30), 0.1), 30 - 2);
  });

  it('raises an alarm above it exactly where the p-value is small enough, ties and all', () => {
    const random = new RandomStream(1);
    const scores = (n: number) => Float32Array.from({length: n}, () => random.integer(12));
    for (let m = 19; m < 60; m++) {
      const calibration = scores(m);
      const fresh = scores(40);
      for (const share of [0.05, 0.1, 0.29, 0.5]) {
        const threshold = conformalThreshold(calibration, share);
        const p = conformalPValues(calibration, fresh);
        fresh.forEach((score, i) => assert.equal(score > threshold, p[i] <= share));
      }
    }
  });

  it('says how many rows a small share needs, and with so many is content', () => {
    const rows = (m: number) => new Float32Array(m);
    assert.throws(
      () => conformalThreshold(rows(98), 0.01),
      /calibration: expected at least 99 rows for a share of 0.01 false alarms, got 98; calibrate on more/,
    );
    assert.equal(conformalThreshold(rows(99), 0.01), 0);
    assert.throws(
      () => conformalThreshold(rows(9), 0),
      /falseAlarms: expected a share between 0 and 1, got 0/,
    );
  });

  it('keeps its promise in 400 trials, and spreads as the Beta-Binomial says', () => {
    const [m, n, share, trials] = [199, 300, 0.05, 400];
    const random = new RandomStream(2);
    const measured = Array.from({length: trials}, () => {
      const threshold = conformalThreshold(random.normals(m), share);
      return random.normals(n).filter((score) => score > threshold).length / n;
    });
    const mean = measured.reduce((sum, rate) => sum + rate, 0) / trials;
    const deviation = Math.sqrt(measured.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / trials);
    const expected = falseAlarmSpread(m, n, share);
    assertClose(mean, expected.mean, (3 * expected.deviation) / Math.sqrt(trials));
    // the standard error of a deviation is about deviation / √(2 trials)
    assertClose(deviation, expected.deviation, (3 * expected.deviation) / Math.sqrt(2 * trials));
  });
});

describe('falseAlarmSpread', () => {
  it('is by hand: m = 3, n = 2, share 1/2: uniform numbers, the second largest of three', () => {
    // Beta(2, 2): both of 2 rows raise an alarm with E U² = 3/10, neither with the same
    const both = 3 / 10;
    const one = 1 - 2 * both;
    const {mean, deviation} = falseAlarmSpread(3, 2, 0.5);
    assertClose([mean, deviation ** 2], [1 / 2, both * 1 + one / 4 - 1 / 4], 1e-12);
  });

  it('tends to the deviation of the Beta with many fresh rows, and of the binomial with many calibration rows', () => {
    assertClose(falseAlarmSpread(99, 1e9, 0.05).deviation, Math.sqrt((5 * 95) / (100 ** 2 * 101)), 1e-6);
    assertClose(falseAlarmSpread(1e9, 100, 0.05).deviation, Math.sqrt((0.05 * 0.95) / 100), 1e-6);
  });

  it('is below the promise where m + 1 times the share is not whole: k = 1 of 31 at 0.05', () => {
    assert.equal(falseAlarmSpread(30, 10, 0.05).mean, 1 / 31);
  });
});

describe('benjaminiHochberg', () => {
  it('counts by hand: the third is small enough, so the second goes with it', () => {
    // thresholds at 0.2: 0.05, 0.1, 0.15, 0.2
    assert.deepEqual(Array.from(benjaminiHochberg([0.9, 0.14, 0.01, 0.12], 0.2)), [0, 1, 1, 1]);
    assert.deepEqual(Array.from(benjaminiHochberg([0.9, 0.16, 0.01, 0.12], 0.2)), [0, 0, 1, 0]);
    assert.deepEqual(Array.from(benjaminiHochberg([0.9, 0.3], 0.2)), [0, 0]);
    assert.deepEqual(Array.from(benjaminiHochberg([], 0.2)), []);
  });

  it('keeps the share of false discoveries among conformal p-values at rate × share of normal rows', () => {
    const [m, normals, anomalies, rate, trials] = [999, 90, 10, 0.2, 300];
    const random = new RandomStream(3);
    const shares = Array.from({length: trials}, () => {
      const scores = [...random.normals(normals), ...random.normals(anomalies).map((z) => z + 3)];
      const taken = benjaminiHochberg(conformalPValues(random.normals(m), scores), rate);
      const wrong = taken.subarray(0, normals).reduce((sum, one) => sum + one, 0);
      return wrong / Math.max(1, taken.reduce((sum, one) => sum + one, 0)); // prettier-ignore
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / trials;
    const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / trials);
    assertClose(mean, (rate * normals) / (normals + anomalies), (3 * deviation) / Math.sqrt(trials));
  });

  it('refuses a rate or a p-value outside of 0 to 1', () => {
    assert.throws(() => benjaminiHochberg([0.5], 1.5), /rate: expected a number from 0 to 1, got 1.5/);
    assert.throws(
      () => benjaminiHochberg([0.5, -1], 0.1),
      /pValues\[1\]: expected a number from 0 to 1, got -1/,
    );
  });
});
