/**
 * How much symbols say. symbols [n, places], whole numbers below K, row by row as
 * {@link VectorQuantizedAutoencoder} makes them.
 */
import {assertInteger, assertShape} from '../check';
import {assertSymbols} from '../layers/vector-quantizer';
import type * as tf from '../tf';

/** How often each of K symbols occurs, K numbers. @throws RangeError naming a symbol >= K and its place. */
export function symbolCounts(symbols: tf.Tensor, size: number): Float64Array {
  assertInteger('size', size);
  assertSymbols('symbols', symbols, size);
  const counts = new Float64Array(size);
  for (const symbol of symbols.dataSync()) counts[symbol]++;
  return counts;
}

/**
 * exp of the entropy of counts: the number of equally frequent symbols that would surprise as much. Counts of
 * [5, 5, 0, 0] give 2.
 */
export function perplexity(counts: ArrayLike<number>): number {
  return 2 ** entropyBits(counts);
}

/** Symbols that never occur. */
export function deadSymbols(counts: ArrayLike<number>): number {
  return Array.from(counts).filter((count) => count === 0).length;
}

/** places · log2 K: what the symbols of an example cost if nothing is known of them, e.g. 49 · log2 128 = 343. */
export function rawBits(places: number, size: number): number {
  return places * Math.log2(size);
}

/**
 * Bits per example of `test` [n, places] under counts from `train` [m, places], add-one smoothed:
 * -1/n Σ log2 (c(s) + 1) / (c + K). `positions: true` counts for each place on its own, else for all together.
 * @throws RangeError naming a symbol >= size and its place.
 */
export function countedBits(
  train: tf.Tensor2D,
  test: tf.Tensor2D,
  size: number,
  {positions = false} = {},
): number {
  const places = train.shape[1];
  assertShape('test', test, [null, places]);
  assertSymbols('train', train, size);
  assertSymbols('test', test, size);
  const tables = positions ? places : 1;
  const counts = new Float64Array(tables * size).fill(1);
  const cell = (symbol: number, i: number) => (positions ? (i % places) * size : 0) + symbol;
  train.dataSync().forEach((symbol: number, i: number) => counts[cell(symbol, i)]++);
  const each = train.size / tables + size;
  const values = test.dataSync();
  let bits = 0;
  for (let i = 0; i < values.length; i++) bits -= Math.log2(counts[cell(values[i], i)] / each);
  return bits / test.shape[0];
}

function entropyBits(counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  return Array.from(counts).reduce((h, c) => (c > 0 ? h - (c / total) * Math.log2(c / total) : h), 0);
}
