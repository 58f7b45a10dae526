/** Measurements over time as rows for a model that knows rows only. */
import {assertInteger} from '../check';
import * as tf from '../tf';

/**
 * Each stretch of `length` readings as a row: readings [t][c] -> [t - length + 1, length · c], the oldest reading
 * first. Row i ends with reading i + length - 1: what it says is known then, and not earlier.
 *
 *     slidingWindows([[1], [2], [3], [4]], 3) // [[1, 2, 3], [2, 3, 4]]
 *
 * @throws RangeError for fewer readings than one window.
 */
export function slidingWindows(readings: readonly (readonly number[])[], length: number): tf.Tensor2D {
  assertInteger('length', length);
  if (readings.length < length)
    throw new RangeError(`readings: expected at least ${length}, one window, got ${readings.length}`);
  const c = readings[0].length;
  const rows = readings.length - length + 1;
  const out = new Float32Array(rows * length * c);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < length; j++) out.set(readings[i + j], (i * length + j) * c);
  return tf.tensor2d(out, [rows, length * c]);
}
