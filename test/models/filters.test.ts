import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {tuned} from '../../lib/metrics/tuned';
import {
  gaussianFilter,
  linearEstimator,
  meanFilter,
  medianFilter,
  pcaProjection,
  unfiltered,
  wienerFilter,
  type Restorer,
} from '../../lib/models/filters';
import {Pca} from '../../lib/models/pca';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'filters.json'), 'utf8'),
) as {height: number; width: number; image: number[]} & Record<
  'gaussian' | 'mean' | 'median' | 'wiener',
  Record<string, number[]>
>;
const size = {height: fixture.height, width: fixture.width};

describe('filters of images', () => {
  const cases: [string, Restorer, number[]][] = [
    ...Object.entries(fixture.gaussian).map(([sigma, expected]): [string, Restorer, number[]] => [
      'gaussian_filter',
      gaussianFilter({sigma: Number(sigma), ...size}),
      expected,
    ]),
    ...Object.entries(fixture.mean).map(([side, expected]): [string, Restorer, number[]] => [
      'uniform_filter',
      meanFilter({side: Number(side), ...size}),
      expected,
    ]),
    ...Object.entries(fixture.median).map(([side, expected]): [string, Restorer, number[]] => [
      'median_filter',
      medianFilter({side: Number(side), ...size}),
      expected,
    ]),
    ...Object.entries(fixture.wiener).map(([key, expected]): [string, Restorer, number[]] => {
      const [side, variance] = key.split(' ').map(Number);
      return ['wiener', wienerFilter({side, sigma: Math.sqrt(variance), ...size}), expected];
    }),
  ];
  for (const [name, filter, expected] of cases) {
    it(`agree with SciPy's ${name}, each image by itself: ${filter.label}`, async () => {
      const x = tf.tensor2d([fixture.image, fixture.image.map((v) => 2 * v), fixture.image]);
      const rows = tf.tidy(() => filter.restore(x).arraySync());
      assertClose([rows[0], rows[2]], [expected, expected]);
      assert.equal(await tensorsLeaked(() => filter.restore(x).dispose()), 0);
      x.dispose();
    });
  }

  it('leave an image of one grey level as it is', () => {
    const grey = tf.fill([1, size.height * size.width], 0.3) as tf.Tensor2D;
    for (const filter of [unfiltered(), meanFilter({side: 7, ...size}), medianFilter({side: 7, ...size})])
      assertClose(filter.restore(grey).dataSync(), grey.dataSync(), 1e-6);
  });

  it('answer an even side, a bad deviation and images of another size with a sentence', () => {
    assert.throws(() => medianFilter({side: 4, ...size}), /side: expected an odd number of pixels, got 4/);
    assert.throws(() => wienerFilter({side: 3, sigma: 0, ...size}), /sigma: expected a number > 0, got 0/);
    for (const filter of [medianFilter({side: 3, ...size}), meanFilter({side: 3, ...size})])
      assert.throws(() => filter.restore(tf.zeros([2, 100])), /x: expected shape \[n, 108\], got \[2, 100\]/);
  });
});

describe('pcaProjection', () => {
  it('keeps what lies along the components and drops the rest', () => {
    const pca = Pca.fit(
      tf.tensor2d([
        [-2, 0],
        [2, 0],
        [0, 1],
        [0, -1],
      ]),
      2,
    );
    const projection = pcaProjection(pca, 1);
    assertClose(projection.restore(tf.tensor2d([[3, 5]])).dataSync(), [3, 0]);
    projection.dispose();
    assertClose(pca.encode(tf.tensor2d([[3, 5]])).dataSync(), [3, 5]); // the analysis itself lives on
  });
});

describe('linearEstimator', () => {
  it('finds an exact linear relation', () => {
    const corrupted = tf.tensor2d([[0], [1], [2], [3]]);
    const estimator = linearEstimator({corrupted, clean: corrupted.mul(2).add(1)}, {ridge: 1e-7});
    assertClose(estimator.restore(tf.tensor2d([[10], [-4]])).dataSync(), [21, -7], 1e-4);
  });

  it('shrinks each direction by λ / (λ + σ²) when the noise is white', () => {
    const random = new RandomStream(3);
    const deviations = tf.tensor1d([2, 1, 0.5]);
    const clean = tf.mul(random.normal<tf.Rank.R2>([40000, 3]), deviations) as tf.Tensor2D;
    const estimator = linearEstimator({corrupted: clean.add(random.normal([40000, 3])), clean});
    const weights = estimator.restore(tf.eye(3) as tf.Tensor2D).sub(estimator.restore(tf.zeros([1, 3])));
    const expected = [4 / 5, 1 / 2, 0.25 / 1.25];
    assertClose(
      weights.arraySync() as number[][],
      expected.map((shrunk, i) => expected.map((_, j) => (i === j ? shrunk : 0))),
      0.02,
    );
  });

  it('copes with pixels that never vary, and leaves no tensor behind', async () => {
    const clean = tf.tensor2d([
      [0, 1],
      [0, 2],
      [0, 4],
    ]);
    assert.equal(await tensorsLeaked(() => linearEstimator({corrupted: clean, clean}).dispose()), 0);
    const estimator = linearEstimator({corrupted: clean, clean}, {ridge: 1e-6});
    assertClose(estimator.restore(clean).dataSync(), clean.dataSync(), 1e-4);
  });

  it('wants as many clean images as corrupted ones', () => {
    assert.throws(
      () => linearEstimator({corrupted: tf.zeros([3, 2]), clean: tf.zeros([4, 2])}),
      /corrupted: expected shape \[4, 2\], got \[3, 2\]/,
    );
  });
});

describe('tuned', () => {
  const constant = (value: number): Restorer => ({
    label: `constant ${value}`,
    restore: (x) => tf.fill(x.shape, value) as tf.Tensor2D,
  });

  it('is the candidate with the highest PSNR, and says what each has', async () => {
    const clean = tf.fill([2, 3], 0.5) as tf.Tensor2D;
    const corrupted = tf.zeros<tf.Rank.R2>([2, 3]);
    const candidates = [constant(0.1), constant(0.4), constant(1.5)];
    const {best, psnr} = tuned(candidates, {corrupted, clean});
    assert.equal(best, candidates[1]);
    assertClose(Object.values(psnr), [-20 * Math.log10(0.4), 20, 0]);
    assert.deepEqual(Object.keys(psnr), ['constant 0.1', 'constant 0.4', 'constant 1.5']);
    assert.equal(await tensorsLeaked(() => tuned(candidates, {corrupted, clean})), 0);
  });

  it('needs a candidate', () => {
    assert.throws(
      () => tuned([], {corrupted: tf.zeros([1, 1]), clean: tf.zeros([1, 1])}),
      /candidates: expected at least one restorer, got none/,
    );
  });
});
