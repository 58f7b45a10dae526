/**
 * An auto-encoder that must name its example by one of K symbols, the one-hot code (独热编码), and may add a
 * few numbers of style.
 *
 *   x [n, d] ─ encoder ─► logits [n, K] ─ Gumbel-softmax ─► symbol [n, K] ─┐
 *   target [n, d] ─ stylist ─► mean, logVar [n, S] ─ + noise ─► style [n, S] ─┴─ decoder ─► target^ [n, d]
 *
 * Symbol: Jang, Gu & Poole 2017, https://arxiv.org/abs/1611.01144. Style beside it, with the KL term of a
 * variational auto-encoder so that it stays cheap: Kingma et al. 2014, https://arxiv.org/abs/1406.5298, and Dupont
 * 2018, https://arxiv.org/abs/1804.00104.
 *
 * Without style it is k-means: the decoder can draw K pictures. With style the decoder hardly needs the symbol, so
 * two terms say what a symbol should be: the same for two views x and target of one thing (`agreement`, Van
 * Gansbeke et al. 2020, https://arxiv.org/abs/2005.12320 eq. 2), and each as frequent as the others (`imbalance`).
 */
import {assertInteger, assertPositive, assertShape, assertWithin} from '../check';
import {gumbelNoise, gumbelSoftmax, oneHotOfLargest} from '../layers/gumbel-softmax';
import {
  completeConfig,
  encoderStack,
  featuresOf,
  mirroredStacks,
  type MirroredStacks,
  type NetworkShape,
} from '../layers/mirrored';
import {gaussianKl, reparameterized} from '../losses/gaussian';
import {assertOutput, OUTPUT_DEFAULTS, outputLoss, outputOf, type OutputOptions} from '../losses/output';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface CategoricalOptions extends OutputOptions {
  /** K: symbols. */
  symbols: number;
  /** S: numbers of style. Default 0: the decoder sees the symbol alone. */
  styleDim?: number;
  /** Weight of the style's KL term. Default 1; more of it makes style simpler. */
  beta?: number;
  /** Weight of `agreement`. Default 0. */
  agreement?: number;
  /** Weight of `imbalance`. Default 0. */
  balance?: number;
  /** Of the Gumbel-softmax. Default 1; a scalar `temperature` that `fit` changes takes its place. */
  temperature?: number;
  /** Whether the decoder sees one-hot symbols in training, by straight-through, or soft ones. Default false. */
  hard?: boolean;
  /** Fixes the initial weights and the noise. Default 0. */
  seed?: number;
}

export type CategoricalAutoencoderConfig = NetworkShape & CategoricalOptions;

export class CategoricalAutoencoder implements Autoencoder {
  readonly kind = 'CategoricalAutoencoder';
  readonly config: NetworkShape & Required<CategoricalOptions>;
  /** d: features per example. */
  readonly inputDim: number;
  private readonly stacks: MirroredStacks; // [n, d] -> [n, K] and [n, K + S] -> [n, d]
  private readonly stylist?: MirroredStacks['encoder']; // [n, d] -> [n, 2 S]
  private readonly noise: RandomStream;

  constructor(config: CategoricalAutoencoderConfig) {
    this.config = completeConfig<Required<CategoricalOptions>>(
      'CategoricalAutoencoder',
      config,
      ['symbols'],
      {
        ...OUTPUT_DEFAULTS,
        styleDim: 0,
        beta: 1,
        agreement: 0,
        balance: 0,
        temperature: 1,
        hard: false,
        seed: 0,
      },
    );
    const {symbols, styleDim, beta, agreement, balance, temperature, seed} = this.config;
    assertInteger('symbols', symbols, 2);
    assertInteger('styleDim', styleDim, 0);
    Object.entries({beta, agreement, balance}).forEach(([name, w]) => assertWithin(name, w, 0, Infinity));
    assertPositive('temperature', temperature);
    assertOutput(this.config);
    this.inputDim = featuresOf(this.config);
    const random = new RandomStream(seed);
    this.noise = random.split('noise');
    this.stacks = mirroredStacks(this.config, {made: symbols, read: symbols + styleDim}, random);
    if (styleDim > 0) this.stylist = encoderStack(this.config, 2 * styleDim, random.split('style'));
  }

  /** x [n, d] -> the probability of each symbol, [n, K]. */
  probabilities(x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => tf.softmax(this.logits(x)));
  }

  /** The most probable symbol of each of n examples [n, d]. */
  assign(x: tf.Tensor2D): Int32Array {
    return tf.tidy(() => this.logits(x).argMax(1).toInt().dataSync<'int32'>());
  }

  /** x [n, d] -> the most probable symbol as one-hot and the mean of the style, [n, K + S]. */
  encode(x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const symbol = oneHotOfLargest(this.logits(x));
      const style = this.style(x);
      return style ? tf.concat([symbol, style.mean], 1) : symbol;
    });
  }

  /** Symbol and style side by side [n, K + S] -> x̂ [n, d]. Style 0 is the most usual. */
  decode(z: tf.Tensor2D): tf.Tensor2D {
    assertShape('z', z, [null, this.config.symbols + this.config.styleDim]);
    return tf.tidy(() => outputOf(this.stacks.decoder.apply(z), this.config));
  }

  /**
   * `total` is reconstruction + beta · kl + agreement weight · agreement + balance weight · imbalance, in nats
   * under bernoulli. `kl` is the style's. `agreement` is -log of the probability that x and target, each drawing
   * a symbol, draw the same. `imbalance` is log K less the entropy of the symbols' mean probabilities in the batch.
   * @param scalars `temperature`, if given, of the Gumbel-softmax
   * @param target another view of the same thing, [n, d]: the style is read from it, and it is drawn. Default x.
   */
  losses(x: tf.Tensor2D, scalars: Record<string, tf.Scalar> = {}, target = x): LossTerms {
    const {symbols, beta, agreement: togetherness, balance} = this.config;
    assertShape('target', target, x.shape);
    const temperature = scalars.temperature ?? this.config.temperature;
    return tf.tidy(() => {
      const logits = this.logits(x);
      const noise = gumbelNoise<tf.Rank.R2>([x.shape[0], symbols], this.noise);
      const symbol = gumbelSoftmax(logits, {temperature, noise, hard: this.config.hard});
      const style = this.style(target);
      const code = style ? tf.concat([symbol, this.drawn(style)], 1) : symbol;
      const reconstruction = outputLoss(target, this.stacks.decoder.apply(code), this.config);
      const kl = style ? gaussianKl(style.mean, style.logVar) : tf.scalar(0);

      const here = tf.logSoftmax(logits);
      const there = target === x ? here : tf.logSoftmax(this.logits(target));
      const agreement = tf.neg(tf.logSumExp(tf.add(here, there), 1).mean()) as tf.Scalar;
      const usage = tf.add(tf.exp(here), tf.exp(there)).mean(0).div(2);
      const imbalance = tf.add(tf.mul(usage, tf.log(usage.add(1e-9))).sum(), Math.log(symbols)) as tf.Scalar;
      const weighted = [kl.mul(beta), agreement.mul(togetherness), imbalance.mul(balance)];
      const total = tf.addN([reconstruction, ...weighted]) as tf.Scalar;
      return {total, reconstruction, ...(style && {kl}), agreement, imbalance};
    });
  }

  get variables(): tf.Variable[] {
    const {encoder, decoder} = this.stacks;
    return [...encoder.variables, ...(this.stylist?.variables ?? []), ...decoder.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  private logits(x: tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.inputDim]);
    return this.stacks.encoder.apply(x);
  }

  private style(x: tf.Tensor2D): {mean: tf.Tensor2D; logVar: tf.Tensor2D} | undefined {
    if (!this.stylist) return undefined;
    const [mean, logVar] = tf.split(this.stylist.apply(x), 2, 1) as tf.Tensor2D[];
    return {mean, logVar};
  }

  private drawn({mean, logVar}: {mean: tf.Tensor2D; logVar: tf.Tensor2D}): tf.Tensor2D {
    return reparameterized(mean, logVar, this.noise.normal<tf.Rank.R2>(mean.shape)) as tf.Tensor2D;
  }
}
