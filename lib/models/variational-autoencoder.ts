/**
 * The variational auto-encoder (变分自编码器): the encoder names a normal distribution instead of a point, and
 * the loss is a bound on how improbable the model finds the data.
 * Kingma & Welling 2013, https://arxiv.org/abs/1312.6114 (eq. 10 with L = 1). With beta: Higgins et al. 2017,
 * https://openreview.net/forum?id=Sy2fzU9gl. With several samples: Burda, Grosse & Salakhutdinov 2016,
 * https://arxiv.org/abs/1509.00519 (eq. 8), the importance-weighted auto-encoder. With a condition: Sohn, Lee &
 * Yan 2015, here told to the decoder alone.
 *
 *   x [n, d] ─ encoder ─► mean, logVar [n, k] ─ + noise ─► z [n, k] ─ decoder ─► p(x | z) [n, d]
 */
import {assertChoice, assertInteger, assertPositive, assertShape, assertWithin} from '../check';
import {completeConfig, featuresOf, mirroredStacks, type NetworkShape} from '../layers/mirrored';
import type {MirroredStacks} from '../layers/mirrored';
import {gaussianKl, gaussianKlEach, gaussianLogDensity, reparameterized} from '../losses/gaussian';
import {bernoulliNllEach} from '../losses/reconstruction';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface VariationalOptions {
  /** k: numbers in the code. */
  latentDim: number;
  /** What p(x | z) is: bernoulli for pixels that are ink or not, gaussian for real numbers. Default bernoulli. */
  likelihood?: 'bernoulli' | 'gaussian';
  /** Standard deviation of the gaussian likelihood, the same for all features. Default 1. */
  deviation?: number;
  /** Weight of the KL term. Default 1, the evidence lower bound; more of it buys a simpler code with a worse picture. */
  beta?: number;
  /**
   * Draws of z per example in training. Default 1. With more, the loss is the importance-weighted bound, which is
   * tighter; time grows in proportion.
   */
  samples?: number;
  /** c: numbers to the right of the features that the decoder is told, e.g. a label as one-hot. Default 0. */
  conditionDim?: number;
  /** Fixes the initial weights and the noise. Default 0. */
  seed?: number;
}

export type VariationalAutoencoderConfig = NetworkShape & VariationalOptions;

export class VariationalAutoencoder implements Autoencoder {
  readonly kind = 'VariationalAutoencoder';
  readonly config: NetworkShape & Required<VariationalOptions>;
  /** d: features per example, without the condition. */
  readonly inputDim: number;
  private readonly stacks: MirroredStacks; // [n, d] -> [n, 2k] and [n, k + c] -> [n, d]
  private readonly noise: RandomStream;

  constructor(config: VariationalAutoencoderConfig) {
    this.config = completeConfig<Required<VariationalOptions>>(
      'VariationalAutoencoder',
      config,
      ['latentDim'],
      {
        likelihood: 'bernoulli',
        deviation: 1,
        beta: 1,
        samples: 1,
        conditionDim: 0,
        seed: 0,
      },
    );
    const {latentDim, likelihood, deviation, beta, samples, conditionDim, seed} = this.config;
    assertInteger('latentDim', latentDim);
    assertChoice('likelihood', likelihood, ['bernoulli', 'gaussian']);
    assertPositive('deviation', deviation);
    assertWithin('beta', beta, 0, Infinity);
    assertInteger('samples', samples);
    assertInteger('conditionDim', conditionDim, 0);
    this.inputDim = featuresOf(this.config);
    const random = new RandomStream(seed);
    this.noise = random.split('noise');
    const sizes = {made: 2 * latentDim, read: latentDim + conditionDim};
    this.stacks = mirroredStacks(this.config, sizes, random);
  }

  /** q(z | x) of x [n, d + c]: mean and log variance of each coordinate, both [n, k]. */
  posterior(x: tf.Tensor2D): {mean: tf.Tensor2D; logVar: tf.Tensor2D} {
    const [mean, logVar] = tf.tidy(() => {
      const {features} = this.parted(x);
      return tf.split(this.stacks.encoder.apply(features), 2, 1) as tf.Tensor2D[];
    });
    return {mean, logVar};
  }

  /** x [n, d + c] -> the mean of q(z | x), the code without its noise, and the condition to its right: [n, k + c]. */
  encode(x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const {mean} = this.posterior(x);
      const {condition} = this.parted(x);
      return condition ? tf.concat([mean, condition], 1) : mean;
    });
  }

  /** z [n, k + c] -> the mean of p(x | z), [n, d]: for bernoulli the probability of ink. */
  decode(z: tf.Tensor2D): tf.Tensor2D {
    const {latentDim, conditionDim, likelihood} = this.config;
    assertShape('z', z, [null, latentDim + conditionDim]);
    return tf.tidy(() => {
      const out = this.stacks.decoder.apply(z);
      return likelihood === 'bernoulli' ? tf.sigmoid(out) : out;
    });
  }

  /**
   * Nats per example, from fresh noise: `reconstruction` is -log p(x | z), `kl` is KL(q(z | x) ‖ N(0, 1)), and
   * `total` is reconstruction + beta · klWeight · kl, or with several samples the importance-weighted bound.
   * @param scalars `klWeight`, if given, lets `fit` warm the KL term up; evaluation takes it as 1.
   */
  losses(x: tf.Tensor2D, scalars: Record<string, tf.Scalar> = {}): LossTerms {
    const {beta, samples} = this.config;
    return tf.tidy(() => {
      const weight = scalars.klWeight ? tf.mul(scalars.klWeight, beta) : tf.scalar(beta);
      const noise = this.noise.normal<tf.Rank.R3>([samples, x.shape[0], this.config.latentDim]);
      const {logLikelihood, logRatio, kl} = this.draw(x, noise);
      const reconstruction = tf.neg(logLikelihood.mean()) as tf.Scalar;
      if (samples === 1)
        return {total: tf.add(reconstruction, tf.mul(weight, kl)) as tf.Scalar, reconstruction, kl};
      const total = tf.neg(meanWeight(tf.add(logLikelihood, tf.mul(weight, logRatio()))).mean()) as tf.Scalar;
      return {total, reconstruction, kl};
    });
  }

  /**
   * log p(x | z) p(z) / q(z | x) for `samples` draws of z from q(z | x), [samples, n]: the mean of their
   * exponentials estimates the evidence p(x) (Burda et al. 2016, eq. 7).
   * @param options.shared the same noise for all rows: a row's weights then do not depend on its neighbours.
   */
  logWeights(x: tf.Tensor2D, samples: number, random: RandomStream, {shared = false} = {}): tf.Tensor2D {
    assertInteger('samples', samples);
    return tf.tidy(() => {
      const noise = random.normal<tf.Rank.R3>([samples, shared ? 1 : x.shape[0], this.config.latentDim]);
      const {logLikelihood, logRatio} = this.draw(x, noise);
      return tf.add(logLikelihood, logRatio()) as tf.Tensor2D;
    });
  }

  /** KL(q(z | x) ‖ N(0, 1)) of each coordinate, averaged over x [n, d + c]: k numbers, in nats. */
  klPerDimension(x: tf.Tensor2D): Float32Array {
    return tf.tidy(() => {
      const {mean, logVar} = this.posterior(x);
      return gaussianKlEach(mean, logVar).mean(0).dataSync<'float32'>();
    });
  }

  get variables(): tf.Variable[] {
    return [...this.stacks.encoder.variables, ...this.stacks.decoder.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  // log p(x | z) and log p(z) / q(z | x), both [samples, n], for noise [samples, n or 1, k], and the KL in closed form.
  private draw(x: tf.Tensor2D, noise: tf.Tensor3D) {
    const {features, condition} = this.parted(x);
    const [mean, logVar] = tf.split(this.stacks.encoder.apply(features), 2, 1) as tf.Tensor2D[];
    const [samples, n] = [noise.shape[0], mean.shape[0]];
    const z = reparameterized(mean, logVar, noise);
    const told = condition && tf.tile(tf.expandDims(condition, 0), [samples, 1, 1]);
    const code = tf.reshape(told ? tf.concat([z, told], 2) : z, [samples * n, -1]) as tf.Tensor2D;
    const out = this.stacks.decoder.apply(code);
    const logLikelihood = this.logLikelihood(features, tf.reshape(out, [samples, n, -1]));
    // log q from the noise itself: (z - mean) / deviation would lose digits
    const logRatio = () => {
      const prior = tf.zerosLike(mean);
      const posterior = tf.sub(gaussianLogDensity(noise, prior, prior), tf.mul(logVar, 0.5).sum(1));
      return tf.sub(gaussianLogDensity(z, prior, prior), posterior);
    };
    return {logLikelihood, logRatio, kl: gaussianKl(mean, logVar)};
  }

  private logLikelihood(x: tf.Tensor2D, out: tf.Tensor): tf.Tensor {
    const {likelihood, deviation} = this.config;
    if (likelihood === 'bernoulli') return tf.neg(bernoulliNllEach(x, out));
    return gaussianLogDensity(x, out, tf.fill(x.shape, 2 * Math.log(deviation)));
  }

  private parted(x: tf.Tensor2D): {features: tf.Tensor2D; condition?: tf.Tensor2D} {
    const {conditionDim} = this.config;
    assertShape('x', x, [null, this.inputDim + conditionDim]);
    if (conditionDim === 0) return {features: x};
    const [features, condition] = tf.split(x, [this.inputDim, conditionDim], 1) as tf.Tensor2D[];
    return {features, condition};
  }
}

// log of the mean of exp(weights) over the first axis: [samples, n] -> [n]
function meanWeight(logWeights: tf.Tensor): tf.Tensor {
  return tf.sub(tf.logSumExp(logWeights, 0), Math.log(logWeights.shape[0]));
}
