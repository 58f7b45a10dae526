/** What the detectors that are networks share: how long they train, and how their weights are stored. */
import {assertInteger, assertPositive} from '../check';
import type {StoredArray} from '../data/safetensors';
import type {Trainable} from '../models/autoencoder';
import type {Optimizer} from '../compile';
import {fit} from '../train/fit';
import * as tf from '../tf';
import {stored} from './rows';

export interface TrainingOptions {
  /**
   * Steps of training. Default 1000, some seconds. They are rounded to whole passes over the rows, one pass at
   * the least.
   */
  steps?: number;
  /** Rows per step. Default 64. */
  batchSize?: number;
  /** Step size at the start; it falls to 0 along half a cosine. Default 3e-3. */
  learningRate?: number;
  /** Show a progress line. Default true. */
  progress?: boolean;
  /** Fixes the weights, the noise and the order of the rows. Default 0. */
  seed?: number;
}

export const TRAINING_DEFAULTS: Required<TrainingOptions> = {
  steps: 1000,
  batchSize: 64,
  learningRate: 3e-3,
  progress: true,
  seed: 0,
};

/** @throws RangeError for a number out of range. */
export function assertTraining({steps, batchSize, learningRate, seed}: Required<TrainingOptions>): void {
  assertInteger('steps', steps);
  assertInteger('batchSize', batchSize);
  assertPositive('learningRate', learningRate);
  assertInteger('seed', seed, 0);
}

/** Trains on normal rows x [n, d] for about the given number of steps. */
export async function train(
  model: Trainable,
  x: tf.Tensor2D,
  {steps, batchSize, learningRate, progress, seed}: Required<TrainingOptions>,
  optimizer?: Optimizer,
): Promise<void> {
  const epochs = Math.max(1, Math.round(steps / Math.ceil(x.shape[0] / batchSize)));
  await fit(model, x, {epochs, batchSize, learningRate, schedule: 'cosine', seed, progress, optimizer});
}

/** The weights under names that begin with `prefix`. */
export function weightArrays(prefix: string, variables: tf.Variable[]): Record<string, StoredArray> {
  return Object.fromEntries(
    variables.map((variable, i) => [
      `${prefix}/${i}`,
      {shape: variable.shape, data: variable.dataSync<'float32'>()},
    ]),
  );
}

/** Gives the variables what {@link weightArrays} stored. @throws TypeError if something is missing or of another shape. */
export function restoreWeights(
  prefix: string,
  variables: tf.Variable[],
  arrays: Record<string, StoredArray>,
): void {
  const values = variables.map((variable, i) => stored(arrays, `${prefix}/${i}`, variable.shape));
  tf.tidy(() =>
    variables.forEach((variable, i) => variable.assign(tf.tensor(values[i].slice(), variable.shape))),
  );
}

/** The detector, once it has learned; if that fails, its tensors are freed. */
export async function taught<D extends {dispose(): void}>(
  detector: D,
  teach: (detector: D) => Promise<void>,
): Promise<D> {
  try {
    await teach(detector);
    return detector;
  } catch (error) {
    detector.dispose();
    throw error;
  }
}

/** The same for a detector that is given what it learned before. */
export function filled<D extends {dispose(): void}>(detector: D, fill: (detector: D) => void): D {
  try {
    fill(detector);
    return detector;
  } catch (error) {
    detector.dispose();
    throw error;
  }
}
