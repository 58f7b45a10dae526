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
import type {Activation} from '../layers/activations';
import {
  Convolution,
  convolutionStack,
  transposedStack,
  type MapShape,
  type MapStack,
} from '../layers/convolution';
import {Dense} from '../layers/dense';
import {assertOutput, OUTPUT_DEFAULTS, outputLoss, outputOf, type OutputOptions} from '../losses/output';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface ConvolutionalAutoencoderConfig extends OutputOptions {
  /** Pixels from top to bottom. */
  height: number;
  /** Pixels from left to right. */
  width: number;
  /** k: numbers in the code. Give this or `latentChannels`. */
  latentDim?: number;
  /** Numbers of the code at each place of the last maps. Give this or `latentDim`. */
  latentChannels?: number;
  /** Filters of each convolution of the encoder, each halving height and width; the decoder mirrors them. Default [32, 64]. */
  filters?: readonly number[];
  /** Height and width of each filter, in pixels. Default 3. */
  filterSize?: number;
  /** After every layer but those that make the code and x̂. Default relu, which is the fastest. */
  activation?: Activation;
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
  private readonly down: MapStack; // [n, h, w, 1] -> maps
  private readonly up: MapStack; // maps -> [n, h, w, 1]; before the sigmoid, where there is one
  private readonly code: Bridge;

  constructor(config: ConvolutionalAutoencoderConfig) {
    const defaults = {filters: [32, 64], filterSize: 3, activation: 'relu' as const, seed: 0};
    const known = ['height', 'width', 'latentDim', 'latentChannels'];
    const all = {...OUTPUT_DEFAULTS, ...defaults};
    assertOptions('ConvolutionalAutoencoder', config, [...known, ...Object.keys(all)]);
    this.config = {...all, ...config};
    const {height, width, filters, filterSize, activation, latentDim, latentChannels, seed} = this.config;
    assertInteger('height', height);
    assertInteger('width', width);
    if (filters.length === 0) throw new RangeError('filters: expected at least one convolution, got none');
    assertOutput(this.config);
    if ((latentDim === undefined) === (latentChannels === undefined))
      throw new TypeError(
        `code: expected either latentDim or latentChannels, got ${latentDim === undefined ? 'neither' : 'both'}`,
      );
    const random = new RandomStream(seed);
    const options = {size: filterSize, stride: 2, activation};
    this.down = convolutionStack('encoder', [height, width, 1], filters, options, random);
    this.up = transposedStack('decoder', this.down, options, random);
    const maps = this.down.shapes[filters.length];
    if (latentChannels === undefined) {
      assertInteger('latentDim', latentDim!);
      this.latentDim = latentDim!;
      this.code = denseBridge(maps, latentDim!, activation, random);
    } else {
      assertInteger('latentChannels', latentChannels);
      this.latentDim = maps[0] * maps[1] * latentChannels;
      this.code = pointwiseBridge(maps, latentChannels, activation, random);
    }
  }

  /** x [n, h w] -> z [n, k]. */
  encode(x: tf.Tensor2D): tf.Tensor2D {
    const {height, width} = this.config;
    assertShape('x', x, [null, height * width]);
    return tf.tidy(() =>
      this.code.into(this.down.apply(tf.reshape(x, [-1, height, width, 1]) as tf.Tensor4D)),
    );
  }

  /** z [n, k] -> x̂ [n, h w]. */
  decode(z: tf.Tensor2D): tf.Tensor2D {
    assertShape('z', z, [null, this.latentDim]);
    return tf.tidy(() => outputOf(this.drawn(z), this.config));
  }

  /** One term, summed over the pixels and averaged over the batch. */
  losses(x: tf.Tensor2D, _scalars = {}, target = x): LossTerms {
    assertShape('target', target, x.shape);
    return tf.tidy(() => ({total: outputLoss(target, this.drawn(this.encode(x)), this.config)}));
  }

  get variables(): tf.Variable[] {
    return [...this.down.variables, ...this.code.variables, ...this.up.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  private drawn(z: tf.Tensor2D): tf.Tensor2D {
    const {height, width} = this.config;
    return tf.reshape(this.up.apply(this.code.outOf(z)), [-1, height * width]) as tf.Tensor2D;
  }
}

/** Between the maps and the code. */
interface Bridge {
  /** Maps [n, h, w, c] -> z [n, k]. */
  into(maps: tf.Tensor4D): tf.Tensor2D;
  /** z [n, k] -> maps [n, h, w, c]. */
  outOf(z: tf.Tensor2D): tf.Tensor4D;
  readonly variables: tf.Variable[];
}

function denseBridge(
  [h, w, c]: MapShape,
  latentDim: number,
  activation: Activation,
  random: RandomStream,
): Bridge {
  const into = new Dense('encoder/code', h * w * c, latentDim, 'linear', random);
  const outOf = new Dense('decoder/code', latentDim, h * w * c, activation, random);
  return {
    into: (maps) => into.apply(tf.reshape(maps, [-1, h * w * c]) as tf.Tensor2D),
    outOf: (z) => tf.reshape(outOf.apply(z), [-1, h, w, c]) as tf.Tensor4D,
    variables: [...into.variables, ...outOf.variables],
  };
}

function pointwiseBridge(
  [h, w, c]: MapShape,
  channels: number,
  activation: Activation,
  random: RandomStream,
): Bridge {
  const into = new Convolution('encoder/code', c, channels, {size: 1}, random);
  const outOf = new Convolution('decoder/code', channels, c, {size: 1, activation}, random);
  return {
    into: (maps) => tf.reshape(into.apply(maps), [-1, h * w * channels]) as tf.Tensor2D,
    outOf: (z) => outOf.apply(tf.reshape(z, [-1, h, w, channels]) as tf.Tensor4D),
    variables: [...into.variables, ...outOf.variables],
  };
}
