/**
 * Binary codes by methods without a network, which differ only in their directions W:
 *
 *   x [n, d] ─ subtract mean ─ W ─► [n, bits] ─ above 0? ─► 0 or 1 [n, bits]
 *
 * - `randomProjections`: normal draws; the angle between two points is π times the share of bits in which
 *   they differ, on average. Charikar 2002, https://doi.org/10.1145/509907.509965
 * - `pcaSigns`: the first principal components, each cut at its mean.
 * - `iterativeQuantization`: those components, turned together so that points lie near the corners of a cube.
 *   Gong & Lazebnik 2011, https://doi.org/10.1109/CVPR.2011.5995432
 */
import {Matrix, QrDecomposition, SingularValueDecomposition} from 'ml-matrix';
import {assertInteger, assertShape} from '../check';
import {RandomStream} from '../random';
import * as tf from '../tf';
import {Pca} from './pca';

/** Something that makes bits of numbers. */
export interface BinaryEncoder {
  readonly bits: number;
  /** x [n, d] -> zeros and ones [n, bits]. */
  encode(x: tf.Tensor2D): tf.Tensor2D;
  dispose(): void;
}

/** Which side of `bits` planes through the mean a point lies on. */
class LinearEncoder implements BinaryEncoder {
  /** @param mean [d]; directions [d, bits] */
  constructor(
    private readonly mean: tf.Tensor1D,
    private readonly directions: tf.Tensor2D,
  ) {}

  get bits(): number {
    return this.directions.shape[1];
  }

  encode(x: tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.mean.shape[0]]);
    return tf.tidy(() => above0(tf.matMul(tf.sub(x, this.mean), this.directions)));
  }

  dispose(): void {
    tf.dispose([this.mean, this.directions]);
  }
}

/**
 * Cuts along random planes through the mean of x [n, d]; there may be more bits than features.
 * @param seed fixes the planes. Default 0.
 */
export function randomProjections(
  x: tf.Tensor2D,
  {bits, seed = 0}: {bits: number; seed?: number},
): BinaryEncoder {
  assertInteger('bits', bits);
  const d = x.shape[1];
  const directions = new RandomStream(seed).split('planes').normals(d * bits);
  return new LinearEncoder(
    tf.tidy(() => x.mean<tf.Tensor1D>(0)),
    tf.tensor2d(directions, [d, bits]),
  );
}

/** Cuts across the first `bits` principal components of x [n, d]. @throws RangeError if bits is above d. */
export function pcaSigns(x: tf.Tensor2D, {bits}: {bits: number}): BinaryEncoder {
  const {mean, components} = principal(x, bits);
  return new LinearEncoder(mean, components);
}

/**
 * Iterative quantisation of x [n, d]: with the principal components V [n, bits], in turn the nearest corner
 * B = sign(V R) and the rotation R with the least |B - V R|², which is U₁ U₂ᵀ of VᵀB = U₁ S U₂ᵀ (Procrustes).
 * @param iterations Default 50, as in the paper.
 * @param seed fixes the rotation at the start, a random one. Default 0.
 * @returns an encoder, and in `history` the mean of |B - V R|² over the points before each step and at last
 * @throws RangeError if bits is above d.
 */
export function iterativeQuantization(
  x: tf.Tensor2D,
  {bits, iterations = 50, seed = 0}: {bits: number; iterations?: number; seed?: number},
): BinaryEncoder & {readonly history: readonly number[]} {
  assertInteger('iterations', iterations);
  const pca = principal(x, bits);
  const v = pca.encode(x);
  let rotation = randomRotation(bits, new RandomStream(seed).split('rotation'));
  const history: number[] = [];
  for (let step = 0; step <= iterations; step++) {
    const [error, toCorners] = tf.tidy(() => {
      const turned = tf.matMul(v, tensorOf(rotation));
      const corners = above0(turned).mul(2).sub(1);
      const distance = tf.sub(corners, turned).square().sum(1).mean();
      return [distance.dataSync()[0], tf.matMul(v, corners, true).dataSync<'float32'>()];
    });
    history.push(error);
    if (step === iterations) break;
    const {leftSingularVectors, rightSingularVectors} = new SingularValueDecomposition(
      Matrix.from1DArray(bits, bits, Array.from(toCorners)),
    );
    rotation = leftSingularVectors.mmul(rightSingularVectors.transpose());
  }
  const directions = tf.tidy(() => tf.matMul(pca.components, tensorOf(rotation)) as tf.Tensor2D);
  tf.dispose([v, pca.components]);
  return Object.assign(new LinearEncoder(pca.mean, directions), {history});
}

function principal(x: tf.Tensor2D, bits: number): Pca {
  assertInteger('bits', bits);
  if (bits > x.shape[1])
    throw new RangeError(`bits: expected at most ${x.shape[1]}, the number of features, got ${bits}`);
  return Pca.fit(x, bits);
}

function above0(values: tf.Tensor): tf.Tensor2D {
  return values.greater(0).cast('float32') as tf.Tensor2D;
}

function randomRotation(size: number, random: RandomStream): Matrix {
  const draws = Matrix.from1DArray(size, size, Array.from(random.normals(size * size)));
  return new QrDecomposition(draws).orthogonalMatrix;
}

function tensorOf(matrix: Matrix): tf.Tensor2D {
  return tf.tensor2d(matrix.to1DArray(), [matrix.rows, matrix.columns], 'float32');
}
