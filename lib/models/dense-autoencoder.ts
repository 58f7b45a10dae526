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
import {assertOutput, OUTPUT_DEFAULTS, outputLoss, outputOf, type OutputOptions} from '../losses/output';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface DenseAutoencoderConfig extends OutputOptions {
  /** d: features per example, e.g. 784 for a flattened 28 x 28 image. */
  inputDim: number;
  /** k: numbers in the code. */
  latentDim: number;
  /** Widths of the encoder's hidden layers; the decoder mirrors them. Default [512, 256]. */
  hiddenDims?: readonly number[];
  /** After every hidden layer. Default silu, which is smooth everywhere. */
  activation?: Activation;
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
      ...OUTPUT_DEFAULTS,
      hiddenDims: [512, 256],
      activation: 'silu' as const,
      seed: 0,
    };
    assertOptions('DenseAutoencoder', config, ['inputDim', 'latentDim', ...Object.keys(defaults)]);
    this.config = {...defaults, ...config};
    const {inputDim, latentDim, hiddenDims, activation: hidden, seed} = this.config;
    assertInteger('inputDim', inputDim);
    assertInteger('latentDim', latentDim);
    assertChoice('activation', hidden, activations);
    assertOutput(this.config);
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
    return tf.tidy(() => outputOf(this.decoder.apply(z), this.config));
  }

  /** One term, summed over the features and averaged over the batch. */
  losses(x: tf.Tensor2D, _scalars = {}, target = x): LossTerms {
    assertShape('x', x, [null, this.config.inputDim]);
    assertShape('target', target, x.shape);
    return tf.tidy(() => {
      const out = this.decoder.apply(this.encoder.apply(x));
      return {total: outputLoss(target, out, this.config)};
    });
  }

  get variables(): tf.Variable[] {
    return [...this.encoder.variables, ...this.decoder.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }
}
