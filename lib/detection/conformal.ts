/**
 * Split conformal prediction (共形预测): a threshold with a promise. A detector is fitted to one part of the normal
 * rows and scores another part, the calibration rows, which it has not seen. The p-value of a new row,
 *
 *   p = (1 + #{calibration scores >= its score}) / (m + 1),
 *
 * is at most α with a probability of at most α if the row is as normal as the m calibration rows, whatever the detector:
 * all m + 1 places in the order of their scores are then equally likely. Vovk, Gammerman & Shafer 2005,
 * Algorithmic Learning in a Random World, https://doi.org/10.1007/b106715; Bates, Candès, Lei, Romano & Sesia 2023,
 * "Testing for outliers with conformal p-values", https://doi.org/10.1214/22-AOS2244
 */
import {assertInteger, assertWithin} from '../check';
import {risingScores} from '../metrics/detection';

/**
 * The p-value of each of n scores; equal scores count against an alarm.
 * @throws RangeError for no calibration scores, or a score that is not finite.
 */
export function conformalPValues(
  calibration: ArrayLike<number>,
  scores: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const rising = risingScores('calibration', calibration);
  return Float64Array.from(scores, (score, i) => {
    if (!Number.isFinite(score))
      throw new RangeError(`scores: expected finite numbers, got ${score} in row ${i}`);
    return (1 + rising.length - below(rising, score)) / (rising.length + 1);
  });
}

/**
 * The threshold for a promised share of false alarms: a score above it, not at it, has p <= falseAlarms. It is the
 * k-th largest calibration score, k = ⌊falseAlarms (m + 1)⌋.
 * @throws RangeError unless falseAlarms is between 0 and 1, or naming how many calibration rows it needs.
 */
export function conformalThreshold(calibration: ArrayLike<number>, falseAlarms: number): number {
  const rising = risingScores('calibration', calibration);
  return rising[rising.length - alarmingPlaces(rising.length, falseAlarms)];
}

/**
 * What to expect when the share of false alarms is measured on n fresh normal rows, above the
 * {@link conformalThreshold} of m calibration rows. The promise is kept on average over calibration sets; the true share
 * under one of them is Beta(k, m + 1 - k) if no two scores are equal (Vovk 2013, https://doi.org/10.1007/s10994-013-5355-6),
 * and n times the measured one is Beta-Binomial. With b = m + 1 - k:
 *
 *   mean = k / (m + 1)      variance = k b (m + 1 + n) / (n (m + 1)² (m + 2))
 *
 * @returns the mean and the standard deviation of the measured share
 */
export function falseAlarmSpread(
  m: number,
  n: number,
  falseAlarms: number,
): {mean: number; deviation: number} {
  assertInteger('m', m);
  assertInteger('n', n);
  const k = alarmingPlaces(m, falseAlarms);
  const variance = (k * (m + 1 - k) * (m + 1 + n)) / (n * (m + 1) ** 2 * (m + 2));
  return {mean: k / (m + 1), deviation: Math.sqrt(variance)};
}

/**
 * Which of n p-values to take for anomalies so that among those taken a share of at most `rate` is expected to be
 * normal: the i smallest, i the largest number with p_(i) <= rate · i / n. Benjamini & Hochberg 1995,
 * https://doi.org/10.1111/j.2517-6161.1995.tb02031.x; that it holds for conformal p-values, which share their
 * calibration rows: Bates et al.
 * @returns n numbers, 1 for an anomaly
 * @throws RangeError unless rate and the p-values are from 0 to 1.
 */
export function benjaminiHochberg(pValues: ArrayLike<number>, rate: number): Uint8Array<ArrayBuffer> {
  assertWithin('rate', rate, 0, 1);
  Array.from(pValues).forEach((p, i) => assertWithin(`pValues[${i}]`, p, 0, 1));
  const rising = Float64Array.from(pValues).sort();
  let taken = rising.length;
  while (taken > 0 && rising[taken - 1] > (rate * taken) / rising.length) taken--;
  return Uint8Array.from(pValues, (p) => (taken > 0 && p <= rising[taken - 1] ? 1 : 0));
}

// k: the largest number with k / (m + 1) <= falseAlarms, as the p-values are divided.
function alarmingPlaces(m: number, falseAlarms: number): number {
  if (!(falseAlarms > 0 && falseAlarms < 1))
    throw new RangeError(`falseAlarms: expected a share between 0 and 1, got ${falseAlarms}`);
  let k = Math.round(falseAlarms * (m + 1));
  if (k / (m + 1) > falseAlarms) k--;
  if (k === 0)
    throw new RangeError(
      `calibration: expected at least ${Math.ceil(1 / falseAlarms) - 1} rows for a share of ${falseAlarms} ` +
        `false alarms, got ${m}; calibrate on more rows or allow more false alarms`,
    );
  return k;
}

// How many of the rising numbers are smaller.
function below(rising: Float64Array, value: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
