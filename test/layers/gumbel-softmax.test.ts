import * as assert from 'node:assert/strict';
import {gumbelNoise, gumbelSoftmax, oneHotOfLargest} from '../../lib/layers/gumbel-softmax';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, numericalGradient, tensorsLeaked} from '../helpers';

describe('gumbelNoise(shape, random)', () => {
  it('has the mean 0.5772 and the variance π² / 6 of the Gumbel distribution', () => {
    const g = gumbelNoise<tf.Rank.R1>([100_000], new RandomStream(1));
    const {mean, variance} = tf.moments(g);
    // deviations of the two estimates: 1.28 / sqrt(100,000) = 0.004, and about 0.011; four of each
    assert.ok(Math.abs((mean.arraySync() as number) - 0.5772) < 0.016);
    assert.ok(Math.abs((variance.arraySync() as number) - Math.PI ** 2 / 6) < 0.045);
    assert.ok(g.dataSync().every(Number.isFinite));
  });
});

describe('gumbelSoftmax(logits, {temperature, noise})', () => {
  it('is softmax at temperature 1, its squares made to sum to 1 at 0.5', () => {
    const at = (temperature: number) =>
      gumbelSoftmax(shares(), {temperature, noise: tf.zeros([1, 3])}).dataSync();
    assertClose(at(1), [0.5, 0.3, 0.2]);
    assertClose(at(0.5), [0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38]);
  });

  it('becomes one-hot where logits + noise are largest as the temperature falls, uniform as it rises', () => {
    const noise = tf.tensor2d([[-1, 0.5, 0]]); // log 0.5 - 1, log 0.3 + 0.5, log 0.2: the second is largest
    const at = (temperature: number) => gumbelSoftmax(shares(), {temperature, noise}).dataSync();
    assertClose(at(0.01), [0, 1, 0]);
    assertClose(at(1e6), [1 / 3, 1 / 3, 1 / 3]);
  });

  it('takes the temperature as a tensor too', () => {
    const noise = tf.zeros([1, 3]) as tf.Tensor2D;
    const y = gumbelSoftmax(shares(), {temperature: tf.scalar(0.5), noise});
    assertClose(y.dataSync(), gumbelSoftmax(shares(), {temperature: 0.5, noise}).dataSync());
  });

  it('draws each category with its probability in the limit', () => {
    const n = 20_000;
    const noise = gumbelNoise<tf.Rank.R2>([n, 3], new RandomStream(2));
    const logits = tf.tile(shares(), [n, 1]);
    const drawn = gumbelSoftmax(logits, {temperature: 0.1, noise, hard: true}).mean(0).dataSync();
    // four deviations of a share p: 4 sqrt(p (1 - p) / 20,000) = 0.014 at most
    [0.5, 0.3, 0.2].forEach((p, i) => assert.ok(Math.abs(drawn[i] - p) < 0.014, `${drawn[i]} for ${p}`));
  });

  it('has the gradient of finite differences at fixed noise', () => {
    const noise = gumbelNoise<tf.Rank.R2>([2, 3], new RandomStream(3));
    const weights = tf.tensor2d([[1, -2, 0.5], [3, 0, 1]]); // prettier-ignore
    const f = (logits: tf.Tensor) =>
      gumbelSoftmax(logits.reshape([2, 3]), {temperature: 0.7, noise})
        .mul(weights)
        .sum() as tf.Scalar;
    const at = Float32Array.from([0.1, -0.4, 0.3, 1, 0.2, -0.5]);
    const numerical = numericalGradient((x) => f(tf.tensor1d(x)).arraySync(), at);
    assertClose(tf.grad(f)(tf.tensor1d(at)).dataSync(), numerical, 2e-3);
  });

  it('hard: one-hot forward, the gradient of the soft one backward', () => {
    const noise = gumbelNoise<tf.Rank.R2>([1, 3], new RandomStream(4));
    const weights = tf.tensor1d([1, -2, 0.5]);
    const f = (hard: boolean) => (logits: tf.Tensor) =>
      gumbelSoftmax(logits as tf.Tensor2D, {temperature: 0.7, noise, hard})
        .mul(weights)
        .sum() as tf.Scalar;
    assert.deepEqual(
      gumbelSoftmax(shares(), {temperature: 0.7, noise, hard: true}).arraySync(),
      oneHotOfLargest(tf.add(shares(), noise)).arraySync(),
    );
    assertClose(tf.grad(f(true))(shares()).dataSync(), tf.grad(f(false))(shares()).dataSync());
  });

  it('leaves no tensor behind', async () => {
    const [logits, noise] = [shares(), tf.zeros([1, 3]) as tf.Tensor2D];
    const leaked = await tensorsLeaked(() =>
      gumbelSoftmax(logits, {temperature: 1, noise, hard: true}).dispose(),
    );
    assert.equal(leaked, 0);
  });

  it('says what it was given and what it expected', () => {
    const noise = tf.zeros([1, 3]) as tf.Tensor2D;
    for (const temperature of [0, -1])
      assert.throws(
        () => gumbelSoftmax(shares(), {temperature, noise}),
        new RegExp(`temperature: expected a number > 0, got ${temperature}`),
      );
    const other = tf.zeros([3, 1]) as tf.Tensor2D;
    assert.throws(
      () => gumbelSoftmax(shares(), {temperature: 1, noise: other}),
      /noise: expected shape \[1, 3\]/,
    );
  });
});

function shares(): tf.Tensor2D {
  return tf.log(tf.tensor2d([[0.5, 0.3, 0.2]]));
}
