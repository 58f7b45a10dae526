/**
 * Isolation forest (孤立森林): random splits part a strange row from the others sooner than a usual one.
 * Liu, Ting & Zhou 2008, https://doi.org/10.1109/ICDM.2008.17
 *
 *   score = 2^(-E h(x) / c(ψ))
 *
 * h: splits on the way of a row down a tree, and c(m) for the m rows left in its leaf; E: mean over the trees; c(m):
 * mean way of an unsuccessful search among m rows (eq. 1). Each tree is grown on ψ rows, splitting a feature drawn
 * from those that vary at a point drawn between its extremes, down to ⌈log2 ψ⌉ splits. About 0.5 is usual, near 1
 * strange (eq. 2).
 *
 * The children of node i stand at 2i + 1 and 2i + 2: a tree is three rows of numbers, with no pointers.
 */
import {assertInteger, assertOptions} from '../check';
import type {StoredArray} from '../data/safetensors';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Detector} from './detector';
import {rowsToFit, rowsToScore, stored} from './rows';

export interface IsolationForestOptions {
  /** Trees. Default 100. */
  trees?: number;
  /** ψ: rows for each tree, or all if there are fewer; drawn without replacement. Default 256. */
  sampleSize?: number;
  /** Fixes rows and splits. Default 0. */
  seed?: number;
}

/** Of all trees, `nodes` places each, one tree after another. */
interface Forest {
  trees: number;
  nodes: number;
  /** The feature that a node splits, -1 in a leaf. */
  feature: Float32Array;
  /** A row goes left if its value is at most this. */
  threshold: Float32Array;
  /** Training rows that came to a node; 0 where there is none. */
  size: Float32Array;
}

/** Rows that go down all trees before the next ones: they stay in the processor's cache. */
const BLOCK = 128;

export class IsolationForest implements Detector {
  readonly method = 'isolation-forest';
  /** At a leaf its h. */
  private readonly path: Float32Array;

  private constructor(
    readonly config: Required<IsolationForestOptions>,
    readonly inputDim: number,
    private readonly forest: Forest,
  ) {
    const {nodes, size} = forest;
    this.path = size.map((rows, at) => Math.floor(Math.log2((at % nodes) + 1)) + searchLength(rows));
  }

  /**
   * Grows the trees on normal rows x [n, d].
   * @throws RangeError for fewer than two rows, numbers that are not finite, or options out of range.
   */
  static fit(x: tf.Tensor2D, options: IsolationForestOptions = {}): IsolationForest {
    const config = {trees: 100, sampleSize: 256, seed: 0, ...options};
    assertOptions('isolation-forest', options, ['trees', 'sampleSize', 'seed']);
    const {trees, sampleSize, seed} = config;
    assertInteger('trees', trees);
    assertInteger('sampleSize', sampleSize, 2);
    const values = rowsToFit(x);
    const [n, d] = x.shape;
    const sample = Math.min(sampleSize, n);
    const nodes = 2 ** (Math.ceil(Math.log2(sample)) + 1) - 1;
    const numbers = () => new Float32Array(trees * nodes);
    const forest = {trees, nodes, feature: numbers().fill(-1), threshold: numbers(), size: numbers()};
    const random = new RandomStream(seed).split('isolation-forest');
    const order = Int32Array.from({length: n}, (_, i) => i);
    for (let tree = 0; tree < trees; tree++) {
      for (let i = 0; i < sample; i++) {
        const j = i + random.integer(n - i);
        [order[i], order[j]] = [order[j], order[i]];
      }
      grow(forest, tree * nodes, {values, d, rows: order.slice(0, sample)}, random);
    }
    return new IsolationForest(config, d, forest);
  }

  static restore(
    config: Required<IsolationForestOptions>,
    inputDim: number,
    arrays: Record<string, StoredArray>,
  ): IsolationForest {
    const {trees} = config;
    const feature = stored(arrays, 'feature', [trees, null]);
    const nodes = feature.length / trees;
    const [threshold, size] = ['threshold', 'size'].map((name) => stored(arrays, name, [trees, nodes]));
    return new IsolationForest(config, inputDim, {trees, nodes, feature, threshold, size});
  }

  score(x: tf.Tensor2D): Float32Array {
    const sums = new Float64Array(x.shape[0]);
    this.descend(x, (row, leaf) => (sums[row] += this.path[leaf]));
    const whole = this.forest.trees * searchLength(this.forest.size[0]);
    return Float32Array.from(sums, (sum) => 2 ** (-sum / whole));
  }

  /**
   * Splits saved by each feature, mean over the trees. A split that leaves m' of m rows beside this one lowers the
   * way still expected from c(m) to 1 + c(m'), and so saves c(m) - c(m') - 1; that goes to the feature it splits. The
   * sum over the features is c(ψ) - E h(x): 0 for a score of 0.5, larger for a larger score.
   */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    const {trees, nodes, feature, size} = this.forest;
    const d = this.inputDim;
    const ways = Float64Array.from(size, searchLength);
    const shares = new Float32Array(x.shape[0] * d);
    this.descend(x, (row, leaf) => {
      const root = Math.floor(leaf / nodes) * nodes;
      for (let at = leaf - root; at > 0; at = (at - 1) >> 1) {
        const above = root + ((at - 1) >> 1);
        shares[row * d + feature[above]] += (ways[above] - ways[root + at] - 1) / trees;
      }
    });
    return tf.tensor2d(shares, [x.shape[0], d]);
  }

  arrays(): Record<string, StoredArray> {
    const {trees, nodes, feature, threshold, size} = this.forest;
    const shape = [trees, nodes];
    return {
      feature: {shape, data: feature},
      threshold: {shape, data: threshold},
      size: {shape, data: size},
    };
  }

  /** Nothing to free: no tensors are kept. */
  dispose(): void {}

  // Visits the leaf of each row in each tree.
  private descend(x: tf.Tensor2D, visit: (row: number, leaf: number) => void): void {
    const values = rowsToScore(x, this.inputDim);
    const {trees, nodes, feature, threshold} = this.forest;
    const d = this.inputDim;
    const m = x.shape[0];
    for (let begin = 0; begin < m; begin += BLOCK) {
      const end = Math.min(begin + BLOCK, m);
      for (let root = 0; root < trees * nodes; root += nodes) {
        for (let row = begin; row < end; row++) {
          let at = 0;
          for (let split = feature[root]; split >= 0; split = feature[root + at])
            at = 2 * at + (values[row * d + split] <= threshold[root + at] ? 1 : 2);
          visit(row, root + at);
        }
      }
    }
  }
}

/** c(m): splits on the mean way of an unsuccessful search in a binary tree of m rows; 1 for 2, 0 for one. */
export function searchLength(m: number): number {
  if (m <= 2) return m === 2 ? 1 : 0;
  return 2 * (Math.log(m - 1) + 0.5772156649015329) - (2 * (m - 1)) / m; // Euler's constant
}

interface Sample {
  values: Float32Array;
  d: number;
  rows: Int32Array;
}

// Splits node `at` of the tree at `root` and what is below it, as deep as the tree has places.
function grow(forest: Forest, root: number, sample: Sample, random: RandomStream, at = 0): void {
  const {values, d, rows} = sample;
  forest.size[root + at] = rows.length;
  if (rows.length === 1 || 2 * at + 2 >= forest.nodes) return;
  const extremes = (feature: number): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (const row of rows) {
      const value = values[row * d + feature];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  };
  const ranges = Array.from({length: d}, (_, feature) => ({feature, range: extremes(feature)}));
  const varying = ranges.filter(({range: [low, high]}) => low < high);
  if (varying.length === 0) return;
  const {feature, range: [low, high]} = varying[random.integer(varying.length)]; // prettier-ignore
  const point = Math.fround(low + (high - low) * random.uniform());
  const threshold = point < high ? point : low; // so that both sides keep a row, after rounding too
  forest.feature[root + at] = feature;
  forest.threshold[root + at] = threshold;
  const left = rows.filter((row) => values[row * d + feature] <= threshold);
  const right = rows.filter((row) => values[row * d + feature] > threshold);
  grow(forest, root, {values, d, rows: left}, random, 2 * at + 1);
  grow(forest, root, {values, d, rows: right}, random, 2 * at + 2);
}
