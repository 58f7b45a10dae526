/**
 * Vector quantisation (向量量化): each vector is replaced by the nearest entry of a learned codebook (码本), and
 * the number of that entry is all that has to be kept.
 * van den Oord, Vinyals & Kavukcuoglu 2017, https://arxiv.org/abs/1711.00937 (eq. 1-3, appendix A.1)
 *
 *   z [n, D] ─ nearest of e [K, D] ─► indices [n] ─ look up ─► codes e_i [n, D] ─► decoder
 *   z ◄─────────── gradient, as if z itself had been passed on ─────────── codes
 */
import {assertChoice, assertInteger, assertPositive, assertShape, assertWithin} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {constantVariable} from './glorot';
import {stopGradient, straightThrough} from './straight-through';

/** Turns vectors into symbols (whole numbers below `symbols`) and back. */
export interface Quantizer {
  /** K: how many symbols there are. */
  readonly symbols: number;
  /** D: numbers in each vector. */
  readonly symbolDim: number;
  /** z [n, D] -> the symbol of each row, int32 [n], and what it stands for, [n, D]. Changes nothing. */
  lookUp(z: tf.Tensor2D): {indices: tf.Tensor1D; codes: tf.Tensor2D};
  /**
   * The same in a training step: the codes pass their gradient straight to z, and the terms of the loss come by
   * name. What is learned without a gradient is changed here.
   */
  quantize(z: tf.Tensor2D): {indices: tf.Tensor1D; codes: tf.Tensor2D; terms: Record<string, tf.Scalar>};
  /** Symbols, int32 [n] -> what they stand for, [n, D]. */
  vectors(indices: tf.Tensor1D): tf.Tensor2D;
  /** What an optimizer changes. */
  readonly variables: tf.Variable[];
  /** What `quantize` changes by itself. */
  readonly state: tf.Variable[];
}

export interface VectorQuantizerConfig {
  /** K: entries of the codebook. Default 128. */
  symbols?: number;
  /** D: numbers in each entry. Default 16. */
  symbolDim?: number;
  /**
   * How the codebook learns. moving average (A.1): each entry follows the mean of the vectors that chose it.
   * gradient (eq. 3): the squared distance to them is one more term of the loss, `codebook`. Default moving average.
   */
  codebook?: 'moving average' | 'gradient';
  /** γ of the moving averages: an average looks back over some 1 / (1 - γ) steps. Default 0.99. */
  decay?: number;
  /** Where the entries begin: at vectors of the first batch, or normal with deviation 1. Default data. */
  start?: 'data' | 'normal';
  /**
   * An entry is dead when it has lately been chosen less than this share of the average entry. It then begins
   * again at a vector of the batch. Default 0.1; 0 leaves the dead alone.
   */
  revival?: number;
}

export const VECTOR_QUANTIZER_DEFAULTS = {
  symbols: 128,
  symbolDim: 16,
  codebook: 'moving average',
  decay: 0.99,
  start: 'data',
  revival: 0.1,
} as const;

/** Of appendix A.1's smoothing: N ← (N + ε) / (Σ N + K ε) · Σ N, so that no entry is divided by zero. */
const EPSILON = 1e-5;

export class VectorQuantizer implements Quantizer {
  readonly config: Required<VectorQuantizerConfig>;
  readonly symbols: number;
  readonly symbolDim: number;
  /** e [K, D]. */
  readonly codebook: tf.Variable<tf.Rank.R2>;
  /** N [K]: moving average of how often a batch chose each entry. */
  readonly counts: tf.Variable<tf.Rank.R1>;
  private readonly sums?: tf.Variable<tf.Rank.R2>; // m [K, D]: of the vectors that chose it
  private readonly reviving: RandomStream;

  /** @throws RangeError for a codebook of one entry, among others. */
  constructor(name: string, config: VectorQuantizerConfig, random: RandomStream) {
    this.config = {...VECTOR_QUANTIZER_DEFAULTS, ...config};
    const {symbols, symbolDim, codebook, decay, start, revival} = this.config;
    assertInteger(`${name}: symbols`, symbols, 2); // one entry could say nothing
    assertInteger(`${name}: symbolDim`, symbolDim);
    assertChoice(`${name}: codebook`, codebook, ['moving average', 'gradient']);
    assertChoice(`${name}: start`, start, ['data', 'normal']);
    assertWithin(`${name}: decay`, decay, 0, 1);
    assertWithin(`${name}: revival`, revival, 0, 1);
    [this.symbols, this.symbolDim] = [symbols, symbolDim];
    this.reviving = random.split(`${name}/revival`);
    const entries = random.split(`${name}/codebook`).normals(symbols * symbolDim);
    const learned = codebook === 'gradient';
    const table = () => tf.variable(tf.tensor2d(entries, [symbols, symbolDim]), learned);
    this.codebook = tf.tidy(table);
    if (!learned) this.sums = tf.tidy(table);
    // a count below 0 is dead even where no dead entry is revived: all begin again in the first step
    this.counts = constantVariable(symbols, start === 'data' ? -1 : 1);
  }

  /** Begins at these entries [K, D], as if each had been chosen once. */
  begin(entries: tf.Tensor2D): void {
    assertShape('entries', entries, [this.symbols, this.symbolDim]);
    this.codebook.assign(entries);
    this.sums?.assign(entries);
    tf.tidy(() => this.counts.assign(tf.onesLike(this.counts)));
  }

  /** Nearest entry of each row: eq. 1 and 2. */
  lookUp(z: tf.Tensor2D): {indices: tf.Tensor1D; codes: tf.Tensor2D} {
    assertShape('z', z, [null, this.symbolDim]);
    return tf.tidy(() => {
      const distances = this.distances(z, stopGradient(this.codebook as tf.Tensor2D)); // a choice has no gradient
      const indices = tf.cast(tf.argMin(distances, 1), 'int32') as tf.Tensor1D;
      return {indices, codes: tf.gather(this.codebook, indices)};
    });
  }

  /**
   * The look-up as attention (注意力): softmax(-|z - e|² / temperature) e, [n, D]. Each row is a mean of all entries,
   * and tends to the nearest one as the temperature goes to 0.
   */
  attention(z: tf.Tensor2D, temperature: number): tf.Tensor2D {
    assertShape('z', z, [null, this.symbolDim]);
    assertPositive('temperature', temperature);
    return tf.tidy(() => {
      const weights = tf.softmax(tf.div(this.distances(z), -temperature)); // [n, K]
      return tf.matMul(weights, this.codebook) as tf.Tensor2D;
    });
  }

  /**
   * Terms: `commitment`, mean |z - sg(e)|² (eq. 3, third term, not yet weighted); `codebook`, mean |sg(z) - e|²
   * (second term), if it learns by gradient; and `perplexity` of the batch's symbols, exp of their entropy,
   * between 1 (one symbol) and K (all alike). Distances are summed over D and averaged over the rows.
   */
  quantize(z: tf.Tensor2D): ReturnType<Quantizer['quantize']> {
    const fixed = stopGradient(z);
    this.revive(fixed);
    const {indices, codes} = this.lookUp(fixed);
    const chosen = tf.cast(tf.oneHot(indices, this.symbols), 'float32') as tf.Tensor2D; // [n, K]
    const mean = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.sum(tf.squaredDifference(a, b), 1)) as tf.Scalar;
    const entry = stopGradient(codes);
    const terms: Record<string, tf.Scalar> = {commitment: mean(z, entry)};
    if (this.config.codebook === 'gradient') terms.codebook = mean(fixed, codes);
    terms.perplexity = batchPerplexity(indices, this.symbols);
    this.follow(fixed, chosen);
    return {indices, codes: straightThrough(entry, z), terms};
  }

  vectors(indices: tf.Tensor1D): tf.Tensor2D {
    assertSymbols('indices', indices, this.symbols);
    return tf.gather(this.codebook, indices);
  }

  get variables(): tf.Variable[] {
    return this.config.codebook === 'gradient' ? [this.codebook as tf.Variable] : [];
  }

  get state(): tf.Variable[] {
    return (this.sums ? [this.codebook, this.counts, this.sums] : [this.counts]) as tf.Variable[];
  }

  // [n, K]: |z - e|²
  private distances(z: tf.Tensor2D, entries: tf.Tensor2D = this.codebook): tf.Tensor2D {
    const products = tf.matMul(z, entries, false, true);
    const squares = tf.add(tf.sum(tf.square(z), 1, true), tf.sum(tf.square(entries), 1));
    return tf.sub(squares, tf.mul(products, 2));
  }

  // Moves each dead entry to a row of z drawn at random, with the count that it would have if all were alike.
  private revive(z: tf.Tensor2D): void {
    const {config, codebook, counts, sums, symbols} = this;
    if (config.revival === 0 && config.start === 'normal') return;
    const n = z.shape[0];
    const draws = this.reviving.uniformTensor<tf.Rank.R1>([symbols]);
    const rows = tf.floor(tf.mul(draws, n)).cast('int32') as tf.Tensor1D;
    const found = tf.gather(z, rows);
    const share = tf.fill([symbols], n / symbols);
    const dead = tf.less(counts, tf.mul(tf.mean(counts), config.revival));
    const column = tf.expandDims(dead, 1);
    codebook.assign(tf.where(column, found, codebook) as tf.Tensor2D);
    sums?.assign(tf.where(column, tf.mul(found, n / symbols), sums) as tf.Tensor2D);
    counts.assign(tf.where(dead, share, counts) as tf.Tensor1D);
  }

  // Appendix A.1: N and m are moving averages of counts and sums, and e = m / N.
  private follow(z: tf.Tensor2D, chosen: tf.Tensor2D): void {
    const {config, codebook, counts, sums, symbols} = this;
    const average = (old: tf.Tensor, now: tf.Tensor) =>
      tf.add(tf.mul(old, config.decay), tf.mul(now, 1 - config.decay));
    counts.assign(average(counts, tf.sum(chosen, 0)) as tf.Tensor1D);
    if (!sums) return;
    sums.assign(average(sums, tf.matMul(chosen, z, true)) as tf.Tensor2D);
    const total = tf.sum(counts);
    const smoothed = tf.mul(tf.div(tf.add(counts, EPSILON), tf.add(total, symbols * EPSILON)), total);
    codebook.assign(tf.div(sums, tf.expandDims(smoothed, 1)));
  }
}

/** @throws RangeError naming a symbol that is not from 0 to symbols - 1, and its place. */
export function assertSymbols(name: string, indices: tf.Tensor, symbols: number): void {
  const values = indices.dataSync();
  const bad = values.findIndex(
    (value: number) => !(Number.isInteger(value) && value >= 0 && value < symbols),
  );
  if (bad < 0) return;
  const columns = indices.rank > 1 ? indices.shape[indices.rank - 1] : values.length;
  const row = indices.rank > 1 ? ` of row ${Math.floor(bad / columns)}` : '';
  throw new RangeError(
    `${name}: expected symbols, whole numbers from 0 to ${symbols - 1}, got ${values[bad]} at place ${bad % columns}${row}`,
  );
}

/** exp(-Σ p log p) of the shares p of the symbols among indices [n]: from 1, all alike, to K, all equally frequent. */
export function batchPerplexity(indices: tf.Tensor1D, symbols: number): tf.Scalar {
  const p = tf.mean(tf.cast(tf.oneHot(indices, symbols), 'float32'), 0);
  return tf.exp(tf.neg(tf.sum(tf.mul(p, tf.log(tf.maximum(p, 1e-10)))))) as tf.Scalar;
}
