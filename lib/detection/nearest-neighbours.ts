/**
 * The distance to the k-th nearest normal row. Ramaswamy, Rastogi & Shim 2000, "Efficient algorithms for mining
 * outliers from large data sets", https://doi.org/10.1145/342009.335437; with the mean of the k distances: Angiulli &
 * Pizzuti 2002, https://doi.org/10.1007/3-540-45681-3_2.
 *
 * Every row is compared with every row that is kept, which takes time in proportion to their number: of more than
 * `atMost` rows a random part is kept. In a part that holds one row in s, the distances are those to about the
 * (s k)-th neighbour among all: larger, in nearly the same order.
 *
 * A row that it was fitted to has itself as its nearest neighbour, and so too small a score.
 */
import {assertChoice, assertInteger, assertOptions} from '../check';
import {inBatches} from '../data/batches';
import type {StoredArray} from '../data/safetensors';
import {nearestNeighbours, neighboursAndDistances} from '../metrics/neighbours';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Detector} from './detector';
import {ROWS_AT_ONCE, rowsToFit, rowsToScore, stored} from './rows';

export interface NearestNeighboursOptions {
  /** k. Default 5. */
  neighbours?: number;
  /** The score: the largest of the k distances, or their mean. Default largest. */
  distance?: 'largest' | 'mean';
  /** Rows to keep at most. Default 20,000. */
  atMost?: number;
  /** Fixes which rows are kept. Default 0. */
  seed?: number;
}

export class NearestNeighbours implements Detector {
  readonly method = 'k-nn';

  /** @param rows [n or atMost, d] */
  private constructor(
    readonly config: Required<NearestNeighboursOptions>,
    private readonly rows: tf.Tensor2D,
  ) {}

  /**
   * Keeps normal rows x [n, d].
   * @throws RangeError for fewer than k rows, numbers that are not finite, or options out of range.
   */
  static fit(x: tf.Tensor2D, options: NearestNeighboursOptions = {}): NearestNeighbours {
    const defaults = {neighbours: 5, distance: 'largest' as const, atMost: 20000, seed: 0};
    assertOptions('k-nn', options, Object.keys(defaults));
    const config = {...defaults, ...options};
    const {neighbours, distance, atMost, seed} = config;
    assertInteger('neighbours', neighbours);
    assertChoice('distance', distance, ['largest', 'mean']);
    assertInteger('atMost', atMost, neighbours);
    rowsToFit(x, neighbours);
    const n = x.shape[0];
    const random = new RandomStream(seed).split('k-nn');
    const kept = n > atMost ? random.permutation(n).subarray(0, atMost).sort() : undefined;
    const rows = tf.tidy(() => (kept ? tf.gather(x, tf.tensor1d(kept, 'int32')) : x.clone()));
    return new NearestNeighbours(config, rows);
  }

  static restore(
    config: Required<NearestNeighboursOptions>,
    inputDim: number,
    arrays: Record<string, StoredArray>,
  ): NearestNeighbours {
    const rows = stored(arrays, 'rows', [null, inputDim]);
    return new NearestNeighbours(config, tf.tensor2d(rows, [rows.length / inputDim, inputDim]));
  }

  get inputDim(): number {
    return this.rows.shape[1];
  }

  score(x: tf.Tensor2D): Float32Array {
    rowsToScore(x, this.inputDim);
    const {neighbours: k, distance} = this.config;
    const {distances} = neighboursAndDistances(x, this.rows, k);
    return Float32Array.from({length: x.shape[0]}, (_, i) =>
      distance === 'largest'
        ? distances[i * k + k - 1]
        : distances.subarray(i * k, i * k + k).reduce((sum, one) => sum + one, 0) / k,
    );
  }

  /** The squared difference of each feature from the mean of the k neighbours; not the score's own terms. */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    rowsToScore(x, this.inputDim);
    const k = this.config.neighbours;
    const rows = Math.max(1, Math.floor(ROWS_AT_ONCE / k));
    return inBatches(x, rows, (part) => {
      const places = tf.tensor1d(nearestNeighbours(part, this.rows, k), 'int32');
      const near = tf.reshape(tf.gather(this.rows, places), [part.shape[0], k, this.inputDim]);
      return tf.squaredDifference(part, near.mean(1));
    });
  }

  arrays(): Record<string, StoredArray> {
    return {rows: {shape: this.rows.shape, data: this.rows.dataSync<'float32'>()}};
  }

  dispose(): void {
    this.rows.dispose();
  }
}
