import * as assert from 'node:assert/strict';
import {hammingNeighbours, packBits, precisionAt} from '../../lib/metrics/hamming';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {tensorsLeaked} from '../helpers';

const random = (n: number, bits: number, seed: number) =>
  new RandomStream(seed).mask<tf.Rank.R2>([n, bits], 0.5);

describe('packBits(codes)', () => {
  it('puts 32 bits into a word, the first one lowest', () => {
    const row = new Array<number>(34).fill(0);
    [0, 3, 31, 33].forEach((bit) => (row[bit] = 1));
    const {count, bits, words} = packBits(tf.tensor2d([row, row.map((bit) => 1 - bit)]));
    assert.deepEqual([count, bits], [2, 34]);
    assert.deepEqual(Array.from(words), [1 + 8 + 2 ** 31, 2, 2 ** 32 - 1 - (1 + 8 + 2 ** 31), 1]);
  });

  it('refuses what is no bit', () => {
    assert.throws(() => packBits(tf.tensor2d([[0, -1]])), /codes: expected zeros and ones, got -1/);
  });
});

describe('hammingNeighbours(queries, base, k)', () => {
  for (const bits of [1, 7, 32, 64, 100]) {
    it(`agrees with counting and sorting all, ties by place, ${bits} bits`, () => {
      const [queries, base] = [random(20, bits, 1), random(300, bits, 2)];
      const k = 40;
      const found = hammingNeighbours(packBits(queries), packBits(base), k);
      const rows = base.arraySync();
      const expected = queries.arraySync().map((query) =>
        rows
          .map((row, place) => ({place, distance: row.filter((bit, j) => bit !== query[j]).length}))
          .sort((a, b) => a.distance - b.distance || a.place - b.place)
          .slice(0, k),
      );
      assert.deepEqual(Array.from(found.places), expected.flat().map(({place}) => place)); // prettier-ignore
      assert.deepEqual(Array.from(found.distances), expected.flat().map(({distance}) => distance)); // prettier-ignore
    });
  }

  it('finds all of them when asked for all, and leaves no tensor behind', async () => {
    const base = random(50, 5, 3);
    const {places} = hammingNeighbours(packBits(base), packBits(base), 50);
    for (let i = 0; i < 50; i++) assert.equal(new Set(places.subarray(i * 50, (i + 1) * 50)).size, 50);
    assert.equal(await tensorsLeaked(() => hammingNeighbours(packBits(base), packBits(base), 2)), 0);
  });

  it('refuses more neighbours than there are, and codes of different length', () => {
    const base = packBits(random(5, 8, 1));
    assert.throws(() => hammingNeighbours(base, base, 6), /k: expected at most 5, the number of codes among which, got 6/); // prettier-ignore
    assert.throws(
      () => hammingNeighbours(packBits(random(5, 9, 1)), base, 1),
      /queries: expected codes of 8 bits, got 9/,
    );
  });
});

describe('precisionAt(k, places, labels)', () => {
  const labels = {queries: [1, 2], base: [1, 1, 2, 2]};

  it('counts by hand: (1 + 0) / 2 at 1, (1 + 1) / 4 at 2, (2 + 2) / 6 at 3', () => {
    const places = [0, 2, 1, 0, 2, 3];
    assert.equal(precisionAt(1, places, labels), 1 / 2);
    assert.equal(precisionAt(2, places, labels), 2 / 4);
    assert.equal(precisionAt(3, places, labels), 4 / 6);
  });

  it('refuses places that do not reach, or that do not belong to the queries', () => {
    assert.throws(
      () => precisionAt(3, [0, 1, 2, 3], labels),
      /places: expected the same number, at least 3, for each of 2 queries, got 4/,
    );
    assert.throws(() => precisionAt(1, [0, 1, 2], labels), /for each of 2 queries, got 3/);
  });
});
