/**
 * The deep auto-encoder of dense layers.
 * Hinton & Salakhutdinov 2006, https://doi.org/10.1126/science.1127647, trained from random weights
 * without their layer-wise pre-training, which present optimizers and activations do without.
 *
 *   x [n, d] ─ encoder: hidden widths ─► z [n, k] ─ decoder: the same widths mirrored ─► x̂ [n, d]
 */
import {assertChoice, assertInteger, assertOptions, assertShape} from '../check';
import {activations, type Activation} from '../layers/activations';
import {denseStack, type Stack} from '../layers/dense';
import {bernoulliNll, squaredError} from '../losses/reconstruction';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface DenseAutoencoderConfig {
  /** d: features per example, e.g. 784 for a flattened 28 x 28 image. */
  inputDim: number;
  /** k: numbers in the code. */
  latentDim: number;
  /** Widths of the encoder's hidden layers; the decoder mirrors them. Default [512, 256]. */
  hiddenDims?: number[];
  /** After every hidden layer. Default silu, which is smooth everywhere. */
  activation?: Activation;
  /** squared: Σ (x - x̂)². bernoulli: -Σ log p(x), x̂ a probability. Default squared. */
  reconstruction?: 'squared' | 'bernoulli';
  /**
   * What x̂ passes through at the end under squared error: linear, or sigmoid, which keeps it between 0 and 1
   * and suits images that are mostly paper and ink. Default linear. Under bernoulli it is always a sigmoid.
   */
  output?: 'linear' | 'sigmoid';
  /** Fixes the initial weights. Default 0. */
  seed?: number;
}

export class DenseAutoencoder implements Autoencoder {
  readonly kind = 'DenseAutoencoder';
  readonly config: Required<DenseAutoencoderConfig>;
  private readonly encoder: Stack; // [n, d] -> [n, k]
  private readonly decoder: Stack; // [n, k] -> [n, d]; before the sigmoid, where there is one

  constructor(config: DenseAutoencoderConfig) {
    const defaults = {
      hiddenDims: [512, 256],
      activation: 'silu' as const,
      reconstruction: 'squared' as const,
      output: 'linear' as const,
      seed: 0,
    };
    assertOptions('DenseAutoencoder', config, ['inputDim', 'latentDim', ...Object.keys(defaults)]);
    this.config = {...defaults, ...config};
    const {inputDim, latentDim, hiddenDims, activation: hidden, reconstruction, seed} = this.config;
    assertInteger('inputDim', inputDim);
    assertInteger('latentDim', latentDim);
    assertChoice('activation', hidden, activations);
    assertChoice('reconstruction', reconstruction, ['squared', 'bernoulli']);
    assertChoice('output', this.config.output, ['linear', 'sigmoid']);
    const random = new RandomStream(seed);
    this.encoder = denseStack('encoder', [inputDim, ...hiddenDims, latentDim], {hidden}, random);
    this.decoder = denseStack(
      'decoder',
      [latentDim, ...hiddenDims.slice().reverse(), inputDim],
      {hidden},
      random,
    );
  }

  encode(x: tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.config.inputDim]);
    return tf.tidy(() => this.encoder.apply(x));
  }

  decode(z: tf.Tensor2D): tf.Tensor2D {
    assertShape('z', z, [null, this.config.latentDim]);
    return tf.tidy(() => {
      const out = this.decoder.apply(z);
      return this.isSquashed ? tf.sigmoid(out) : out;
    });
  }

  /** One term, summed over the features and averaged over the batch. */
  losses(x: tf.Tensor2D): LossTerms {
    assertShape('x', x, [null, this.config.inputDim]);
    return tf.tidy(() => {
      const out = this.decoder.apply(this.encoder.apply(x));
      if (this.config.reconstruction === 'bernoulli') return {total: bernoulliNll(x, out)};
      return {total: squaredError(x, this.isSquashed ? tf.sigmoid(out) : out)};
    });
  }

  private get isSquashed(): boolean {
    return this.config.reconstruction === 'bernoulli' || this.config.output === 'sigmoid';
  }

  get variables(): tf.Variable[] {
    return [...this.encoder.variables, ...this.decoder.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }
}
