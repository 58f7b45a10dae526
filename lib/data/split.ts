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

/**
 * Draws the places of `perClass` examples of each class, class by class, none of them twice: a small
 * labelled set in which every class has the same weight.
 * @param labels the class number of each example
 * @throws RangeError naming a class that has fewer.
 */
export function balancedDraw(labels: ArrayLike<number>, perClass: number, random: RandomStream): Int32Array {
  assertInteger('perClass', perClass);
  const places = new Map<number, number[]>();
  for (const i of random.permutation(labels.length)) {
    const found = places.get(labels[i]) ?? [];
    places.set(labels[i], found);
    if (found.length < perClass) found.push(i);
  }
  const classes = [...places.keys()].sort((a, b) => a - b);
  const short = classes.find((c) => places.get(c)!.length < perClass);
  if (short !== undefined) {
    throw new RangeError(
      `perClass: expected at most ${places.get(short)!.length}, the examples of class ${short}, got ${perClass}`,
    );
  }
  return Int32Array.from(classes.flatMap((c) => places.get(c)!));
}
