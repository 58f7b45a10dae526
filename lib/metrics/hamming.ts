/** Retrieval by binary codes: neighbours are the codes that differ in the fewest bits. */
import {assertInteger} from '../check';
import type * as tf from '../tf';

/** n codes, 32 bits to a word. */
export interface PackedCodes {
  readonly count: number;
  readonly bits: number;
  /** ceil(bits / 32) words for each code; the bits left over are 0. */
  readonly words: Uint32Array;
}

/**
 * Zeros and ones [n, bits] as words, the first bit of each 32 the lowest.
 * @throws RangeError naming a value that is neither.
 */
export function packBits(codes: tf.Tensor2D): PackedCodes {
  const [count, bits] = codes.shape;
  const values = codes.dataSync();
  const perCode = Math.ceil(bits / 32);
  const words = new Uint32Array(count * perCode);
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    if (values[i] !== 1) throw new RangeError(`codes: expected zeros and ones, got ${values[i]}`);
    const bit = i % bits;
    words[Math.floor(i / bits) * perCode + (bit >> 5)] |= 1 << (bit & 31);
  }
  return {count, bits, words};
}

/** Ones in each number of 16 bits. */
const ONES = new Uint8Array(2 ** 16);
for (let i = 1; i < ONES.length; i++) ONES[i] = ONES[i >> 1] + (i & 1);

/**
 * For each of m queries its k nearest codes among n others, the nearest first, of equally near ones the first:
 * their places and distances in bits, m x k each, row by row. 1,000 x 60,000 of 64 bits take about a second.
 * @throws RangeError if k is larger than n, or if the codes are of different length.
 */
export function hammingNeighbours(
  queries: PackedCodes,
  base: PackedCodes,
  k: number,
): {places: Int32Array; distances: Int32Array} {
  assertInteger('k', k);
  if (k > base.count)
    throw new RangeError(`k: expected at most ${base.count}, the number of codes among which, got ${k}`);
  if (queries.bits !== base.bits)
    throw new RangeError(`queries: expected codes of ${base.bits} bits, got ${queries.bits}`);
  const perCode = base.words.length / base.count;
  const found = {places: new Int32Array(queries.count * k), distances: new Int32Array(queries.count * k)};
  const all = new Uint16Array(base.count);
  for (let query = 0; query < queries.count; query++) {
    all.fill(0);
    for (let word = 0; word < perCode; word++) {
      const bits = queries.words[query * perCode + word];
      for (let i = 0; i < base.count; i++) {
        const different = bits ^ base.words[i * perCode + word];
        all[i] += ONES[different & 0xffff] + ONES[different >>> 16];
      }
    }
    // counted by distance: each distance gets as many places of the result as are left when its turn comes
    const next = new Int32Array(base.bits + 1);
    for (let i = 0; i < base.count; i++) next[all[i]]++;
    for (let distance = 0, begin = 0; distance <= base.bits; distance++)
      [next[distance], begin] = [begin, begin + next[distance]];
    for (let i = 0; i < base.count; i++) {
      const rank = next[all[i]];
      if (rank >= k) continue;
      next[all[i]]++;
      found.places[query * k + rank] = i;
      found.distances[query * k + rank] = all[i];
    }
  }
  return found;
}

/**
 * Precision at k: the fraction of a query's k nearest that carry its label, averaged over the queries.
 * @param places of neighbours, the nearest first, the same number for each query: from
 *   {@link hammingNeighbours}, or from nearestNeighbours for codes of any numbers
 * @throws RangeError if there are fewer than k places for each query.
 */
export function precisionAt(
  k: number,
  places: ArrayLike<number>,
  {queries, base}: {queries: ArrayLike<number>; base: ArrayLike<number>},
): number {
  assertInteger('k', k);
  const perQuery = places.length / queries.length;
  if (!Number.isInteger(perQuery) || perQuery < k)
    throw new RangeError(
      `places: expected the same number, at least ${k}, for each of ${queries.length} queries, got ${places.length}`,
    );
  let right = 0;
  for (let query = 0; query < queries.length; query++) {
    for (let rank = 0; rank < k; rank++)
      if (base[places[query * perQuery + rank]] === queries[query]) right++;
  }
  return right / (queries.length * k);
}
