/** The nearest neighbours of points, by Euclidean distance. */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';

/** Distances at once: 32 MB of them. */
const DISTANCES = 2 ** 23;

/** The k nearest of each of m points, the nearest first: m x k numbers each, row by row. */
export interface Neighbours {
  /** Where they stand among the others. */
  places: Int32Array;
  /** Euclidean. */
  distances: Float32Array;
}

/**
 * For each of m points the places of its k nearest among n others, the nearest first: m x k numbers, row by
 * row. In batches, so that 10,000 x 60,000 points of 784 need little memory. Of two squared distances that
 * differ by less than a millionth of the cloud's squared extent, the wrong one may come first.
 * @param points [m, d]; among [n, d]
 * @param radii n numbers: distances are then measured from balls around the others, as |a - b|² - radius²,
 *   which is at most 0 inside. Default: no balls.
 * @throws RangeError if k is larger than n.
 */
export function nearestNeighbours(
  points: tf.Tensor2D,
  among: tf.Tensor2D,
  k: number,
  {radii}: {radii?: Float32Array} = {},
): Int32Array {
  const [n, d] = among.shape;
  const m = points.shape[0];
  assertShape('points', points, [null, d]);
  assertInteger('k', k);
  if (k > n) throw new RangeError(`k: expected at most ${n}, the number of points among which, got ${k}`);
  const found = new Int32Array(m * k);
  const rows = Math.max(1, Math.floor(DISTANCES / n));
  // seen from the middle of the cloud, where products are smallest and lose the fewest digits
  const [middle, centred, squares] = tf.tidy(() => {
    const mean = among.mean(0);
    const rest = tf.sub(among, mean) as tf.Tensor2D;
    const square = rest.square().sum(1);
    return [mean, rest, radii ? tf.sub(square, tf.square(tf.tensor1d(radii))) : square] as const;
  });
  for (let begin = 0; begin < m; begin += rows) {
    const part = tf.tidy(() => {
      const slice = tf.sub(points.slice([begin, 0], [Math.min(rows, m - begin), d]), middle) as tf.Tensor2D;
      // -|a - b|² without |a|², which is the same for every b
      const closeness = tf.matMul(slice, centred, false, true).mul(2).sub(squares);
      return tf.topk(closeness, k).indices.dataSync();
    });
    found.set(part, begin * k);
  }
  tf.dispose([middle, centred, squares]);
  return found;
}

/** As {@link nearestNeighbours}, with the distances, each from the difference of the two points: 0 for equal ones. */
export function neighboursAndDistances(
  points: tf.Tensor2D,
  among: tf.Tensor2D,
  k: number,
  options?: {radii?: Float32Array},
): Neighbours {
  const places = nearestNeighbours(points, among, k, options);
  const [m, d] = points.shape;
  const distances = new Float32Array(m * k);
  const rows = Math.max(1, Math.floor(DISTANCES / (k * d)));
  for (let begin = 0; begin < m; begin += rows) {
    const size = Math.min(rows, m - begin);
    const part = tf.tidy(() => {
      const from = points.slice([begin, 0], [size, d]).expandDims(1);
      const to = tf.gather(among, tf.tensor1d(places.subarray(begin * k, (begin + size) * k), 'int32'));
      return tf
        .sub(from, tf.reshape(to, [size, k, d]))
        .square()
        .sum(2)
        .sqrt()
        .dataSync<'float32'>();
    });
    distances.set(part, begin * k);
  }
  return {places, distances};
}

/**
 * Whether two maps of the same examples agree about who is near whom: of each example's k nearest neighbours
 * on one, the fraction that is among its k nearest on the other, averaged over the examples. 1 for the same
 * map, turned or stretched evenly; about k / (n - 1) for two maps that have nothing to do with each other.
 * @param a, b [n, any], row i of both being the same example
 * @throws RangeError unless k is below n.
 */
export function sharedNeighbours(a: tf.Tensor2D, b: tf.Tensor2D, {k = 10} = {}): number {
  const n = a.shape[0];
  assertShape('b', b, [n, null]);
  assertInteger('k', k);
  if (k >= n) throw new RangeError(`k: expected less than ${n}, the number of examples, got ${k}`);
  const others = (z: tf.Tensor2D) => {
    const near = nearestNeighbours(z, z, k + 1); // itself among them
    const row = (i: number) => Array.from(near.subarray(i * (k + 1), (i + 1) * (k + 1)));
    return Array.from({length: n}, (_, i) => row(i).filter((j) => j !== i).slice(0, k)); // prettier-ignore
  };
  const [here, there] = [others(a), others(b)];
  const shared = here.map((row, i) => row.filter((j) => there[i].includes(j)).length);
  return shared.reduce((sum, count) => sum + count, 0) / (n * k);
}
