/**
 * Deep SVDD as a detector: the squared distance from the point to which the network sends normal rows. See
 * lib/models/deep-svdd.
 */
import {assertOptions} from '../check';
import {adamW} from '../compile';
import {inBatches} from '../data/batches';
import type {StoredArray} from '../data/safetensors';
import {DeepSvdd} from '../models/deep-svdd';
import * as tf from '../tf';
import type {Detector} from './detector';
import {
  assertTraining,
  filled,
  restoreWeights,
  taught,
  train,
  TRAINING_DEFAULTS,
  weightArrays,
  type TrainingOptions,
} from './networks';
import {ROWS_AT_ONCE, rowsToFit, rowsToScore, stored} from './rows';

export interface SvddDetectorOptions extends TrainingOptions {
  /** Widths of the hidden layers. Default [128]. */
  hiddenDims?: readonly number[];
  /** k: numbers that a row becomes. Default 32. */
  latentDim?: number;
}

const DEFAULTS: Required<SvddDetectorOptions> = {
  ...TRAINING_DEFAULTS,
  learningRate: 1e-3,
  hiddenDims: [128],
  latentDim: 32,
};

/** Of the authors' program. */
const WEIGHT_DECAY = 1e-6;

export class SvddDetector implements Detector {
  readonly method = 'deep-svdd';

  private constructor(
    readonly config: Required<SvddDetectorOptions>,
    readonly inputDim: number,
    private readonly model: DeepSvdd,
    private readonly mean: tf.Tensor1D, // [d], of the normal rows: where explanations are counted from
  ) {}

  /**
   * Trains on normal rows x [n, d], standardised or grey levels.
   * @throws RangeError for fewer than two rows, numbers that are not finite, or options out of range.
   */
  static async fit(x: tf.Tensor2D, options: SvddDetectorOptions = {}): Promise<SvddDetector> {
    assertOptions('deep-svdd', options, Object.keys(DEFAULTS));
    rowsToFit(x);
    const config = {...DEFAULTS, ...options};
    assertTraining(config);
    const inputDim = x.shape[1];
    const model = await taught(new DeepSvdd(modelConfig(config, inputDim)), async (untrained) => {
      untrained.placeCentre(x);
      await train(untrained, x, config, adamW({weightDecay: WEIGHT_DECAY}));
    });
    return new SvddDetector(
      config,
      inputDim,
      model,
      tf.tidy(() => x.mean(0) as tf.Tensor1D),
    );
  }

  static restore(
    config: Required<SvddDetectorOptions>,
    inputDim: number,
    arrays: Record<string, StoredArray>,
  ): SvddDetector {
    const mean = stored(arrays, 'mean', [inputDim]);
    const model = filled(new DeepSvdd(modelConfig(config, inputDim)), ({variables, state}) =>
      restoreWeights('svdd', [...variables, ...state], arrays),
    );
    return new SvddDetector(config, inputDim, model, tf.tensor1d(mean.slice()));
  }

  score(x: tf.Tensor2D): Float32Array {
    rowsToScore(x, this.inputDim);
    return tf.tidy(() =>
      inBatches(x, ROWS_AT_ONCE, (part) => this.model.distances(part).expandDims(1)).dataSync<'float32'>(),
    );
  }

  /** |∂ score / ∂x_j · (x_j - mean_j)|: to first order what the score owes to the feature's distance from its mean. */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    rowsToScore(x, this.inputDim);
    const slope = tf.grad((rows: tf.Tensor) => this.model.distances(rows as tf.Tensor2D).sum());
    return inBatches(
      x,
      ROWS_AT_ONCE,
      (part) => tf.mul(slope(part), tf.sub(part, this.mean)).abs() as tf.Tensor2D,
    );
  }

  arrays(): Record<string, StoredArray> {
    const weights = weightArrays('svdd', [...this.model.variables, ...this.model.state]);
    return {...weights, mean: {shape: this.mean.shape, data: this.mean.dataSync<'float32'>()}};
  }

  dispose(): void {
    this.model.dispose();
    this.mean.dispose();
  }
}

function modelConfig({hiddenDims, latentDim, seed}: Required<SvddDetectorOptions>, inputDim: number) {
  return {inputDim, hiddenDims, latentDim, seed};
}
