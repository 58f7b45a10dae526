/**
 * The two steps that fit a mixture of Gaussians. In plain JavaScript and double precision: most components are
 * so far from a point that a few of its coordinates show that they have no share in it, and a loop can stop
 * there, where a product of matrices cannot.
 */
import {CholeskyDecomposition, inverse, Matrix} from 'ml-matrix';

/** w N(z; μ, C). */
export interface Component {
  weight: number;
  /** μ, k numbers. */
  mean: Float64Array;
  /** C = L Lᵀ: L [k, k], lower triangular (Cholesky). */
  root: Matrix;
  /** Whether C has no entries beside its diagonal: then nothing is computed for them. */
  diagonal: boolean;
}

/** Points, k numbers each, one after another. */
export interface Points {
  values: Float32Array;
  k: number;
}

/** A share below exp(-25), 1e-11, is less than the rounding of the points in single precision. */
const NEGLIGIBLE = -25;

/** log w N(z; μ, C) of one point after another, for all components. */
export class LogJoint {
  /** Of the point last looked at, in nats; -Infinity for a component with a negligible share. */
  readonly joint: Float64Array;
  private readonly inverses: Float64Array[];
  private readonly constants: number[];
  private readonly difference: Float64Array;

  constructor(private readonly components: readonly Component[]) {
    const k = components[0].mean.length;
    this.joint = new Float64Array(components.length);
    this.difference = new Float64Array(k);
    this.inverses = components.map(({root}) => Float64Array.from(inverse(root).to1DArray()));
    this.constants = components.map(
      ({weight, root}) =>
        Math.log(weight) -
        (k / 2) * Math.log(2 * Math.PI) -
        root.diagonal().reduce((sum, entry) => sum + Math.log(entry), 0),
    );
  }

  /** Fills `joint` for point i. Returns log p(z), the logarithm of the sum over components. */
  at({values, k}: Points, i: number): number {
    const {difference} = this;
    let most = -Infinity;
    for (let c = 0; c < this.joint.length; c++) {
      const {mean, diagonal} = this.components[c];
      const matrix = this.inverses[c];
      let value = this.constants[c]; // less |L⁻¹ (z - μ)|² / 2
      for (let row = 0; row < k && value > most + NEGLIGIBLE; row++) {
        difference[row] = values[i * k + row] - mean[row];
        let y = 0;
        for (let column = diagonal ? row : 0; column <= row; column++)
          y += matrix[row * k + column] * difference[column];
        value -= (y * y) / 2;
      }
      this.joint[c] = value > most + NEGLIGIBLE ? value : -Infinity;
      most = Math.max(most, value);
    }
    let sum = 0;
    for (let c = 0; c < this.joint.length; c++) sum += Math.exp(this.joint[c] - most);
    return most + Math.log(sum);
  }
}

/** Sums over the points of one component, seen from its mean: γ is its share, δ = z - μ. */
interface Moments {
  /** Σ γ. */
  share: number;
  /** Σ γ δ, k numbers. */
  first: Float64Array;
  /** Σ γ δ δᵀ [k, k], row by row; below the diagonal and on it. */
  second: Float64Array;
}

/**
 * The expectation: moments under the shares γ_c = w_c N(z; μ_c, C_c) / p(z) (Bishop, eq. 9.23), or, given
 * places, with γ = 1 for the component that stands there and 0 for the others.
 * @returns the moments of each component, and Σ log p(z) in nats
 */
export function expectation(
  points: Points,
  components: readonly Component[],
  places?: ArrayLike<number>,
): {moments: Moments[]; logDensity: number} {
  const {values, k} = points;
  const logJoint = new LogJoint(components);
  const moments = components.map(() => ({
    share: 0,
    first: new Float64Array(k),
    second: new Float64Array(k * k),
  }));
  const difference = new Float64Array(k);
  const add = (c: number, share: number, i: number) => {
    const {first, second} = moments[c];
    const {mean, diagonal} = components[c];
    moments[c].share += share;
    for (let row = 0; row < k; row++) {
      difference[row] = values[i * k + row] - mean[row];
      const weighted = share * difference[row];
      first[row] += weighted;
      for (let column = diagonal ? row : 0; column <= row; column++)
        second[row * k + column] += weighted * difference[column];
    }
  };
  let logDensity = 0;
  for (let i = 0; i * k < values.length; i++) {
    if (places) {
      add(places[i], 1, i);
      continue;
    }
    const total = logJoint.at(points, i);
    logDensity += total;
    for (let c = 0; c < components.length; c++) {
      const difference = logJoint.joint[c] - total;
      if (difference > NEGLIGIBLE) add(c, Math.exp(difference), i);
    }
  }
  return {moments, logDensity};
}

export interface MaximisationOptions {
  /** How many points there are. */
  n: number;
  /** Added to each variance. */
  regularization: number;
}

/**
 * The maximisation (Bishop, eq. 9.24 to 9.26): each component with the weight, mean and covariance of its moments.
 * @param when for messages, e.g. "in step 3"
 * @throws Error naming a component that no point is left to, or whose covariance is singular.
 */
export function maximisation(
  components: readonly Component[],
  moments: readonly Moments[],
  {n, regularization}: MaximisationOptions,
  when: string,
): Component[] {
  return components.map(({mean, diagonal}, c) => {
    const {share, first, second} = moments[c];
    if (share < 1e-6)
      throw new Error(
        `component ${c}: expected some of the points, got none ${when}; take fewer components or another seed`,
      );
    const covariance = Matrix.zeros(mean.length, mean.length);
    for (let row = 0; row < mean.length; row++) {
      for (let column = diagonal ? row : 0; column <= row; column++) {
        const value =
          second[row * mean.length + column] / share - (first[row] / share) * (first[column] / share);
        covariance.set(row, column, row === column ? value + regularization : value);
        covariance.set(column, row, covariance.get(row, column));
      }
    }
    const root = new CholeskyDecomposition(covariance).lowerTriangularMatrix;
    // what the other directions leave of a variance is rounding if it is that small beside it
    if (!root.diagonal().every((entry, j) => entry ** 2 > 1e-12 * covariance.get(j, j)))
      throw new Error(
        `component ${c}: expected a covariance of full rank, got a singular one from ${share.toPrecision(3)} ` +
          `of ${n} points ${when}; take fewer components, a larger regularization or another seed`,
      );
    return {weight: share / n, mean: mean.map((value, j) => value + first[j] / share), root, diagonal};
  });
}
