import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {frechetDistance, frechetDistanceOfGaussians} from '../../lib/metrics/frechet';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'frechet.json'), 'utf8'),
) as {
  gaussians: {mean1: number[]; covariance1: number[][]; mean2: number[]; covariance2: number[][]; distance: number}[]; // prettier-ignore
  sets: {a: number[][]; b: number[][]; distance: number};
};

describe('frechetDistanceOfGaussians', () => {
  for (const [place, {mean1, covariance1, mean2, covariance2, distance}] of fixture.gaussians.entries()) {
    it(`agrees with the matrix square root of scipy, and does not care which comes first, ${place}`, () => {
      assertClose(frechetDistanceOfGaussians(mean1, covariance1, mean2, covariance2), distance, 1e-6);
      assertClose(frechetDistanceOfGaussians(mean2, covariance2, mean1, covariance1), distance, 1e-6);
      assertClose(frechetDistanceOfGaussians(mean1, covariance1, mean1, covariance1), 0, 1e-6);
    });
  }

  it('is the squared distance of the means when the covariances are equal', () => {
    const c = [[2, 1], [1, 3]]; // prettier-ignore
    assertClose(frechetDistanceOfGaussians([0, 1], c, [3, 5], c), 3 * 3 + 4 * 4, 1e-9);
  });

  it('is Σ (√λ - √ν)² for covariances that share their axes: 4, 9 and 1, 16 along the diagonals', () => {
    const turned = (p: number, q: number) => [[(p + q) / 2, (p - q) / 2], [(p - q) / 2, (p + q) / 2]]; // prettier-ignore
    assertClose(frechetDistanceOfGaussians([0, 0], turned(4, 9), [0, 0], turned(1, 16)), (2 - 1) ** 2 + (3 - 4) ** 2, 1e-9); // prettier-ignore
  });

  it('is the trace of one covariance when the other is a point', () => {
    assertClose(frechetDistanceOfGaussians([1, 1], [[2, 1], [1, 3]], [1, 1], [[0, 0], [0, 0]]), 2 + 3, 1e-9); // prettier-ignore
  });

  it('says which of its four is of another size', () => {
    const c = [[1, 0], [0, 1]]; // prettier-ignore
    assert.throws(() => frechetDistanceOfGaussians([0, 0], c, [0], c), /mean2: expected 2 numbers, got 1/);
    assert.throws(
      () => frechetDistanceOfGaussians([0, 0], c, [0, 0], [[1]]),
      /covariance2: expected 2 rows of 2 numbers, got 1 of 1/,
    );
  });
});

describe('frechetDistance(a, b)', () => {
  it('agrees with scipy', () => {
    const {a, b, distance} = fixture.sets;
    assertClose(frechetDistance(tf.tensor2d(a), tf.tensor2d(b)), distance);
  });

  it('is 0 for the same set, in any order, and the squared way of a set that is moved', () => {
    // 64 features of which 24 follow from the others: the covariance has eigenvalues of 0
    const few = new RandomStream(1).normal<tf.Rank.R2>([500, 40]);
    const x = tf.concat([few, few.slice([0, 0], [500, 24])], 1);
    assertClose(frechetDistance(x, tf.reverse(x, 0)), 0, 1e-4);
    assertClose(frechetDistance(x, tf.add(x, 0.5)), 64 * 0.5 ** 2, 1e-4);
  });

  it('leaves no tensor behind, and refuses a set of one row or of another width', async () => {
    const [a, b] = [tf.tensor2d(fixture.sets.a), tf.tensor2d(fixture.sets.b)];
    assert.equal(await tensorsLeaked(() => frechetDistance(a, b)), 0);
    assert.throws(() => frechetDistance(a, tf.zeros([1, 3])), /b: expected at least two rows, got 1/);
    assert.throws(() => frechetDistance(a, tf.zeros([5, 4])), /b: expected shape \[n, 3\], got \[5, 4\]/);
  });
});
