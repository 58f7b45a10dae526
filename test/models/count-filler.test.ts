import * as assert from 'node:assert/strict';
import {fillingScore} from '../../lib/metrics/filling';
import {CountFiller} from '../../lib/models/count-filler';
import {NGram} from '../../lib/models/n-gram';
import {RandomStream} from '../../lib/random';
import {assertClose} from '../helpers';

const NONE = {key: 0, length: 0};

describe('NGram', () => {
  // c(0) = 3, c(1) = 2; 0 is followed by 1 twice (its third time is the end), 1 by 0 twice
  const pairs = NGram.fit([0, 1, 0, 1, 0], 2, {order: 2, discount: 0.5});

  it('discounts and interpolates as its formula says', () => {
    const single = [(3 - 0.5 + 0.5 * 2 * 0.5) / 5, (2 - 0.5 + 0.5 * 2 * 0.5) / 5];
    assertClose(Array.from(pairs.distribution(NONE)), single);
    const after0 = pairs.extend(NONE, 0);
    assertClose(Array.from(pairs.distribution(after0)), [
      (0 + 0.5 * 1 * single[0]) / 2,
      (2 - 0.5 + 0.5 * 1 * single[1]) / 2,
    ]);
    assertClose(pairs.probability(after0, 1), pairs.distribution(after0)[1]);
  });

  it('gives distributions that sum to 1, whatever the context, met or not', () => {
    const random = new RandomStream(1);
    const size = 5;
    const tokens = Array.from({length: 300}, () => random.integer(size - 1)); // the last token never occurs
    const chain = NGram.fit(tokens, size, {order: 4});
    for (let trial = 0; trial < 200; trial++) {
      let context = NONE;
      for (let i = random.integer(6); i > 0; i--) context = chain.extend(context, random.integer(size));
      const p = chain.distribution(context);
      assertClose(
        p.reduce((a, b) => a + b, 0),
        1,
        1e-12,
      );
      assert.ok(p.every((v) => v > 0));
    }
  });

  it('counts more runs than its tables begin with', () => {
    const tokens = Array.from({length: 5000}, (_, i) => i);
    const chain = NGram.fit(tokens, 5000, {order: 2, discount: 0.5});
    // each pair once: (1 - 0.5 + 0.5 P) / 1
    assertClose(chain.probability(chain.extend(NONE, 17), 18), 0.5 + 0.5 / 5000);
  });

  it('fills in from the left alone, back to the first unknown place', () => {
    const filled = pairs.fill([0, 9, 9, 1]);
    assert.deepEqual([...filled.keys()], [1, 2]);
    assertClose(Array.from(filled.get(1)!), Array.from(pairs.distribution(pairs.extend(NONE, 0))));
    assertClose(Array.from(filled.get(2)!), Array.from(pairs.distribution(NONE)));
  });

  it('names a token out of range and an order that is too long', () => {
    assert.throws(() => NGram.fit([0, 3], 3), /tokens: expected numbers from 0 to 2, got 3 at place 1/);
    assert.throws(() => NGram.fit([0], 4000, {order: 5}), /order: expected at most 4 for 4000 tokens, got 5/);
    assert.throws(() => NGram.fit([0], 3, {discount: 2}), /discount: expected a number from 0 to 1, got 2/);
  });
});

describe('CountFiller', () => {
  it('gives what adding up all fillings gives', () => {
    const random = new RandomStream(4);
    const size = 3;
    const tokens = Array.from({length: 60}, () => random.integer(size));
    const options = {order: 3, discount: 0.6};
    const chain = NGram.fit(tokens, size, options);
    const filler = CountFiller.fit(tokens, size, options);
    const frequencies = chain.distribution(NONE);
    for (const window of [
      [3, 1, 2, 0],
      [0, 3, 3, 1, 3, 2],
      [1, 2, 0, 3],
      [3, 3, 3],
    ]) {
      const unknown = window.flatMap((token, place) => (token === 3 ? [place] : []));
      const weights = unknown.map(() => [0, 0, 0]);
      for (let filling = 0; filling < size ** unknown.length; filling++) {
        const full = [...window];
        unknown.forEach((place, i) => (full[place] = Math.floor(filling / size ** i) % size));
        let p = 1;
        let context = NONE;
        for (const token of full) {
          p *= chain.probability(context, token);
          context = chain.extend(context, token);
        }
        unknown.forEach((place, i) => (weights[i][full[place]] += p));
      }
      const filled = filler.fill(window);
      unknown.forEach((place, i) => {
        const total = weights[i].reduce((a, b) => a + b, 0);
        const expected = weights[i].map((w, token) => 0.99 * (w / total) + 0.01 * frequencies[token]);
        assertClose(Array.from(filled.get(place)!), expected, 1e-9);
      });
    }
  });

  it('is surer than the left side alone where the right side tells', () => {
    const tokens = Array.from({length: 400}, (_, i) => [0, 1, 2, 0, 3, 4][i % 6]); // after 0 comes 1 or 3
    const options = {order: 3};
    const [left, both] = [NGram.fit(tokens, 5, options), CountFiller.fit(tokens, 5, options)];
    const window = [9, 5, 4]; // 4 follows 3 only; the first place is unknown too
    assert.ok(left.fill(window).get(1)![3] < 0.5);
    assert.ok(both.fill(window).get(1)![3] > 0.95);
    assert.ok(both.fill(window).get(0)![0] > 0.95);
  });
});

describe('fillingScore', () => {
  it('counts places at which the most probable token is the right one, and averages nats over places', () => {
    const filler = {
      fill: () =>
        new Map([
          [0, Float64Array.of(0.5, 0.25, 0.25)],
          [2, Float64Array.of(0.2, 0.2, 0.6)],
        ]),
    };
    const {accuracy, nats, places} = fillingScore(
      filler,
      [
        [9, 1, 9],
        [9, 1, 9],
      ],
      [
        [0, 1, 2],
        [1, 1, 0],
      ],
    );
    assert.deepEqual([accuracy, places], [2 / 4, 4]);
    assertClose(nats, -(Math.log(0.5) + Math.log(0.6) + Math.log(0.25) + Math.log(0.2)) / 4);
  });

  it('wants one original for each window', () => {
    assert.throws(
      () => fillingScore({fill: () => new Map()}, [[1]], []),
      /original: expected 1 windows, got 0/,
    );
  });
});
