import * as assert from 'node:assert/strict';
import {completeShape, featuresOf, mirroredMaps, mirroredStacks} from '../../lib/layers/mirrored';
import {straightThrough} from '../../lib/layers/straight-through';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';

const shapes = {
  dense: {inputDim: 30, hiddenDims: [7, 4]},
  convolutional: {height: 6, width: 5, filters: [2, 3]},
};

describe('mirroredStacks(shape, {made, read})', () => {
  for (const [name, shape] of Object.entries(shapes)) {
    it(`leads from features to what is made, and from what is read back to features: ${name}`, () => {
      const {encoder, decoder} = mirroredStacks(shape, {made: 6, read: 3}, new RandomStream(1));
      const x = new RandomStream(2).uniformTensor<tf.Rank.R2>([4, featuresOf(shape)]);
      assert.deepEqual(encoder.apply(x).shape, [4, 6]);
      assert.deepEqual(decoder.apply(tf.zeros([4, 3])).shape, [4, 30]);
      const ends = decoder.apply(new RandomStream(3).normal<tf.Rank.R2>([4, 3]).mul(50)).dataSync();
      assert.ok(Math.max(...ends) > 1 && Math.min(...ends) < 0, 'the last layer is linear');
    });
  }

  it('mirrors the widths: 30-7-4-6 and 3-4-7-30', () => {
    const {encoder, decoder} = mirroredStacks(shapes.dense, {made: 6, read: 3}, new RandomStream(1));
    const kernels = (stack: typeof encoder) => stack.variables.map(({shape}) => shape).filter((s) => s.length > 1); // prettier-ignore
    assert.deepEqual(kernels(encoder), [[30, 7], [7, 4], [4, 6]]); // prettier-ignore
    assert.deepEqual(kernels(decoder), [[3, 4], [4, 7], [7, 30]]); // prettier-ignore
  });
});

describe('mirroredMaps(shape, channels)', () => {
  it('has a small image between the stacks: 6 x 5 pixels, halved twice and rounded up', () => {
    const {encoder, decoder, place} = mirroredMaps(shapes.convolutional, 8, new RandomStream(1));
    assert.deepEqual(place, [2, 2, 8]);
    const maps = encoder.apply(tf.ones([4, 30]));
    assert.deepEqual([maps.shape, decoder.apply(maps).shape], [[4, 2, 2, 8], [4, 30]]); // prettier-ignore
  });
});

describe('completeShape(config)', () => {
  it('fills in the defaults and leaves out what is not about the shape', () => {
    assert.deepEqual(completeShape({inputDim: 4, latentDim: 2} as {inputDim: number}), {
      inputDim: 4,
      hiddenDims: [512, 256],
      activation: 'silu',
    });
  });

  it('says what was given and what it expected', () => {
    const complete = (config: object) => () => completeShape(config as {inputDim: number});
    assert.throws(complete({}), /network: expected either inputDim, .* or height and width, .* got neither/);
    assert.throws(complete({inputDim: 4, height: 2, width: 2}), /network: expected either .* got both/);
    assert.throws(complete({inputDim: 0}), /inputDim: expected a whole number >= 1, got 0/);
    assert.throws(complete({height: 4}), /width: expected a whole number >= 1, got undefined/);
    assert.throws(complete({inputDim: 4, activation: 'rellu'}), /activation: expected one of linear, relu/);
  });
});

describe('straightThrough(value, x)', () => {
  it('passes the value on and the gradient to x, as if x had been the value', () => {
    const x = tf.tensor1d([-0.3, 0.2, 2]);
    const loss = (input: tf.Tensor) => tf.tidy(() => straightThrough(tf.sign(input), input).square().sum().mul(0.5) as tf.Scalar); // prettier-ignore
    assert.equal(loss(x).arraySync(), 1.5);
    assert.deepEqual(tf.grad(loss)(x).arraySync(), [-1, 1, 1]);
  });

  it('wants both of one shape', () => {
    assert.throws(
      () => straightThrough(tf.zeros([2]), tf.zeros([3])),
      /value: expected shape \[3\], got \[2\]/,
    );
  });
});
