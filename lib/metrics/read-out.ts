/** What a code tells about labels that its training never saw. */
import {assertShape} from '../check';
import * as tf from '../tf';
import {nearestNeighbours} from './neighbours';

/** Codes [n, k] and the class numbers of the n rows. */
export interface LabelledCodes {
  codes: tf.Tensor2D;
  labels: ArrayLike<number>;
}

/**
 * Nearest-centroid read-out: each class is the mean of its training codes, each test code gets the class
 * of the nearest mean (Euclidean).
 * @param train codes [n, k] and their n labels; test likewise.
 * @returns the fraction of test codes that get their own label, 0 to 1.
 */
export function nearestCentroidAccuracy(train: LabelledCodes, test: LabelledCodes): number {
  const k = train.codes.shape[1];
  assertShape('train codes', train.codes, [train.labels.length, null]);
  assertShape('test codes', test.codes, [test.labels.length, k]);
  const classes = [...new Set(Array.from(train.labels))].sort((a, b) => a - b);
  const nearest = tf.tidy(() => {
    const memberships = tf.tensor2d(
      classes.map((c) => Array.from(train.labels, (label) => (label === c ? 1 : 0))),
      [classes.length, train.labels.length],
      'float32',
    );
    const centroids = tf.div(tf.matMul(memberships, train.codes), memberships.sum(1, true)) as tf.Tensor2D;
    // |z - c|² = |z|² - 2 z·c + |c|²; |z|² is the same for every class
    const distances = tf.sub(centroids.square().sum(1), tf.matMul(test.codes, centroids, false, true).mul(2));
    return distances.argMin(1).dataSync();
  });
  const right = Array.from(nearest, (place, i) => (classes[place] === test.labels[i] ? 1 : 0) as number);
  return right.reduce((a, b) => a + b, 0) / right.length;
}

/**
 * k-nearest-neighbours read-out: each test code gets the class that is most frequent among its k nearest
 * training codes (Euclidean); of equally frequent classes the lowest. Cover & Hart 1967,
 * https://doi.org/10.1109/TIT.1967.1053964. Memory stays bounded: 60,000 x 10,000 codes of 784 are fine.
 * @returns the fraction of test codes that get their own label, 0 to 1.
 * @throws RangeError if k is larger than the number of training codes.
 */
export function nearestNeighboursAccuracy(train: LabelledCodes, test: LabelledCodes, {k = 5} = {}): number {
  assertShape('train codes', train.codes, [train.labels.length, null]);
  assertShape('test codes', test.codes, [test.labels.length, train.codes.shape[1]]);
  const neighbours = nearestNeighbours(test.codes, train.codes, k);
  let right = 0;
  for (let i = 0; i < test.labels.length; i++) {
    const labels = Array.from(neighbours.subarray(i * k, (i + 1) * k), (place) => train.labels[place]);
    if (mostFrequent(labels) === test.labels[i]) right++;
  }
  return right / test.labels.length;
}

function mostFrequent(labels: number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((best, one) =>
    one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best,
  )[0];
}
