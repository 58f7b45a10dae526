/**
 * Deep support vector data description: a network that learns to send all normal rows near one point, without
 * a decoder. Ruff et al. 2018, "Deep One-Class Classification", https://proceedings.mlr.press/v80/ruff18a.html,
 * eq. 4 (one-class), its weight decay left to the optimizer:
 *
 *   x [n, d] ─ layers without bias ─► φ(x) [n, k],   loss = 1/n Σ_i |φ(x_i) - c|²
 *
 * The centre c is the mean of φ before training, moved away from 0 where it lies too near. Without biases and
 * with activations that do not saturate, no choice of weights but all zeros sends everything to one point
 * (their propositions 1 to 3), so that the network has to look at x.
 */
import {assertInteger, assertOptions, assertShape} from '../check';
import {glorotUniform} from '../layers/glorot';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {LossTerms, Storable, Trainable} from './autoencoder';

export interface DeepSvddConfig {
  /** d: features per row. */
  inputDim: number;
  /** Widths of the hidden layers. Default [128]. */
  hiddenDims?: readonly number[];
  /** k: numbers that a row becomes. Default 32. */
  latentDim?: number;
  /** Fixes the initial weights. Default 0. */
  seed?: number;
}

/** Entries of the centre are at least this far from 0, as in the authors' program. */
const FROM_ZERO = 0.1;

/** Slope of the activation below 0. */
const LEAK = 0.1;

export class DeepSvdd implements Trainable, Storable {
  readonly kind = 'DeepSvdd';
  readonly config: Required<DeepSvddConfig>;
  /** c [k]; set by {@link placeCentre}. */
  private readonly centre: tf.Variable<tf.Rank.R1>;
  private readonly kernels: tf.Variable<tf.Rank.R2>[];

  constructor(config: DeepSvddConfig) {
    const defaults = {hiddenDims: [128], latentDim: 32, seed: 0};
    assertOptions('DeepSvdd', config, ['inputDim', ...Object.keys(defaults)]);
    this.config = {...defaults, ...config};
    const {inputDim, hiddenDims, latentDim, seed} = this.config;
    const widths = [inputDim, ...hiddenDims, latentDim];
    widths.forEach((width) => assertInteger('width', width));
    const random = new RandomStream(seed);
    this.kernels = widths
      .slice(1)
      .map((width, i) => glorotUniform([widths[i], width], widths[i], width, random.split(`layer/${i}`)));
    this.centre = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([latentDim]), false));
  }

  /** x [n, d] -> φ(x) [n, k]. */
  encode(x: tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.config.inputDim]);
    const last = this.kernels.length - 1;
    return tf.tidy(() => {
      let h = x;
      this.kernels.forEach((kernel, i) => {
        const sum = tf.matMul(h, kernel) as tf.Tensor2D;
        h = i === last ? sum : tf.leakyRelu(sum, LEAK);
      });
      return h;
    });
  }

  /** Puts the centre at the mean of φ(x) of the rows x [n, d] to be trained on. */
  placeCentre(x: tf.Tensor2D): void {
    tf.tidy(() => {
      const mean = this.encode(x).mean(0) as tf.Tensor1D;
      const side = tf.where(mean.less(0), tf.fill(mean.shape, -1), tf.onesLike(mean)) as tf.Tensor1D;
      this.centre.assign(tf.mul(side, tf.maximum(mean.abs(), FROM_ZERO)) as tf.Tensor1D);
    });
  }

  /** Squared distance of each row from the centre: [n]. */
  distances(x: tf.Tensor2D): tf.Tensor1D {
    return tf.tidy(() => tf.squaredDifference(this.encode(x), this.centre).sum(1));
  }

  losses(x: tf.Tensor2D): LossTerms {
    return tf.tidy(() => ({total: this.distances(x).mean() as tf.Scalar}));
  }

  get variables(): tf.Variable[] {
    return this.kernels;
  }

  /** The centre: kept with the weights, never trained. */
  get state(): tf.Variable[] {
    return [this.centre];
  }

  dispose(): void {
    tf.dispose([...this.kernels, this.centre]);
  }
}
