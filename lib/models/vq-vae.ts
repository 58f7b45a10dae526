/**
 * The vector-quantised auto-encoder, VQ-VAE: the code of an image is a small grid of symbols, e.g. 7 x 7 whole
 * numbers below 128, so that at most 49 · log2 128 = 343 bits reach the decoder.
 * van den Oord, Vinyals & Kavukcuoglu 2017, https://arxiv.org/abs/1711.00937
 *
 *   x [n, h w] ─ convolutions ─► vectors [n, 7, 7, D] ─ quantiser ─► symbols [n, 49] ─ look up ─► [n, 7, 7, D] ─ transposed convolutions ─► x̂
 *
 * It differs from a convolutional auto-encoder with `latentChannels` in the quantiser alone: see
 * layers/vector-quantizer.ts, or layers/scalar-quantizer.ts where `levels` are given.
 */
import {assertOptions, assertShape, assertWithin} from '../check';
import {
  completeShape,
  CONVOLUTIONAL_OPTIONS,
  mirroredMaps,
  type ConvolutionalShape,
  type MirroredMaps,
} from '../layers/mirrored';
import {ScalarQuantizer} from '../layers/scalar-quantizer';
import {
  assertSymbols,
  VectorQuantizer,
  VECTOR_QUANTIZER_DEFAULTS,
  type Quantizer,
  type VectorQuantizerConfig,
} from '../layers/vector-quantizer';
import {assertOutput, OUTPUT_DEFAULTS, outputLoss, outputOf, type OutputOptions} from '../losses/output';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface VectorQuantizedAutoencoderConfig
  extends ConvolutionalShape, OutputOptions, VectorQuantizerConfig {
  /** Levels of finite scalar quantisation, e.g. [8, 4, 4] for 128 symbols, in place of a codebook and its options. */
  levels?: readonly number[];
  /** β: how much the encoder pays for the distance to the entry that it chose. Default 0.25. */
  commitmentCost?: number;
  /** Fixes the initial weights, the codebook's start and its revivals. Default 0. */
  seed?: number;
}

export class VectorQuantizedAutoencoder implements Autoencoder {
  readonly kind = 'VectorQuantizedAutoencoder';
  readonly config: VectorQuantizedAutoencoderConfig & Required<ConvolutionalShape & OutputOptions>;
  readonly quantizer: Quantizer;
  /** Symbols of an image: rows, columns, and both multiplied. */
  readonly grid: {rows: number; columns: number; places: number};
  private readonly maps: MirroredMaps;
  private readonly commitmentCost: number;

  constructor(config: VectorQuantizedAutoencoderConfig) {
    const {levels} = config;
    const own = {...OUTPUT_DEFAULTS, seed: 0};
    const learned = {...VECTOR_QUANTIZER_DEFAULTS, commitmentCost: 0.25}; // what a codebook needs, and levels do not
    const defaults = levels ? own : {...own, ...learned};
    assertOptions('VectorQuantizedAutoencoder', config, [
      ...CONVOLUTIONAL_OPTIONS,
      'levels',
      ...Object.keys(defaults),
    ]);
    const shape = completeShape<ConvolutionalShape>(config);
    this.config = {...defaults, ...config, ...shape};
    const {commitmentCost = 0, seed = 0} = this.config;
    assertOutput(this.config);
    assertWithin('commitmentCost', commitmentCost, 0, Infinity);
    this.commitmentCost = commitmentCost;
    const random = new RandomStream(seed);
    const codebook = pick(this.config, Object.keys(VECTOR_QUANTIZER_DEFAULTS));
    this.quantizer = levels
      ? new ScalarQuantizer('quantizer', levels)
      : new VectorQuantizer('quantizer', codebook, random);
    this.maps = mirroredMaps(shape, this.quantizer.symbolDim, random);
    const [rows, columns] = this.maps.place;
    this.grid = {rows, columns, places: rows * columns};
  }

  /** x [n, h w] -> the symbols of each image, row by row of its grid, int32 [n, places]. */
  symbols(x: tf.Tensor2D): tf.Tensor2D {
    const {places} = this.grid;
    return tf.tidy(
      () => tf.reshape(this.quantizer.lookUp(this.vectorsOf(x)).indices, [-1, places]) as tf.Tensor2D,
    );
  }

  /** Symbols [n, places] -> x̂ [n, h w]. @throws RangeError naming a symbol outside the codebook and its place. */
  fromSymbols(symbols: tf.Tensor2D): tf.Tensor2D {
    assertShape('symbols', symbols, [null, this.grid.places]);
    assertSymbols('symbols', symbols, this.quantizer.symbols);
    return tf.tidy(() => this.decoded(this.quantizer.vectors(tf.reshape(symbols, [-1]) as tf.Tensor1D)));
  }

  /** x [n, h w] -> the vectors that its symbols stand for, [n, places · D]. */
  encode(x: tf.Tensor2D): tf.Tensor2D {
    const size = this.grid.places * this.quantizer.symbolDim;
    return tf.tidy(
      () => tf.reshape(this.quantizer.lookUp(this.vectorsOf(x)).codes, [-1, size]) as tf.Tensor2D,
    );
  }

  /** Vectors [n, places · D] -> x̂ [n, h w]. */
  decode(z: tf.Tensor2D): tf.Tensor2D {
    assertShape('z', z, [null, this.grid.places * this.quantizer.symbolDim]);
    return tf.tidy(() => this.decoded(z));
  }

  /**
   * `reconstruction`, `commitment` and, if it learns by gradient, `codebook`: each summed over all numbers of an
   * example, pixels or vectors, and averaged over the batch. total = reconstruction + β commitment (+ codebook), eq. 3.
   * `perplexity` is that of the batch's symbols.
   */
  losses(x: tf.Tensor2D, _scalars = {}, target = x): LossTerms {
    assertShape('target', target, x.shape);
    return tf.tidy(() => {
      const {codes, terms} = this.quantizer.quantize(this.vectorsOf(x));
      const reconstruction = outputLoss(target, this.raw(codes), this.config);
      const {perplexity, ...distances} = terms;
      const perImage = Object.entries(distances).map(
        ([name, mean]) => [name, tf.mul(mean, this.grid.places)] as const,
      );
      const costs = perImage.map(([name, cost]) =>
        name === 'commitment' ? tf.mul(cost, this.commitmentCost) : cost,
      );
      const total = tf.addN([reconstruction, ...costs]) as tf.Scalar;
      return {total, reconstruction, ...Object.fromEntries(perImage), perplexity} as LossTerms;
    });
  }

  get variables(): tf.Variable[] {
    return [...this.maps.encoder.variables, ...this.maps.decoder.variables, ...this.quantizer.variables];
  }

  /** The moving averages and, if it follows them, the codebook. */
  get state(): tf.Variable[] {
    return this.quantizer.state;
  }

  dispose(): void {
    tf.dispose([...this.variables, ...this.state]);
  }

  // [n places, D], the places of an image one below the other
  private vectorsOf(x: tf.Tensor2D): tf.Tensor2D {
    const {height, width} = this.config;
    assertShape('x', x, [null, height * width]);
    return tf.reshape(this.maps.encoder.apply(x), [-1, this.quantizer.symbolDim]) as tf.Tensor2D;
  }

  private raw(vectors: tf.Tensor2D): tf.Tensor2D {
    return this.maps.decoder.apply(tf.reshape(vectors, [-1, ...this.maps.place]) as tf.Tensor4D);
  }

  private decoded(vectors: tf.Tensor2D): tf.Tensor2D {
    return outputOf(this.raw(vectors), this.config);
  }
}

function pick(options: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}
