/** What generated examples are worth: do they look real, do they cover what is real, are they new? */
import {assertInteger, assertShape, assertWithin} from '../check';
import * as tf from '../tf';
import {neighboursAndDistances, type Neighbours} from './neighbours';

/**
 * Improved precision and recall: Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991, eq. 1 and 2. A set
 * of features stands for the region of all points that lie no farther from one of its points than that one's
 * k-th neighbour in the set. Precision is the fraction of generated features in the region of the real ones,
 * recall the fraction of real features in the region of the generated ones. Both depend on k and on how many
 * features there are: compare sets of one size.
 * @param real features [n, d]; generated likewise [m, d]
 * @param k Default 3, as in the paper.
 * @throws RangeError unless both sets have more than k rows.
 */
export function precisionRecall(
  real: tf.Tensor2D,
  generated: tf.Tensor2D,
  {k = 3} = {},
): {precision: number; recall: number} {
  assertInteger('k', k);
  assertShape('generated', generated, [null, real.shape[1]]);
  for (const [name, set] of Object.entries({real, generated})) {
    if (set.shape[0] <= k)
      throw new RangeError(`${name}: expected more than k = ${k} rows, got ${set.shape[0]}`);
  }
  return {precision: shareInside(generated, real, k), recall: shareInside(real, generated, k)};
}

/**
 * For each of m samples [m, d] the place of the nearest of n training images [n, d], and its distance, in the
 * unit of the images: 0 says that the sample is a copy. What is near can be told from the same numbers for
 * test images, which are new for certain.
 */
export function nearestTraining(samples: tf.Tensor2D, training: tf.Tensor2D): Neighbours {
  assertShape('samples', samples, [null, training.shape[1]]);
  return neighboursAndDistances(samples, training, 1);
}

/**
 * The share of samples of which a classifier is sure: whose most probable class has `atLeast` that
 * probability. A drawing that is no digit at all may be among them: a classifier knows only its classes.
 * @param probabilities [n, classes]
 */
export function shareSure(probabilities: tf.Tensor2D, {atLeast = 0.9} = {}): number {
  assertWithin('atLeast', atLeast, 0, 1);
  const sure = tf.tidy(() => probabilities.max(1).dataSync<'float32'>());
  return sure.filter((p) => p >= atLeast).length / sure.length;
}

// The fraction of points that lie in the ball around some point of the set, out to its k-th neighbour.
function shareInside(points: tf.Tensor2D, set: tf.Tensor2D, k: number): number {
  const own = neighboursAndDistances(set, set, k + 1); // itself among them
  const radii = own.distances.filter((_, i) => i % (k + 1) === k);
  // deepest inside: |point - other|² - radius² is smallest
  const {places, distances} = neighboursAndDistances(points, set, 1, {radii});
  return distances.filter((distance, i) => distance <= radii[places[i]]).length / distances.length;
}
