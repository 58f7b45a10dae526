/** Windows of tokens, and their masking. */
import {assertInteger, assertWithin} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';

/**
 * Consecutive windows of a text as rows, [n, context] of whole numbers; what is left over at the end is
 * dropped.
 * @param stride tokens from the beginning of one window to that of the next. Default: the context, so that
 *   no token occurs twice.
 * @throws RangeError if the text is shorter than one window.
 */
export function windows(tokens: Int32Array, context: number, {stride = context} = {}): tf.Tensor2D {
  assertInteger('context', context);
  assertInteger('stride', stride);
  if (tokens.length < context) {
    throw new RangeError(`tokens: expected at least ${context}, which is one context, got ${tokens.length}`);
  }
  const n = Math.floor((tokens.length - context) / stride) + 1;
  const rows = new Int32Array(n * context);
  for (let i = 0; i < n; i++) rows.set(tokens.subarray(i * stride, i * stride + context), i * context);
  return tf.tensor2d(rows, [n, context], 'int32');
}

/**
 * Hides tokens: each becomes the mask with the given probability, independently of the others. For use in a
 * compiled step as well. Devlin et al. 2019, https://arxiv.org/abs/1810.04805 (section 3.1, with the mask in
 * every chosen place).
 * @param x [n, context], whole numbers
 * @returns the masked windows, whole numbers, and where they are masked: 1 there, 0 elsewhere; both [n, context].
 */
export function maskTokens(
  x: tf.Tensor2D,
  {probability, mask}: {probability: number; mask: number},
  random: RandomStream,
): {masked: tf.Tensor2D; hidden: tf.Tensor2D} {
  assertWithin('probability', probability, 0, 1);
  return tf.tidy(() => {
    const hidden = random.mask<tf.Rank.R2>(x.shape, probability);
    const masked = tf.where(hidden.cast('bool'), tf.fill(x.shape, mask, 'int32'), x);
    return {masked: masked as tf.Tensor2D, hidden};
  });
}
