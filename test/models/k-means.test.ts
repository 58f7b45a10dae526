import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {KMeans} from '../../lib/models/k-means';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'clusters.json'), 'utf8'),
) as {points: number[][]; inertia: number; centres: number[][]; clusters: number[]};

describe('KMeans', () => {
  it('finds by hand: 0 1 2 and 10 11 12 have the means 1 and 11, and 1 + 0 + 1 twice is left', () => {
    const kMeans = KMeans.fit(line(0, 1, 2, 10, 11, 12), {clusters: 2});
    assertClose(sorted(kMeans.centres), [[1], [11]]);
    assertClose(kMeans.inertia, 4);
    const places = Array.from(kMeans.assign(line(-5, 5.9, 6.1, 99)));
    assert.deepEqual(places.map((place) => place === places[0]), [true, true, false, false]); // prettier-ignore
  });

  it('agrees with scikit-learn, which starts two thousand times', () => {
    const points = tf.tensor2d(fixture.points);
    const kMeans = KMeans.fit(points, {clusters: 3, restarts: 30});
    assertClose(kMeans.inertia, fixture.inertia);
    assertClose(sorted(kMeans.centres), fixture.centres, 1e-4);
    const names = new Map(Array.from(kMeans.assign(points), (place, i) => [place, fixture.clusters[i]]));
    assert.deepEqual(Array.from(kMeans.assign(points), (place) => names.get(place)), fixture.clusters); // prettier-ignore
  });

  it('is the mean and n times the variance with one cluster', () => {
    const kMeans = KMeans.fit(line(1, 2, 6), {clusters: 1});
    assertClose(kMeans.centres.arraySync(), [[3]]);
    assertClose(kMeans.inertia, 4 + 1 + 9);
  });

  it('leaves nothing over when every point has its own centre, also among points far from 0', () => {
    assertClose(KMeans.fit(line(1000, 1001, 1004), {clusters: 3}).inertia, 0, 1e-6);
  });

  it('keeps the best start: more of them never end higher', () => {
    const points = tf.tensor2d(fixture.points);
    const inertia = (restarts: number) => KMeans.fit(points, {clusters: 8, restarts, seed: 1}).inertia;
    const [one, four, twenty] = [1, 4, 20].map(inertia);
    assert.ok(one >= four && four >= twenty && one > twenty, `${one}, ${four}, ${twenty}`);
  });

  it('gives a centre that has lost its points the point that is served worst', () => {
    // with this seed a centre is left without points on the way; two triangles and two points of their own remain
    const points = [[5, 0], [5, 1], [6, 1], [5, 4], [6, 4], [6, 5], [2, 2], [2, 4]]; // prettier-ignore
    const order = [7, 0, 3, 1, 6, 5, 2, 4];
    const x = tf.tensor2d(order.map((place) => points[place]));
    const {inertia} = KMeans.fit(x, {clusters: 4, restarts: 1, seed: 69});
    assertClose(inertia, 2 * ((2 / 3) * 2)); // each triangle: 1/9 + 1/9 + 4/9, twice
  });

  it('is the same again from the same seed, and leaves one tensor, its centres', async () => {
    const points = tf.tensor2d(fixture.points);
    const fitted = () => KMeans.fit(points, {clusters: 5, restarts: 1, seed: 3});
    assert.deepEqual(fitted().centres.arraySync(), fitted().centres.arraySync());
    assert.equal(await tensorsLeaked(fitted), 1);
    const kMeans = fitted();
    assert.equal(await tensorsLeaked(() => kMeans.assign(points)), 0);
    assert.equal(await tensorsLeaked(() => fitted().dispose()), 0);
  });

  it('answers more clusters than points, or than different points, with a sentence, and leaves no tensor', async () => {
    const few = line(1, 2, 2, 1);
    const fitting = (clusters: number) => () => KMeans.fit(few, {clusters});
    assert.throws(fitting(5), /clusters: expected at most 4, the number of points, got 5/);
    assert.throws(fitting(3), /clusters: expected at most 2, the number of different points, got 3/);
    const hole = tf.tensor2d([[0, 1], [2, NaN], [3, 1]]); // prettier-ignore
    assert.throws(() => KMeans.fit(hole, {clusters: 2}), /x: expected finite numbers, got a mean of NaN/);
    assert.throws(fitting(0), /clusters: expected a whole number >= 1, got 0/);
    assert.throws(
      () => KMeans.fit(few, {clusters: 2, k: 3} as never),
      /KMeans: unknown option k; known are clusters, restarts/,
    );
    assert.equal(await tensorsLeaked(() => assert.throws(fitting(3))), 0);
    const kMeans = KMeans.fit(few, {clusters: 2});
    assert.throws(() => kMeans.assign(tf.zeros([1, 2])), /x: expected shape \[n, 1\], got \[1, 2\]/);
  });
});

function line(...values: number[]): tf.Tensor2D {
  return tf.tensor2d(values, [values.length, 1]);
}

function sorted(centres: tf.Tensor2D): number[][] {
  return centres.arraySync().sort((a, b) => a[0] - b[0]);
}
