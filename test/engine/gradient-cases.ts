/**
 * The operations whose gradients are tested, each on small inputs that are the same on every engine.
 * Shared by gradients.test.ts and by test/fixtures/wasm-gradients.mjs, which writes down what the native
 * engine makes of them.
 */
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';

export interface GradientCase {
  name: string;
  /** What the operation is differentiated by. */
  inputs: Input[];
  f: (...inputs: tf.Tensor[]) => tf.Tensor;
}

/**
 * `normal`: standard normal. `positive`: between 0.5 and 2. `distinct`: no two values, and none and zero,
 * are nearer than 0.05, so that a small step crosses no kink and changes no maximum.
 */
interface Input {
  kind: 'normal' | 'positive' | 'distinct';
  shape: number[];
}

const normal = (...shape: number[]): Input => ({kind: 'normal', shape});
const positive = (...shape: number[]): Input => ({kind: 'positive', shape});
const distinct = (...shape: number[]): Input => ({kind: 'distinct', shape});

type Four = tf.Tensor4D;
type Pair = [number, number];

const int = (values: number[]) => tf.tensor1d(values, 'int32');

export const gradientCases: GradientCase[] = [
  // convolutions
  ...(['same', 'valid'] as const).flatMap((pad) =>
    ([1, 2, [1, 2]] as (number | Pair)[]).map((strides) => ({
      name: `conv2d, '${pad}', strides ${strides}`,
      inputs: [normal(2, 5, 6, 2), normal(3, 3, 2, 3)],
      f: (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as Four, w as Four, strides, pad),
    })),
  ),
  {
    name: "conv2d, 'valid', strides longer than the kernel",
    inputs: [normal(1, 7, 8, 2), normal(2, 2, 2, 2)],
    f: (x, w) => tf.conv2d(x as Four, w as Four, 3, 'valid'),
  },
  {
    name: "conv2d, 'same', strides longer than the kernel",
    inputs: [normal(1, 6, 9, 1), normal(3, 2, 1, 2)],
    f: (x, w) => tf.conv2d(x as Four, w as Four, [2, 3], 'same'),
  },
  {
    name: 'conv2d, 1 x 1 kernel',
    inputs: [normal(2, 3, 3, 3), normal(1, 1, 3, 2)],
    f: (x, w) => tf.conv2d(x as Four, w as Four, 1, 'same'),
  },
  {
    name: 'conv2d, even kernel of unequal sides',
    inputs: [normal(1, 5, 6, 1), normal(2, 4, 1, 2)],
    f: (x, w) => tf.conv2d(x as Four, w as Four, 2, 'same'),
  },
  ...(['same', 'valid'] as const).map((pad) => ({
    name: `conv2d, '${pad}', dilations 2`,
    inputs: [normal(1, 7, 6, 2), normal(3, 2, 2, 2)],
    f: (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as Four, w as Four, 1, pad, 'NHWC', 2),
  })),
  {
    name: 'conv1d, stride 2',
    inputs: [normal(2, 9, 2), normal(3, 2, 2)],
    f: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same'),
  },
  {
    name: 'conv1d, dilation 3',
    inputs: [normal(1, 9, 2), normal(3, 2, 2)],
    f: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same', 'NWC', 3),
  },
  ...(['same', 'valid'] as const).flatMap((pad) =>
    [1, 2].map((stride) => ({
      name: `conv2dTranspose, '${pad}', stride ${stride}`,
      inputs: [normal(2, 3, 2, 2), normal(3, 3, 3, 2)],
      f: (x: tf.Tensor, w: tf.Tensor) => {
        const size = (n: number) => (pad === 'same' ? n * stride : (n - 1) * stride + 3);
        return tf.conv2dTranspose(x as Four, w as Four, [2, size(3), size(2), 3], stride, pad);
      },
    })),
  ),
  ...(['same', 'valid'] as const).flatMap((pad) =>
    [1, 2].map((stride) => ({
      name: `depthwiseConv2d, '${pad}', stride ${stride}`,
      inputs: [normal(2, 5, 6, 2), normal(3, 3, 2, 2)],
      f: (x: tf.Tensor, w: tf.Tensor) => tf.depthwiseConv2d(x as Four, w as Four, stride, pad),
    })),
  ),
  {
    name: 'depthwiseConv2d, dilations 2',
    inputs: [normal(1, 6, 7, 2), normal(2, 3, 2, 1)],
    f: (x, w) => tf.depthwiseConv2d(x as Four, w as Four, 1, 'same', 'NHWC', 2),
  },
  {
    name: 'separableConv2d',
    inputs: [normal(2, 5, 4, 2), normal(3, 3, 2, 2), normal(1, 1, 4, 3)],
    f: (x, d, p) => tf.separableConv2d(x as Four, d as Four, p as Four, 2, 'same'),
  },
  {
    name: 'fused conv2d with bias',
    inputs: [normal(1, 5, 4, 2), normal(3, 3, 2, 3), normal(3)],
    f: (x, filter, bias) =>
      tf.fused.conv2d({x: x as Four, filter: filter as Four, bias, strides: 2, pad: 'same'}),
  },

  // pooling and resizing
  {name: 'maxPool', inputs: [distinct(2, 5, 6, 2)], f: (x) => tf.maxPool(x as Four, 2, 2, 'same')},
  {
    name: 'maxPool of values below zero',
    inputs: [distinct(1, 4, 4, 2)],
    f: (x) => tf.maxPool(x.sub(2) as Four, 2, 2, 'valid'),
  },
  {
    name: 'maxPool, overlapping',
    inputs: [distinct(1, 5, 6, 2)],
    f: (x) => tf.maxPool(x as Four, 3, 1, 'valid'),
  },
  {name: 'avgPool', inputs: [normal(2, 5, 6, 2)], f: (x) => tf.avgPool(x as Four, 2, 2, 'same')},
  {
    name: 'avgPool over the border',
    inputs: [normal(1, 4, 4, 2)],
    f: (x) => tf.avgPool(x as Four, 3, 1, 'same'),
  },
  {
    name: 'avgPool, overlapping',
    inputs: [normal(1, 5, 6, 2)],
    f: (x) => tf.avgPool(x as Four, 3, 1, 'valid'),
  },
  ...([false, true] as const).flatMap((corners) => [
    {
      name: `resizeNearestNeighbor${corners ? ', corners aligned' : ''}`,
      inputs: [normal(1, 3, 4, 2)],
      f: (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as Four, [6, 5], corners),
    },
    {
      name: `resizeBilinear${corners ? ', corners aligned' : ''}`,
      inputs: [normal(1, 3, 4, 2)],
      f: (x: tf.Tensor) => tf.image.resizeBilinear(x as Four, [6, 5], corners),
    },
  ]),

  // look-ups and segments
  ...[0, 1, 2].map((axis) => ({
    name: `gather along axis ${axis}`,
    inputs: [normal(3, 4, 3)],
    f: (x: tf.Tensor) => tf.gather(x, int([2, 0, 2, 2, 1]), axis),
  })),
  {
    name: 'gather with a matrix of indices',
    inputs: [normal(4, 3)],
    f: (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [3, 0, 3],
            [1, 1, 3],
          ],
          [2, 3],
          'int32',
        ),
      ),
  },
  {
    name: 'gather with a batch of indices',
    inputs: [normal(2, 4, 3)],
    f: (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [3, 0, 3],
            [1, 1, 2],
          ],
          [2, 3],
          'int32',
        ),
        1,
        1,
      ),
  },
  {
    name: 'unsortedSegmentSum',
    inputs: [normal(5, 3)],
    f: (x) => tf.unsortedSegmentSum(x, int([2, 0, 2, -1, 3]), 5),
  },

  // normalisation and activations
  {
    name: 'batchNorm',
    inputs: [normal(2, 2, 3, 2), normal(2), positive(2), normal(2), normal(2)],
    f: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
  },
  {name: 'moments', inputs: [normal(4, 3)], f: (x) => tf.stack(Object.values(tf.moments(x, 0)))},
  {
    name: 'localResponseNormalization',
    inputs: [normal(1, 2, 2, 5)],
    f: (x) => tf.localResponseNormalization(x as Four, 2),
  },
  {name: 'softmax', inputs: [normal(3, 4)], f: (x) => tf.softmax(x)},
  {name: 'logSoftmax', inputs: [normal(3, 4)], f: (x) => tf.logSoftmax(x)},
  {name: 'logSumExp', inputs: [normal(3, 4)], f: (x) => tf.logSumExp(x, 1)},
  {name: 'erf', inputs: [normal(6)], f: tf.erf},
  {name: 'softplus', inputs: [normal(6)], f: tf.softplus},
  {name: 'sigmoid', inputs: [normal(6)], f: tf.sigmoid},
  {name: 'tanh', inputs: [normal(6)], f: tf.tanh},
  {name: 'relu', inputs: [distinct(8)], f: tf.relu},
  {name: 'relu6', inputs: [distinct(8)], f: (x) => tf.relu6(x.mul(20))},
  {name: 'elu', inputs: [distinct(8)], f: tf.elu},
  {name: 'selu', inputs: [distinct(8)], f: tf.selu},
  {name: 'leakyRelu', inputs: [distinct(8)], f: (x) => tf.leakyRelu(x, 0.1)},
  {name: 'prelu', inputs: [distinct(4, 3), positive(3)], f: (x, a) => tf.prelu(x, a)},
  {name: 'prelu, alpha for every row', inputs: [distinct(4, 3), positive(4, 1)], f: (x, a) => tf.prelu(x, a)},
  {name: 'dropout', inputs: [normal(4, 3)], f: (x) => tf.dropout(x, 0.5, undefined, 7)},

  // arithmetic
  {name: 'abs', inputs: [distinct(8)], f: tf.abs},
  {name: 'sign', inputs: [distinct(8)], f: tf.sign},
  {name: 'clipByValue', inputs: [distinct(8)], f: (x) => tf.clipByValue(x, -0.2, 0.3)},
  {name: 'pow', inputs: [positive(2, 3), normal(2, 3)], f: (x, y) => tf.pow(x, y)},
  {name: 'pow, broadcast', inputs: [positive(2, 3), normal(3)], f: (x, y) => tf.pow(x, y)},
  {name: 'sqrt', inputs: [positive(6)], f: tf.sqrt},
  {name: 'rsqrt', inputs: [positive(6)], f: tf.rsqrt},
  {name: 'square', inputs: [normal(6)], f: tf.square},
  {name: 'reciprocal', inputs: [positive(6)], f: tf.reciprocal},
  {name: 'exp', inputs: [normal(6)], f: tf.exp},
  {name: 'expm1', inputs: [normal(6)], f: tf.expm1},
  {name: 'log', inputs: [positive(6)], f: tf.log},
  {name: 'log1p', inputs: [positive(6)], f: tf.log1p},
  {name: 'sin', inputs: [normal(6)], f: tf.sin},
  {name: 'cos', inputs: [normal(6)], f: tf.cos},
  {name: 'atan', inputs: [normal(6)], f: tf.atan},
  {name: 'add, broadcast', inputs: [normal(2, 3), normal(3)], f: (x, y) => tf.add(x, y)},
  {name: 'sub, broadcast', inputs: [normal(2, 1), normal(2, 3)], f: (x, y) => tf.sub(x, y)},
  {name: 'mul, broadcast', inputs: [normal(2, 3), normal(2, 1)], f: (x, y) => tf.mul(x, y)},
  {name: 'div, broadcast', inputs: [normal(2, 3), positive(3)], f: (x, y) => tf.div(x, y)},
  {name: 'addN', inputs: [normal(2, 3), normal(2, 3)], f: (x, y) => tf.addN([x, y])},
  {name: 'maximum', inputs: [distinct(8), distinct(8)], f: (x, y) => tf.maximum(x, y.add(0.05))},
  {name: 'minimum', inputs: [distinct(8), distinct(8)], f: (x, y) => tf.minimum(x, y.add(0.05))},
  {name: 'squaredDifference', inputs: [normal(2, 3), normal(2, 3)], f: (x, y) => tf.squaredDifference(x, y)},
  {
    name: 'where',
    inputs: [normal(2, 3), normal(2, 3)],
    f: (x, y) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0, 1],
            [0, 0, 1],
          ],
          [2, 3],
          'bool',
        ),
        x,
        y,
      ),
  },

  // reductions
  ...[undefined, 0, 1].flatMap((axis) => {
    const name = axis === undefined ? '' : ` along axis ${axis}`;
    return [
      {name: `sum${name}`, inputs: [normal(3, 4)], f: (x: tf.Tensor) => tf.sum(x, axis)},
      {name: `mean${name}`, inputs: [normal(3, 4)], f: (x: tf.Tensor) => tf.mean(x, axis)},
      {name: `max${name}`, inputs: [distinct(3, 4)], f: (x: tf.Tensor) => tf.max(x, axis)},
      {name: `min${name}`, inputs: [distinct(3, 4)], f: (x: tf.Tensor) => tf.min(x, axis)},
      {name: `prod${name}`, inputs: [positive(3, 4)], f: (x: tf.Tensor) => tf.prod(x, axis)},
    ];
  }),
  {name: 'norm', inputs: [distinct(3, 4)], f: (x) => tf.norm(x, 2, 1)},

  // products
  ...[false, true].flatMap((a) =>
    [false, true].map((b) => ({
      name: `matMul of batches${a ? ', first transposed' : ''}${b ? ', second transposed' : ''}`,
      inputs: [a ? normal(2, 4, 3) : normal(2, 3, 4), b ? normal(2, 2, 4) : normal(2, 4, 2)],
      f: (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, a, b),
    })),
  ),
  ...['ij,jk->ik', 'bij,bkj->bik', 'bhid,bhjd->bhij', 'i,j->ji', 'bi,bi->b', 'bi,bi->', 'ij,k->jk'].map(
    (equation) => ({
      name: `einsum ${equation}`,
      inputs: equation
        .split('->')[0]
        .split(',')
        .map((term) => normal(...Array.from(term, (label) => 2 + ('bhijkd'.indexOf(label) % 3)))),
      f: (x: tf.Tensor, y: tf.Tensor) => tf.einsum(equation, x, y),
    }),
  ),
  ...['ij->ji', 'ijk->ki', 'ij->'].map((equation) => ({
    name: `einsum ${equation}`,
    inputs: [normal(...[2, 3, 4].slice(0, equation.indexOf('-')))],
    f: (x: tf.Tensor) => tf.einsum(equation, x),
  })),

  // shapes
  ...[0, 1, 2].map((axis) => ({
    name: `cumsum along axis ${axis}`,
    inputs: [normal(2, 3, 4)],
    f: (x: tf.Tensor) => tf.cumsum(x, axis),
  })),
  {name: 'cumsum, exclusive and reversed', inputs: [normal(2, 4)], f: (x) => tf.cumsum(x, 1, true, true)},
  {
    name: 'pad',
    inputs: [normal(2, 3)],
    f: (x) =>
      tf.pad(x, [
        [1, 2],
        [0, 1],
      ]),
  },
  {
    name: "mirrorPad, 'reflect'",
    inputs: [normal(3, 4)],
    f: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
  },
  {
    name: "mirrorPad, 'symmetric'",
    inputs: [normal(3, 4)],
    f: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 3],
          [2, 0],
        ],
        'symmetric',
      ),
  },
  {name: 'slice', inputs: [normal(3, 4)], f: (x) => tf.slice(x, [1, 0], [2, 3])},
  {name: 'stridedSlice', inputs: [normal(4, 7)], f: (x) => tf.stridedSlice(x, [1, 0], [4, 6], [2, 3])},
  {
    name: 'stridedSlice, backwards',
    inputs: [normal(3, 7)],
    f: (x) => tf.stridedSlice(x, [0, 5], [3, 0], [1, -2]),
  },
  {
    name: 'stridedSlice that drops an axis',
    inputs: [normal(3, 4)],
    f: (x) => tf.stridedSlice(x, [1, 1], [2, 4], [1, 2], 0, 0, 0, 0, 1),
  },
  {name: 'concat', inputs: [normal(2, 3), normal(2, 2)], f: (x, y) => tf.concat([x, y], 1)},
  {
    name: 'split',
    inputs: [normal(2, 5)],
    f: (x) => tf.mul(...(tf.split(x.slice([0, 1]), 2, 1) as [tf.Tensor, tf.Tensor])),
  },
  {name: 'stack', inputs: [normal(2, 3), normal(2, 3)], f: (x, y) => tf.stack([x, y], 1)},
  {name: 'unstack', inputs: [normal(2, 3)], f: (x) => tf.mul(...(tf.unstack(x) as [tf.Tensor, tf.Tensor]))},
  {name: 'tile', inputs: [normal(2, 3)], f: (x) => tf.tile(x, [2, 3])},
  {name: 'broadcastTo', inputs: [normal(2, 1)], f: (x) => tf.broadcastTo(x, [2, 3])},
  {name: 'reverse', inputs: [normal(2, 3)], f: (x) => tf.reverse(x, 1)},
  {name: 'transpose', inputs: [normal(2, 3, 4)], f: (x) => tf.transpose(x, [2, 0, 1])},
  {name: 'oneHot as a constant', inputs: [normal(3, 4)], f: (x) => tf.oneHot(int([0, 3, 1]), 4).mul(x)},
];

/** The inputs of a case, and the weights that make a number of its output: Σ weight · output. */
export function caseTensors({name, inputs, f}: GradientCase): {inputs: tf.Tensor[]; weights: tf.Tensor} {
  const random = new RandomStream(0).split(name);
  const tensors = inputs.map(({kind, shape}) => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (kind === 'normal') return tf.tensor(random.normals(size), shape);
    if (kind === 'positive') return tf.tensor(random.uniforms(size, 0.5, 2), shape);
    return tf.tensor(
      Float32Array.from(random.permutation(size), (i) => (i - Math.floor(size / 2) + 0.5) * 0.1),
      shape,
    );
  });
  const output = tf.tidy(() => f(...tensors));
  const weights = tf.tensor(random.normals(output.size), output.shape);
  output.dispose();
  return {inputs: tensors, weights};
}
