/**
 * A mixture of Gaussians, fitted by expectation and maximisation: a density for codes that fill more than one
 * cloud. Dempster, Laird & Rubin 1977, https://doi.org/10.1111/j.2517-6161.1977.tb01600.x; Bishop 2006,
 * Pattern Recognition and Machine Learning, section 9.2.2.
 *
 *   p(z) = Σ_c w_c N(z; μ_c, C_c)
 *
 *   z [n, k] ─ expectation ─► responsibilities [n, components] ─ maximisation ─► w, μ, C ─ again
 *
 * Each step raises the likelihood, but only to the next hilltop: the start, by k-means, decides which.
 */
import {Matrix} from 'ml-matrix';
import {assertChoice, assertInteger, assertOptions, assertShape, assertWithin} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {KMeans} from './k-means';
import {expectation, LogJoint, maximisation, type Component, type Points} from './mixture-steps';

export interface GaussianMixtureOptions {
  /** How many Gaussians. 1 is the mean and the covariance of all points, found at once. */
  components: number;
  /** full: ellipsoids in any direction. diagonal: along the axes, with fewer numbers to fit. Default full. */
  covariance?: 'full' | 'diagonal';
  /** Added to every variance, in squared units of z: keeps a component from shrinking onto a point. Default 1e-6. */
  regularization?: number;
  /** Steps at most. Default 100. */
  iterations?: number;
  /** The end is reached when a step raises the mean log-likelihood by no more than this, in nats. Default 1e-3. */
  tolerance?: number;
  /** The component in which each of the n points begins, 0 to components - 1. Default: its cluster by k-means. */
  start?: ArrayLike<number>;
  /** Fixes the start by k-means. Default 0. */
  seed?: number;
}

export class GaussianMixture {
  /** Mean log-likelihood of the points that were fitted, in nats, at the start and after each step. */
  readonly history: readonly number[];

  private constructor(
    private readonly components: readonly Component[],
    history: readonly number[],
  ) {
    this.history = history;
  }

  /**
   * Fits the mixture to z [n, k]. 55,000 x 16 with 10 components takes a few seconds.
   * @throws RangeError if there are more components than different points.
   * @throws Error naming a component that no point is left to, or whose covariance has become singular.
   */
  static fit(z: tf.Tensor2D, options: GaussianMixtureOptions): GaussianMixture {
    const numbers = {regularization: 1e-6, iterations: 100, tolerance: 1e-3, seed: 0};
    const defaults = {covariance: 'full' as const, start: undefined, ...numbers};
    assertOptions('GaussianMixture', options, ['components', ...Object.keys(defaults)]);
    const {components, covariance, regularization, iterations, tolerance, start, seed} = {
      ...defaults,
      ...options,
    };
    Object.entries({components, iterations}).forEach(([name, value]) => assertInteger(name, value));
    assertChoice('covariance', covariance, ['full', 'diagonal']);
    assertWithin('regularization', regularization, 0, Infinity);
    assertShape('z', z, [start ? start.length : null, null]);
    const n = z.shape[0];
    if (components > n)
      throw new RangeError(`components: expected at most ${n}, the number of points, got ${components}`);

    const bad = Array.from(start ?? []).find((c) => !Number.isInteger(c) || c < 0 || c >= components);
    if (bad !== undefined)
      throw new RangeError(`start: expected whole numbers from 0 to ${components - 1}, got ${bad}`);

    const shape = {n, regularization};
    const points = pointsOf(z);
    const first = equal(points, components, covariance === 'diagonal');
    const parted = expectation(points, first, start ?? clusters(z, components, seed));
    let fitted = maximisation(first, parted.moments, shape, 'at the start');
    const history: number[] = [];
    for (let step = 1; ; step++) {
      const {moments, logDensity} = expectation(points, fitted);
      history.push(logDensity / n);
      const gain = history[step - 1] - (history[step - 2] ?? -Infinity);
      if (step > iterations || gain <= tolerance) break;
      fitted = maximisation(fitted, moments, shape, `in step ${step}`);
    }
    return new GaussianMixture(fitted, history);
  }

  /** w: one number for each component, 1 in all. */
  get weights(): number[] {
    return this.components.map(({weight}) => weight);
  }

  /** μ: k numbers for each component. */
  get means(): number[][] {
    return this.components.map(({mean}) => Array.from(mean));
  }

  /** C: k rows of k numbers for each component. */
  get covariances(): number[][][] {
    return this.components.map(({root}) => root.mmul(root.transpose()).to2DArray());
  }

  /** log p(z) of each of n points [n, k], in nats. */
  logDensity(z: tf.Tensor2D): Float32Array {
    const density = new Float32Array(z.shape[0]);
    this.walk(z, (i, _, total) => (density[i] = total));
    return density;
  }

  /** p(component | z) [n, components] of each of n points [n, k]: the share that each component has in it. */
  responsibilities(z: tf.Tensor2D): tf.Tensor2D {
    const size = this.components.length;
    const shares = new Float32Array(z.shape[0] * size);
    this.walk(z, (i, joint, total) =>
      joint.forEach((value, c) => (shares[i * size + c] = Math.exp(value - total))),
    );
    return tf.tensor2d(shares, [z.shape[0], size]);
  }

  /** n points [n, k] drawn from the mixture: a component by its weight, then μ + L ε with normal ε. */
  sample(n: number, random: RandomStream): tf.Tensor2D {
    assertInteger('n', n);
    const k = this.components[0].mean.length;
    const noise = random.normals(n * k);
    const points = new Float32Array(n * k);
    for (let i = 0; i < n; i++) {
      const {mean, root} = this.drawn(random.uniform());
      for (let j = 0; j < k; j++) {
        let value = mean[j];
        for (let l = 0; l <= j; l++) value += root.get(j, l) * noise[i * k + l];
        points[i * k + j] = value;
      }
    }
    return tf.tensor2d(points, [n, k]);
  }

  private drawn(at: number): Component {
    return (
      this.components.find(({weight}) => (at -= weight) < 0) ?? this.components[this.components.length - 1]
    );
  }

  // Visits each point with log w N(z; μ, C) of the components and log p(z).
  private walk(z: tf.Tensor2D, visit: (i: number, joint: Float64Array, total: number) => void): void {
    assertShape('z', z, [null, this.components[0].mean.length]);
    const points = pointsOf(z);
    const logJoint = new LogJoint(this.components);
    for (let i = 0; i < z.shape[0]; i++) {
      const total = logJoint.at(points, i);
      visit(i, logJoint.joint, total);
    }
  }
}

function pointsOf(z: tf.Tensor2D): Points {
  return {values: z.dataSync<'float32'>(), k: z.shape[1]};
}

function clusters(z: tf.Tensor2D, components: number, seed: number): Int32Array {
  const kMeans = KMeans.fit(z, {clusters: components, restarts: 1, seed});
  const places = kMeans.assign(z);
  kMeans.dispose();
  return places;
}

// As many components, all at the first point: moments seen from there lose no digits in a cloud far from 0.
function equal({values, k}: Points, components: number, diagonal: boolean): Component[] {
  const one = {
    weight: 1 / components,
    mean: Float64Array.from(values.subarray(0, k)),
    root: Matrix.eye(k),
    diagonal,
  };
  return Array<Component>(components).fill(one);
}
