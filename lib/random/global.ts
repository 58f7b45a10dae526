/**
 * Puts Math.random on a seed. tfjs takes its seeds for initialisers, dropout and random tensors from
 * Math.random, and some of them once, when it is loaded: so this module comes before tfjs, always.
 */
import {PhiloxSequence} from './philox';

let sequence = new PhiloxSequence(0, 0);

/** Restarts Math.random from a seed, as if the process had just begun. */
export function seedMathRandom(seed: number): void {
  sequence = new PhiloxSequence(seed | 0, 0);
}

Math.random = () => (sequence.next() >>> 5) / 0x8000000;
