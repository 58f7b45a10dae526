/** Batches of a data set, in the order given. */
import {assertInteger} from '../check';
import * as tf from '../tf';

/**
 * Cuts a list of places into batches of at most `size`; the last one may be smaller.
 * With 10 places and size 4 the batches have 4, 4 and 2.
 */
export function batchPlaces(places: Int32Array, size: number): Int32Array[] {
  assertInteger('batchSize', size);
  const batches: Int32Array[] = [];
  for (let i = 0; i < places.length; i += size) batches.push(places.subarray(i, i + size));
  return batches;
}

/** Applies f to consecutive slices of x [n, ...] and joins the results along the first axis. */
export function inBatches(x: tf.Tensor2D, size: number, f: (part: tf.Tensor2D) => tf.Tensor2D): tf.Tensor2D {
  assertInteger('batchSize', size);
  return tf.tidy(() => {
    const parts: tf.Tensor2D[] = [];
    for (let i = 0; i < x.shape[0]; i += size) {
      parts.push(tf.tidy(() => f(x.slice([i, 0], [Math.min(size, x.shape[0] - i), x.shape[1]]))));
    }
    return parts.length === 1 ? parts[0] : tf.concat(parts, 0);
  });
}
