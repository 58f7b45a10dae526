/**
 * Filters that are one kernel along the rows and the same along the columns. Beyond its edges an image goes
 * on as its mirror image, the edge pixel repeated: d c b a | a b c d | d c b a.
 */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';

export interface ImageSize {
  height: number;
  width: number;
}

/**
 * The filter of a symmetric kernel of odd length, for images [n, height * width]. As products with two small
 * matrices, so that it runs in a compiled step as well.
 */
export function separable(
  kernel: readonly number[],
  {height, width}: ImageSize,
): (x: tf.Tensor2D) => tf.Tensor2D {
  assertInteger('height', height);
  assertInteger('width', width);
  const along = {rows: matrixOf(kernel, height), columns: matrixOf(kernel, width)};
  const product = (image: tf.Tensor, matrix: Float32Array, side: number) =>
    tf.matMul(image.reshape<tf.Tensor2D>([-1, side]), tf.tensor2d(matrix, [side, side]));
  return (x) => {
    assertShape('x', x, [null, height * width]);
    return tf.tidy(() => {
      const rows = product(x, along.columns, width).reshape([-1, height, width]);
      const columns = product(rows.transpose([0, 2, 1]), along.rows, height).reshape([-1, width, height]);
      return columns.transpose([0, 2, 1]).reshape([-1, height * width]);
    });
  };
}

/** The place inside that a place beyond the edge mirrors: -1 is 0, -2 is 1, side is side - 1, ... */
export function mirrored(place: number, side: number): number {
  const inPeriod = ((place % (2 * side)) + 2 * side) % (2 * side);
  return inPeriod < side ? inPeriod : 2 * side - 1 - inPeriod;
}

// The filter of a line of pixels as a product with a matrix [side, side].
function matrixOf(kernel: readonly number[], side: number): Float32Array {
  const radius = (kernel.length - 1) / 2;
  const matrix = new Float32Array(side * side);
  for (let to = 0; to < side; to++) {
    kernel.forEach((weight, i) => (matrix[mirrored(to + i - radius, side) * side + to] += weight));
  }
  return matrix;
}
