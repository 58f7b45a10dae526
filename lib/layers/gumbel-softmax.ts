/**
 * Gumbel-softmax: a draw from a category, softened so that a gradient can pass.
 * Jang, Gu & Poole 2017, https://arxiv.org/abs/1611.01144 (eq. 1 and 2); Maddison, Mnih & Teh 2017,
 * https://arxiv.org/abs/1611.00712
 *
 *   logits [n, K] ─ + noise g ─ / temperature ─ softmax ─► y [n, K],   g = -log(-log u), u uniform on (0, 1)
 *
 * The largest of logits + g is category i with probability softmax(logits)_i, exactly. The softmax stands in
 * for "the largest": as the temperature falls to 0, y becomes one-hot; as it rises, all entries become 1 / K.
 */
import {assertPositive, assertShape} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {straightThrough} from './straight-through';

/** Draws from the standard Gumbel distribution, whose mean is 0.5772 and whose variance is π² / 6. */
export function gumbelNoise<R extends tf.Rank>(shape: tf.ShapeMap[R], random: RandomStream): tf.Tensor<R> {
  return tf.tidy(() => {
    // a u of 0 would give minus infinity; the smallest other draw is 2^-24
    const u = tf.maximum(random.uniformTensor<R>(shape), 2 ** -25);
    return tf.neg(tf.log(tf.neg(tf.log(u)))) as tf.Tensor<R>;
  });
}

/**
 * softmax((logits + noise) / temperature), [n, K]. Of logits log 0.5, log 0.3, log 0.2 and no noise it is
 * (0.5, 0.3, 0.2) at temperature 1 and (0.658, 0.237, 0.105) at 0.5: squares, made to sum to 1.
 * @param temperature above 0; as a scalar tensor, of which nothing is checked, it may change from step to step
 * @param noise [n, K], from {@link gumbelNoise}
 * @param hard forward the one-hot of the largest entry, backward the gradient of the soft one (straight-through)
 * @throws RangeError for a temperature that is not above 0.
 */
export function gumbelSoftmax(
  logits: tf.Tensor2D,
  {temperature, noise, hard = false}: {temperature: number | tf.Scalar; noise: tf.Tensor2D; hard?: boolean},
): tf.Tensor2D {
  if (typeof temperature === 'number') assertPositive('temperature', temperature);
  assertShape('noise', noise, logits.shape);
  return tf.tidy(() => {
    const soft = tf.softmax(tf.div(tf.add(logits, noise), temperature) as tf.Tensor2D);
    return hard ? straightThrough(oneHotOfLargest(soft), soft) : soft;
  });
}

/** The place of each row's largest entry as one-hot, [n, K]. */
export function oneHotOfLargest(values: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.oneHot(values.argMax(1).toInt(), values.shape[1]).cast('float32') as tf.Tensor2D);
}
