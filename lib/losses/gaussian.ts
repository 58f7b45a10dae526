/**
 * Normal distributions with independent coordinates, as encoders name them: a mean and the logarithm of a
 * variance for each coordinate, both [n, k]. All in nats.
 */
import {assertShape} from '../check';
import * as tf from '../tf';

/**
 * KL(N(mean, exp(logVar)) ‖ N(0, 1)) of each coordinate, [n, k]: (mean² + variance - 1 - log variance) / 2,
 * Kingma & Welling 2013, https://arxiv.org/abs/1312.6114 appendix B. A mean of 2 at variance 1 costs 2 nats.
 */
export function gaussianKlEach(mean: tf.Tensor2D, logVar: tf.Tensor2D): tf.Tensor2D {
  assertShape('logVar', logVar, mean.shape);
  return tf.tidy(() => tf.sub(tf.add(mean.square(), tf.exp(logVar)), tf.add(logVar, 1)).mul(0.5));
}

/** {@link gaussianKlEach}, summed over the coordinates and averaged over the batch. */
export function gaussianKl(mean: tf.Tensor2D, logVar: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => gaussianKlEach(mean, logVar).sum(1).mean());
}

/**
 * log N(z | mean, exp(logVar)), summed over the last axis; mean and logVar may lack axes that z has in front.
 * At the mean of a unit normal it is -log(2π) / 2 = -0.919 for each coordinate.
 */
export function gaussianLogDensity(z: tf.Tensor, mean: tf.Tensor, logVar: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scaled = tf.div(tf.sub(z, mean).square(), tf.exp(logVar));
    return tf
      .add(scaled, tf.add(logVar, Math.log(2 * Math.PI)))
      .sum(-1)
      .mul(-0.5);
  });
}

/**
 * z = mean + deviation · noise, the reparameterisation (重参数化): noise from N(0, 1) in the shape of the
 * result, which may have axes before those of the mean. Gradients pass to mean and logVar.
 */
export function reparameterized(mean: tf.Tensor, logVar: tf.Tensor, noise: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), noise)));
}
