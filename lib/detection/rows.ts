/** What all detectors ask of their rows and of what was stored. */
import {assertShape} from '../check';
import type {StoredArray} from '../data/safetensors';
import type * as tf from '../tf';

/** Rows at once where a method works on tensors: keeps what lies between input and score small. */
export const ROWS_AT_ONCE = 8192;

/**
 * The numbers of rows x [n, d] to fit a detector to.
 * @throws RangeError for fewer than `least` rows, or a number that is not finite.
 */
export function rowsToFit(x: tf.Tensor2D, least = 2): Float32Array {
  assertShape('x', x, [null, null]);
  return finite(x, least);
}

/**
 * The numbers of rows x [m, d] to score.
 * @throws TypeError unless x has `inputDim` features. RangeError for no rows, or a number that is not finite.
 */
export function rowsToScore(x: tf.Tensor2D, inputDim: number): Float32Array {
  assertShape('x', x, [null, inputDim]);
  return finite(x, 1);
}

/**
 * The numbers stored under a name; null stands for any size.
 * @throws TypeError if there are none, or of another shape.
 */
export function stored(
  arrays: Record<string, StoredArray>,
  name: string,
  shape: readonly (number | null)[],
): Float32Array {
  const found = arrays[name]?.shape;
  const fits = found?.length === shape.length && shape.every((size, i) => (size ?? found[i]) === found[i]);
  if (!fits)
    throw new TypeError(
      `${name}: expected stored numbers of shape [${shape.map((size) => size ?? 'any').join(', ')}], ` +
        `got ${found ? `[${found.join(', ')}]` : 'none'}`,
    );
  return arrays[name].data;
}

function finite(x: tf.Tensor2D, least: number): Float32Array {
  if (x.shape[0] < least) throw new RangeError(`x: expected ${least} rows or more, got ${x.shape[0]}`);
  const values = x.dataSync<'float32'>();
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [row, feature] = [Math.floor(bad / x.shape[1]), bad % x.shape[1]];
    throw new RangeError(
      `x: expected finite numbers, got ${values[bad]} in row ${row}, feature ${feature}; fill or drop such rows`,
    );
  }
  return values;
}
