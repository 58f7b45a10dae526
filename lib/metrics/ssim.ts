/**
 * Structural similarity. Wang, Bovik, Sheikh & Simoncelli 2004, https://doi.org/10.1109/TIP.2003.819861
 * (eq. 13 with the 11 x 11 Gaussian window, deviation 1.5, K1 = 0.01, K2 = 0.03).
 */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';

const WINDOW = 11;
const DEVIATION = 1.5;

/**
 * Mean structural similarity of images [n, height * width] and their reconstructions, over all window
 * positions that lie wholly inside; 1 for equal images, at least -1.
 * @param range largest minus smallest possible grey level.
 * @throws RangeError if an image is smaller than the 11 x 11 window.
 */
export function ssim(
  x: tf.Tensor2D,
  reconstruction: tf.Tensor2D,
  {height, width, range = 1}: {height: number; width: number; range?: number},
): number {
  assertInteger('height', height);
  assertInteger('width', width);
  if (Math.min(height, width) < WINDOW)
    throw new RangeError(`images: expected at least ${WINDOW} x ${WINDOW} pixels, got ${height} x ${width}`);
  assertShape('x', x, [null, height * width]);
  assertShape('reconstruction', reconstruction, x.shape);
  return tf.tidy(() => {
    const blur = gaussianWindow();
    const mean = (image: tf.Tensor) => tf.conv2d(image as tf.Tensor4D, blur, 1, 'valid');
    const a = x.reshape([-1, height, width, 1]);
    const b = reconstruction.reshape([-1, height, width, 1]);
    const [meanA, meanB] = [mean(a), mean(b)];
    const varianceA = tf.sub(mean(a.square()), meanA.square());
    const varianceB = tf.sub(mean(b.square()), meanB.square());
    const covariance = tf.sub(mean(tf.mul(a, b)), tf.mul(meanA, meanB));
    const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
    const above = tf.mul(tf.mul(meanA, meanB).mul(2).add(c1), covariance.mul(2).add(c2));
    const below = tf.mul(
      tf.add(meanA.square(), meanB.square()).add(c1),
      tf.add(varianceA, varianceB).add(c2),
    );
    return tf.div(above, below).mean().dataSync()[0];
  });
}

function gaussianWindow(): tf.Tensor4D {
  const half = (WINDOW - 1) / 2;
  const line = Array.from({length: WINDOW}, (_, i) => Math.exp(-((i - half) ** 2) / (2 * DEVIATION ** 2)));
  const sum = line.reduce((p, q) => p + q, 0);
  const plane = line.flatMap((p) => line.map((q) => (p * q) / (sum * sum)));
  return tf.tensor4d(plane, [WINDOW, WINDOW, 1, 1]);
}
