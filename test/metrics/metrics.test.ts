import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {mse, psnr, reconstructionSse, sse, sseEach} from '../../lib/metrics/reconstruction';
import {ssim} from '../../lib/metrics/ssim';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';

const x = () =>
  tf.tensor2d([
    [0, 1],
    [1, 1],
  ]);
const back = () =>
  tf.tensor2d([
    [0, 0.5],
    [0, 0],
  ]);

describe('reconstruction metrics', () => {
  it('sum over features and average over examples (SSE), or average over both (MSE)', () => {
    assertClose(sse(x(), back()), (0.25 + 2) / 2);
    assertClose(sseEach(x(), back()), [0.25, 2]);
    assertClose(mse(x(), back()), (0.25 + 2) / 4);
  });

  it('give 20 dB for a mean squared error of 0.01', () => {
    assertClose(psnr(tf.zeros([1, 4]), tf.fill([1, 4], 0.1)), 20);
    assert.equal(psnr(x(), x()), Infinity);
  });

  it('give a model the same error in small batches as in one', () => {
    const half = {encode: (z: tf.Tensor2D) => z.clone(), decode: (z: tf.Tensor2D) => z.div(2) as tf.Tensor2D};
    assertClose(reconstructionSse(half, x(), 1), (0.25 + 0.5) / 2);
    assertClose(reconstructionSse(half, x(), 10), (0.25 + 0.5) / 2);
  });
});

describe('ssim', () => {
  const fixture = JSON.parse(
    fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'ssim.json'), 'utf8'),
  ) as {
    height: number;
    width: number;
    cases: {x: number[]; y: number[]; ssim: number; psnr: number}[];
  };
  const size = {height: fixture.height, width: fixture.width};
  const row = (values: number[]) => tf.tensor2d([values]);

  it('agrees with scikit-image, and so does psnr', () => {
    for (const {x, y, ssim: expected, psnr: decibels} of fixture.cases) {
      assertClose(ssim(row(x), row(y), size), expected, 1e-4);
      assertClose(psnr(row(x), row(y)), decibels, 1e-4);
    }
  });

  it('is 1 for equal images', () =>
    assertClose(ssim(row(fixture.cases[0].x), row(fixture.cases[0].x), size), 1));

  it('refuses images smaller than its window', () => {
    assert.throws(
      () => ssim(tf.zeros([1, 100]), tf.zeros([1, 100]), {height: 10, width: 10}),
      /at least 11 x 11 pixels, got 10 x 10/,
    );
  });
});
