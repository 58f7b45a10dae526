/**
 * Encoder and decoder as two mirrored stacks, for every model that differs from the plain auto-encoder in
 * what stands between the two:
 *
 *   x [n, d] ─ encoder ─► [n, made] ─ … ─ [n, read] ─ decoder ─► [n, d], before any sigmoid
 *
 * e.g. made = 2 k and read = k in a variational auto-encoder, whose encoder names a mean and a variance. With
 * {@link mirroredMaps} a small image stands between them instead.
 */
import {assertChoice, assertInteger, assertOptions} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {activations, type Activation} from './activations';
import {
  Convolution,
  convolutionStack,
  mapShapes,
  transposedStack,
  type MapShape,
  type MapStack,
} from './convolution';
import {Dense, denseStack, type Stack} from './dense';

/** Stacks of dense layers. */
export interface DenseShape {
  /** d: features per example, e.g. 784 for a flattened 28 x 28 image. */
  inputDim: number;
  /** Widths of the encoder's hidden layers; the decoder mirrors them. Default [512, 256]. */
  hiddenDims?: readonly number[];
  /** After every hidden layer. Default silu, which is smooth everywhere. */
  activation?: Activation;
}

/** Stacks of convolutions, each halving height and width. */
export interface ConvolutionalShape {
  /** Pixels from top to bottom. */
  height: number;
  /** Pixels from left to right. */
  width: number;
  /** Filters of each convolution of the encoder; the decoder mirrors them. Default [32, 64]. */
  filters?: readonly number[];
  /** Height and width of each filter, in pixels. Default 3. */
  filterSize?: number;
  /** After every layer but those that make the code and x̂. Default relu, which is the fastest. */
  activation?: Activation;
}

/** What a model is built of: give `inputDim` for dense layers, `height` and `width` for convolutions. */
export type NetworkShape = DenseShape | ConvolutionalShape;

export const DENSE_OPTIONS = ['inputDim', 'hiddenDims', 'activation'];
export const CONVOLUTIONAL_OPTIONS = ['height', 'width', 'filters', 'filterSize', 'activation'];

/** The names of all options of a {@link NetworkShape}. */
const SHAPE_OPTIONS = [...new Set([...DENSE_OPTIONS, ...CONVOLUTIONAL_OPTIONS])];

/** The shape among a model's options, the defaults filled in. @throws TypeError if it is neither dense nor convolutional, or both. */
export function completeShape<S extends NetworkShape>(
  config: S,
): Required<S extends DenseShape ? DenseShape : S extends ConvolutionalShape ? ConvolutionalShape : never>;
export function completeShape(config: NetworkShape): Required<DenseShape> | Required<ConvolutionalShape> {
  const [dense, convolutional] = ['inputDim' in config, 'height' in config || 'width' in config];
  if (dense === convolutional)
    throw new TypeError(
      `network: expected either inputDim, for dense layers, or height and width, for convolutions, got ${dense ? 'both' : 'neither'}`,
    );
  if ('inputDim' in config) {
    const {inputDim, hiddenDims = [512, 256], activation = 'silu'} = config;
    assertInteger('inputDim', inputDim);
    assertChoice('activation', activation, activations);
    return {inputDim, hiddenDims, activation};
  }
  const {height, width, filters = [32, 64], filterSize = 3, activation = 'relu'} = config;
  assertInteger('height', height);
  assertInteger('width', width);
  assertChoice('activation', activation, activations);
  if (filters.length === 0) throw new RangeError('filters: expected at least one convolution, got none');
  return {height, width, filters, filterSize, activation};
}

/**
 * A model's own options and its shape, the defaults filled in.
 * @param required its own options that have no default
 * @throws TypeError for an unknown option, listing the known ones, or a shape that is none.
 */
export function completeConfig<O extends object>(
  name: string,
  config: NetworkShape & Partial<O>,
  required: readonly (keyof O & string)[],
  defaults: Partial<O>,
): NetworkShape & O {
  assertOptions(name, config, [...SHAPE_OPTIONS, ...required, ...Object.keys(defaults)]);
  return {...defaults, ...config, ...completeShape(config as NetworkShape)} as NetworkShape & O;
}

/** d: features per example. */
export function featuresOf(shape: NetworkShape): number {
  return 'inputDim' in shape ? shape.inputDim : shape.height * shape.width;
}

/** Two stacks, each the other's mirror image. */
export interface MirroredStacks {
  /** x [n, d] -> [n, made]. */
  readonly encoder: Stack;
  /** [n, read] -> [n, d], linear at the end. */
  readonly decoder: Stack;
}

/** Encoder and decoder of the given shape, with `made` numbers after the one and `read` before the other. */
export function mirroredStacks(
  shape: NetworkShape,
  {made, read}: {made: number; read: number},
  random: RandomStream,
): MirroredStacks {
  return {encoder: encoderStack(shape, made, random), decoder: decoderStack(shape, read, random)};
}

/** The first half alone: x [n, d] -> [n, made]. */
export function encoderStack(shape: NetworkShape, made: number, random: RandomStream): Stack {
  if ('inputDim' in shape) {
    const {inputDim, hiddenDims, activation} = completeShape(shape);
    return denseStack('encoder', [inputDim, ...hiddenDims, made], {hidden: activation}, random);
  }
  const full = completeShape(shape);
  const maps = encoderMaps(full, random);
  const size = sizeOf(maps.shapes[maps.shapes.length - 1]);
  const code = new Dense('encoder/code', size, made, 'linear', random);
  return {
    apply: (x) => code.apply(tf.reshape(maps.apply(asMaps(x, full)), [-1, size]) as tf.Tensor2D),
    variables: [...maps.variables, ...code.variables],
  };
}

/** The second half alone: [n, read] -> [n, d], linear at the end. */
export function decoderStack(shape: NetworkShape, read: number, random: RandomStream): Stack {
  if ('inputDim' in shape) {
    const {inputDim, hiddenDims, activation} = completeShape(shape);
    const widths = [read, ...hiddenDims.slice().reverse(), inputDim];
    return denseStack('decoder', widths, {hidden: activation}, random);
  }
  const full = completeShape(shape);
  const maps = decoderMaps(full, random);
  const place = maps.shapes[0];
  const code = new Dense('decoder/code', read, sizeOf(place), full.activation, random);
  return {
    apply: (z) => asRows(maps.apply(tf.reshape(code.apply(z), [-1, ...place]) as tf.Tensor4D), full),
    variables: [...code.variables, ...maps.variables],
  };
}

/** Two stacks of convolutions with a small image between them. */
export interface MirroredMaps {
  /** x [n, d] -> [n, ...place]. */
  readonly encoder: {apply(x: tf.Tensor2D): tf.Tensor4D; readonly variables: tf.Variable[]};
  /** [n, ...place] -> [n, d], linear at the end. */
  readonly decoder: {apply(maps: tf.Tensor4D): tf.Tensor2D; readonly variables: tf.Variable[]};
  /** [height, width, channels] of the small image, e.g. [7, 7, 16] for 28 x 28 pixels and two convolutions. */
  readonly place: MapShape;
}

/** Encoder and decoder of convolutions alone: the last maps become `channels` numbers at each place, by convolutions of one pixel. */
export function mirroredMaps(
  shape: ConvolutionalShape,
  channels: number,
  random: RandomStream,
): MirroredMaps {
  const full = completeShape(shape);
  const [down, up] = [encoderMaps(full, random), decoderMaps(full, random)];
  const [h, w, c] = up.shapes[0];
  const into = new Convolution('encoder/code', c, channels, {size: 1}, random);
  const {activation} = full;
  const outOf = new Convolution('decoder/code', channels, c, {size: 1, activation}, random);
  return {
    encoder: {
      apply: (x) => into.apply(down.apply(asMaps(x, full))),
      variables: [...down.variables, ...into.variables],
    },
    decoder: {
      apply: (maps) => asRows(up.apply(outOf.apply(maps)), full),
      variables: [...outOf.variables, ...up.variables],
    },
    place: [h, w, channels],
  };
}

function encoderMaps(shape: Required<ConvolutionalShape>, random: RandomStream): MapStack {
  const {height, width, filters, filterSize: size, activation} = shape;
  return convolutionStack('encoder', [height, width, 1], filters, {size, stride: 2, activation}, random);
}

function decoderMaps(shape: Required<ConvolutionalShape>, random: RandomStream): MapStack {
  const {height, width, filters, filterSize: size, activation} = shape;
  const shapes = mapShapes([height, width, 1], filters, 2);
  return transposedStack('decoder', shapes, {size, stride: 2, activation}, random);
}

function sizeOf([height, width, channels]: MapShape): number {
  return height * width * channels;
}

function asMaps(x: tf.Tensor2D, {height, width}: ConvolutionalShape): tf.Tensor4D {
  return tf.reshape(x, [-1, height, width, 1]) as tf.Tensor4D;
}

function asRows(maps: tf.Tensor4D, {height, width}: ConvolutionalShape): tf.Tensor2D {
  return tf.reshape(maps, [-1, height * width]) as tf.Tensor2D;
}
