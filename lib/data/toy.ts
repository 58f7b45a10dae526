/** Tiny data that a reader can check by hand. */
import {assertInteger, assertPositive, assertWithin} from '../check';
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

/** Points of a curve or a sheet, with the numbers that made them. */
export interface ToyManifold {
  /** [n, 3] */
  points: tf.Tensor2D;
  /** [n, 1] for a curve, [n, 2] for a sheet: what a perfect code would say again. */
  parameters: tf.Tensor2D;
}

/**
 * n points on a helix, a curve in space: (cos t, sin t, t / 2π) with t uniform on [0, 2π turns], and normal
 * noise of the given standard deviation on each coordinate. The parameter is t.
 */
export function pointsOnHelix(
  n: number,
  {turns = 2, noise = 0}: {turns?: number; noise?: number},
  random: RandomStream,
): ToyManifold {
  assertInteger('n', n);
  assertPositive('turns', turns);
  const t = random.uniforms(n, 0, 2 * Math.PI * turns);
  const at = (i: number) => [Math.cos(t[i]), Math.sin(t[i]), t[i] / (2 * Math.PI)];
  return {points: inSpace(n, at, noise, random), parameters: tf.tensor2d(t, [n, 1])};
}

/**
 * n points on a rolled-up sheet: (t cos t, h, t sin t) with t uniform on [3π/2, 9π/2] and the height h on
 * [0, 21], and normal noise of the given standard deviation on each coordinate. The parameters are t and h.
 * Tenenbaum, de Silva & Langford 2000, https://doi.org/10.1126/science.290.5500.2319 (Fig. 3)
 */
export function swissRoll(n: number, {noise = 0}: {noise?: number}, random: RandomStream): ToyManifold {
  assertInteger('n', n);
  const t = random.uniforms(n, 1.5 * Math.PI, 4.5 * Math.PI);
  const h = random.uniforms(n, 0, 21);
  const at = (i: number) => [t[i] * Math.cos(t[i]), h[i], t[i] * Math.sin(t[i])];
  const parameters = new Float32Array(2 * n).map((_, i) => (i % 2 === 0 ? t[i / 2] : h[(i - 1) / 2]));
  return {points: inSpace(n, at, noise, random), parameters: tf.tensor2d(parameters, [n, 2])};
}

function inSpace(n: number, at: (i: number) => number[], noise: number, random: RandomStream): tf.Tensor2D {
  assertWithin('noise', noise, 0, Infinity);
  const points = random.normals(3 * n, noise);
  for (let i = 0; i < n; i++) at(i).forEach((coordinate, j) => (points[3 * i + j] += coordinate));
  return tf.tensor2d(points, [n, 3]);
}

/**
 * n points in the plane from eight small normal distributions, evenly on a circle of radius 2, each with standard
 * deviation 0.02: the toy of Metz, Poole, Pfau & Sohl-Dickstein 2017, https://arxiv.org/abs/1611.02163 (section 3.1),
 * on which generators are seen to forget modes.
 * @returns points [n, 2], and the place of each one's mode among `modes` [8, 2]
 */
export function ringOfGaussians(
  n: number,
  random: RandomStream,
  {radius = 2, deviation = 0.02} = {},
): {points: tf.Tensor2D; labels: Uint8Array; modes: tf.Tensor2D} {
  assertInteger('n', n);
  const angles = Array.from({length: 8}, (_, i) => (i * Math.PI) / 4);
  const modes = angles.map((angle) => [radius * Math.cos(angle), radius * Math.sin(angle)]);
  const labels = Uint8Array.from({length: n}, () => random.integer(8));
  const points = random.normals(2 * n, deviation).map((e, i) => e + modes[labels[i >> 1]][i & 1]);
  return {points: tf.tensor2d(points, [n, 2]), labels, modes: tf.tensor2d(modes)};
}
