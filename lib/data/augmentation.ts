/** Examples varied in ways that leave them what they are, so that a model cannot learn them by heart. */
import {assertInteger, assertShape, assertWithin} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import type {ImageSize} from './separable';

/** x [n, d] -> the same examples, varied, [n, d]; made of tensor operations alone, for use in a compiled step. */
export type Augmentation = (x: tf.Tensor2D, random: RandomStream) => tf.Tensor2D;

/**
 * Moves each image by its own distance, uniform on [-pixels, pixels] down and to the right, between pixels by
 * linear interpolation; what comes in at the edge is 0 (paper).
 * @param pixels at most 1
 * @throws RangeError unless pixels is from 0 to 1.
 */
export function randomShift({pixels, height, width}: ImageSize & {pixels: number}): Augmentation {
  assertWithin('pixels', pixels, 0, 1);
  assertInteger('height', height);
  assertInteger('width', width);
  return (x, random) => {
    assertShape('x', x, [null, height * width]);
    const n = x.shape[0];
    return tf.tidy(() => {
      const distance = tf.sub(random.uniformTensor([n, 2]).mul(2), 1).mul(pixels);
      const [down, right] = tf.split(distance, 2, 1).map((d) => tf.reshape(d, [n, 1, 1]));
      const image = tf.reshape(x, [n, height, width]) as tf.Tensor3D;
      return tf.reshape(moved(moved(image, down, 1), right, 2), [n, height * width]);
    });
  };
}

// Along an axis by -1 to 1 pixels: what stays, and what comes from the neighbour on either side.
function moved(image: tf.Tensor3D, distance: tf.Tensor, axis: 1 | 2): tf.Tensor3D {
  const edge: [number, number][] = [0, 1, 2].map((a) => (a === axis ? [1, 1] : [0, 0]));
  const padded = tf.pad(image, edge);
  const neighbour = (offset: number) => {
    const begin = [0, 0, 0];
    begin[axis] = 1 - offset;
    return tf.slice(padded, begin, image.shape);
  };
  const [forwards, backwards] = [tf.relu(distance), tf.relu(tf.neg(distance))];
  const stays = tf.mul(image, tf.sub(1, tf.abs(distance)));
  const comes = tf.add(tf.mul(neighbour(1), forwards), tf.mul(neighbour(-1), backwards));
  return tf.add(stays, comes) as tf.Tensor3D;
}
