/** Fully connected layers, alone and stacked. */
import {assertInteger, assertShape} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {activation, type Activation} from './activations';
import {constantVariable, glorotUniform} from './glorot';

/** y = activation(x W + b), with x [n, inputs], W [inputs, outputs], b [outputs], y [n, outputs]. */
export class Dense {
  readonly kernel: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
  private readonly activate: <T extends tf.Tensor>(x: T) => T;

  /**
   * Weights begin as {@link glorotUniform}, biases zero.
   * @param random where the weights come from; each layer takes a stream of its own.
   */
  constructor(
    readonly name: string,
    readonly inputs: number,
    readonly outputs: number,
    activationName: Activation,
    random: RandomStream,
  ) {
    assertInteger(`${name}: inputs`, inputs);
    assertInteger(`${name}: outputs`, outputs);
    this.activate = activation(activationName);
    this.kernel = glorotUniform<tf.Rank.R2>([inputs, outputs], inputs, outputs, random.split(name));
    this.bias = constantVariable(outputs);
  }

  /** x [n, inputs] -> [n, outputs]. */
  apply(x: tf.Tensor2D): tf.Tensor2D {
    assertShape(this.name, x, [null, this.inputs]);
    return this.activate(tf.add(tf.matMul(x, this.kernel), this.bias) as tf.Tensor2D);
  }

  get variables(): tf.Variable[] {
    return [this.kernel, this.bias];
  }
}

/** Layers one after another. */
export interface Stack {
  /** x [n, first width] -> [n, last width]. */
  apply(x: tf.Tensor2D): tf.Tensor2D;
  readonly variables: tf.Variable[];
}

/**
 * A stack of dense layers: widths [784, 512, 30] make two layers, named `name/0` and `name/1`, with the
 * `hidden` activation after each but the last, which has `output` (default linear).
 */
export function denseStack(
  name: string,
  widths: readonly number[],
  options: {hidden: Activation; output?: Activation},
  random: RandomStream,
): Stack {
  if (widths.length < 2)
    throw new RangeError(`${name}: expected at least two widths, input and output, got ${widths.length}`);
  const last = widths.length - 2;
  const layers = widths
    .slice(1)
    .map(
      (width, i) =>
        new Dense(
          `${name}/${i}`,
          widths[i],
          width,
          i === last ? (options.output ?? 'linear') : options.hidden,
          random,
        ),
    );
  return {
    apply: (x) => layers.reduce((h, layer) => layer.apply(h), x),
    variables: layers.flatMap((layer) => layer.variables),
  };
}
