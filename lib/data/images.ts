/** Images with labels, as the lessons handle them. */
import {assertInteger} from '../check';
import * as tf from '../tf';
import type {IdxArray} from './idx';

export interface LabelledImages {
  /** [n, height * width], grey levels from 0 (paper) to 1 (ink). */
  images: tf.Tensor2D;
  /** n class numbers. */
  labels: Uint8Array;
  height: number;
  width: number;
}

/**
 * Pairs an image array with a label array; bytes become grey levels from 0 to 1.
 * @throws Error if the two are of different length or not of the right rank.
 */
export function labelledImages(images: IdxArray, labels: IdxArray): LabelledImages {
  if (images.shape.length !== 3)
    throw new Error(`images: expected shape [n, height, width], got [${images.shape.join(', ')}]`);
  if (labels.shape.length !== 1)
    throw new Error(`labels: expected shape [n], got [${labels.shape.join(', ')}]`);
  const [n, height, width] = images.shape;
  if (labels.shape[0] !== n)
    throw new Error(`labels: expected ${n}, one for each image, got ${labels.shape[0]}`);
  const grey = new Float32Array(images.data.length);
  for (let i = 0; i < grey.length; i++) grey[i] = images.data[i] / 255; // Float32Array.from takes seconds
  return {
    images: tf.tensor2d(grey, [n, height * width]),
    labels: Uint8Array.from(labels.data),
    height,
    width,
  };
}

/** The examples at the given places, in that order, as new tensors. */
export function take(set: LabelledImages, places: ArrayLike<number>): LabelledImages {
  const rows = Int32Array.from(places);
  const bad = rows.find((i) => i < 0 || i >= set.labels.length);
  if (bad !== undefined)
    throw new RangeError(`places: expected numbers from 0 to ${set.labels.length - 1}, got ${bad}`);
  return {
    ...set,
    images: tf.tidy(() => tf.gather(set.images, tf.tensor1d(rows, 'int32'))),
    labels: Uint8Array.from(rows, (i) => set.labels[i]),
  };
}

/** The places of the first `count` examples of each class, class by class. */
export function firstOfEach(labels: ArrayLike<number>, count: number): number[] {
  assertInteger('count', count);
  const classes = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  return classes.flatMap((c) =>
    Array.from(labels, (label, i) => (label === c ? i : -1))
      .filter((i) => i >= 0)
      .slice(0, count),
  );
}
