import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {Ecod} from '../../lib/detection/ecod';
import {IsolationForest, searchLength} from '../../lib/detection/isolation-forest';
import {Mahalanobis} from '../../lib/detection/mahalanobis';
import {detectionMethods, fitDetector, restoreDetector} from '../../lib/detection/methods';
import {NearestNeighbours} from '../../lib/detection/nearest-neighbours';
import {PcaDetector} from '../../lib/detection/pca-detector';
import {auroc} from '../../lib/metrics/detection';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'detection.json'), 'utf8'),
) as {
  train: number[][];
  rows: number[][];
  anomalies: number;
  pca: {explain: number[][]; enough: Record<string, number>};
  mahalanobis: {free: number[]; shrinkage: number; shrunk: number[]};
  neighbours: {largest: number[]; mean: number[]};
  forest: {score: number[]; auroc: {mean: number; low: number; high: number}};
  ecod: {skewness: number[]; score: number[]};
};

const train = () => tf.tensor2d(fixture.train);
const rows = () => tf.tensor2d(fixture.rows);
const firstFour = (table: number[][]) => tf.tensor2d(table.map((row) => row.slice(0, 4)));
const rowSums = (x: tf.Tensor2D) => x.sum(1).dataSync();

describe('PcaDetector', () => {
  it('agrees with scikit-learn, feature by feature, and its score is their sum', () => {
    const detector = PcaDetector.fit(train(), {components: 3});
    assertClose(detector.explain(rows()).arraySync(), fixture.pca.explain, 1e-4);
    assertClose(detector.score(rows()), fixture.pca.explain.map((errors) => errors.reduce((a, b) => a + b)), 1e-4); // prettier-ignore
  });

  it('keeps as many components as hold the share of the variance', () => {
    for (const [share, components] of Object.entries(fixture.pca.enough))
      assert.equal(PcaDetector.fit(train(), {share: Number(share)}).config.components, components);
    assert.equal(PcaDetector.fit(train()).config.share, 0.95);
  });

  it('is by hand the squared distance from a line, and leaves a direction over at any share', () => {
    const line = tf.tensor2d([[0, 0], [1, 1], [2, 2], [3, 3]]); // prettier-ignore
    const detector = PcaDetector.fit(line, {share: 1});
    assert.equal(detector.config.components, 1);
    assertClose(detector.score(tf.tensor2d([[5, 5], [2, 0]])), [0, 2]); // prettier-ignore
    assertClose(detector.explain(tf.tensor2d([[2, 0]])).dataSync(), [1, 1]);
    const round = new RandomStream(1).normal<tf.Rank.R2>([200, 3]);
    assert.equal(PcaDetector.fit(round, {share: 0.99}).config.components, 2);
  });

  it('refuses to keep all directions, one feature and a share above 1', () => {
    assert.throws(
      () => PcaDetector.fit(train(), {components: 6}),
      /components: expected at most 5, so that a direction is left over, got 6/,
    );
    assert.throws(
      () => PcaDetector.fit(train(), {components: 0}),
      /components: expected a whole number >= 1/,
    );
    assert.throws(() => PcaDetector.fit(train(), {share: 2}), /share: expected a number from 0 to 1, got 2/);
    assert.throws(() => PcaDetector.fit(tf.ones([5, 1])), /x: expected at least 2 features, got 1/);
  });
});

describe('Mahalanobis', () => {
  it('agrees with scikit-learn, with the covariance as it is', () => {
    const detector = Mahalanobis.fit(firstFour(fixture.train), {shrinkage: 0});
    assertClose(detector.score(firstFour(fixture.rows)), fixture.mahalanobis.free, 1e-4);
  });

  it('agrees with the shrinkage of Ledoit and Wolf in scikit-learn, where two features follow from others', () => {
    const detector = Mahalanobis.fit(train());
    assertClose(detector.config.shrinkage, fixture.mahalanobis.shrinkage);
    assertClose(detector.score(rows()), fixture.mahalanobis.shrunk, 1e-3);
  });

  it('bears a singular covariance without shrinkage: large for what was never seen, finite', () => {
    const detector = Mahalanobis.fit(tf.tensor2d([[0, 0], [1, 1], [2, 2], [3, 3]]), {shrinkage: 0}); // prettier-ignore
    const [on, off] = detector.score(tf.tensor2d([[3, 3], [2, 1]])); // prettier-ignore
    assertClose(on, 1.5 ** 2 / 1.25, 1e-4);
    assert.ok(off > 1e4 && off < 1e6, `${off}`);
  });

  it('parts the score among the features: by hand where they do not go together', () => {
    // mean 0, variances 1 and 4, covariance 0
    const x = tf.tensor2d([[1, 2], [1, -2], [-1, 2], [-1, -2]]); // prettier-ignore
    const detector = Mahalanobis.fit(x, {shrinkage: 0});
    assertClose(detector.explain(tf.tensor2d([[3, 4]])).dataSync(), [3 ** 2 / 1, 4 ** 2 / 4], 1e-4);
    const whole = Mahalanobis.fit(train());
    assertClose(rowSums(whole.explain(rows())), whole.score(rows()), 1e-3);
  });

  it('is the squared distance over the mean variance when shrunk to a ball', () => {
    const x = tf.tensor2d([[1, 2], [1, -2], [-1, 2], [-1, -2]]); // prettier-ignore
    assertClose(Mahalanobis.fit(x, {shrinkage: 1}).score(tf.tensor2d([[3, 4]])), [25 / 2.5]);
  });

  it('refuses equal rows and a shrinkage above 1, and leaves no tensor behind', async () => {
    const same = tf.ones<tf.Rank.R2>([4, 3]);
    const refused = () => assert.throws(() => Mahalanobis.fit(same), /x: expected rows that differ, got 4/);
    assert.equal(await tensorsLeaked(refused), 0);
    assert.throws(() => Mahalanobis.fit(train(), {shrinkage: 2}), /shrinkage: expected a number from 0 to 1/);
  });
});

describe('NearestNeighbours', () => {
  it('agrees with scikit-learn: the fifth distance, and the mean of five', () => {
    for (const distance of ['largest', 'mean'] as const)
      assertClose(NearestNeighbours.fit(train(), {distance}).score(rows()), fixture.neighbours[distance], 1e-4); // prettier-ignore
  });

  it('compares each feature with the mean of the neighbours: by hand', () => {
    const detector = NearestNeighbours.fit(tf.tensor2d([[0, 0], [0, 2], [9, 9], [9, 8]]), {neighbours: 2}); // prettier-ignore
    assertClose(detector.explain(tf.tensor2d([[3, 1], [9, 9]])).dataSync(), [9, 0, 0, 0.25]); // prettier-ignore
    assertClose(detector.score(tf.tensor2d([[3, 1], [9, 9]])), [Math.sqrt(10), 1]); // prettier-ignore
  });

  it('keeps at most so many rows, drawn from all by the seed', () => {
    const x = tf.range(0, 1000).reshape([1000, 1]) as tf.Tensor2D;
    const kept = (seed: number) => NearestNeighbours.fit(x, {atMost: 50, seed}).arrays().rows;
    assert.deepEqual(kept(1).shape, [50, 1]);
    assert.equal(new Set(kept(1).data).size, 50);
    assert.notDeepEqual(kept(1).data, kept(2).data);
    // 50 of 0 … 999 have the mean 499.5 ± 3 · 288.7 √(0.95 / 50)
    assertClose(kept(1).data.reduce((sum, value) => sum + value, 0) / 50 - 499.5, 0, 120);
  });

  it('refuses fewer rows than neighbours, an unknown distance and keeping too few', () => {
    const x = tf.ones<tf.Rank.R2>([4, 3]);
    assert.throws(() => NearestNeighbours.fit(x), /x: expected 5 rows or more, got 4/);
    assert.throws(() => NearestNeighbours.fit(x, {atMost: 4}), /atMost: expected a whole number >= 5, got 4/);
    assert.throws(
      () => NearestNeighbours.fit(x, {distance: 'least' as 'mean'}),
      /distance: expected one of largest, mean, got "least"/,
    );
  });
});

describe('IsolationForest', () => {
  it('knows the mean way of an unsuccessful search: 0, 1, and by harmonic numbers', () => {
    assert.deepEqual([searchLength(0), searchLength(1), searchLength(2)], [0, 0, 1]);
    // 2 H(255) - 2 · 255 / 256, H(255) = 6.1203...; the paper's logarithm in place of H is 0.004 off
    const harmonic = Array.from({length: 255}, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b);
    assertClose(searchLength(256), 2 * harmonic - (2 * 255) / 256, 1e-3);
    assertClose(searchLength(256), 10.2447709, 1e-7);
  });

  it('scores a tree made by hand', () => {
    // 5 rows: x_1 <= 0 ─► 2 rows; else x_0 <= 7 ─► 1 row; else 2 rows
    const shape = [1, 7];
    const array = (...data: number[]) => ({shape, data: Float32Array.from(data)});
    const arrays = {
      feature: array(1, -1, 0, -1, -1, -1, -1),
      threshold: array(0, 0, 7, 0, 0, 0, 0),
      size: array(5, 2, 3, 0, 0, 1, 2),
    };
    const forest = IsolationForest.restore({trees: 1, sampleSize: 5, seed: 0}, 2, arrays);
    const x = tf.tensor2d([[9, 0], [7, 1], [8, 1]]); // prettier-ignore
    const c = searchLength(5);
    assertClose(
      forest.score(x),
      [1 + 1, 2 + 0, 2 + 1].map((h) => 2 ** (-h / c)),
    );
    const [from5, from3] = [c - searchLength(3) - 1, searchLength(3) - 1];
    assertClose(forest.explain(x).arraySync(), [[0, c - 1 - 1], [from3 - 0, from5], [from3 - 1, from5]]); // prettier-ignore
  });

  it('agrees with scikit-learn: mean scores of 30 forests, and the area of each within the spread of theirs', () => {
    const {score, auroc: area} = fixture.forest;
    const normal = fixture.rows.length - fixture.anomalies;
    const mean = new Float64Array(score.length);
    const areas = Array.from({length: 30}, (_, seed) => {
      const scores = IsolationForest.fit(train(), {seed}).score(rows());
      scores.forEach((value, i) => (mean[i] += value / 30));
      return auroc(scores.subarray(0, normal), scores.subarray(normal));
    });
    // a score of one forest of 100 trees has a deviation of about 0.01; of the mean of 30, 0.002 on either side
    assertClose(mean, score, 0.012);
    assertClose(areas.reduce((sum, one) => sum + one, 0) / 30, area.mean, 0.01);
    assert.ok(Math.min(...areas) > area.low - 0.02 && Math.max(...areas) < area.high + 0.02);
  });

  it('parts the saved splits among the features: their sum is c(ψ) (1 + log2 score)', () => {
    const forest = IsolationForest.fit(train(), {seed: 3, sampleSize: 100});
    const c = searchLength(100);
    assertClose(rowSums(forest.explain(rows())), forest.score(rows()).map((s) => c * (1 + Math.log2(s))), 1e-4); // prettier-ignore
  });

  it('gives 1/2 to every row when all training rows are equal', () => {
    const forest = IsolationForest.fit(tf.ones([20, 2]));
    assertClose(forest.score(tf.tensor2d([[1, 1], [5, -5]])), [0.5, 0.5]); // prettier-ignore
  });

  it('splits neighbours in single precision, where there is no number between them', () => {
    const next = Math.fround(1 + 2 ** -23);
    const x = tf.tensor2d([[1], [next]]);
    const forest = IsolationForest.fit(x, {trees: 20});
    assertClose(forest.score(x), [0.5, 0.5]); // h = 1 = c(2): each tree parts the two
    assert.deepEqual(Array.from(new Set(forest.arrays().size.data)), [2, 1]);
  });

  it('draws other rows for each tree, none of them twice', () => {
    const x = tf.range(0, 1000).reshape([1000, 1]) as tf.Tensor2D;
    const {threshold, size} = IsolationForest.fit(x, {trees: 200, sampleSize: 2}).arrays();
    assert.deepEqual(Array.from(size.data.subarray(0, 3)), [2, 1, 1]); // equal rows would not be parted
    const roots = Array.from({length: 200}, (_, tree) => threshold.data[3 * tree]);
    // a point between two of 0 … 999: it deviates from 499.5 by less than one of the numbers themselves, 289
    assertClose(roots.reduce((sum, root) => sum + root, 0) / 200 - 499.5, 0, (3 * 289) / Math.sqrt(200));
    assert.ok(Math.max(...roots) - Math.min(...roots) > 700);
  });

  it('refuses no trees and a sample of one', () => {
    assert.throws(
      () => IsolationForest.fit(train(), {trees: 0}),
      /trees: expected a whole number >= 1, got 0/,
    );
    assert.throws(() => IsolationForest.fit(train(), {sampleSize: 1}), /sampleSize: expected a whole number >= 2/); // prettier-ignore
  });
});

describe('Ecod', () => {
  it('agrees with the equations of the paper written out in NumPy', () => {
    const detector = Ecod.fit(train());
    assertClose(detector.score(rows()), fixture.ecod.score);
    assertClose(detector.arrays().skewness.data, fixture.ecod.skewness, 1e-4);
    assertClose(rowSums(detector.explain(rows())), detector.score(rows()));
  });

  it('counts by hand: four rows and the row itself, ties and what lies beyond', () => {
    const detector = Ecod.fit(tf.tensor2d([[1], [2], [2], [9]])); // skewed to the right
    const tails = ([count]: [number]) => Math.log(5 / (1 + count));
    // at 0: none below, all above; at 2: three up to it, three from it; at 10: all below, none above
    assertClose(detector.score(tf.tensor2d([[0], [2], [10]])), [tails([0]), tails([3]), tails([0])]);
  });

  it('takes one tail for all features: of two that are out on opposite sides the auto sum, by their skewness', () => {
    const x = tf.tensor2d([[0, 0], [0, 0], [1, -1], [9, -9]]); // prettier-ignore
    const detector = Ecod.fit(x); // right and left
    assertClose(detector.explain(tf.tensor2d([[10, -10]])).dataSync(), [Math.log(5), Math.log(5)]);
    assertClose(detector.explain(tf.tensor2d([[-1, -10]])).dataSync(), [Math.log(5), Math.log(5)]); // left
    assertClose(detector.explain(tf.tensor2d([[10, 0]])).dataSync(), [Math.log(5), Math.log(5 / 3)]);
  });

  it('keeps quantiles of many rows: close to all of them, the same in both tails, and exact beyond the extremes', () => {
    const x = new RandomStream(5).normal<tf.Rank.R2>([5000, 1]);
    const few = Ecod.fit(x, {quantiles: 100});
    assert.deepEqual(few.arrays().kept.shape, [1, 100]);
    const z = tf.linspace(-3, 3, 200).reshape([200, 1]) as tf.Tensor2D;
    const tails = (detector: Ecod) => Array.from(detector.score(z), (score) => Math.exp(-score));
    assertClose(tails(few), tails(Ecod.fit(x)), 0.011);
    assertClose(Ecod.fit(x.neg(), {quantiles: 100}).score(z.neg()), few.score(z));
    assertClose(few.score(tf.tensor2d([[-9], [9]])), [Math.log(5001), Math.log(5001)]); // prettier-ignore
  });

  it('refuses a single quantile', () => {
    assert.throws(() => Ecod.fit(train(), {quantiles: 1}), /quantiles: expected a whole number >= 2, got 1/);
  });
});

// networks need not learn much here
const quick = {steps: 200, progress: false};
const optionsOf: Record<string, object> = {
  autoencoder: quick,
  vae: quick,
  'deep-svdd': quick,
};

for (const method of Object.keys(detectionMethods)) {
  const fit = (x: tf.Tensor2D, options = {}) => fitDetector(method, x, {...optionsOf[method], ...options});
  describe(`detection by ${method}`, () => {
    it('is the same again from what was stored, and from the same seed', async () => {
      const detector = await fit(train());
      const {config, inputDim} = detector;
      assert.deepEqual([detector.method, inputDim], [method, 6]);
      const settings = JSON.parse(JSON.stringify(config)) as object;
      const again = restoreDetector(method, settings, inputDim, detector.arrays());
      const twice = await fit(train(), settings);
      for (const other of [again, twice]) {
        assert.deepEqual(other.config, config);
        assert.deepEqual(other.score(rows()), detector.score(rows()));
        assert.deepEqual(other.explain(rows()).dataSync(), detector.explain(rows()).dataSync());
        assert.deepEqual(other.arrays(), detector.arrays());
      }
    });

    it('names the feature that was planted: of one number 8 deviations off, that one', async () => {
      const random = new RandomStream(8);
      const factors = tf.tensor2d([[1, 1, 1, 1, 1], [1, -1, 1, -1, 0]]); // prettier-ignore
      const normal = (n: number): tf.Tensor2D =>
        tf.add(tf.matMul(random.normal([n, 2]), factors), random.normal([n, 5]).mul(0.2));
      const detector = await fit(normal(400));
      const planted = normal(5).add(tf.eye(5).mul(8)) as tf.Tensor2D;
      assert.deepEqual(Array.from(detector.explain(planted).argMax(1).dataSync()), [0, 1, 2, 3, 4]);
    });

    it('scores each row for itself, however many come at once', async () => {
      const detector = await fit(train());
      const all = detector.score(rows());
      const parts = [0, 1, 59].map((i) => detector.score(rows().slice([i, 0], [1, 6]))[0]);
      assertClose(parts, [all[0], all[1], all[59]], 1e-4);
    });

    it('leaves no tensor behind', async () => {
      const [x, y] = [train(), rows()];
      const leaked = await tensorsLeaked(async () => {
        const detector = await fit(x);
        detector.score(y);
        detector.explain(y).dispose();
        restoreDetector(method, detector.config, 6, detector.arrays()).dispose();
        detector.dispose();
      });
      assert.equal(leaked, 0);
      assert.equal(x.isDisposed || y.isDisposed, false);
    });

    it('refuses too few rows, numbers that are not finite, another width and unknown options', async () => {
      const detector = await fit(train());
      const withNaN = tf.tensor2d([...fixture.rows.slice(0, 6), [0, 0, NaN, 0, 0, 0]]);
      await assert.rejects(fit(tf.ones([1, 6])), /x: expected \d rows or more, got 1/);
      await assert.rejects(
        fit(withNaN),
        /x: expected finite numbers, got NaN in row 6, feature 2; fill or drop/,
      );
      await assert.rejects(fit(train(), {tree: 3}), /unknown option tree; known are/);
      for (const use of [(x: tf.Tensor2D) => detector.score(x), (x: tf.Tensor2D) => detector.explain(x)]) {
        assert.throws(() => use(tf.ones([3, 5])), /x: expected shape \[n, 6\], got \[3, 5\]/);
        assert.throws(() => use(withNaN), /x: expected finite numbers, got NaN in row 6, feature 2/);
      }
      const [name] = Object.keys(detector.arrays()).slice(-1);
      const rest = detector.arrays();
      delete rest[name];
      assert.throws(
        () => restoreDetector(method, detector.config, 6, rest),
        new RegExp(`${name}: expected stored numbers of shape .*, got none`),
      );
    });
  });
}

describe('detection by name', () => {
  it('answers an unknown method with the known ones', async () => {
    const known =
      /method: expected one of autoencoder, vae, deep-svdd, pca, mahalanobis, k-nn, .*, got "lof"/;
    await assert.rejects(fitDetector('lof', train()), known);
    assert.throws(() => restoreDetector('lof', {}, 2, {}), known);
  });
});
