/**
 * The deep auto-encoder of dense layers.
 * Hinton & Salakhutdinov 2006, https://doi.org/10.1126/science.1127647, trained from random weights
 * without their layer-wise pre-training, which present optimizers and activations do without.
 *
 *   x [n, d] ─ encoder: hidden widths ─► z [n, k] ─ decoder: the same widths mirrored ─► x̂ [n, d]
 */
import {assertInteger, assertOptions, assertShape} from '../check';
import type {Stack} from '../layers/dense';
import {completeShape, DENSE_OPTIONS, mirroredStacks, type DenseShape} from '../layers/mirrored';
import {assertOutput, OUTPUT_DEFAULTS, outputLoss, outputOf, type OutputOptions} from '../losses/output';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface DenseAutoencoderConfig extends DenseShape, OutputOptions {
  /** k: numbers in the code. */
  latentDim: number;
  /** Fixes the initial weights. Default 0. */
  seed?: number;
}

export class DenseAutoencoder implements Autoencoder {
  readonly kind = 'DenseAutoencoder';
  readonly config: Required<DenseAutoencoderConfig>;
  private readonly encoder: Stack; // [n, d] -> [n, k]
  private readonly decoder: Stack; // [n, k] -> [n, d]; before the sigmoid, where there is one

  constructor(config: DenseAutoencoderConfig) {
    const own = {...OUTPUT_DEFAULTS, seed: 0};
    assertOptions('DenseAutoencoder', config, [...DENSE_OPTIONS, 'latentDim', ...Object.keys(own)]);
    const shape = completeShape<DenseShape>(config);
    this.config = {...own, ...config, ...shape};
    const {latentDim, seed} = this.config;
    assertInteger('latentDim', latentDim);
    assertOutput(this.config);
    const stacks = mirroredStacks(shape, {made: latentDim, read: latentDim}, new RandomStream(seed));
    [this.encoder, this.decoder] = [stacks.encoder, stacks.decoder];
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
