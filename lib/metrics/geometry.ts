/** The shape of what a model has learned: angles between subspaces, and the dimension of a cloud of points. */
import {Matrix, QrDecomposition, SingularValueDecomposition} from 'ml-matrix';
import {assertShape, assertWithin} from '../check';
import * as tf from '../tf';
import {nearestNeighbours} from './neighbours';

/**
 * Principal angles between two subspaces in degrees, the smallest first: all 0 for the same subspace, all 90
 * for orthogonal ones. Björck & Golub 1973, https://doi.org/10.1090/S0025-5718-1973-0348991-3: by cosines
 * where angles are large and by sines where they are small, so that small ones keep their digits.
 * @param a [d, p], p independent columns that span one subspace; b [d, q] likewise
 * @returns min(p, q) angles
 * @throws RangeError if the columns of one are not independent.
 */
export function principalAngles(a: tf.Tensor2D, b: tf.Tensor2D): Float64Array {
  assertShape('b', b, [a.shape[0], null]);
  const bases = [orthonormal('a', a), orthonormal('b', b)].sort((p, q) => q.columns - p.columns);
  const [wide, narrow] = bases;
  const shared = wide.transpose().mmul(narrow);
  const cosines = singularValues(shared); // falling
  const sines = singularValues(Matrix.sub(narrow, wide.mmul(shared))).reverse(); // rising
  return Float64Array.from(cosines, (cosine, i) => {
    const angle = cosine ** 2 > 0.5 ? Math.asin(Math.min(1, sines[i])) : Math.acos(cosine);
    return (angle * 180) / Math.PI;
  });
}

/**
 * The number of directions in which a cloud of points extends, seen from its nearest neighbours: Facco,
 * d'Errico, Rodriguez & Laio 2017, https://doi.org/10.1038/s41598-017-11873-y. The ratio μ of the distances
 * to the second and the first neighbour has the distribution F(μ) = 1 - μ^(-dimension); a line through the
 * origin is fitted to -log(1 - F) over log μ. What is measured is the scale of these distances: noise that
 * is larger fills all directions.
 * @param points [n, d]; of equal points only one counts
 * @param discard share of the largest ratios that is left out. Default 0.1, as in the paper.
 * @throws RangeError if fewer than ten different points are left.
 */
export function intrinsicDimension(points: tf.Tensor2D, {discard = 0.1} = {}): number {
  assertWithin('discard', discard, 0, 0.9);
  const rows = different(points);
  const n = rows.length;
  if (n < 10) throw new RangeError(`points: expected at least 10 different ones, got ${n}`);
  const unique = tf.tensor2d(rows);
  const near = nearestNeighbours(unique, unique, Math.min(n, CANDIDATES));
  unique.dispose();
  const candidates = near.length / n;
  const logRatios = rows.map((row, i) => {
    const squares = Array.from(near.subarray(i * candidates, (i + 1) * candidates))
      .filter((j) => j !== i)
      .map((j) => squaredDistance(row, rows[j])) // again, in double precision: the first digits cancel in products
      .sort((p, q) => p - q);
    return 0.5 * Math.log(squares[1] / squares[0]);
  });
  logRatios.sort((p, q) => p - q);
  let [xy, xx] = [0, 0];
  for (let i = 0; i < Math.floor(n * (1 - discard)); i++) {
    xy += logRatios[i] * -Math.log(1 - (i + 1) / (n + 1));
    xx += logRatios[i] ** 2;
  }
  return xy / xx;
}

/** Neighbours among which the nearest two are looked for. */
const CANDIDATES = 10;

function different(points: tf.Tensor2D): number[][] {
  const seen = new Map((points.arraySync() as number[][]).map((row) => [row.join(), row]));
  return [...seen.values()];
}

function squaredDistance(p: number[], q: number[]): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += (p[i] - q[i]) ** 2;
  return sum;
}

function orthonormal(name: string, x: tf.Tensor2D): Matrix {
  const columns = new Matrix(x.arraySync());
  if (columns.columns > columns.rows || new SingularValueDecomposition(columns).rank < columns.columns) {
    throw new RangeError(
      `${name}: expected independent columns, got ${columns.columns} in ${columns.rows} dimensions that are not`,
    );
  }
  return new QrDecomposition(columns).orthogonalMatrix;
}

function singularValues(x: Matrix): number[] {
  return new SingularValueDecomposition(x, {autoTranspose: true}).diagonal;
}
