/**
 * Uniform and normal numbers from a pair of seeds, without state: the algorithms of TensorFlow's
 * StatelessRandomUniform and StatelessRandomNormal (core/kernels/stateless_random_ops.cc and
 * core/lib/random/random_distributions.h), so that one seed gives the same numbers here, in a native
 * operation and inside a recorded graph. Normals: Box & Muller 1958, https://doi.org/10.1214/aoms/1177706645
 */
import {PhiloxSequence, philox} from './philox';

/** `size` numbers in [0, 1), in steps of 2^-23. */
export function statelessUniform(size: number, seed0: number, seed1: number): Float32Array {
  const sequence = sequenceOf(seed0, seed1);
  return new Float32Array(size).map(() => unit(sequence.next()));
}

/** `size` draws from the standard normal distribution. */
export function statelessNormal(size: number, seed0: number, seed1: number): Float32Array {
  const sequence = sequenceOf(seed0, seed1);
  const draws = new Float32Array(size);
  for (let i = 0; i < size; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(Math.max(unit(sequence.next()), 1e-7)));
    const angle = 2 * Math.PI * unit(sequence.next());
    draws[i] = radius * Math.sin(angle);
    if (i + 1 < size) draws[i + 1] = radius * Math.cos(angle);
  }
  return draws;
}

// 23 random bits become the mantissa of a float in [1, 2), less 1.
function unit(word: number): number {
  return (word & 0x7fffff) / 0x800000;
}

// Two 32-bit seeds, widened to 64 bits with their sign as TensorFlow does, pass once through Philox so
// that neighbouring seeds give unrelated keys.
function sequenceOf(seed0: number, seed1: number): PhiloxSequence {
  const mixed = new Uint32Array(4);
  philox([seed0, seed0 >> 31, seed1, seed1 >> 31], 0x3ec8f720, 0x02461e29, mixed);
  return new PhiloxSequence(mixed[0], mixed[1], mixed[2], mixed[3]);
}
