/**
 * Convolutions (Dumoulin & Visin 2016, https://arxiv.org/abs/1603.07285) and their transposes, alone and as
 * the two mirrored stacks of an auto-encoder. Images are [n, height, width, channels]; padding is 'same':
 * a stride of s makes ceil(height / s) rows of height, and the transpose makes height rows of those again.
 */
import {assertInteger, assertShape} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {activation, type Activation} from './activations';
import {constantVariable, glorotUniform} from './glorot';

export interface ConvolutionOptions {
  /** Height and width of the filter in pixels. Default 3. */
  size?: number;
  /** Pixels from one place of the filter to the next. Default 1. */
  stride?: number;
  /** After the bias. Default linear. */
  activation?: Activation;
}

/** What both directions have: filters, a bias, a stride and an activation. */
class FilterBank {
  readonly kernel: tf.Variable<tf.Rank.R4>;
  readonly bias: tf.Variable<tf.Rank.R1>;
  protected readonly stride: number;
  protected readonly activate: <T extends tf.Tensor>(x: T) => T;

  /** @param channels the last two dimensions of the kernel */
  constructor(
    readonly name: string,
    readonly inputs: number,
    readonly outputs: number,
    {size = 3, stride = 1, activation: activationName = 'linear'}: ConvolutionOptions,
    random: RandomStream,
    channels: readonly [number, number],
  ) {
    const sizes = {inputs, outputs, size, stride};
    Object.entries(sizes).forEach(([what, value]) => assertInteger(`${name}: ${what}`, value));
    [this.stride, this.activate] = [stride, activation(activationName)];
    const area = size * size;
    const shape: [number, number, number, number] = [size, size, ...channels];
    this.kernel = glorotUniform<tf.Rank.R4>(shape, area * inputs, area * outputs, random.split(name));
    this.bias = constantVariable(outputs);
  }

  get variables(): tf.Variable[] {
    return [this.kernel, this.bias] as tf.Variable[];
  }
}

/**
 * y = activation(x * W + b): [n, h, w, inputs] -> [n, ceil(h / stride), ceil(w / stride), outputs], with the
 * kernel W [size, size, inputs, outputs] and the bias b [outputs].
 */
export class Convolution extends FilterBank {
  constructor(
    name: string,
    inputs: number,
    outputs: number,
    options: ConvolutionOptions,
    random: RandomStream,
  ) {
    super(name, inputs, outputs, options, random, [inputs, outputs]);
  }

  apply(x: tf.Tensor4D): tf.Tensor4D {
    assertShape(this.name, x, [null, null, null, this.inputs]);
    return this.activate(tf.add(tf.conv2d(x, this.kernel, this.stride, 'same'), this.bias) as tf.Tensor4D);
  }
}

/**
 * The transpose of a convolution in x, with a bias and an activation: the way back, [n, h, w, inputs] ->
 * [n, height, width, outputs], with a kernel [size, size, outputs, inputs].
 */
export class TransposedConvolution extends FilterBank {
  constructor(
    name: string,
    inputs: number,
    outputs: number,
    options: ConvolutionOptions,
    random: RandomStream,
  ) {
    super(name, inputs, outputs, options, random, [outputs, inputs]);
  }

  /** @param height of the result, of which x has ceil(height / stride) rows; width likewise. */
  apply(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
    const {stride} = this;
    assertShape(this.name, x, [null, Math.ceil(height / stride), Math.ceil(width / stride), this.inputs]);
    const shape: [number, number, number, number] = [x.shape[0], height, width, this.outputs];
    return this.activate(
      tf.add(tf.conv2dTranspose(x, this.kernel, shape, stride, 'same'), this.bias) as tf.Tensor4D,
    );
  }
}

/** The shape of an image or of a stack of maps: [height, width, channels]. */
export type MapShape = readonly [height: number, width: number, channels: number];

/** Convolutions one after another, and where they lead. */
export interface MapStack {
  /** [n, height, width, channels] of the first shape -> of the last. */
  apply(x: tf.Tensor4D): tf.Tensor4D;
  readonly variables: tf.Variable[];
  /** [height, width, channels] before the first layer, between the layers, and after the last. */
  readonly shapes: readonly MapShape[];
}

/** Where stacked convolutions lead: [height, width, channels] before the first, between them, and after the last. */
export function mapShapes(from: MapShape, filters: readonly number[], stride: number): MapShape[] {
  const shapes: MapShape[] = [from];
  for (const [i, outputs] of filters.entries()) {
    const [height, width] = shapes[i];
    shapes.push([Math.ceil(height / stride), Math.ceil(width / stride), outputs]);
  }
  return shapes;
}

/**
 * The encoder's half: one convolution of the given stride for each entry of `filters`, e.g. [28, 28, 1] with
 * filters [32, 64] and stride 2 passes through [14, 14, 32] to [7, 7, 64].
 */
export function convolutionStack(
  name: string,
  from: MapShape,
  filters: readonly number[],
  options: ConvolutionOptions,
  random: RandomStream,
): MapStack {
  const {stride = 2} = options;
  const shapes = mapShapes(from, filters, stride);
  const layers = filters.map((outputs, i) => {
    return new Convolution(`${name}/${i}`, shapes[i][2], outputs, {...options, stride}, random);
  });
  return {
    apply: (x) => layers.reduce((h, layer) => layer.apply(h), x),
    variables: layers.flatMap((layer) => layer.variables),
    shapes,
  };
}

/**
 * The decoder's half: back through the shapes of a {@link convolutionStack}, last to first, with the activation after
 * each layer but the last, which is linear.
 */
export function transposedStack(
  name: string,
  mirrored: readonly MapShape[],
  options: ConvolutionOptions,
  random: RandomStream,
): MapStack {
  const {stride = 2} = options;
  const shapes = mirrored.slice().reverse();
  const last = shapes.length - 2;
  const layers = shapes.slice(1).map(([, , outputs], i) => {
    const activationName = i === last ? 'linear' : options.activation;
    const inputs = shapes[i][2];
    const each = {...options, stride, activation: activationName};
    return new TransposedConvolution(`${name}/${i}`, inputs, outputs, each, random);
  });
  return {
    apply: (x) => layers.reduce((h, layer, i) => layer.apply(h, shapes[i + 1][0], shapes[i + 1][1]), x),
    variables: layers.flatMap((layer) => layer.variables),
    shapes,
  };
}
