/**
 * The straight-through gradient: forward a value that does not depend smoothly on x, such as its sign;
 * backward as if x itself had been passed on.
 * Bengio, Léonard & Courville 2013, https://arxiv.org/abs/1308.3432 (section 2.3)
 */
import {assertShape} from '../check';
import * as tf from '../tf';

/**
 * `value` forward, the gradient of x backward; both of the same shape. For value = sign(x) and a loss
 * Σ value² / 2 the gradient that arrives at x is sign(x), where the true one is 0.
 */
export function straightThrough<T extends tf.Tensor>(value: T, x: T): T {
  assertShape('value', value, x.shape);
  const pass = tf.customGrad((input) => ({
    value: tf.add(tf.zerosLike(input as tf.Tensor), value),
    gradFunc: (dy) => dy as tf.Tensor,
  }));
  return pass(x) as T;
}

/** x forward, no gradient backward: `sg` in the papers. */
export function stopGradient<T extends tf.Tensor>(x: T): T {
  return tf.tidy(() => {
    const pass = tf.customGrad((zero) => ({
      value: tf.add(x, zero as tf.Tensor), // x comes from outside, so that nothing leads back to it
      gradFunc: () => zero as tf.Tensor,
    }));
    return pass(tf.scalar(0)) as T;
  });
}
