/**
 * The Fréchet distance of two Gaussians, in closed form: Fréchet 1957; Dowson & Landau 1982,
 * https://doi.org/10.1016/0047-259X(82)90077-X.
 *
 *   |μ₁ - μ₂|² + tr(C₁ + C₂ - 2 (C₁ C₂)^½)
 *
 * Between the features of real and of generated images (Heusel et al. 2017, https://arxiv.org/abs/1706.08500) it
 * tells how far apart the two clouds are. Their number is made with the features of one certain network; with
 * features from another one the numbers are on another scale, and only their order says something.
 */
import {Matrix} from 'ml-matrix';
import {assertShape} from '../check';
import {symmetricEigen} from '../models/eigen';
import * as tf from '../tf';

/**
 * @param mean1, mean2 d numbers each
 * @param covariance1, covariance2 d rows of d numbers each, symmetric and without negative eigenvalues
 * @returns a number >= 0, in squared units of the features; 0 for equal Gaussians
 * @throws TypeError unless all four agree about d.
 */
export function frechetDistanceOfGaussians(
  mean1: ArrayLike<number>,
  covariance1: readonly ArrayLike<number>[],
  mean2: ArrayLike<number>,
  covariance2: readonly ArrayLike<number>[],
): number {
  const d = mean1.length;
  if (mean2.length !== d) throw new TypeError(`mean2: expected ${d} numbers, got ${mean2.length}`);
  const [c1, c2] = [square('covariance1', covariance1, d), square('covariance2', covariance2, d)];
  // the eigenvalues of C₁ C₂ are those of the symmetric C₁^½ C₂ C₁^½
  const root = squareRoot(c1);
  const both = root.mmul(c2).mmul(root);
  const {values} = symmetricEigen(Matrix.add(both, both.transpose()).div(2).to1DArray(), d, DOUBLE);
  const shared = Array.from(values, rootOf).reduce((sum, value) => sum + value, 0);
  const apart = Array.from(mean1, (value, j) => (value - mean2[j]) ** 2).reduce(
    (sum, square) => sum + square,
    0,
  );
  return Math.max(0, apart + c1.trace() + c2.trace() - 2 * shared);
}

/**
 * The Fréchet distance of the Gaussians with the means and covariances (divided by n - 1) of two sets of
 * features, [n, d] and [m, d]. Few examples make it too large, by about the same amount for every set of their
 * size: compare sets of one size, and have many more examples than features.
 * @throws RangeError if a set has fewer than two rows.
 */
export function frechetDistance(a: tf.Tensor2D, b: tf.Tensor2D): number {
  assertShape('b', b, [null, a.shape[1]]);
  const [first, second] = [gaussian('a', a), gaussian('b', b)];
  return frechetDistanceOfGaussians(first.mean, first.covariance, second.mean, second.covariance);
}

/** Half the digits of a small eigenvalue are gone after its root is taken: single precision would leave three. */
const DOUBLE = {precision: 'double'} as const;

// Below 0 there is only rounding.
function rootOf(eigenvalue: number): number {
  return Math.sqrt(Math.max(0, eigenvalue));
}

function squareRoot(symmetric: Matrix): Matrix {
  const {values, vectors} = symmetricEigen(symmetric.to1DArray(), symmetric.rows, DOUBLE);
  const v = Matrix.from1DArray(symmetric.rows, symmetric.rows, Array.from(vectors));
  return v.mmul(Matrix.diag(Array.from(values, rootOf))).mmul(v.transpose());
}

function gaussian(name: string, features: tf.Tensor2D): {mean: Float32Array; covariance: number[][]} {
  const n = features.shape[0];
  if (n < 2) throw new RangeError(`${name}: expected at least two rows, got ${n}`);
  const {mean, covariance} = tf.tidy(() => {
    const middle = features.mean(0);
    const centred = tf.sub(features, middle);
    return {
      mean: middle.dataSync<'float32'>(),
      covariance: tf
        .matMul(centred, centred, true)
        .div(n - 1)
        .arraySync() as number[][],
    };
  });
  return {mean, covariance};
}

function square(name: string, rows: readonly ArrayLike<number>[], d: number): Matrix {
  if (rows.length !== d || rows.some((row) => row.length !== d))
    throw new TypeError(
      `${name}: expected ${d} rows of ${d} numbers, got ${rows.length} of ${rows[0]?.length}`,
    );
  return new Matrix(rows.map((row) => Array.from(row)));
}
