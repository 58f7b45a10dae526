/**
 * Principal component analysis, in closed form: the best linear auto-encoder.
 * Pearson 1901; that no linear auto-encoder does better: Baldi & Hornik 1989,
 * https://doi.org/10.1016/0893-6080(89)90014-2
 *
 *   x [n, d] ─ subtract mean, project ─► z [n, k] ─ project back, add mean ─► x̂ [n, d]
 */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';
import type {Codec} from './autoencoder';
import {symmetricEigen} from './eigen';

export class Pca implements Codec {
  /**
   * An analysis whose parts are known, and which then belong to it; {@link fit} finds them.
   * @param mean [d]
   * @param components [d, k], orthonormal columns, the direction of largest variance first
   * @param variances of all d directions, falling; dividing by n
   */
  constructor(
    readonly mean: tf.Tensor1D,
    readonly components: tf.Tensor2D,
    readonly variances: Float64Array,
  ) {}

  /**
   * Fits the mean and the first `components` principal directions of x [n, d] exactly, by the
   * eigenvectors of the covariance; 60,000 x 784 takes half a second, on WebAssembly some seconds.
   * @throws RangeError unless 1 <= components <= d.
   */
  static fit(x: tf.Tensor2D, components: number): Pca {
    const [n, d] = x.shape;
    assertInteger('components', components);
    if (components > d)
      throw new RangeError(`components: expected at most ${d}, the number of features, got ${components}`);
    if (n < 1) throw new RangeError(`x: expected at least one row, got ${n}`);
    const mean = tf.tidy(() => x.mean(0) as tf.Tensor1D);
    const covariance = tf.tidy(() => {
      const centred = tf.sub(x, mean) as tf.Tensor2D;
      return tf.matMul(centred, centred, true, false).div(n).dataSync();
    });
    const {vectors, values} = eigenvectors(covariance, d);
    const columns = tf.tidy(() => tf.tensor2d(vectors, [d, d]).slice([0, 0], [d, components]));
    return new Pca(mean, columns, values);
  }

  /** k: numbers in the code. */
  get latentDim(): number {
    return this.components.shape[1];
  }

  /** The same analysis with fewer components; shares no memory with this one. */
  truncate(components: number): Pca {
    assertInteger('components', components);
    if (components > this.latentDim) {
      throw new RangeError(
        `components: expected at most ${this.latentDim}, the number that was fitted, got ${components}`,
      );
    }
    const columns = this.components.slice([0, 0], [this.components.shape[0], components]);
    return new Pca(this.mean.clone(), columns, this.variances);
  }

  encode(x: tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.components.shape[0]]);
    return tf.tidy(() => tf.matMul(tf.sub(x, this.mean), this.components));
  }

  decode(z: tf.Tensor2D): tf.Tensor2D {
    assertShape('z', z, [null, this.latentDim]);
    return tf.tidy(() => tf.matMul(z, this.components, false, true).add(this.mean));
  }

  dispose(): void {
    tf.dispose([this.mean, this.components]);
  }
}

// Eigenvectors as columns [d, d], the largest eigenvalue first; each with its largest entry positive, so
// that a plot does not flip from one machine to the next. A feature that never varies is a direction of its
// own: setting it aside is exact, and MNIST has 67 such pixels, which is a quarter of the arithmetic (1 - (717 / 784)³).
function eigenvectors(
  symmetric: ArrayLike<number>,
  d: number,
): {vectors: Float32Array; values: Float64Array} {
  const features = Array.from({length: d}, (_, i) => i);
  const moving = features.filter((i) => symmetric[i * d + i] > 0);
  const varying = moving.length > 0 ? moving : features;
  const constant = features.filter((i) => !varying.includes(i));
  const m = varying.length;
  const part = Float32Array.from(
    {length: m * m},
    (_, i) => symmetric[varying[Math.floor(i / m)] * d + varying[i % m]],
  );
  const eigen = symmetricEigen(part, m); // rising: the last one is the first component
  const vectors = new Float32Array(d * d);
  for (let j = 0; j < m; j++) {
    const v = Float64Array.from({length: m}, (_, i) => eigen.vectors[i * m + (m - 1 - j)]);
    const largest = v.reduce((best, entry) => (Math.abs(entry) > Math.abs(best) ? entry : best), 0);
    v.forEach((entry, i) => (vectors[varying[i] * d + j] = largest < 0 ? -entry : entry));
  }
  constant.forEach((feature, j) => (vectors[feature * d + varying.length + j] = 1));
  const values = Float64Array.from(features, (j) => (j < m ? Math.max(eigen.values[m - 1 - j], 0) : 0));
  return {vectors, values};
}
