/** Disjoint parts of a data set. */
import {assertInteger} from '../check';
import type {RandomStream} from '../random';

/**
 * Draws disjoint parts of the given sizes from n examples: each place occurs in at most one part.
 *
 *     splitExamples(60000, {train: 55000, validation: 5000}, random.split('split'))
 *
 * @throws RangeError if the sizes add up to more than n.
 */
export function splitExamples<Part extends string>(
  n: number,
  sizes: Record<Part, number>,
  random: RandomStream,
): Record<Part, Int32Array> {
  const entries = Object.entries<number>(sizes);
  entries.forEach(([part, size]) => assertInteger(`size of ${part}`, size, 0));
  const wanted = entries.reduce((sum, [, size]) => sum + size, 0);
  if (wanted > n) throw new RangeError(`sizes: expected at most ${n} examples in all, got ${wanted}`);
  const order = random.permutation(n);
  let start = 0;
  return Object.fromEntries(
    entries.map(([part, size]) => [part, order.slice(start, (start += size))]),
  ) as Record<Part, Int32Array>;
}
