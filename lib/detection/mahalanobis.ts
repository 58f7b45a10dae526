/**
 * The squared distance from the mean of normal rows, measured in their own deviations, along whatever direction.
 * Mahalanobis 1936, "On the generalised distance in statistics".
 *
 *   score = zᵀ Σ⁻¹ z,  z = x - μ       Σ = (1 - ρ) S + ρ (tr S / d) I
 *
 * The covariance S of few rows, or of features that follow from others, is singular or nearly so; it is therefore
 * shrunk towards a ball by the ρ that Ledoit & Wolf 2004 find best, https://doi.org/10.1016/S0047-259X(03)00096-4.
 * Kept is a whitening W with W Wᵀ = Σ⁻¹: the score is |z W|², which cannot fall below 0.
 */
import {assertOptions, assertWithin} from '../check';
import {inBatches} from '../data/batches';
import type {StoredArray} from '../data/safetensors';
import {symmetricEigen} from '../models/eigen';
import * as tf from '../tf';
import type {Detector} from './detector';
import {ROWS_AT_ONCE, rowsToFit, rowsToScore, stored} from './rows';

export interface MahalanobisOptions {
  /**
   * ρ: from 0, the covariance as it is, to 1, a ball. Default: Ledoit & Wolf's, and in any case at least a
   * millionth, which is what single precision leaves of a variance.
   */
  shrinkage?: number;
}

/** The least ρ. */
const ROUNDING = 1e-6;

export class Mahalanobis implements Detector {
  readonly method = 'mahalanobis';

  /**
   * @param mean [d]
   * @param whitening W [d, d]
   */
  private constructor(
    readonly config: Required<MahalanobisOptions>,
    private readonly mean: tf.Tensor1D,
    private readonly whitening: tf.Tensor2D,
  ) {}

  /**
   * Fits to normal rows x [n, d].
   * @throws RangeError for fewer than two rows or rows that are all equal, numbers that are not finite, or a
   *   shrinkage out of range.
   */
  static fit(x: tf.Tensor2D, options: MahalanobisOptions = {}): Mahalanobis {
    assertOptions('mahalanobis', options, ['shrinkage']);
    if (options.shrinkage !== undefined) assertWithin('shrinkage', options.shrinkage, 0, 1);
    rowsToFit(x);
    const [n, d] = x.shape;
    const mean = tf.tidy(() => x.mean(0) as tf.Tensor1D);
    const {covariance, fourth} = moments(x, mean);
    const trace = covariance.reduce((sum, value, i) => (i % (d + 1) === 0 ? sum + value : sum), 0);
    const variance = trace / d;
    if (variance === 0) {
      mean.dispose();
      throw new RangeError(`x: expected rows that differ, got ${n} equal ones`);
    }
    const square = covariance.reduce((sum, value) => sum + value * value, 0); // |S|²
    const away = square - d * variance ** 2; // |S - variance I|²
    const best = away > 0 ? Math.min((fourth - square) / n / away, 1) : 1;
    const shrinkage = Math.max(options.shrinkage ?? best, ROUNDING);
    const {values, vectors} = symmetricEigen(covariance, d, {precision: 'double'});
    const scales = Array.from(
      values,
      (value) => 1 / Math.sqrt((1 - shrinkage) * Math.max(value, 0) + shrinkage * variance),
    );
    const whitening = Float32Array.from({length: d * d}, (_, i) => vectors[i] * scales[i % d]);
    return new Mahalanobis({shrinkage}, mean, tf.tensor2d(whitening, [d, d]));
  }

  static restore(
    config: Required<MahalanobisOptions>,
    inputDim: number,
    arrays: Record<string, StoredArray>,
  ): Mahalanobis {
    const shape: [number, number] = [inputDim, inputDim];
    const [mean, whitening] = [stored(arrays, 'mean', [inputDim]), stored(arrays, 'whitening', shape)];
    return new Mahalanobis(config, tf.tensor1d(mean), tf.tensor2d(whitening, shape));
  }

  get inputDim(): number {
    return this.mean.shape[0];
  }

  score(x: tf.Tensor2D): Float32Array {
    rowsToScore(x, this.inputDim);
    return tf.tidy(() =>
      inBatches(x, ROWS_AT_ONCE, (part) =>
        tf.matMul(tf.sub(part, this.mean), this.whitening).square().sum(1, true),
      ).dataSync<'float32'>(),
    );
  }

  /** z_j (Σ⁻¹ z)_j. Their sum is the score; a feature that makes the others more credible has less than 0. */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    rowsToScore(x, this.inputDim);
    return inBatches(x, ROWS_AT_ONCE, (part) => {
      const z = tf.sub(part, this.mean) as tf.Tensor2D;
      return tf.matMul(tf.matMul(z, this.whitening), this.whitening, false, true).mul(z);
    });
  }

  arrays(): Record<string, StoredArray> {
    const {mean, whitening} = this;
    return {
      mean: {shape: mean.shape, data: mean.dataSync<'float32'>()},
      whitening: {shape: whitening.shape, data: whitening.dataSync<'float32'>()},
    };
  }

  dispose(): void {
    tf.dispose([this.mean, this.whitening]);
  }
}

// S, dividing by n, and the mean of |z|⁴ over the rows; sums of parts in double precision.
function moments(x: tf.Tensor2D, mean: tf.Tensor1D): {covariance: Float64Array; fourth: number} {
  const [n, d] = x.shape;
  const covariance = new Float64Array(d * d);
  let fourth = 0;
  for (let i = 0; i < n; i += ROWS_AT_ONCE) {
    tf.tidy(() => {
      const z = tf.sub(x.slice([i, 0], [Math.min(ROWS_AT_ONCE, n - i), d]), mean) as tf.Tensor2D;
      tf.matMul(z, z, true)
        .dataSync<'float32'>()
        .forEach((value, at) => (covariance[at] += value / n));
      fourth += z.square().sum(1).square().sum().dataSync()[0] / n;
    });
  }
  return {covariance, fourth};
}
