/**
 * n-grams: the distribution of a token given the n - 1 before it, from counts, the longer contexts smoothed
 * by the shorter ones. Absolute discounting, interpolated: Ney, Essen & Kneser 1994,
 * https://doi.org/10.1006/csla.1994.1001. With c(h w) the count of a context h and w, c(h) the times that a
 * token follows h, T(h) the different tokens that do, and h' the context without its first token,
 *
 *   P(w | h) = [max(c(h w) - D, 0) + D T(h) P(w | h')] / c(h),   at the bottom 1 / size.
 */
import {assertInteger, assertWithin} from '../check';
import {RunCounts} from './run-counts';

export interface NGramOptions {
  /** n: a token is predicted from the n - 1 before it. Default 6. */
  order?: number;
  /** D, taken from each count for what was not met, 0 to 1. Default 0.8. */
  discount?: number;
}

/** Fills the unknown places of a window of tokens: those whose number is not one of a token. */
export interface Filler {
  /** By place: how probable each token is there. */
  fill(window: ArrayLike<number>): Map<number, Float64Array>;
}

/** The last tokens before a place, at most n - 1: read as digits of a number, the latest being the lowest. */
export interface Context {
  key: number;
  length: number;
}

export class NGram implements Filler {
  private constructor(
    /** Number of different tokens; they are 0 to size - 1. */
    readonly size: number,
    readonly order: number,
    readonly discount: number,
    /** counts[k]: the runs of k tokens. */
    private readonly counts: RunCounts[],
    /** The last k tokens of the text that was counted: no token follows them there. */
    private readonly last: number[],
  ) {}

  /**
   * Counts the runs of up to n tokens; a million tokens take a second or two.
   * @throws RangeError naming a token that is not from 0 to size - 1, or if size^order is above 2^53.
   */
  static fit(tokens: ArrayLike<number>, size: number, options: NGramOptions = {}): NGram {
    const {order = 6, discount = 0.8} = options;
    assertInteger('size', size);
    assertInteger('order', order);
    assertWithin('discount', discount, 0, 1);
    if (size ** order > 2 ** 53) {
      const most = Math.floor(53 / Math.log2(size));
      throw new RangeError(`order: expected at most ${most} for ${size} tokens, got ${order}`);
    }
    const counts = Array.from({length: order + 1}, () => new RunCounts());
    counts[0].add(0, tokens.length);
    const keys = new Array<number>(order + 1).fill(0); // of the last k tokens
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i];
      if (!(token >= 0 && token < size))
        throw new RangeError(`tokens: expected numbers from 0 to ${size - 1}, got ${token} at place ${i}`);
      for (let k = Math.min(order, i + 1); k >= 1; k--) {
        const context = keys[k - 1];
        keys[k] = context * size + token;
        if (counts[k].add(keys[k])) counts[k - 1].followers[counts[k - 1].find(context)]++;
      }
    }
    return new NGram(size, order, discount, counts, keys);
  }

  /** The context one token later. */
  extend({key, length}: Context, token: number): Context {
    const most = this.order - 1;
    return {key: (key * this.size + token) % this.size ** most, length: Math.min(length + 1, most)};
  }

  /** P(token | context). */
  probability(context: Context, token: number): number {
    return this.levels(context).reduce((p, level) => this.smoothed(level, token, p), 1 / this.size);
  }

  /** P(each token | context). */
  distribution(context: Context): Float64Array {
    const p = new Float64Array(this.size).fill(1 / this.size);
    for (const level of this.levels(context)) {
      for (let token = 0; token < p.length; token++) p[token] = this.smoothed(level, token, p[token]);
    }
    return p;
  }

  /** From the tokens on the left alone, back to the first unknown one. */
  fill(window: ArrayLike<number>): Map<number, Float64Array> {
    const filled = new Map<number, Float64Array>();
    let context: Context = {key: 0, length: 0};
    for (let place = 0; place < window.length; place++) {
      if (window[place] < this.size) context = this.extend(context, window[place]);
      else {
        filled.set(place, this.distribution(context));
        context = {key: 0, length: 0};
      }
    }
    return filled;
  }

  // The contexts that were met, the shortest first.
  private levels({key, length}: Context): {context: number; k: number; times: number; followers: number}[] {
    const levels = [];
    for (let k = 0; k <= length; k++) {
      const context = key % this.size ** k;
      const slot = this.counts[k].find(context);
      const ends = k > 0 && this.last[k] === context ? 1 : 0;
      const times = slot < 0 ? 0 : this.counts[k].times[slot] - ends;
      if (times === 0) break;
      levels.push({context, k, times, followers: this.counts[k].followers[slot]});
    }
    return levels;
  }

  private smoothed(
    {context, k, times, followers}: {context: number; k: number; times: number; followers: number},
    token: number,
    shorter: number,
  ): number {
    const slot = this.counts[k + 1].find(context * this.size + token);
    const met = slot < 0 ? 0 : Math.max(this.counts[k + 1].times[slot] - this.discount, 0);
    return (met + this.discount * followers * shorter) / times;
  }
}
