/** Images drawn by another hand: moved, stretched and slanted at random. */
import {assertInteger, assertShape, assertWithin} from '../check';
import * as tf from '../tf';
import type {Augmentation} from './augmentation';
import type {ImageSize} from './separable';

export interface DeformationOptions extends ImageSize {
  /** The most that an image moves down or to the right, in pixels. Default 2. */
  shift?: number;
  /** The most that height and width, each by itself, change, as a share. Default 0.2. */
  stretch?: number;
  /** The most that a row moves to the side against the row below it, in pixels. Default 0.3: about 17 degrees. */
  slant?: number;
}

/**
 * Takes the value at (row, column) from
 *
 *   row'    = (1 + a) row + b
 *   column' = (1 + c) column + s row + d,   row and column counted from the middle,
 *
 * with a, c up to `stretch`, b, d up to `shift` and s up to `slant`, uniform in both directions and drawn for
 * each image. Between pixels by linear interpolation; what comes in from outside is 0 (paper).
 * An {@link Augmentation}, and as well a corruption for `denoising`: draw it as it was.
 */
export function deformation(options: DeformationOptions): Augmentation {
  const {height, width, shift = 2, stretch = 0.2, slant = 0.3} = options;
  assertInteger('height', height);
  assertInteger('width', width);
  assertWithin('shift', shift, 0, Math.max(height, width));
  assertWithin('stretch', stretch, 0, 1);
  assertWithin('slant', slant, 0, 1);
  return (x, random) => {
    assertShape('x', x, [null, height * width]);
    const drawn = (most: number) => tf.sub(random.uniformTensor([x.shape[0], 1, 1]).mul(2), 1).mul(most);
    return tf.tidy(() => {
      const [a, b, c, d, s] = [stretch, shift, stretch, shift, slant].map(drawn);
      const rows = fromMiddle(height).reshape([1, height, 1]);
      const columns = fromMiddle(width).reshape([1, 1, width]);
      const fromRow = weights(tf.add(rows.mul(tf.add(a, 1)), b), height).squeeze<tf.Tensor3D>([2]); // [n, h, h]
      const place = tf.add(tf.add(columns.mul(tf.add(c, 1)), rows.mul(s)), d); // [n, h, w]
      const fromColumn = weights(place, width); // [n, h, w, w]
      const upright = tf.matMul(fromRow, x.reshape([-1, height, width])); // [n, h, w]
      return tf.matMul(fromColumn, upright.expandDims(3)).reshape<tf.Tensor2D>([-1, height * width]);
    });
  };
}

// How much of each of `size` places a place between them takes: [...] -> [..., size]
function weights(place: tf.Tensor, size: number): tf.Tensor {
  const distance = tf.abs(tf.sub(place.expandDims(-1), fromMiddle(size)));
  return tf.relu(tf.sub(1, distance));
}

function fromMiddle(size: number): tf.Tensor1D {
  return tf.range(0, size).sub((size - 1) / 2);
}
