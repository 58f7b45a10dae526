import {compileStep, sgd} from '../../lib/compile';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';
import {eagerly, wave} from './constructs';

type Operation = (x: tf.Tensor) => tf.Tensor;

const square = (x: tf.Tensor) => x.reshape([4, 6]) as tf.Tensor2D;
const image = (x: tf.Tensor) => x.reshape([1, 4, 3, 2]) as tf.Tensor4D;
const sequence = (x: tf.Tensor) => x.reshape([2, 6, 2]) as tf.Tensor3D;
const even = (x: tf.Tensor) => x.reshape([1, 2, 2, 6]) as tf.Tensor4D;
const positive = (x: tf.Tensor) => x.abs().add(0.1);
const kernel = (shape: number[]) => wave(shape as [number], 9) as tf.Tensor;

// Each is a function of 24 numbers, of which tfjs itself knows the gradient.
const operations: Record<string, Operation> = {
  abs: tf.abs,
  add: (x) => tf.add(x, x.mean()),
  addN: (x) => tf.addN([x, x.square(), x]),
  'avgPool of 2': (x) => tf.avgPool(even(x), 2, 1, 'same'),
  batchNorm: (x) => tf.batchNorm(image(x), kernel([2]), positive(kernel([2])), kernel([2]), kernel([2])),
  'bias of a matrix': (x) => tf.relu(tf.add(kernel([3, 24]), x)),
  'bias of stacks': (x) => tf.relu(tf.add(kernel([2, 3, 24]), x)),
  'bias of images': (x) => tf.relu(tf.add(kernel([2, 2, 3, 24]), x)),
  'bias of stacks of images': (x) => tf.relu(tf.add(kernel([1, 2, 2, 3, 24]), x)),
  'bias in front of a matrix': (x) => tf.relu(tf.add(x, kernel([3, 24]))),
  'bias of a square matrix, as row and as column': (x) =>
    tf.add(tf.add(kernel([24, 24]), x).square(), x.reshape([24, 1])),
  cast: (x) => x.mul(kernel([24]).greater(0).cast('float32')),
  clipByValue: (x) => tf.clipByValue(x, -0.4, 0.3),
  concat: (x) => tf.concat([square(x), square(x).square()], 1),
  conv1d: (x) => tf.conv1d(sequence(x), kernel([3, 2, 4]) as tf.Tensor3D, 1, 'same'),
  'conv2d with stride': (x) => tf.conv2d(image(x), kernel([3, 3, 2, 3]) as tf.Tensor4D, 2, 'same'),
  'conv2d, dilated': (x) =>
    tf.conv2d(image(x), kernel([2, 2, 2, 3]) as tf.Tensor4D, 1, 'same', 'NHWC', [2, 2]),
  conv2dTranspose: (x) =>
    tf.conv2dTranspose(even(x), kernel([3, 3, 2, 6]) as tf.Tensor4D, [1, 4, 4, 2], 2, 'same'),
  cos: tf.cos,
  cumsum: (x) => tf.cumsum(square(x), 1),
  'cumsum, exclusive and reverse': (x) => tf.cumsum(square(x), 1, true, true),
  depthwiseConv2d: (x) => tf.depthwiseConv2d(image(x), kernel([3, 3, 2, 1]) as tf.Tensor4D, 1, 'same'),
  div: (x) => tf.div(x, positive(x)),
  einsum: (x) => tf.einsum('bi,bj->bij', square(x), square(x)),
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expandDims: (x) =>
    square(x)
      .expandDims(1)
      .mul(kernel([3, 1])),
  expm1: tf.expm1,
  floor: (x) => x.mul(tf.floor(x.mul(3))),
  fusedDense: (x) =>
    tf.fused.matMul({a: square(x), b: kernel([6, 2]) as tf.Tensor2D, bias: kernel([2]), activation: 'relu'}),
  fusedConv2d: (x) =>
    tf.fused.conv2d({
      x: image(x),
      filter: kernel([3, 3, 2, 3]) as tf.Tensor4D,
      strides: 1,
      pad: 'same',
      bias: kernel([3]),
      activation: 'relu',
    }),
  gather: (x) => tf.gather(square(x), [1, 1, 3], 0),
  'gather of columns': (x) => tf.gather(square(x), tf.tensor1d([5, 0], 'int32'), 1),
  l2: (x) => tf.sum(x.square()).sqrt(),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  log: (x) => tf.log(positive(x)),
  log1p: (x) => tf.log1p(positive(x)),
  logSoftmax: (x) => tf.logSoftmax(square(x)),
  logSumExp: (x) => tf.logSumExp(square(x), 1),
  matMul: (x) => tf.matMul(square(x), square(x), false, true),
  'matMul of stacks': (x) => tf.matMul(sequence(x), kernel([2, 2, 3])),
  'matMul of a stack with one': (x) => tf.matMul(sequence(x), kernel([2, 3])),
  max: (x) => tf.max(square(x), 1),
  maximum: (x) => tf.maximum(x, 0.1),
  maxPool: (x) => tf.maxPool(even(x), 2, 1, 'same'),
  mean: (x) => tf.mean(square(x), 0),
  min: (x) => tf.min(square(x), 0),
  minimum: (x) => tf.minimum(x, 0.1),
  mirrorPad: (x) => tf.mirrorPad(square(x), [[1, 1], [2, 0]], 'reflect'), // prettier-ignore
  moments: (x) => tf.moments(square(x), 1).variance,
  neg: tf.neg,
  norm: (x) => tf.norm(square(x), 2, 1),
  pad: (x) => tf.pad(square(x), [[1, 0], [0, 2]]), // prettier-ignore
  pow: (x) => tf.pow(positive(x), 1.5),
  'power with an exponent of its own': (x) => tf.pow(positive(x), x),
  prelu: (x) => tf.prelu(x, tf.scalar(0.3)),
  prod: (x) => tf.prod(square(x), 1),
  reciprocal: (x) => tf.reciprocal(positive(x)),
  relu: tf.relu,
  relu6: (x) => tf.relu6(x.mul(20)),
  'resize, bilinear': (x) => tf.image.resizeBilinear(image(x), [8, 6]),
  'resize to nearest': (x) => tf.image.resizeNearestNeighbor(image(x), [8, 6]),
  reverse: (x) => tf.reverse(square(x), 1),
  rsqrt: (x) => tf.rsqrt(positive(x)),
  selu: tf.selu,
  separableConv2d: (x) =>
    tf.separableConv2d(
      image(x),
      kernel([3, 3, 2, 1]) as tf.Tensor4D,
      kernel([1, 1, 2, 3]) as tf.Tensor4D,
      1,
      'same',
    ),
  sigmoid: tf.sigmoid,
  sign: (x) => x.mul(tf.sign(x)),
  sin: tf.sin,
  slice: (x) => tf.slice(square(x), [1, 2], [2, 3]),
  softmax: (x) => tf.softmax(square(x)),
  softplus: tf.softplus,
  split: (x) => {
    const [a, b] = tf.split(square(x), 2, 1);
    return tf.mul(a, b);
  },
  'split into unequal parts': (x) => tf.split(square(x), [1, 2, 3], 1)[1],
  sqrt: (x) => tf.sqrt(positive(x)),
  squaredDifference: (x) => tf.squaredDifference(x, x.sin()),
  squeeze: (x) => tf.squeeze(x.reshape([1, 24, 1])),
  stack: (x) => tf.stack([x, x.sin()], 1),
  stridedSlice: (x) => tf.stridedSlice(square(x), [0, 1], [4, 6], [2, 2]),
  sum: (x) => tf.sum(sequence(x), [0, 2]),
  'sum of rows': (x) => tf.sum(square(x), 0),
  'sum of rows, kept as a matrix': (x) => tf.sum(square(x), 0, true),
  'sum of columns': (x) => tf.sum(square(x), 1),
  'sum of all': (x) => tf.sum(square(x)),
  'sum of all but the channels': (x) => tf.sum(image(x), [2, 0, 1]),
  'sum over images': (x) => tf.sum(image(x), [1, 2]),
  tan: tf.tan,
  tanh: tf.tanh,
  tile: (x) => tf.tile(square(x), [2, 1]),
  transpose: (x) => tf.transpose(sequence(x), [1, 2, 0]),
  unstack: (x) => tf.unstack(square(x), 1)[2],
  where: (x) => tf.where(kernel([24]).greater(0), x.sin(), x.cos()),
};

describe('operations in a compiled step', () => {
  for (const [name, f] of Object.entries(operations)) {
    it(`${name} has the value and the gradient of the eager one`, () => {
      const [compiled, eager] = [step(f), eagerly(() => step(f))];
      assertClose(compiled, eager);
    });
  }
});

// The losses of two batches of the same shape with the change in between, and the weights at the end.
function step(f: Operation): number[] {
  const w = tf.tidy(() => tf.variable(wave([24], 1)));
  const training = compileStep({
    losses: (x: tf.Tensor) => {
      const y = f(tf.add(w, x));
      return {total: tf.mul(y, wave(y.shape as [number], 3)).sum() as tf.Scalar};
    },
    players: {variables: [w], optimizer: sgd()},
  });
  const totals = [0, 1].map((phase) => {
    const x = wave([24], 5 + phase, 0.3);
    const {total} = training.run(x, {learningRate: 0.1});
    tf.dispose(x);
    return total;
  });
  training.dispose();
  const values = [...totals, ...w.dataSync()];
  tf.dispose(w);
  return values;
}
