/** How the last numbers of a decoder become a reconstruction, and what the reconstruction costs. */
import {assertChoice} from '../check';
import * as tf from '../tf';
import {bernoulliNll, squaredError} from './reconstruction';

export interface OutputOptions {
  /** squared: Σ (x - x̂)². bernoulli: -Σ log p(x), x̂ a probability. Default squared. */
  reconstruction?: 'squared' | 'bernoulli';
  /**
   * What x̂ passes through at the end under squared error: linear, or sigmoid, which keeps it between 0 and 1
   * and suits images that are mostly paper and ink. Default linear. Under bernoulli it is always a sigmoid.
   */
  output?: 'linear' | 'sigmoid';
}

export const OUTPUT_DEFAULTS = {reconstruction: 'squared', output: 'linear'} as const;

/** @throws RangeError listing the known choices. */
export function assertOutput({reconstruction, output}: Required<OutputOptions>): void {
  assertChoice('reconstruction', reconstruction, ['squared', 'bernoulli']);
  assertChoice('output', output, ['linear', 'sigmoid']);
}

/** out [n, d] as the decoder's last layer leaves it -> x̂ [n, d]. */
export function outputOf(out: tf.Tensor2D, {reconstruction, output}: Required<OutputOptions>): tf.Tensor2D {
  return reconstruction === 'bernoulli' || output === 'sigmoid' ? tf.sigmoid(out) : out;
}

/** What the decoder's `out` costs against the target, both [n, d]: summed over features, averaged over examples. */
export function outputLoss(
  target: tf.Tensor2D,
  out: tf.Tensor2D,
  options: Required<OutputOptions>,
): tf.Scalar {
  if (options.reconstruction === 'bernoulli') return bernoulliNll(target, out);
  return squaredError(target, outputOf(out, options));
}
