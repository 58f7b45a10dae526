/** The nearest neighbours of points, by Euclidean distance. */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';

/** Distances at once: 32 MB of them. */
const DISTANCES = 2 ** 23;

/**
 * For each of m points the places of its k nearest among n others, the nearest first: m x k numbers, row by
 * row. In batches, so that 10,000 x 60,000 points of 784 need little memory. Of two squared distances that
 * differ by less than a millionth of the cloud's squared extent, the wrong one may come first.
 * @param points [m, d]; among [n, d]
 * @throws RangeError if k is larger than n.
 */
export function nearestNeighbours(points: tf.Tensor2D, among: tf.Tensor2D, k: number): Int32Array {
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
    return [mean, rest, rest.square().sum(1)] as const;
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
