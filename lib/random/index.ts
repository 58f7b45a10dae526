/** Seeded randomness: streams that split by name, and one call that puts everything on a seed. */
import {assertInteger} from '../check';
import {seedMathRandom} from './global';
import {RandomStream} from './stream';

export {RandomStream, atStep} from './stream';

/**
 * Puts every source of randomness on one seed: Math.random, from which tfjs takes its own, and the
 * stream that is returned. Same seed, same engine, same machine: same bits.
 * @throws RangeError if the seed is not a whole number >= 0.
 */
export function seedEverything(seed: number): RandomStream {
  assertInteger('seed', seed, 0);
  seedMathRandom(seed);
  return new RandomStream(seed);
}
