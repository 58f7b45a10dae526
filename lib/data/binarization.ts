/** Grey levels made black or white. */
import type {RandomStream} from '../random';
import * as tf from '../tf';

/**
 * Each grey level becomes ink (1) with that probability, paper (0) otherwise: [n, d] in [0, 1] -> zeros and ones.
 * Drawn once it makes a fixed set, as Larochelle & Murray 2011 (http://proceedings.mlr.press/v15/larochelle11a.html)
 * did for MNIST; drawn anew in every step, by `augmented(model, binarized)`, it cannot be learned by heart.
 */
export function binarized(x: tf.Tensor2D, random: RandomStream): tf.Tensor2D {
  return tf.tidy(() => random.uniformTensor<tf.Rank.R2>(x.shape).less(x).cast('float32') as tf.Tensor2D);
}
