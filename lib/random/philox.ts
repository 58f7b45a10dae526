/**
 * Philox 4x32-10, the counter-based generator that every random number of the course comes from.
 * Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
 * https://doi.org/10.1145/2063384.2063405 (section 3.3, table 1 for the constants).
 *
 * Counter in, four 32-bit words out, no hidden state: word n of a stream can be had without the words
 * before it. TensorFlow's stateless operations use the same function, so the numbers drawn here in
 * JavaScript are the ones that the native engine draws inside a graph.
 */

/** The four output words of counter [c0, c1, c2, c3] under key [k0, k1]. */
export function philox(counter: ArrayLike<number>, k0: number, k1: number, out: Uint32Array): void {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** A sequence of Philox words: the generator behind one stream of draws. */
export class PhiloxSequence {
  private readonly counter: Uint32Array;
  private readonly words = new Uint32Array(4);
  private used = 4;

  /** The key and the upper half of the counter; the lower half counts blocks of four words from 0. */
  constructor(
    private readonly k0: number,
    private readonly k1: number,
    c2 = 0,
    c3 = 0,
  ) {
    this.counter = Uint32Array.of(0, 0, c2, c3);
  }

  /** The next word, 0 to 2^32 - 1. */
  next(): number {
    if (this.used === 4) {
      philox(this.counter, this.k0, this.k1, this.words);
      if (++this.counter[0] === 0) this.counter[1]++; // Uint32Array wraps to 0
      this.used = 0;
    }
    return this.words[this.used++];
  }
}

// The upper 32 bits of the product of two 32-bit words, in 16-bit halves: doubles hold only 53 bits.
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000);
}
