import * as assert from 'node:assert/strict';
import {gaussianKl, gaussianKlEach, gaussianLogDensity, reparameterized} from '../../lib/losses/gaussian';
import {bernoulliNllEach} from '../../lib/losses/reconstruction';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, numericalGradient} from '../helpers';

describe('gaussianKl(mean, logVar)', () => {
  it('is zero for a standard normal', () => {
    assertClose(gaussianKl(tf.zeros([3, 2]), tf.zeros([3, 2])).arraySync(), 0);
  });

  it('is mean² / 2 for each coordinate where only the mean moves, summed over them and averaged over the batch', () => {
    const mean = tf.tensor2d([[4, 0], [1, 2]]); // prettier-ignore
    assertClose(gaussianKl(mean, tf.zeros([2, 2])).arraySync(), (4 ** 2 / 2 + 0 + 1 / 2 + 2 ** 2 / 2) / 2);
    assertClose(gaussianKlEach(mean, tf.zeros([2, 2])).arraySync(), [[8, 0], [0.5, 2]]); // prettier-ignore
  });

  it('takes a log variance: at variance 4 it is (4 - 1 - log 4) / 2', () => {
    assertClose(gaussianKl(tf.zeros([1, 1]), tf.fill([1, 1], Math.log(4))).arraySync(), (4 - 1 - Math.log(4)) / 2); // prettier-ignore
  });

  it('is the mean of log q - log p over draws from q', () => {
    const [mean, logVar] = [tf.tensor2d([[0.7, 0.7]]), tf.tensor2d([[-1, 0.3]])];
    const z = reparameterized(mean, logVar, new RandomStream(1).normal([20000, 1, 2]));
    const p = gaussianLogDensity(z, tf.zeros([1, 2]), tf.zeros([1, 2]));
    const estimate = gaussianLogDensity(z, mean, logVar).sub(p).mean().arraySync() as number;
    // the deviation of log q - log p is about 1.2: a standard error of 0.009
    assertClose(estimate, gaussianKl(mean, logVar).arraySync(), 0.035);
  });

  it('refuses a log variance of another shape', () => {
    assert.throws(() => gaussianKl(tf.zeros([2, 3]), tf.zeros([2, 2])), /logVar: expected shape \[2, 3\]/);
  });
});

describe('gaussianLogDensity(z, mean, logVar)', () => {
  it('is -(z - mean)² / 2 variance - log(2π variance) / 2, summed over the last axis', () => {
    const each = (z: number, m: number, v: number) =>
      -((z - m) ** 2) / (2 * v) - Math.log(2 * Math.PI * v) / 2;
    const [z, mean] = [tf.tensor3d([[[1, 2]], [[0, -1]]]), tf.tensor2d([[0.5, 1]])]; // prettier-ignore
    const logVar = tf.tensor2d([[Math.log(2), Math.log(0.25)]]);
    const expected = [[each(1, 0.5, 2) + each(2, 1, 0.25)], [each(0, 0.5, 2) + each(-1, 1, 0.25)]];
    assertClose(gaussianLogDensity(z, mean, logVar).arraySync() as number[][], expected);
  });
});

describe('reparameterized(mean, logVar, noise)', () => {
  it('is mean + deviation · noise, and passes gradients on to both', () => {
    const noise = tf.tensor2d([[1, -2]]);
    const at = Float32Array.of(0.3, -0.4, 0.2, 1.1); // mean, mean, log variance, log variance
    const value = (v: tf.Tensor) => {
      const [mean, logVar] = tf.split(tf.reshape(v, [2, 2]), 2, 0);
      return reparameterized(mean, logVar, noise).square().sum() as tf.Scalar;
    };
    const z = [0.3 + Math.exp(0.1), -0.4 - 2 * Math.exp(0.55)];
    assertClose(value(tf.tensor1d(at)).arraySync(), z[0] ** 2 + z[1] ** 2);
    const exact = tf.grad(value)(tf.tensor1d(at)).dataSync();
    assertClose(
      exact,
      numericalGradient((v) => value(tf.tensor1d(v)).dataSync()[0], at),
      1e-2,
    );
  });
});

describe('bernoulliNllEach(x, logits)', () => {
  it('gives a number for each example, and for each sample of logits before it', () => {
    const x = tf.tensor2d([[1, 0]]);
    const logits = tf.tensor3d([[[0, 0]], [[Math.log(3), 0]]]); // p = 1/2, 1/2 and 3/4, 1/2
    const expected = [[2 * Math.log(2)], [-Math.log(3 / 4) + Math.log(2)]];
    assertClose(bernoulliNllEach(x, logits).arraySync() as number[][], expected);
  });
});
