/** What a code tells about labels that its training never saw. */
import {assertShape} from '../check';
import * as tf from '../tf';

/**
 * Nearest-centroid read-out: each class is the mean of its training codes, each test code gets the class
 * of the nearest mean (Euclidean).
 * @param train codes [n, k] and their n labels; test likewise.
 * @returns the fraction of test codes that get their own label, 0 to 1.
 */
export function nearestCentroidAccuracy(
  train: {codes: tf.Tensor2D; labels: ArrayLike<number>},
  test: {codes: tf.Tensor2D; labels: ArrayLike<number>},
): number {
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
