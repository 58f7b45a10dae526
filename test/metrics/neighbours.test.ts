import * as assert from 'node:assert/strict';
import {sharedNeighbours} from '../../lib/metrics/neighbours';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

describe('sharedNeighbours(a, b)', () => {
  const map = (seed: number) => new RandomStream(seed).normal<tf.Rank.R2>([300, 2]);

  it('is 1 for the same map, turned, stretched and moved', () => {
    const turn = tf.tensor2d([[0.6, -0.8], [0.8, 0.6]]); // prettier-ignore
    assert.equal(sharedNeighbours(map(1), tf.matMul(map(1), turn).mul(3).add(5) as tf.Tensor2D), 1);
  });

  it('is about k / (n - 1) for two maps that have nothing to do with each other', () => {
    // 300 rows of 10 places that are hit with probability 10 / 299: four deviations are 0.013
    assertClose(sharedNeighbours(map(1), map(2), {k: 10}), 10 / 299, 0.013);
  });

  it('counts by hand: on a line 0 1 3 6, where one map swaps the last two', () => {
    const a = tf.tensor2d([[0], [1], [3], [6]]); // nearest places 1, 0, 1, 2
    const b = tf.tensor2d([[0], [1], [6], [3]]); // nearest places 1, 0, 3, 1
    assert.equal(sharedNeighbours(a, b, {k: 1}), 2 / 4);
  });

  it('leaves no tensor behind, and refuses maps of different length or too large a k', async () => {
    const [a, b] = [map(1), map(2)];
    assert.equal(await tensorsLeaked(() => sharedNeighbours(a, b)), 0);
    assert.throws(
      () => sharedNeighbours(a, tf.zeros([299, 2])),
      /b: expected shape \[300, n\], got \[299, 2\]/,
    );
    assert.throws(
      () => sharedNeighbours(a, b, {k: 300}),
      /k: expected less than 300, the number of examples, got 300/,
    );
  });
});
