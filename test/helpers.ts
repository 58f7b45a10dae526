/** What the tests share: closeness with a stated tolerance, and a count of tensors around a call. */
import * as assert from 'node:assert/strict';
import * as tf from '../lib/tf';

type Numbers = number | ArrayLike<number> | Numbers[];

/** Fails unless every number of `actual` lies within `tolerance` of its partner, absolute or relative. */
export function assertClose(actual: Numbers, expected: Numbers, tolerance = 1e-5): void {
  const a = flatten(actual);
  const e = flatten(expected);
  assert.equal(a.length, e.length, `expected ${e.length} numbers, got ${a.length}`);
  for (let i = 0; i < a.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(e[i]));
    assert.ok(Math.abs(a[i] - e[i]) <= allowed, `number ${i}: expected ${e[i]} ± ${allowed}, got ${a[i]}`);
  }
}

/** Tensors left behind by a second call: the first one may create what is kept on purpose. */
export async function tensorsLeaked(f: () => unknown): Promise<number> {
  await f();
  const before = tf.memory().numTensors;
  await f();
  return tf.memory().numTensors - before;
}

/** The gradient of a scalar function by central differences, one coordinate at a time. */
export function numericalGradient(
  f: (x: Float32Array) => number,
  x: Float32Array,
  step = 1e-2,
): Float32Array {
  return x.map((value, i) => {
    const at = (v: number) => f(Float32Array.from(x, (u, j) => (j === i ? v : u)));
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}

function flatten(x: Numbers): number[] {
  return typeof x === 'number' ? [x] : Array.from(x as ArrayLike<Numbers>).flatMap(flatten);
}
