/**
 * k-means: each point belongs to the nearest of k centres, each centre is the mean of its points.
 * Lloyd 1982, https://doi.org/10.1109/TIT.1982.1056489; the start is k-means++, Arthur & Vassilvitskii 2007,
 * https://dl.acm.org/doi/10.5555/1283383.1283494. Each step makes the inertia smaller,
 *
 *   Σ_i min_c |x_i - m_c|²
 *
 * but leads only to the next hollow: of several starts the best one is kept.
 *
 *   x [n, d] ─ nearest centre ─► place 0 … k - 1 ─ mean of its points ─► centres [k, d] ─ again
 */
import {assertInteger, assertOptions, assertShape} from '../check';
import {RandomStream} from '../random';
import * as tf from '../tf';

export interface KMeansOptions {
  /** k: how many centres. */
  clusters: number;
  /** Starts, of which the one that ends with the smallest inertia is kept. Time grows in proportion. Default 3. */
  restarts?: number;
  /** Steps of each start at most. Default 100. */
  iterations?: number;
  /** A start ends when a step lowers the inertia by no more than this share of it. Default 1e-6. */
  tolerance?: number;
  /** Fixes the starts. Default 0. */
  seed?: number;
}

export class KMeans {
  /**
   * @param centres [k, d]
   * @param inertia squared distances to the nearest centre, summed over the points that were fitted
   */
  private constructor(
    readonly centres: tf.Tensor2D,
    readonly inertia: number,
  ) {}

  /**
   * Fits centres to x [n, d]. The products run through tf.
   * @throws RangeError if x has a number that is not finite, or fewer different points than there are to be clusters.
   */
  static fit(x: tf.Tensor2D, options: KMeansOptions): KMeans {
    const defaults = {restarts: 3, iterations: 100, tolerance: 1e-6, seed: 0};
    assertOptions('KMeans', options, ['clusters', ...Object.keys(defaults)]);
    const {clusters, restarts, iterations, tolerance, seed} = {...defaults, ...options};
    Object.entries({clusters, restarts, iterations}).forEach(([name, value]) => assertInteger(name, value));
    assertShape('x', x, [null, null]);
    if (clusters > x.shape[0])
      throw new RangeError(`clusters: expected at most ${x.shape[0]}, the number of points, got ${clusters}`);
    const random = new RandomStream(seed).split('k-means');
    const {centres, inertia} = tf.tidy(() => {
      const middle = x.mean(0);
      const bad = middle.dataSync<'float32'>().find((value) => !Number.isFinite(value)); // one is enough to spoil a mean
      if (bad !== undefined) throw new RangeError(`x: expected finite numbers, got a mean of ${bad}`);
      const rows = centred(x, middle);
      let best = lloyd(rows, plusPlus(rows, clusters, random), {iterations, tolerance});
      for (let i = 1; i < restarts; i++) {
        const other = lloyd(rows, plusPlus(rows, clusters, random), {iterations, tolerance});
        if (other.inertia < best.inertia) best = other;
      }
      return {centres: tf.add(best.centres, middle) as tf.Tensor2D, inertia: best.inertia};
    });
    return new KMeans(centres, inertia);
  }

  /** The place of the nearest centre of each of n points [n, d]. */
  assign(x: tf.Tensor2D): Int32Array {
    assertShape('x', x, [null, this.centres.shape[1]]);
    return tf.tidy(() => {
      const middle = this.centres.mean(0);
      return nearestCentre(centred(x, middle), tf.sub(this.centres, middle)).places;
    });
  }

  dispose(): void {
    this.centres.dispose();
  }
}

/** Points seen from their middle, where products are smallest and lose the fewest digits. */
interface Rows {
  points: tf.Tensor2D; // [n, d]
  squares: tf.Tensor1D; // |x|², [n]
}

function centred(x: tf.Tensor2D, middle: tf.Tensor): Rows {
  const points = tf.sub(x, middle) as tf.Tensor2D;
  return {points, squares: points.square().sum(1)};
}

/** Of each point the place of the nearest centre and the squared distance from it. */
type Nearest = {places: Int32Array; squared: Float32Array};

function nearestCentre({points, squares}: Rows, centres: tf.Tensor2D): Nearest {
  return tf.tidy(() => {
    // |x - m|² = |x|² + (|m|² - 2 x·m)
    const rest = tf.sub(centres.square().sum(1), tf.matMul(points, centres, false, true).mul(2)); // [n, k]
    return {
      places: rest.argMin(1).dataSync<'int32'>(),
      squared: tf.add(rest.min(1), squares).relu().dataSync<'float32'>(),
    };
  });
}

// Each next centre is a point, drawn with a probability that grows with its squared distance from those so far.
function plusPlus(rows: Rows, clusters: number, random: RandomStream): tf.Tensor2D {
  const {points, squares} = rows;
  const n = points.shape[0];
  const negligible = squares.dataSync<'float32'>().map((square) => 1e-6 * square); // rounding, on a centre itself
  const places = [random.integer(n)];
  const nearest = new Float32Array(n).fill(Infinity);
  while (places.length < clusters) {
    const last = places[places.length - 1];
    const {squared} = tf.tidy(() => nearestCentre(rows, points.slice([last, 0], [1, points.shape[1]])));
    squared.forEach((square, i) => (nearest[i] = square > negligible[i] ? Math.min(nearest[i], square) : 0));
    const total = nearest.reduce((sum, square) => sum + square, 0);
    if (total === 0)
      throw new RangeError(
        `clusters: expected at most ${places.length}, the number of different points, got ${clusters}`,
      );
    places.push(drawn(nearest, random.uniform() * total));
  }
  return tf.tidy(() => tf.gather(points, tf.tensor1d(places, 'int32')));
}

// The place at which the running sum of the weights passes `at`; one whose weight is not 0.
function drawn(weights: Float32Array, at: number): number {
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    at -= weights[i];
    if (at < 0) break;
  }
  return last;
}

function lloyd(
  rows: Rows,
  start: tf.Tensor2D,
  {iterations, tolerance}: {iterations: number; tolerance: number},
): {centres: tf.Tensor2D; inertia: number} {
  const sum = ({squared}: Nearest) => squared.reduce((total, square) => total + square, 0);
  let centres = start;
  let nearest = nearestCentre(rows, centres);
  let inertia = sum(nearest);
  for (let i = 0; i < iterations; i++) {
    const moved = meansOf(rows, nearest, centres.shape[0]);
    centres.dispose();
    centres = moved;
    nearest = nearestCentre(rows, centres);
    const before = inertia;
    inertia = sum(nearest);
    if (before - inertia <= tolerance * before) break;
  }
  return {centres, inertia};
}

function meansOf({points}: Rows, {places, squared}: Nearest, clusters: number): tf.Tensor2D {
  const counts = new Float32Array(clusters);
  places.forEach((place) => counts[place]++);
  for (let empty = counts.indexOf(0); empty >= 0; empty = counts.indexOf(0)) {
    // a centre without points takes the point that is served worst
    const far = squared.reduce(
      (best, square, i) => (counts[places[i]] > 1 && square > squared[best] ? i : best),
      places.findIndex((place) => counts[place] > 1),
    );
    counts[places[far]]--;
    counts[empty]++;
    places[far] = empty;
    squared[far] = 0;
  }
  return tf.tidy(() => {
    const members = tf.equal(tf.tensor2d(places, [places.length, 1]), tf.range(0, clusters)).cast('float32');
    return tf.div(tf.matMul(members, points, true), tf.tensor2d(counts, [clusters, 1]));
  });
}
