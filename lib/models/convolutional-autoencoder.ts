/**
 * The auto-encoder that knows that pixels have neighbours: convolutions instead of dense layers.
 * Masci, Meier, Cireşan & Schmidhuber 2011, https://doi.org/10.1007/978-3-642-21735-7_7, with strides in
 * place of their max-pooling, and trained all at once.
 *
 *   x [n, h w] ─ convolutions of stride 2 ─► maps ─ dense ─► z [n, k]
 *   z [n, k] ─ dense ─► maps ─ transposed convolutions ─► x̂ [n, h w]
 *
 * With `latentChannels` in place of `latentDim` the code is itself a small image: that many numbers at each
 * place of the last maps, e.g. 7 x 7 x 8 = 392 in all, made and read by convolutions of one pixel.
 */
import {assertInteger, assertOptions, assertShape} from '../check';
import type {Stack} from '../layers/dense';
import {
  completeShape,
  CONVOLUTIONAL_OPTIONS,
  mirroredMaps,
  mirroredStacks,
  type ConvolutionalShape,
} from '../layers/mirrored';
import {assertOutput, OUTPUT_DEFAULTS, outputLoss, outputOf, type OutputOptions} from '../losses/output';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface ConvolutionalAutoencoderConfig extends ConvolutionalShape, OutputOptions {
  /** k: numbers in the code. Give this or `latentChannels`. */
  latentDim?: number;
  /** Numbers of the code at each place of the last maps. Give this or `latentDim`. */
  latentChannels?: number;
  /** Fixes the initial weights. Default 0. */
  seed?: number;
}

type Config = Required<Omit<ConvolutionalAutoencoderConfig, 'latentDim' | 'latentChannels'>> &
  Pick<ConvolutionalAutoencoderConfig, 'latentDim' | 'latentChannels'>;

export class ConvolutionalAutoencoder implements Autoencoder {
  readonly kind = 'ConvolutionalAutoencoder';
  readonly config: Config;
  /** k: numbers in the code. */
  readonly latentDim: number;
  private readonly encoder: Stack; // [n, h w] -> [n, k]
  private readonly decoder: Stack; // [n, k] -> [n, h w]; before the sigmoid, where there is one

  constructor(config: ConvolutionalAutoencoderConfig) {
    const own = {...OUTPUT_DEFAULTS, seed: 0};
    const known = [...CONVOLUTIONAL_OPTIONS, 'latentDim', 'latentChannels', ...Object.keys(own)];
    assertOptions('ConvolutionalAutoencoder', config, known);
    const shape = completeShape<ConvolutionalShape>(config);
    this.config = {...own, ...config, ...shape};
    const {latentDim, latentChannels, seed} = this.config;
    assertOutput(this.config);
    if ((latentDim === undefined) === (latentChannels === undefined))
      throw new TypeError(
        `code: expected either latentDim or latentChannels, got ${latentDim === undefined ? 'neither' : 'both'}`,
      );
    const random = new RandomStream(seed);
    if (latentDim !== undefined) {
      assertInteger('latentDim', latentDim);
      this.latentDim = latentDim;
      const stacks = mirroredStacks(shape, {made: latentDim, read: latentDim}, random);
      [this.encoder, this.decoder] = [stacks.encoder, stacks.decoder];
    } else {
      assertInteger('latentChannels', latentChannels!);
      const {encoder, decoder, place} = mirroredMaps(shape, latentChannels!, random);
      const k = (this.latentDim = place[0] * place[1] * place[2]);
      this.encoder = {...encoder, apply: (x) => tf.reshape(encoder.apply(x), [-1, k]) as tf.Tensor2D};
      const maps = (z: tf.Tensor2D) => tf.reshape(z, [-1, ...place]) as tf.Tensor4D;
      this.decoder = {...decoder, apply: (z) => decoder.apply(maps(z))};
    }
  }

  /** x [n, h w] -> z [n, k]. */
  encode(x: tf.Tensor2D): tf.Tensor2D {
    const {height, width} = this.config;
    assertShape('x', x, [null, height * width]);
    return tf.tidy(() => this.encoder.apply(x));
  }

  /** z [n, k] -> x̂ [n, h w]. */
  decode(z: tf.Tensor2D): tf.Tensor2D {
    assertShape('z', z, [null, this.latentDim]);
    return tf.tidy(() => outputOf(this.decoder.apply(z), this.config));
  }

  /** One term, summed over the pixels and averaged over the batch. */
  losses(x: tf.Tensor2D, _scalars = {}, target = x): LossTerms {
    assertShape('target', target, x.shape);
    return tf.tidy(() => ({
      total: outputLoss(target, this.decoder.apply(this.encode(x)), this.config),
    }));
  }

  get variables(): tf.Variable[] {
    return [...this.encoder.variables, ...this.decoder.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }
}
