/**
 * Finite scalar quantisation: a codebook that nobody has to learn. Each of a few numbers is squeezed between two
 * bounds and rounded to one of a few levels; every combination of levels is a symbol.
 * Mentzer, Minnen, Agustsson & Tschannen 2023, https://arxiv.org/abs/2309.15505 (section 3.1, appendix A)
 *
 *   z [n, D] ─ squeeze ─► (-L/2, L/2) ─ round ─► L levels each ─► one of K = L_1 · … · L_D symbols
 *
 * It differs from the codebook of vector-quantizer.ts in having no distance to learn, no terms in the loss and
 * no entry that could die.
 */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';
import {straightThrough} from './straight-through';
import {assertSymbols, batchPerplexity, type Quantizer} from './vector-quantizer';

export class ScalarQuantizer implements Quantizer {
  readonly symbols: number;
  readonly symbolDim: number;
  readonly variables = [];
  readonly state = [];

  /** @param levels L_1, …, L_D: e.g. [8, 4, 4] for 3 numbers per vector and 128 symbols; each at least 3. */
  constructor(
    name: string,
    readonly levels: readonly number[],
  ) {
    levels.forEach((count, i) => assertInteger(`${name}: levels[${i}]`, count, 3));
    if (levels.length === 0) throw new RangeError(`${name}: expected at least one entry in levels, got none`);
    this.symbolDim = levels.length;
    this.symbols = levels.reduce((a, b) => a * b);
  }

  lookUp(z: tf.Tensor2D): {indices: tf.Tensor1D; codes: tf.Tensor2D} {
    assertShape('z', z, [null, this.symbolDim]);
    return tf.tidy(() => {
      const places = tf.round(this.squeeze(z)) as tf.Tensor2D; // whole numbers, e.g. -2 … 1 for 4 levels
      return {indices: this.number(places), codes: this.scale(places)};
    });
  }

  quantize(z: tf.Tensor2D): ReturnType<Quantizer['quantize']> {
    assertShape('z', z, [null, this.symbolDim]);
    const squeezed = this.squeeze(z);
    const places = straightThrough(tf.round(squeezed) as tf.Tensor2D, squeezed);
    const indices = this.number(places);
    return {indices, codes: this.scale(places), terms: {perplexity: batchPerplexity(indices, this.symbols)}};
  }

  vectors(indices: tf.Tensor1D): tf.Tensor2D {
    assertSymbols('indices', indices, this.symbols);
    return tf.tidy(() => {
      const digits = this.levels.map((count, i) => {
        const left = tf.floorDiv(indices, tf.scalar(this.base(i), 'int32'));
        const digit = tf.mod(left, tf.scalar(count, 'int32'));
        return tf.sub(tf.cast(digit, 'float32'), Math.floor(count / 2));
      });
      return this.scale(tf.stack(digits, 1) as tf.Tensor2D);
    });
  }

  // z [n, D] -> from just above the lowest level to just below the highest; 0 stays 0.
  private squeeze(z: tf.Tensor2D): tf.Tensor2D {
    const half = this.levels.map((count) => ((count - 1) * (1 - 1e-3)) / 2);
    const offset = this.levels.map((count) => (count % 2 === 0 ? 0.5 : 0)); // an even number has no middle
    const shift = offset.map((o, i) => Math.atanh(o / half[i]));
    return tf.sub(tf.mul(tf.tanh(tf.add(z, tf.tensor1d(shift))), tf.tensor1d(half)), tf.tensor1d(offset));
  }

  // Levels between -1 and 1.
  private scale(places: tf.Tensor2D): tf.Tensor2D {
    return tf.div(places, tf.tensor1d(this.levels.map((count) => Math.floor(count / 2))));
  }

  // Levels as the digits of one number, the first the lowest.
  private number(places: tf.Tensor2D): tf.Tensor1D {
    const digits = tf.add(places, tf.tensor1d(this.levels.map((count) => Math.floor(count / 2))));
    const bases = tf.tensor1d(this.levels.map((_, i) => this.base(i)));
    return tf.cast(tf.sum(tf.mul(digits, bases), 1), 'int32') as tf.Tensor1D;
  }

  private base(place: number): number {
    return this.levels.slice(0, place).reduce((a, b) => a * b, 1);
  }
}
