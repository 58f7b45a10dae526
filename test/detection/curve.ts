/** A table on which lines do not help: a closed curve in four features that are uncorrelated, each of variance 1. */
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';

/** Rows (cos t, sin t, cos 2t, sin 2t) √2, t uniform, with noise of deviation 0.05: [n, 4]. */
export function curve(n: number, seed: number): tf.Tensor2D {
  return tf.tensor2d(normalRows(n, seed));
}

/** The same with feature i mod 4 of row i moved by 1.5 towards the other side: no single number is unusual. */
export function offCurve(n: number, seed: number): tf.Tensor2D {
  const moved = (value: number) => value - 1.5 * Math.sign(value);
  return tf.tensor2d(
    normalRows(n, seed).map((row, i) => row.map((value, j) => (j === i % 4 ? moved(value) : value))),
  );
}

function normalRows(n: number, seed: number): number[][] {
  const random = new RandomStream(seed);
  const noise = random.normals(4 * n, 0.05);
  return Array.from(random.uniforms(n, 0, 2 * Math.PI), (t, i) =>
    [Math.cos(t), Math.sin(t), Math.cos(2 * t), Math.sin(2 * t)].map(
      (value, j) => value * Math.SQRT2 + noise[4 * i + j],
    ),
  );
}
