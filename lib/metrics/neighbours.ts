/** Whether two maps of the same examples agree about who is near whom. */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';

/**
 * Of each example's k nearest neighbours (Euclidean) in one code, how many are among its k nearest in the
 * other, averaged over the examples, as a fraction: 1 for the same map, turned or stretched evenly, about
 * k / (n - 1) for two maps that have nothing to do with each other.
 * @param a, b [n, any], row i of both being the same example.
 * @throws RangeError unless k is below n.
 */
export function sharedNeighbours(a: tf.Tensor2D, b: tf.Tensor2D, {k = 10} = {}): number {
  const n = a.shape[0];
  assertShape('b', b, [n, null]);
  assertInteger('k', k);
  if (k >= n) throw new RangeError(`k: expected less than ${n}, the number of examples, got ${k}`);
  const [here, there] = [nearest(a, k), nearest(b, k)];
  let shared = 0;
  for (let i = 0; i < n; i++) {
    const also = new Set(there.subarray(i * k, (i + 1) * k));
    for (const j of here.subarray(i * k, (i + 1) * k)) if (also.has(j)) shared++;
  }
  return shared / (n * k);
}

// For each of n rows the places of its k nearest others, one row after another.
function nearest(z: tf.Tensor2D, k: number): Int32Array {
  return tf.tidy(() => {
    const [n] = z.shape;
    const squares = z.square().sum(1);
    // -|z_i - z_j|² but for |z_i|², which is the same along a row; no example is its own neighbour
    const closeness = tf.matMul(z, z, false, true).mul(2).sub(squares).sub(tf.eye(n).mul(1e9));
    return tf.topk(closeness, k).indices.dataSync() as Int32Array;
  });
}
