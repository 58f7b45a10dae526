/** Labels beside images, as one tensor: what a model is given that learns from both. */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';

/**
 * Class numbers as rows with a 1 at the place of the class and 0 elsewhere, [n, classes].
 * @throws RangeError naming a label that is not a whole number from 0 to classes - 1, and its place.
 */
export function oneHot(labels: ArrayLike<number>, classes: number): tf.Tensor2D {
  assertInteger('classes', classes);
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new RangeError(
        `labels: expected whole numbers from 0 to ${classes - 1}, got ${label} at place ${i}`,
      );
    rows[i * classes + label] = 1;
  }
  return tf.tensor2d(rows, [labels.length, classes]);
}

/** Images [n, d] with their labels to the right, {@link oneHot}: [n, d + classes]. */
export function withLabels(images: tf.Tensor2D, labels: ArrayLike<number>, classes: number): tf.Tensor2D {
  assertShape('images', images, [labels.length, null]);
  return tf.tidy(() => tf.concat([images, oneHot(labels, classes)], 1));
}

/** Takes apart what {@link withLabels} has joined; for use in a compiled step as well. */
export function withoutLabels(x: tf.Tensor2D, classes: number): {images: tf.Tensor2D; labels: tf.Tensor2D} {
  const [images, labels] = tf.split<tf.Tensor2D>(x, [x.shape[1] - classes, classes], 1);
  return {images, labels};
}
