import * as assert from 'node:assert/strict';
import {countedBits, deadSymbols, perplexity, rawBits, symbolCounts} from '../../lib/metrics/symbols';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';

const symbols = (rows: number[][]) => tf.tensor2d(rows, undefined, 'int32');

describe('symbolCounts, perplexity and deadSymbols', () => {
  it('count, weigh and find what never occurs', () => {
    const counts = symbolCounts(symbols([[0, 3], [3, 0]]), 4); // prettier-ignore
    assert.deepEqual([...counts], [2, 0, 0, 2]);
    assertClose(perplexity(counts), 2);
    assert.equal(deadSymbols(counts), 2);
  });

  it('give K for equal counts and 1 for a single symbol', () => {
    assertClose([perplexity([5, 5, 5]), perplexity([0, 9, 0])], [3, 1]);
  });
});

describe('countedBits(train(), test, size)', () => {
  const train = () => symbols([[0, 1], [0, 1], [0, 1]]); // prettier-ignore

  it('charges add-one smoothed counts of all places together', () => {
    // 3 zeros and 3 ones of 6, smoothed (3 + 1) / (6 + 3) each
    assertClose(countedBits(train(), symbols([[0, 1]]), 3), -2 * Math.log2(4 / 9));
    assertClose(countedBits(train(), symbols([[2, 1]]), 3), -Math.log2(1 / 9) - Math.log2(4 / 9));
  });

  it('or of each place on its own, which knows that a 0 stands first', () => {
    const own = (rows: number[][]) => countedBits(train(), symbols(rows), 3, {positions: true});
    assertClose(own([[0, 1]]), -2 * Math.log2(4 / 6));
    assertClose(own([[1, 0]]), -2 * Math.log2(1 / 6));
  });

  it('is near the raw bits where all symbols are equally frequent', () => {
    const all = symbols(Array.from({length: 400}, (_, i) => [i % 4, (i + 1) % 4]));
    assertClose(countedBits(all, all, 4), rawBits(2, 4), 1e-4);
    assert.equal(rawBits(49, 128), 343);
  });

  it('says what it was given and what it expected', () => {
    assert.throws(
      () => countedBits(train(), symbols([[0]]), 3),
      /test: expected shape \[n, 2\], got \[1, 1\]/,
    );
    assert.throws(
      () => countedBits(train(), symbols([[0, 0], [1, 7]]), 3), // prettier-ignore
      /test: expected symbols, whole numbers from 0 to 2, got 7 at place 1 of row 1/,
    );
  });
});
