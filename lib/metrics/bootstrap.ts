/**
 * How far a measure of detection would move with other test rows: the percentile bootstrap (自助法).
 * Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13, https://doi.org/10.1201/9780429246593
 */
import {assertInteger, assertWithin} from '../check';
import {RandomStream} from '../random';
import {risingScores} from './detection';

export interface BootstrapOptions {
  /** Sets of rows that are drawn. Default 1000. */
  draws?: number;
  /** The share of the draws that lies in the interval. Default 0.95. */
  level?: number;
  /** Fixes the draws. Default 0. */
  seed?: number;
}

/**
 * The interval in which the middle `level` of a statistic lies when normal rows and anomalies are drawn anew,
 * each from its own group, as many as there are and with replacement:
 *
 *     bootstrapInterval(auroc, normal, anomalous, {draws: 200})
 *
 * It speaks of the test rows alone, not of another training. The scores come to `statistic` sorted, which makes
 * its own sorting quick; it must not depend on their order.
 * @throws RangeError for no scores, one that is not finite, or options out of range.
 */
export function bootstrapInterval(
  statistic: (normal: Float64Array, anomalous: Float64Array) => number,
  normal: ArrayLike<number>,
  anomalous: ArrayLike<number>,
  {draws = 1000, level = 0.95, seed = 0}: BootstrapOptions = {},
): {low: number; high: number} {
  assertInteger('draws', draws, 2);
  assertWithin('level', level, 0, 1);
  const groups = [risingScores('normal', normal), risingScores('anomalous', anomalous)] as const;
  const random = new RandomStream(seed).split('bootstrap');
  const values = Float64Array.from({length: draws}, () =>
    statistic(redrawn(groups[0], random), redrawn(groups[1], random)),
  ).sort();
  return {low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2)};
}

// How often each score is drawn is counted first: the new scores are then written down in their order.
function redrawn(rising: Float64Array, random: RandomStream): Float64Array {
  const n = rising.length;
  const times = new Int32Array(n);
  for (let i = 0; i < n; i++) times[random.integer(n)]++;
  const drawn = new Float64Array(n);
  let end = 0;
  for (let i = 0; i < n; i++) drawn.fill(rising[i], end, (end += times[i]));
  return drawn;
}

function quantile(rising: Float64Array, share: number): number {
  const place = share * (rising.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, rising.length - 1);
  return rising[below] + (place - below) * (rising[above] - rising[below]);
}
