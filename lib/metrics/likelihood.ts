/** How probable a model finds examples that it has not seen. */
import {assertInteger, assertOptions} from '../check';
import {compileFunction} from '../compile';
import {RandomStream} from '../random';
import * as tf from '../tf';

/** A model that can weigh its codes, such as a VariationalAutoencoder. */
export interface Likelihood {
  readonly kind: string;
  /** log p(x | z) p(z) / q(z | x) for draws of z, [samples, n]. */
  logWeights(x: tf.Tensor2D, samples: number, random: RandomStream): tf.Tensor2D;
}

export interface LikelihoodOptions {
  /** Draws of z for each example. Default 200. With 1 this is the negative evidence lower bound. */
  samples?: number;
  /** Fixes the draws. Default 0. */
  seed?: number;
}

/** Rows that are decoded at once. */
const ROWS = 10000;

/**
 * -log p(x) in nats, averaged over x [n, d], by importance sampling (重要性采样): -log of the mean weight of
 * `samples` codes drawn from q(z | x) (Burda, Grosse & Salakhutdinov 2016, https://arxiv.org/abs/1509.00519 eq. 8).
 * On average it is too large, never too small; the more samples, the less.
 * @throws TypeError for a model that gives examples no probability.
 */
export function negativeLogLikelihood(
  model: {readonly kind: string} & Partial<Likelihood>,
  x: tf.Tensor2D,
  options: LikelihoodOptions = {},
): number {
  assertOptions('negativeLogLikelihood', options, ['samples', 'seed']);
  const {samples = 200, seed = 0} = options;
  assertInteger('samples', samples);
  if (!model.logWeights) {
    throw new TypeError(
      `model: expected one with a likelihood, such as a VariationalAutoencoder, got a ${model.kind}, which gives no example a probability`,
    );
  }
  const [n, d] = x.shape;
  const random = new RandomStream(seed).split('importance samples');
  const size = Math.min(n, Math.max(1, Math.floor(ROWS / samples)));
  const logWeights = compileFunction((part: tf.Tensor2D) => {
    const weights = model.logWeights!(part, samples, random);
    return [tf.sub(tf.logSumExp(weights, 0), Math.log(samples)).sum()];
  });
  let sum = 0;
  try {
    for (let i = 0; i < n; i += size) {
      const part = x.slice([i, 0], [Math.min(size, n - i), d]);
      const [log] = logWeights(part);
      sum += log.dataSync()[0];
      tf.dispose([part, log]);
    }
  } finally {
    logWeights.dispose();
  }
  return -sum / n;
}
