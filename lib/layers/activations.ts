/** Activation functions by name. */
import {assertChoice} from '../check';
import * as tf from '../tf';

const functions = {
  linear: (x: tf.Tensor) => x,
  relu: (x: tf.Tensor) => tf.relu(x),
  /** x * sigmoid(x): Elfwing et al. 2018, https://arxiv.org/abs/1702.03118 */
  silu: (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x)),
  tanh: (x: tf.Tensor) => tf.tanh(x),
  sigmoid: (x: tf.Tensor) => tf.sigmoid(x),
};

export type Activation = keyof typeof functions;

export const activations = Object.keys(functions) as Activation[];

/** The function of that name. @throws RangeError listing the known ones. */
export function activation(name: Activation): <T extends tf.Tensor>(x: T) => T {
  assertChoice('activation', name, activations);
  return functions[name] as <T extends tf.Tensor>(x: T) => T;
}
