/**
 * Operations that tfjs-node writes in a general form and TensorFlow runs faster, or joins with their
 * neighbours, in a special one: same result, to rounding.
 */
import type * as tf from '../tf';
import type {Attribute, Binding} from './native';

export interface Operation {
  op: string;
  attributes: Attribute[];
  inputs: tf.Tensor[];
}

/** The special form, where there is one; `axes` reads the second input of a sum. */
export function rewrite(
  operation: Operation,
  binding: Binding,
  axes: (tensor: tf.Tensor) => number[],
): Operation {
  const {op, attributes, inputs} = operation;
  const [a, b] = inputs;
  const type = {name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT};
  const format = {name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC'};
  const isFloat = a?.dtype === 'float32';
  const flag = (from: string, name: string) => ({
    name,
    type: binding.TF_ATTR_BOOL,
    value: attributes.find((attribute) => attribute.name === from)!.value,
  });
  if (op === 'BatchMatMulV2' && isFloat && a.shape.length === 2 && b.shape.length === 2) {
    return {
      op: 'MatMul',
      attributes: [type, flag('adj_x', 'transpose_a'), flag('adj_y', 'transpose_b')],
      inputs,
    };
  }
  // a bias: one number for each entry of the last axis
  if (
    /^Add(V2)?$/.test(op) &&
    isFloat &&
    isMatrixLike(a) &&
    b.shape.length === 1 &&
    b.shape[0] === a.shape.at(-1)
  ) {
    return {op: 'BiasAdd', attributes: [type, format], inputs};
  }
  // the gradient of a bias: the sum over all axes but the last
  if (op === 'Sum' && isFloat && isMatrixLike(a) && !flag('keep_dims', 'keep_dims').value) {
    const summed = axes(b);
    const outer = a.shape.slice(0, -1).map((_, axis) => axis);
    if (summed.length === outer.length && outer.every((axis) => summed.includes(axis)))
      return {op: 'BiasAddGrad', attributes: [type, format], inputs: [a]};
  }
  return operation;
}

function isMatrixLike({shape}: tf.Tensor): boolean {
  return shape.length >= 2 && shape.length <= 4 && shape.every((size) => size > 0);
}
