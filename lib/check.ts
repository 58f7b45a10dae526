/**
 * Checks at the door. Every message has one form: the name, what was expected, what came, and, where
 * there is a list to choose from, the list.
 */
import type * as tf from '@tensorflow/tfjs';

/** A shape in which null stands for any size: [null, 784] is read as [n, 784]. */
export type ShapePattern = readonly (number | null)[];

/** @throws TypeError such as `x: expected shape [n, 6], got [4, 5]`. */
export function assertShape(name: string, x: tf.Tensor, pattern: ShapePattern): void {
  const fits = x.shape.length === pattern.length && pattern.every((d, i) => d === null || d === x.shape[i]);
  if (!fits)
    throw new TypeError(`${name}: expected shape ${describeShape(pattern)}, got [${x.shape.join(', ')}]`);
}

/** @throws RangeError such as `epochs: expected a whole number >= 1, got 0.5`. */
export function assertInteger(name: string, value: number, least = 1): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${name}: expected a whole number >= ${least}, got ${value}`);
  }
}

/** @throws RangeError such as `learningRate: expected a number > 0, got -1`. */
export function assertPositive(name: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value))
    throw new RangeError(`${name}: expected a number > 0, got ${value}`);
}

/** @throws RangeError such as `fraction: expected a number from 0 to 1, got 2`. */
export function assertWithin(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new RangeError(`${name}: expected a number from ${low} to ${high}, got ${value}`);
  }
}

/** @throws RangeError such as `activation: expected one of relu, silu, got "rellu"`. */
export function assertChoice<T extends string>(
  name: string,
  value: string,
  known: readonly T[],
): asserts value is T {
  if (!known.includes(value as T)) {
    throw new RangeError(`${name}: expected one of ${known.join(', ')}, got ${JSON.stringify(value)}`);
  }
}

/** @throws TypeError that names each unknown option and lists the known ones. */
export function assertOptions(name: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new TypeError(`${name}: unknown option ${unknown.join(', ')}; known are ${known.join(', ')}`);
  }
}

function describeShape(pattern: ShapePattern): string {
  const letters = ['n', 'm', 'k', 'j'];
  return `[${pattern.map((d) => d ?? letters.shift() ?? '?').join(', ')}]`;
}
