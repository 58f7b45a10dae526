import * as assert from 'node:assert/strict';
import {compileFunction, isCompiling} from '../../lib/compile';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';
import {wave} from './constructs';

describe('compileFunction', () => {
  it('gives the values of the function, for each combination of shapes', () => {
    const f = compileFunction((x: tf.Tensor2D, y: tf.Tensor2D) => [tf.matMul(x, y), tf.matMul(y, x)]);
    for (const n of [2, 3, 2, 3]) {
      const [x, y] = [wave<tf.Rank.R2>([n, 4], n), wave<tf.Rank.R2>([4, n], n + 1)];
      const [small, large] = f(x, y);
      assert.deepEqual([small.shape, large.shape], [[n, n], [4, 4]]); // prettier-ignore
      assertClose(small.dataSync(), tf.matMul(x, y).dataSync());
      assertClose(large.dataSync(), tf.matMul(y, x).dataSync());
    }
    assert.equal(f.graphs, isCompiling() ? 2 : 0);
    f.dispose();
  });

  it('returns whole numbers and truth values as such', () => {
    const f = compileFunction((x: tf.Tensor2D) => [x.argMax(1), x.greater(0), x.max(1)]);
    const [place, positive, largest] = f(tf.tensor2d([[-1, 3], [7, 5]])); // prettier-ignore
    assert.deepEqual([place.dtype, positive.dtype, largest.dtype], ['int32', 'bool', 'float32']);
    assert.deepEqual(Array.from(place.dataSync()), [1, 0]);
    assert.deepEqual(Array.from(positive.dataSync()), [0, 1, 1, 1]);
    assert.deepEqual(Array.from(largest.dataSync()), [3, 7]);
    f.dispose();
  });

  it('tells two inputs apart, though the first call hands it one tensor twice', () => {
    const f = compileFunction((x: tf.Tensor, y: tf.Tensor) => [tf.sub(x, y)]);
    const [a, b] = [tf.scalar(5), tf.scalar(3)];
    const difference = (x: tf.Tensor, y: tf.Tensor) => tf.tidy(() => f(x, y)[0].dataSync()[0]);
    assert.deepEqual([difference(a, a), difference(a, b), difference(b, a)], [0, 2, -2]);
    f.dispose();
  });

  it('tells its input from a tensor outside, though the first call hands it that very tensor', () => {
    const outside = tf.scalar(5);
    const f = compileFunction((x: tf.Tensor) => [tf.sub(x, outside)]);
    const values = [outside, tf.scalar(3), outside, tf.scalar(4)].map((x) =>
      tf.tidy(() => f(x)[0].dataSync()[0]),
    );
    assert.deepEqual(values, [0, 3 - 5, 0, 4 - 5]);
    f.dispose();
  });

  it('gives the caller tensors that are the caller’s own, also where it hands back what it got', () => {
    const x = tf.tensor1d([1, 2]);
    const w = tf.variable(tf.scalar(3));
    const constant = tf.scalar(7);
    const f = compileFunction((y: tf.Tensor) => [y, w, constant, y]);
    for (let i = 0; i < 3; i++) {
      const results = f(x);
      assertClose(results.map((r) => Array.from(r.dataSync())), [[1, 2], [3], [7], [1, 2]]); // prettier-ignore
      tf.dispose(results);
    }
    assertClose([...x.dataSync(), ...w.dataSync(), ...constant.dataSync()], [1, 2, 3, 7]);
    f.dispose();
  });

  it('takes large tensors from outside as they were', () => {
    const table = tf.tidy(() => wave<tf.Rank.R2>([20, 10], 1).mul(2)) as tf.Tensor2D; // more than a constant holds
    const f = compileFunction((i: tf.Tensor1D) => [tf.gather(table, i)]);
    for (const place of [3, 0, 19]) {
      const [row] = f(tf.tensor1d([place], 'int32'));
      assertClose(row.dataSync(), table.slice([place, 0], [1, 10]).dataSync());
    }
    f.dispose();
  });

  it('costs no tensors but those it returns', () => {
    const x = tf.tensor1d([1, 2]);
    const start = tf.memory().numTensors;
    const f = compileFunction((y: tf.Tensor) => [y.square(), y.sum()]);
    tf.dispose(f(x));
    const before = tf.memory().numTensors;
    const results = f(x);
    assert.equal(tf.memory().numTensors, before + 2);
    tf.dispose(results);
    f.dispose();
    assert.equal(tf.memory().numTensors, start);
  });

  it('is of no use after it has been disposed', () => {
    const f = compileFunction((x: tf.Tensor) => [x.neg()]);
    f.dispose();
    assert.throws(() => f(tf.scalar(1)), /compiled function: it has been disposed; make a new one/);
  });
});
