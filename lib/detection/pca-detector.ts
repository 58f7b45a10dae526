/**
 * What the principal components of normal rows leave over: the squared error of the reconstruction, summed over the
 * features. Jackson & Mudholkar 1979, "Control procedures for residuals associated with principal component analysis",
 * https://doi.org/10.1080/00401706.1979.10489779. A linear auto-encoder's score, in closed form.
 *
 *   x [m, d] ─ Pca ─► x̂ ─► (x - x̂)² [m, d], by feature ─ sum ─► score
 */
import {assertInteger, assertOptions, assertWithin} from '../check';
import {inBatches} from '../data/batches';
import type {StoredArray} from '../data/safetensors';
import {reconstruct} from '../models/autoencoder';
import {Pca} from '../models/pca';
import * as tf from '../tf';
import type {Detector} from './detector';
import {ROWS_AT_ONCE, rowsToFit, rowsToScore, stored} from './rows';

export interface PcaDetectorOptions {
  /** k: directions that are kept, at most d - 1. Default: as few as hold `share` of the variance. */
  components?: number;
  /** Share of the variance that decides about `components` when they are not given. Default 0.95. */
  share?: number;
}

export class PcaDetector implements Detector {
  readonly method = 'pca';

  private constructor(
    readonly config: Required<PcaDetectorOptions>,
    private readonly pca: Pca,
  ) {}

  /**
   * Fits to normal rows x [n, d], by the eigenvectors of their covariance.
   * @throws RangeError for fewer than two rows or features, numbers that are not finite, or options out of range.
   */
  static fit(x: tf.Tensor2D, options: PcaDetectorOptions = {}): PcaDetector {
    assertOptions('pca', options, ['components', 'share']);
    const {share = 0.95} = options;
    assertWithin('share', share, 0, 1);
    rowsToFit(x);
    const most = x.shape[1] - 1;
    if (most < 1) throw new RangeError(`x: expected at least 2 features, got ${x.shape[1]}`);
    if (options.components !== undefined) assertInteger('components', options.components);
    if ((options.components ?? 1) > most)
      throw new RangeError(
        `components: expected at most ${most}, so that a direction is left over, got ${options.components}`,
      );
    const all = Pca.fit(x, options.components ?? most);
    const components = options.components ?? Math.min(enough(all.variances, share), most);
    const pca = all.truncate(components);
    all.dispose();
    return new PcaDetector({components, share}, pca);
  }

  static restore(
    config: Required<PcaDetectorOptions>,
    inputDim: number,
    arrays: Record<string, StoredArray>,
  ): PcaDetector {
    const shape: [number, number] = [inputDim, config.components];
    const mean = stored(arrays, 'mean', [inputDim]);
    const components = stored(arrays, 'components', shape);
    const variances = stored(arrays, 'variances', [inputDim]);
    return new PcaDetector(
      config,
      new Pca(tf.tensor1d(mean), tf.tensor2d(components, shape), Float64Array.from(variances)),
    );
  }

  get inputDim(): number {
    return this.pca.mean.shape[0];
  }

  score(x: tf.Tensor2D): Float32Array {
    return tf.tidy(() => this.explain(x).sum(1).dataSync<'float32'>());
  }

  /** (x - x̂)²: the squared error of each feature. Their sum is the score. */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    rowsToScore(x, this.inputDim);
    return inBatches(x, ROWS_AT_ONCE, (part) => tf.squaredDifference(part, reconstruct(this.pca, part)));
  }

  arrays(): Record<string, StoredArray> {
    const {mean, components, variances} = this.pca;
    return {
      mean: {shape: mean.shape, data: mean.dataSync<'float32'>()},
      components: {shape: components.shape, data: components.dataSync<'float32'>()},
      variances: {shape: [variances.length], data: Float32Array.from(variances)},
    };
  }

  dispose(): void {
    this.pca.dispose();
  }
}

// How many of the falling variances hold the share of their sum.
function enough(variances: Float64Array, share: number): number {
  const wanted = share * variances.reduce((sum, variance) => sum + variance, 0);
  let sum = 0;
  const place = variances.findIndex((variance) => (sum += variance) >= wanted);
  return place < 0 ? variances.length : place + 1;
}
