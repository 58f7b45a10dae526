import * as tfjs from '@tensorflow/tfjs'; // for engine(), in whose place lib/tf has a description
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, numericalGradient, tensorsLeaked} from '../helpers';
import {caseTensors, gradientCases} from './gradient-cases';

describe('Gradients', () => {
  for (const one of gradientCases) {
    describe(one.name, () => {
      it('has the gradient of finite differences', () => {
        const {inputs, weights} = caseTensors(one);
        const gradients = tf.grads(one.f)(inputs, weights);
        inputs.forEach((input, k) => {
          assert.deepEqual(gradients[k].shape, input.shape);
          const weighted = (values: Float32Array) => {
            const changed = inputs.map((other, j) => (j === k ? tf.tensor(values, input.shape) : other));
            const output = tf.tidy(() => one.f(...changed).dataSync());
            changed[k].dispose();
            // Summed in double precision: the difference of two sums is what counts here.
            return (weights.dataSync() as Float32Array).reduce(
              (sum, weight, i) => sum + weight * output[i],
              0,
            );
          };
          const expected = numericalGradient(weighted, input.dataSync() as Float32Array);
          assertClose(gradients[k].dataSync(), expected, 2e-3);
        });
      });

      it('has the numbers of the native engine, and leaves no tensor behind', async () => {
        const {inputs, weights} = caseTensors(one);
        const native = fixture.cases[one.name];
        assertClose(
          tf.tidy(() => one.f(...inputs).dataSync()),
          native.output,
          1e-4,
        );
        const gradients = () => tf.grads(one.f)(inputs, weights);
        gradients().forEach((gradient, k) => assertClose(gradient.dataSync(), native.gradients[k], 1e-4));
        assert.equal(await tensorsLeaked(() => tf.dispose(gradients())), 0);
      });
    });
  }

  it('are in the fixture for these cases and no others', () => {
    assert.deepEqual(
      gradientCases.map(({name}) => name),
      Object.keys(fixture.cases),
    );
  });
});

describe('The gradient of a convolution', () => {
  it('is, for the filter, the patch that each place of it has seen', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const byFilter = tf.grad((w) => tf.conv2d(x, w as tf.Tensor4D, 1, 'valid').sum());
    assertClose(byFilter(tf.zeros([2, 2, 1, 1])).dataSync(), [
      1 + 2 + 4 + 5,
      2 + 3 + 5 + 6,
      4 + 5 + 7 + 8,
      5 + 6 + 8 + 9,
    ]);
  });

  it('is, for a pixel, the places of the filter that it has met', () => {
    const w = tf.tensor4d([1, 2, 4], [1, 3, 1, 1]);
    const byInput = tf.grad((x) => tf.conv2d(x as tf.Tensor4D, w, [1, 2], 'valid').sum());
    assertClose(byInput(tf.zeros([1, 1, 6, 1])).dataSync(), [1, 2, 4 + 1, 2, 4, 0]);
  });

  // An output that is linear in w has Σ w · gradient = Σ dy · output, and likewise for x.
  for (const [pad, stride] of [
    ['same', 1],
    ['same', 2],
    ['valid', 2],
  ] as const) {
    it(`keeps Σ w · dw = Σ dy · y = Σ x · dx for a large batch, '${pad}', stride ${stride}`, () => {
      const random = new RandomStream(1);
      const x = random.normal<tf.Rank.R4>([64, 14, 14, 16]);
      const w = random.normal<tf.Rank.R4>([5, 5, 16, 8]);
      const y = tf.conv2d(x, w, stride, pad);
      const dy = y.mul(1e-3); // so that Σ dy · y has one sign and nothing cancels
      const [dx, dw] = tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad))(
        [x, w],
        dy,
      );
      const product = (a: tf.Tensor, b: tf.Tensor) => a.mul(b).sum().dataSync()[0];
      const expected = product(dy, y);
      assertClose(product(w, dw), expected, 1e-4);
      assertClose(product(x, dx), expected, 1e-4);
    });
  }
});

describe('The gradient of pooling', () => {
  it('goes to the first of equal values, also where all are zero', () => {
    const gradient = tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid').sum())(
      tf.zeros([1, 4, 4, 1]),
    );
    assert.deepEqual(Array.from(gradient.dataSync()), [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('is shared by the pixels of the window that lie inside', () => {
    const gradient = tf.grad((x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'same').sum())(tf.zeros([1, 1, 3, 1]));
    assertClose(gradient.dataSync(), [1 / 2, 1 / 2, 1]);
  });
});

describe('tf.unsortedSegmentSum', () => {
  const ids = (values: number[]) => tf.tensor1d(values, 'int32');

  it('adds rows of one number, leaves out negative ones, and gives zero where there is none', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    assert.deepEqual(tf.unsortedSegmentSum(x, ids([2, 0, 2, -1]), 3).arraySync(), [
      [3, 4],
      [0, 0],
      [1 + 5, 2 + 6],
    ]);
  });

  it('keeps integers', () => {
    const sum = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], 'int32'), ids([1, 1, 0]), 2);
    assert.deepEqual([sum.dtype, sum.arraySync()], ['int32', [3, 1 + 2]]);
  });

  it('refuses a number that is no segment', () => {
    assert.throws(() => tf.unsortedSegmentSum(tf.ones([2]), ids([0, 3]), 3).dataSync(), /3/);
  });
});

describe('tf.stridedSlice', () => {
  it('keeps integers, and drops an axis when asked to', () => {
    const x = tf.tensor2d([0, 1, 2, 3, 4, 5, 6, 7], [2, 4], 'int32');
    const row = tf.stridedSlice(x, [1, 0], [2, 4], [1, 2], 0, 0, 0, 0, 1);
    assert.deepEqual([row.dtype, row.shape, row.arraySync()], ['int32', [2], [4, 6]]);
  });
});

describe('A kernel run by itself', () => {
  const strides = [2, 2];
  const filterShape = [3, 3, 2, 2];
  const inputShape = [1, 4, 4, 2];
  const four = (...shape: number[]) => tf.ones(shape);
  const kernels: Record<string, () => [tfjs.NamedTensorMap, object]> = {
    Conv2DBackpropFilter: () => [
      {x: four(1, 4, 4, 2), dy: four(1, 2, 2, 2)},
      {strides, pad: 'same', dataFormat: 'NHWC', filterShape},
    ],
    Conv2DBackpropInput: () => [
      {dy: four(1, 2, 2, 2), filter: four(3, 3, 2, 2)},
      {strides, pad: 'same', dataFormat: 'NHWC', inputShape},
    ],
    DepthwiseConv2dNativeBackpropFilter: () => [
      {x: four(1, 4, 4, 2), dy: four(1, 2, 2, 4)},
      {strides, pad: 'same', dilations: [1, 1], filterShape},
    ],
    DepthwiseConv2dNativeBackpropInput: () => [
      {dy: four(1, 2, 2, 4), filter: four(3, 3, 2, 2)},
      {strides, pad: 'same', dilations: [1, 1], inputShape},
    ],
    MaxPoolGrad: () => [
      {dy: four(1, 2, 2, 1), input: four(1, 3, 3, 1), output: four(1, 2, 2, 1)},
      {filterSize: 2, strides: 2, pad: 'same'},
    ],
    AvgPoolGrad: () => [
      {dy: four(1, 2, 2, 1), input: four(1, 3, 3, 1)},
      {filterSize: 2, strides: 2, pad: 'same'},
    ],
    UnsortedSegmentSum: () => [{x: four(2, 3), segmentIds: tf.tensor1d([1, 0], 'int32')}, {numSegments: 2}],
    GatherV2: () => [
      {x: four(2, 3), indices: tf.tensor2d([1, 0], [2, 1], 'int32')},
      {axis: 1, batchDims: 1},
    ],
    Prelu: () => [{x: four(2, 3), alpha: four(2, 1)}, {}],
    Einsum: () => [[four(2, 3), four(3, 2)] as unknown as tfjs.NamedTensorMap, {equation: 'ij,jk->ik'}],
  };
  for (const [name, make] of Object.entries(kernels)) {
    it(`leaves nothing but its result behind: ${name}`, async () => {
      const [inputs, attributes] = make();
      const run = () => tfjs.engine().runKernel(name, inputs, attributes as tfjs.NamedAttrMap);
      assert.equal(await tensorsLeaked(() => tf.dispose(run())), 0);
    });
  }
});

describe('tf.layers that convolve, look up and pool', () => {
  const layers: Record<string, () => tf.layers.Layer[]> = {
    'conv2d with dilations': () => [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 2,
        kernelSize: 3,
        dilationRate: 2,
        activation: 'relu',
      }),
    ],
    'conv2d and conv2dTranspose with strides': () => [
      tf.layers.conv2d({inputShape: [8, 8, 1], filters: 2, kernelSize: 3, strides: 2, padding: 'same'}),
      tf.layers.conv2dTranspose({filters: 2, kernelSize: 3, strides: 2, padding: 'same'}),
    ],
    'separableConv2d and maxPooling2d': () => [
      tf.layers.separableConv2d({inputShape: [8, 8, 1], filters: 3, kernelSize: 3, depthMultiplier: 2}),
      tf.layers.maxPooling2d({poolSize: 2}),
    ],
    'depthwiseConv2d and averagePooling2d': () => [
      tf.layers.depthwiseConv2d({inputShape: [8, 8, 1], kernelSize: 3, depthMultiplier: 2, strides: 2}),
      tf.layers.averagePooling2d({poolSize: 2, padding: 'same'}),
    ],
    embedding: () => [
      tf.layers.reshape({inputShape: [8, 8, 1], targetShape: [64]}),
      tf.layers.embedding({inputDim: 5, outputDim: 2}),
    ],
  };
  for (const [name, make] of Object.entries(layers)) {
    it(`learn one batch: ${name}`, () => {
      const random = new RandomStream(2);
      const x = tf.tensor4d(
        Float32Array.from({length: 4 * 64}, () => random.integer(5)),
        [4, 8, 8, 1],
      );
      const y = random.normal([4, 2]);
      const model = tf.sequential({layers: [...make(), tf.layers.flatten(), tf.layers.dense({units: 2})]});
      const optimizer = tf.train.adam(0.02);
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const step = () =>
        tf.tidy(() => {
          const loss = () => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor) as tf.Scalar;
          return optimizer.minimize(loss, true, variables)!.dataSync()[0];
        });
      const first = step();
      for (let i = 0; i < 30; i++) step();
      const last = step();
      assert.ok(last < 0.5 * first, `the loss went from ${first} to ${last}`);
    });
  }
});

interface Fixture {
  cases: Record<string, {output: number[]; gradients: number[][]}>;
}

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'wasm-gradients.json'), 'utf8'),
) as Fixture;
