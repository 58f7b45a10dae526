/**
 * Classical filters: what removes noise without learning, or by linear algebra alone. The floor under a
 * denoising auto-encoder, and from {@link linearEstimator} on a demanding one.
 *
 *   x̃ [n, height * width] ─ restore ─► x̂ [n, height * width]
 */
import {CholeskyDecomposition, Matrix} from 'ml-matrix';
import {assertInteger, assertPositive, assertShape} from '../check';
import {blur} from '../data/corruption';
import {mirrored, separable, type ImageSize} from '../data/separable';
import {RandomStream} from '../random';
import * as tf from '../tf';
import {reconstruct} from './autoencoder';
import type {Pca} from './pca';

/** Something that makes clean images of corrupted ones. */
export interface Restorer {
  /** For example "median, 3 x 3". */
  readonly label: string;
  /** Images [n, d] -> images [n, d]. */
  restore(x: tf.Tensor2D): tf.Tensor2D;
}

/** Leaves the images as they are: what every other filter must beat. */
export function unfiltered(): Restorer {
  return {label: 'unfiltered', restore: (x) => x.clone()};
}

/** The mean of the side x side pixels around each; edges mirrored as in {@link separable}. Side is odd. */
export function meanFilter({side, ...size}: ImageSize & {side: number}): Restorer {
  assertOdd(side);
  return {label: `mean, ${side} x ${side}`, restore: box(side, size)};
}

/** {@link blur} as a filter; sigma in pixels. */
export function gaussianFilter(options: ImageSize & {sigma: number}): Restorer {
  const smear = blur(options);
  const random = new RandomStream(0); // which a blur does not draw from
  return {label: `Gaussian, σ ${options.sigma}`, restore: (x) => smear(x, random)};
}

/** The median of the side x side pixels around each; edges mirrored. Side is odd. Tukey 1977. */
export function medianFilter({side, height, width}: ImageSize & {side: number}): Restorer {
  assertOdd(side);
  const pixels = height * width;
  const around = neighbours(side, {height, width});
  const restore = (x: tf.Tensor2D): tf.Tensor2D => {
    assertShape('x', x, [null, pixels]);
    const from = x.dataSync<'float32'>();
    const to = new Float32Array(from.length);
    const window = new Float32Array(side * side);
    for (let begin = 0; begin < from.length; begin += pixels) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        for (let i = 0; i < window.length; i++) {
          const value = from[begin + around[pixel * window.length + i]];
          let place = i; // sorted as it is filled
          for (; place > 0 && window[place - 1] > value; place--) window[place] = window[place - 1];
          window[place] = value;
        }
        to[begin + pixel] = window[(window.length - 1) / 2];
      }
    }
    return tf.tensor2d(to, x.shape);
  };
  return {label: `median, ${side} x ${side}`, restore};
}

/**
 * Adaptive Wiener filter, Lim 1990, Two-Dimensional Signal and Image Processing, section 9.2.4: with mean m
 * and variance v of the side x side pixels around each (edges mirrored),
 *
 *   x̂ = m + max(v - σ², 0) / max(v, σ²) (x̃ - m)
 *
 * @param sigma standard deviation of the noise in grey levels
 */
export function wienerFilter({side, sigma, ...size}: ImageSize & {side: number; sigma: number}): Restorer {
  assertOdd(side);
  assertPositive('sigma', sigma);
  const average = box(side, size);
  const restore = (x: tf.Tensor2D): tf.Tensor2D =>
    tf.tidy(() => {
      const mean = average(x);
      const variance = average(x.square()).sub(mean.square());
      const kept = tf.div(variance.sub(sigma ** 2).relu(), variance.maximum(sigma ** 2));
      return tf.sub(x, mean).mul(kept).add(mean) as tf.Tensor2D;
    });
  return {label: `Wiener, ${side} x ${side}, σ ${sigma}`, restore};
}

/** Projection on the first `components` principal directions of clean images; pca has that many or more. */
export function pcaProjection(pca: Pca, components: number): Restorer & {dispose(): void} {
  const few = pca.truncate(components);
  return {
    label: `PCA, ${components} components`,
    restore: (x) => tf.tidy(() => reconstruct(few, x)),
    dispose: () => few.dispose(),
  };
}

/**
 * The linear function of the corrupted pixels with the least squared error on the pairs given, for any
 * corruption: with means μ and covariances C, and a small variance added to the diagonal,
 *
 *   x̂ = μ_x + C_{x x̃} (C_{x̃ x̃} + ridge I)⁻¹ (x̃ - μ_x̃)
 *
 * For Gaussian noise it is Wiener's filter of the whole image: each principal component of the clean images
 * shrunk by λ / (λ + σ²). Wiener 1949; Bishop 2006, section 3.1. 60,000 x 784 take seconds.
 * @param corrupted training images [n, d], corrupted; clean likewise, as they were
 * @param ridge in squared grey levels
 */
export function linearEstimator(
  {corrupted, clean}: {corrupted: tf.Tensor2D; clean: tf.Tensor2D},
  {ridge = 1e-4} = {},
): Restorer & {dispose(): void} {
  assertShape('corrupted', corrupted, clean.shape);
  assertPositive('ridge', ridge);
  const [n, d] = clean.shape;
  const [from, to] = [corrupted.mean<tf.Tensor1D>(0), clean.mean<tf.Tensor1D>(0)];
  const covariance = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, true).div(n).dataSync();
  const [own, cross] = tf.tidy(() => {
    const centred = tf.sub(corrupted, from);
    return [covariance(centred, centred), covariance(centred, tf.sub(clean, to))];
  });
  for (let i = 0; i < d; i++) own[i * d + i] += ridge;
  const square = (values: ArrayLike<number>) => Matrix.from1DArray(d, d, Array.from(values));
  const weights = tf.tensor2d(new CholeskyDecomposition(square(own)).solve(square(cross)).to1DArray(), [
    d,
    d,
  ]);
  return {
    label: `best linear, ridge ${ridge}`,
    restore: (x) => tf.tidy(() => tf.matMul(tf.sub(x, from), weights).add(to)),
    dispose: () => tf.dispose([from, to, weights]),
  };
}

function box(side: number, size: ImageSize): (x: tf.Tensor2D) => tf.Tensor2D {
  return separable(new Array<number>(side).fill(1 / side), size);
}

// For each pixel the side² pixels around it, [height * width, side²].
function neighbours(side: number, {height, width}: ImageSize): Int32Array {
  const radius = (side - 1) / 2;
  const offsets = Array.from({length: side}, (_, i) => i - radius);
  const places: number[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      for (const di of offsets)
        for (const dj of offsets) places.push(mirrored(i + di, height) * width + mirrored(j + dj, width));
    }
  }
  return Int32Array.from(places);
}

function assertOdd(side: number): void {
  assertInteger('side', side);
  if (side % 2 === 0) throw new RangeError(`side: expected an odd number of pixels, got ${side}`);
}
