/** Tiny data that a reader can check by hand. */
import {assertInteger} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';

/**
 * All 2^(side²) binary images of side x side pixels as rows, [512, 9] for side 3. Row r is r written in
 * binary, the first pixel being the highest bit: row 0 is blank, row 511 is full.
 * @throws RangeError unless side is 1, 2, 3 or 4.
 */
export function allBinaryImages(side = 3): tf.Tensor2D {
  assertInteger('side', side);
  if (side > 4) throw new RangeError(`side: expected at most 4 (65,536 images), got ${side}`);
  const pixels = side * side;
  const rows = 2 ** pixels;
  const bit = (_: unknown, i: number) => (Math.floor(i / pixels) >> (pixels - 1 - (i % pixels))) & 1;
  return tf.tensor2d(Float32Array.from({length: rows * pixels}, bit), [rows, pixels]);
}

/**
 * n points on a straight line through the origin, [n, 2]: the point at t is (t, slope * t), with t
 * uniform on [-1, 1], and normal noise of the given standard deviation on both coordinates.
 */
export function pointsOnLine(n: number, slope: number, noise: number, random: RandomStream): tf.Tensor2D {
  assertInteger('n', n);
  const t = random.uniforms(n, -1, 1);
  const e = random.normals(2 * n, noise);
  const at = (i: number) => (i % 2 === 0 ? t[i / 2] : slope * t[(i - 1) / 2]) + e[i];
  return tf.tensor2d(
    Float32Array.from({length: 2 * n}, (_, i) => at(i)),
    [n, 2],
  );
}
