/** Where weights begin. */
import type {RandomStream} from '../random';
import * as tf from '../tf';

/**
 * A variable of the given shape, uniform on ±sqrt(6 / (fanIn + fanOut)): Glorot & Bengio 2010, eq. 16, which
 * keeps the size of signals and gradients alike from layer to layer.
 * @param random where the numbers come from; each layer takes a stream of its own.
 * @param fanIn how many inputs each output sums over; fanOut: how many outputs each input reaches.
 */
export function glorotUniform<R extends tf.Rank>(
  shape: tf.ShapeMap[R],
  fanIn: number,
  fanOut: number,
  random: RandomStream,
): tf.Variable<R> {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const size = (shape as number[]).reduce((a, b) => a * b, 1);
  return tf.tidy(() => tf.variable(tf.tensor<R>(random.uniforms(size, -limit, limit), shape), true));
}

/** A variable of one value, such as a bias of zeros or a scale of ones. */
export function constantVariable(size: number, value = 0): tf.Variable<tf.Rank.R1> {
  return tf.tidy(() => tf.variable(tf.fill<tf.Rank.R1>([size], value), true));
}
