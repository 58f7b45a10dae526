/**
 * Reconstruction losses. Each is summed over the features of an example and averaged over the batch;
 * likelihoods are in nats per example. x and its reconstruction have shape [n, d].
 */
import {assertShape} from '../check';
import * as tf from '../tf';

/** Σ (x - x̂)², e.g. 0.25 + 1 = 1.25 for x = [0, 0] and x̂ = [0.5, 1]. */
export function squaredError(x: tf.Tensor2D, reconstruction: tf.Tensor2D): tf.Scalar {
  assertShape('reconstruction', reconstruction, x.shape);
  return tf.tidy(() => tf.sub(x, reconstruction).square().sum(1).mean());
}

/**
 * -Σ log Bernoulli(x | p) with p = sigmoid(logits), in nats, averaged over the batch; x in [0, 1].
 * Logits of 0 give log 2 = 0.693 nats per feature, whatever x is.
 */
export function bernoulliNll(x: tf.Tensor2D, logits: tf.Tensor2D): tf.Scalar {
  assertShape('logits', logits, x.shape);
  return tf.tidy(() => bernoulliNllEach(x, logits).mean());
}

/**
 * The same for each example, summed over the last axis; logits may have axes before those of x, e.g.
 * x [n, d] and logits [samples, n, d] give [samples, n]. Computed as softplus(l) - l x, which overflows for no logit.
 */
export function bernoulliNllEach(x: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.sub(tf.softplus(logits), tf.mul(logits, x)).sum(-1));
}

/**
 * -Σ log N(x | mean, exp(logVar)), in nats, the constant log(2π) / 2 per feature included.
 * `logVar` may be a scalar: one variance for all features.
 */
export function gaussianNll(x: tf.Tensor2D, mean: tf.Tensor2D, logVar: tf.Tensor): tf.Scalar {
  assertShape('mean', mean, x.shape);
  return tf.tidy(() => {
    const scaled = tf.div(tf.sub(x, mean).square(), tf.exp(logVar));
    return tf
      .add(scaled, tf.add(logVar, Math.log(2 * Math.PI)))
      .mul(0.5)
      .sum(1)
      .mean();
  });
}
