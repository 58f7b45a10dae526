/** How far a reconstruction is from its original. x and its reconstruction: [n, d], values in [0, 1]. */
import {assertShape} from '../check';
import {inBatches} from '../data/batches';
import {reconstruct, type Codec} from '../models/autoencoder';
import * as tf from '../tf';

/** Squared error summed over the features, averaged over the examples (Hinton & Salakhutdinov's unit). */
export function sse(x: tf.Tensor2D, reconstruction: tf.Tensor2D): number {
  assertShape('reconstruction', reconstruction, x.shape);
  return tf.tidy(() => tf.sub(x, reconstruction).square().sum(1).mean().dataSync()[0]);
}

/** Squared error of each example, n numbers. */
export function sseEach(x: tf.Tensor2D, reconstruction: tf.Tensor2D): Float32Array {
  assertShape('reconstruction', reconstruction, x.shape);
  return tf.tidy(() => tf.sub(x, reconstruction).square().sum(1).dataSync() as Float32Array);
}

/** Squared error averaged over features and examples. */
export function mse(x: tf.Tensor2D, reconstruction: tf.Tensor2D): number {
  return sse(x, reconstruction) / x.shape[1];
}

/**
 * Peak signal-to-noise ratio in decibels, 10 log10(peak² / MSE), from the mean squared error of all
 * examples together; Infinity for a perfect reconstruction. An MSE of 0.01 with peak 1 gives 20 dB.
 */
export function psnr(x: tf.Tensor2D, reconstruction: tf.Tensor2D, peak = 1): number {
  return 10 * Math.log10((peak * peak) / mse(x, reconstruction));
}

/** The {@link sse} of a model that encodes and decodes, `batchSize` rows at a time. */
export function reconstructionSse(
  model: Pick<Codec, 'encode' | 'decode'>,
  x: tf.Tensor2D,
  batchSize = 1000,
): number {
  const back = inBatches(x, batchSize, (part) => reconstruct(model, part));
  const error = sse(x, back);
  back.dispose();
  return error;
}
