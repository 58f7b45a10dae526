import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {GaussianMixture} from '../../lib/models/gaussian-mixture';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'clusters.json'), 'utf8'),
) as {
  points: number[][];
  clusters: number[];
  heldOut: number[][];
  mixtures: {
    covariance: 'full' | 'diagonal';
    components: number;
    steps: number;
    weights: number[];
    means: number[][];
    covariances: number[][][];
    history: number[];
    logDensity: number[];
  }[];
};

describe('GaussianMixture', () => {
  for (const {covariance, components, steps, history, logDensity, ...expected} of fixture.mixtures) {
    it(`agrees with scikit-learn from the same start, ${components} ${covariance}, step by step`, () => {
      const start = components === 1 ? undefined : fixture.clusters;
      const options = {components, covariance, start, iterations: steps, tolerance: -1};
      const mixture = GaussianMixture.fit(tf.tensor2d(fixture.points), options);
      const {weights, means, covariances} = mixture;
      const order = weights.map((_, c) => c).sort((a, b) => means[a][0] - means[b][0]);
      assertClose(order.map((c) => weights[c]), expected.weights); // prettier-ignore
      assertClose(order.map((c) => means[c]), expected.means); // prettier-ignore
      assertClose(order.map((c) => covariances[c]), expected.covariances); // prettier-ignore
      assertClose(mixture.history.slice(1), history);
      assertClose(mixture.logDensity(tf.tensor2d(fixture.heldOut)), logDensity);
    });
  }

  it('is the mean and the covariance of the points with one component, found at once', () => {
    const mixture = GaussianMixture.fit(tf.tensor2d([[1, 2], [3, 2], [2, 5]]), {components: 1, regularization: 0}); // prettier-ignore
    assertClose(mixture.means[0], [2, 3]);
    assertClose(mixture.covariances[0], [[2 / 3, 0], [0, 2]]); // prettier-ignore
    assertClose(mixture.logDensity(tf.tensor2d([[2, 3]])), [-Math.log(2 * Math.PI * Math.sqrt(4 / 3))]);
    assertClose(mixture.logDensity(tf.tensor2d([[3, 3]]))[0] - mixture.logDensity(tf.tensor2d([[2, 3]]))[0], -3 / 4); // prettier-ignore
  });

  it('never loses likelihood, and says that of the fitted points at last', () => {
    for (const covariance of ['full', 'diagonal'] as const) {
      const points = tf.tensor2d(fixture.points);
      const mixture = GaussianMixture.fit(points, {components: 5, covariance, tolerance: 0, seed: 1});
      const {history} = mixture;
      assert.ok(history.length > 10, `${history.length} steps`);
      history.slice(1).forEach((value, i) => assert.ok(value > history[i] - 1e-9, `${value} after ${history[i]}`)); // prettier-ignore
      assertClose(history[history.length - 1], mean(mixture.logDensity(points)));
    }
  });

  it('is the same mixture of points that are moved and stretched, far from 0 as well', () => {
    const points = tf.tensor2d(fixture.points);
    const options = {components: 3, start: fixture.clusters, regularization: 0};
    const here = GaussianMixture.fit(points, options);
    const there = GaussianMixture.fit(points.mul(4).add(4096) as tf.Tensor2D, options);
    assertClose(there.weights, here.weights, 1e-3);
    assertClose(there.means.flat().map((value) => (value - 4096) / 4), here.means.flat(), 1e-3); // prettier-ignore
    assertClose(last(there.history), last(here.history) - 3 * Math.log(4), 1e-3);
  });

  it('draws points that have its weights, means and covariances', () => {
    const mixture = GaussianMixture.fit(tf.tensor2d(fixture.points), {
      components: 3,
      start: fixture.clusters,
    });
    const n = 20_000;
    const again = GaussianMixture.fit(mixture.sample(n, new RandomStream(1)), {components: 1});
    const {weights, means, covariances} = mixture;
    const sum = (f: (c: number) => number) => weights.reduce((total, w, c) => total + w * f(c), 0);
    const middle = [0, 1, 2].map((j) => sum((c) => means[c][j]));
    // entries of the covariance are at most 4, so four deviations of a mean or an entry are below 0.06 and 0.17
    assertClose(again.means[0], middle, 0.06);
    const total = [0, 1, 2].map((i) =>
      [0, 1, 2].map((j) =>
        sum((c) => covariances[c][i][j] + (means[c][i] - middle[i]) * (means[c][j] - middle[j])),
      ),
    );
    assertClose(again.covariances[0], total, 0.17);
  });

  it('tells the share of each component in a point, by hand half and half in the middle of two', () => {
    const points = tf.tensor2d([[-3], [-1], [1], [3]]); // means -2 and 2, variances 1, which EM leaves nearly so
    const mixture = GaussianMixture.fit(points, {components: 2, start: [0, 0, 1, 1], iterations: 1});
    assertClose(mixture.responsibilities(tf.tensor2d([[0]])).arraySync(), [[0.5, 0.5]]);
    const [far] = mixture.responsibilities(tf.tensor2d([[-9]])).arraySync();
    assertClose(far, [1, 0], 1e-6);
  });

  it('is the same again from the same seed, and leaves no tensor behind', async () => {
    const points = tf.tensor2d(fixture.points);
    const fitted = () => GaussianMixture.fit(points, {components: 4, seed: 2});
    const mixture = fitted();
    assert.deepEqual(mixture.means, fitted().means);
    assert.equal(await tensorsLeaked(fitted), 0);
    assert.equal(await tensorsLeaked(() => mixture.logDensity(points)), 0);
    assert.equal(await tensorsLeaked(() => mixture.responsibilities(points).dispose()), 0);
    assert.equal(await tensorsLeaked(() => mixture.sample(7, new RandomStream(0)).dispose()), 0);
  });

  it('says which component has died, and what to do', () => {
    const fitting = (options: object) => () =>
      GaussianMixture.fit(tf.tensor2d([[0, 0], [1, 0], [9, 9], [8, 9], [8, 8]]), {components: 2, ...options}); // prettier-ignore
    assert.throws(
      fitting({start: [0, 0, 0, 0, 0]}),
      /component 1: expected some of the points, got none at the start; take fewer components or another seed/,
    );
    assert.throws(
      fitting({start: [0, 0, 1, 1, 1], regularization: 0}),
      /component 0: expected a covariance of full rank, got a singular one from 2.00 of 5 points at the start; take fewer components, a larger regularization or another seed/,
    );
    assert.throws(fitting({components: 6}), /components: expected at most 5, the number of points, got 6/);
    assert.throws(fitting({start: [0, 0, 0, 0, 2]}), /start: expected whole numbers from 0 to 1, got 2/);
    assert.throws(fitting({start: [0]}), /z: expected shape \[1, n\], got \[5, 2\]/);
    assert.throws(fitting({covariance: 'tied'}), /covariance: expected one of full, diagonal, got "tied"/);
    assert.throws(
      fitting({regularization: -1}),
      /regularization: expected a number from 0 to Infinity, got -1/,
    );
    const mixture = fitting({})();
    assert.throws(() => mixture.logDensity(tf.zeros([4, 3])), /z: expected shape \[n, 2\], got \[4, 3\]/);
  });
});

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function last(values: readonly number[]): number {
  return values[values.length - 1];
}
