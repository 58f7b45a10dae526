import {bernoulliNll, gaussianNll, squaredError} from '../../lib/losses/reconstruction';
import * as assert from 'node:assert/strict';
import * as tf from '../../lib/tf';
import {assertClose, numericalGradient} from '../helpers';

let x: tf.Tensor2D;
before(() => {
  x = tf.tensor2d([
    [0, 1, 0.25],
    [1, 0, 0.75],
  ]);
});

describe('squaredError(x, reconstruction)', () => {
  it('is summed over the features and averaged over the batch', () => {
    const back = tf.tensor2d([
      [0.5, 0, 0.25],
      [1, 2, 0.75],
    ]);
    assertClose(squaredError(x, back).arraySync(), (0.5 ** 2 + 1 ** 2 + 2 ** 2) / 2);
  });

  it('is zero for a perfect reconstruction', () => assertClose(squaredError(x, x).arraySync(), 0));

  it('refuses another shape', () => {
    assert.throws(
      () => squaredError(x, tf.zeros([2, 2])),
      /reconstruction: expected shape \[2, 3\], got \[2, 2\]/,
    );
  });
});

describe('bernoulliNll(x, logits)', () => {
  it('is log 2 per feature when the logits are 0', () => {
    assertClose(bernoulliNll(x, tf.zeros([2, 3])).arraySync(), 3 * Math.log(2));
  });

  it('is -Σ x log p + (1 - x) log(1 - p)', () => {
    const logit = Math.log(0.8 / 0.2);
    const each = (v: number) => -(v * Math.log(0.8) + (1 - v) * Math.log(0.2));
    const expected = [0, 1, 0.25, 1, 0, 0.75].reduce((sum, v) => sum + each(v), 0) / 2;
    assertClose(bernoulliNll(x, tf.fill([2, 3], logit)).arraySync(), expected);
  });

  it('stays finite for logits of ±1000', () => {
    assertClose(bernoulliNll(tf.ones([1, 1]), tf.fill([1, 1], -1000)).arraySync(), 1000);
    assertClose(bernoulliNll(tf.ones([1, 1]), tf.fill([1, 1], 1000)).arraySync(), 0);
  });
});

describe('gaussianNll(x, mean, logVar)', () => {
  it('is log(2π) / 2 per feature at the mean of a unit normal', () => {
    assertClose(gaussianNll(x, x, tf.scalar(0)).arraySync(), (3 * Math.log(2 * Math.PI)) / 2);
  });

  it('takes a variance, not a deviation: at distance 2 with variance 4 it adds (4 / 4 + log 4) / 2', () => {
    const expected = (Math.log(2 * Math.PI) + 4 / 4 + Math.log(4)) / 2;
    assertClose(
      gaussianNll(tf.fill([1, 1], 2), tf.zeros([1, 1]), tf.scalar(Math.log(4))).arraySync(),
      expected,
    );
  });
});

describe('gradients', () => {
  const losses: Record<string, (y: tf.Tensor2D) => tf.Scalar> = {
    squaredError: (y) => squaredError(x, y),
    bernoulliNll: (y) => bernoulliNll(x, y),
    'gaussianNll by mean': (y) => gaussianNll(x, y, tf.scalar(0.5)),
    'gaussianNll by log variance': (y) => gaussianNll(x, tf.fill([2, 3], 0.3), y),
  };
  for (const [name, loss] of Object.entries(losses)) {
    it(`of ${name} agree with central differences`, () => {
      const at = Float32Array.of(0.3, -0.7, 1.2, 0.1, 0.9, -1.5);
      const exact = tf
        .grad((y) => loss(y as tf.Tensor2D))(tf.tensor2d(at, [2, 3]))
        .dataSync();
      const difference = numericalGradient((v) => loss(tf.tensor2d(v, [2, 3])).dataSync()[0], at, 1e-2);
      assertClose(exact, difference, 2e-3);
    });
  }
});
