import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {nearestTraining, precisionRecall, shareSure} from '../../lib/metrics/samples';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'samples.json'), 'utf8'),
) as {
  real: number[][];
  generated: number[][];
  cases: {k: number; precision: number; recall: number}[];
  places: number[];
  distances: number[];
};
const sets = () => ({real: tf.tensor2d(fixture.real), generated: tf.tensor2d(fixture.generated)});

describe('precisionRecall(real, generated)', () => {
  for (const {k, precision, recall} of fixture.cases) {
    it(`agrees with a count of all balls, k ${k}`, () => {
      const {real, generated} = sets();
      assert.deepEqual(precisionRecall(real, generated, {k}), {precision, recall});
    });
  }

  it('is 1 and 1 for the same set, 0 and 0 for sets far apart', () => {
    const x = new RandomStream(1).normal<tf.Rank.R2>([200, 5]);
    assert.deepEqual(precisionRecall(x, x), {precision: 1, recall: 1});
    assert.deepEqual(precisionRecall(x, tf.add(x, 100)), {precision: 0, recall: 0});
  });

  it('tells a generator that always draws one real image: all of it looks real, next to nothing is covered', () => {
    const real = new RandomStream(2).normal<tf.Rank.R2>([100, 4]);
    const generated = tf.tile(real.slice([7, 0], [1, 4]), [50, 1]);
    assert.deepEqual(precisionRecall(real, generated), {precision: 1, recall: 1 / 100});
  });

  it('counts by hand on a line, with the edge of a ball inside', () => {
    const real = tf.tensor2d([[0], [1], [3]]); // out to the first neighbour: [-1, 1], [0, 2], [1, 5]
    const generated = tf.tensor2d([[-1], [-2], [5], [6]]); // [-2, 0], [-3, -1], [4, 6], [5, 7]
    assert.deepEqual(precisionRecall(real, generated, {k: 1}), {precision: 2 / 4, recall: 1 / 3});
  });

  it('leaves no tensor behind, and says which set is too small', async () => {
    const {real, generated} = sets();
    assert.equal(await tensorsLeaked(() => precisionRecall(real, generated)), 0);
    assert.throws(
      () => precisionRecall(real, tf.zeros([3, 3])),
      /generated: expected more than k = 3 rows, got 3/,
    );
    assert.throws(() => precisionRecall(real, generated, {k: 0}), /k: expected a whole number >= 1, got 0/);
    assert.throws(
      () => precisionRecall(real, tf.zeros([9, 2])),
      /generated: expected shape \[n, 3\], got \[9, 2\]/,
    );
  });
});

describe('nearestTraining(samples, training)', () => {
  it('agrees with all distances in double precision', () => {
    const {real, generated} = sets();
    const {places, distances} = nearestTraining(generated, real);
    assert.deepEqual(Array.from(places), fixture.places);
    assertClose(distances, fixture.distances);
  });

  it('finds copies at distance 0, far from 0 as well, in parts', async () => {
    const training = tf.add(new RandomStream(3).normal<tf.Rank.R2>([4000, 700]), 1000) as tf.Tensor2D;
    const copies = training.slice([900, 0], [3000, 700]);
    const {places, distances} = nearestTraining(copies, training);
    assert.ok(places.every((place, i) => place === 900 + i));
    assert.ok(distances.every((distance) => distance === 0));
    assert.equal(await tensorsLeaked(() => nearestTraining(copies.slice([0, 0], [9, 700]), training)), 1);
  });
});

describe('shareSure(probabilities)', () => {
  it('counts the rows whose largest probability is large enough', () => {
    const p = tf.tensor2d([[0.95, 0.05], [0.5, 0.5], [0.2, 0.8], [0, 1]]); // prettier-ignore
    assert.equal(shareSure(p), 2 / 4);
    assert.equal(shareSure(p, {atLeast: 0.75}), 3 / 4);
    assert.throws(() => shareSure(p, {atLeast: 90}), /atLeast: expected a number from 0 to 1, got 90/);
  });
});
