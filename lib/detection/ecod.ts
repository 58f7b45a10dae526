/**
 * ECOD: how far out in the tails a row lies, feature by feature, by the empirical distributions (经验分布) of normal
 * rows. Li, Zhao, Hu, Botta, Ionescu & Chen 2022, https://doi.org/10.1109/TKDE.2022.3159580, algorithm 1:
 *
 *   O_left = Σ_j -log F_j(x_j)    O_right = Σ_j -log P(X_j >= x_j)    O_auto: of each feature the tail on the side
 *   score = max(O_left, O_right, O_auto), in nats                     to which it is skewed: left if γ_j < 0
 *
 * It knows each feature alone: a row whose numbers are usual but do not go together stays unseen. It has nothing to
 * tune. The probabilities here are those among the training rows and the row itself, (1 + count) / (n + 1), so that
 * none is 0 and rows that are scored together do not touch each other. (PyOD takes them among the training rows and
 * all rows that it scores at once, and for each feature the larger of the auto tail and the mean of both tails.)
 *
 * Of more than `quantiles` rows, so many order statistics of each feature are kept, evenly spaced, the extremes among
 * them: a count is then right to one part in `quantiles`, and beyond the extremes exact.
 */
import {assertInteger, assertOptions} from '../check';
import type {StoredArray} from '../data/safetensors';
import * as tf from '../tf';
import type {Detector} from './detector';
import {rowsToFit, rowsToScore, stored} from './rows';

export interface EcodOptions {
  /** Numbers kept of each feature at most. Default 4096. */
  quantiles?: number;
}

export class Ecod implements Detector {
  readonly method = 'ecod';
  /** -log of the probability of a tail that begins after 0, 1, … kept numbers. */
  private readonly tails: Float64Array;

  /**
   * @param rows n: how many there were
   * @param kept order statistics of each feature, rising, one feature after another
   * @param skewness γ of each feature
   */
  private constructor(
    readonly config: Required<EcodOptions>,
    readonly inputDim: number,
    private readonly rows: number,
    private readonly kept: Float32Array,
    private readonly skewness: Float32Array,
  ) {
    const size = kept.length / inputDim;
    // after q numbers there are as many rows as the last of them has before it, and that one
    this.tails = Float64Array.from({length: size + 1}, (_, q) =>
      Math.log((rows + 1) / (q === 0 ? 1 : place(q - 1, size, rows) + 2)),
    );
  }

  /**
   * Fits to normal rows x [n, d].
   * @throws RangeError for fewer than two rows, numbers that are not finite, or options out of range.
   */
  static fit(x: tf.Tensor2D, options: EcodOptions = {}): Ecod {
    assertOptions('ecod', options, ['quantiles']);
    const {quantiles = 4096} = options;
    assertInteger('quantiles', quantiles, 2);
    const values = rowsToFit(x);
    const [n, d] = x.shape;
    const size = Math.min(n, quantiles);
    const kept = new Float32Array(d * size);
    const skewness = new Float32Array(d);
    for (let feature = 0; feature < d; feature++) {
      const rising = Float32Array.from({length: n}, (_, i) => values[i * d + feature]).sort();
      for (let q = 0; q < size; q++) kept[feature * size + q] = rising[place(q, size, n)];
      skewness[feature] = skew(rising);
    }
    return new Ecod({quantiles}, d, n, kept, skewness);
  }

  static restore(config: Required<EcodOptions>, inputDim: number, arrays: Record<string, StoredArray>): Ecod {
    const [rows] = stored(arrays, 'rows', [1]);
    const kept = stored(arrays, 'kept', [inputDim, null]);
    return new Ecod(config, inputDim, rows, kept, stored(arrays, 'skewness', [inputDim]));
  }

  score(x: tf.Tensor2D): Float32Array {
    const scores = new Float32Array(x.shape[0]);
    this.walk(x, (row, terms) => (scores[row] = sum(terms)));
    return scores;
  }

  /** -log of the tail of each feature, of the sum that is the largest of the three: their sum is the score. */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    const shares = new Float32Array(x.size);
    this.walk(x, (row, terms) => shares.set(terms, row * this.inputDim));
    return tf.tensor2d(shares, x.shape);
  }

  arrays(): Record<string, StoredArray> {
    const {inputDim, rows, kept, skewness} = this;
    return {
      rows: {shape: [1], data: Float32Array.of(rows)},
      kept: {shape: [inputDim, kept.length / inputDim], data: kept},
      skewness: {shape: [inputDim], data: skewness},
    };
  }

  /** Nothing to free: no tensors are kept. */
  dispose(): void {}

  // Visits each row with the terms of its largest sum.
  private walk(x: tf.Tensor2D, visit: (row: number, terms: Float64Array) => void): void {
    const values = rowsToScore(x, this.inputDim);
    const {inputDim: d, kept, skewness, tails} = this;
    const size = kept.length / d;
    const [left, right, auto] = [0, 1, 2].map(() => new Float64Array(d));
    for (let row = 0; row < x.shape[0]; row++) {
      for (let j = 0; j < d; j++) {
        const value = values[row * d + j];
        const below = count(kept, j * size, size, (one) => one < value);
        const upTo = count(kept, j * size, size, (one) => one <= value);
        left[j] = tails[upTo];
        right[j] = tails[size - below];
        auto[j] = skewness[j] < 0 ? left[j] : right[j];
      }
      const [l, r, a] = [sum(left), sum(right), sum(auto)];
      visit(row, l >= r && l >= a ? left : r >= a ? right : auto);
    }
  }
}

// Among n rising numbers the place of the q-th that is kept, of `size`; the same from both ends.
function place(q: number, size: number, n: number): number {
  const exact = (q * (n - 1)) / (size - 1);
  return 2 * q < size ? Math.floor(exact) : n - 1 - Math.floor(((size - 1 - q) * (n - 1)) / (size - 1));
}

// Mean cubed deviation over the third power of the deviation; 0 for a feature that never varies.
function skew(values: Float32Array): number {
  const mean = sum(values) / values.length;
  let [second, third] = [0, 0];
  for (const value of values) {
    second += (value - mean) ** 2 / (values.length - 1);
    third += (value - mean) ** 3 / values.length;
  }
  return second > 0 ? third / second ** 1.5 : 0;
}

// How many of `size` rising numbers from `begin` on are small enough.
function count(kept: Float32Array, begin: number, size: number, small: (value: number) => boolean): number {
  let [low, high] = [begin, begin + size];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (small(kept[middle])) low = middle + 1;
    else high = middle;
  }
  return low - begin;
}

function sum(values: Float32Array | Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
