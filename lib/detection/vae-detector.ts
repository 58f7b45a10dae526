/**
 * The variational auto-encoder as a detector: a row's score is how improbable the model finds it,
 *
 *   -log p(x) ≈ -log (1/K) Σ_k p(x | z_k) p(z_k) / q(z_k | x),   z_k from q(z | x)
 *
 * An & Cho 2015, "Variational autoencoder based anomaly detection using reconstruction probability",
 * http://dm.snu.ac.kr/static/docs/TR/SNUDM-TR-2015-03.pdf; the estimate is Burda, Grosse & Salakhutdinov's
 * bound, 2016, https://arxiv.org/abs/1509.00519 eq. 8, with K = 1 the evidence lower bound.
 */
import {assertInteger, assertOptions, assertPositive} from '../check';
import {inBatches} from '../data/batches';
import type {StoredArray} from '../data/safetensors';
import {reconstruct} from '../models/autoencoder';
import {VariationalAutoencoder} from '../models/variational-autoencoder';
import {RandomStream} from '../random';
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
import {ROWS_AT_ONCE, rowsToFit, rowsToScore} from './rows';

export interface VaeDetectorOptions extends TrainingOptions {
  /** Widths of the encoder's hidden layers; the decoder mirrors them. Default [128]. */
  hiddenDims?: readonly number[];
  /** k: numbers in the code. Default d / 2, at most 16. */
  latentDim?: number;
  /** Standard deviation of p(x | z), in the unit of the features. Default 1. */
  deviation?: number;
  /** K: draws for each score. Default 10. */
  samples?: number;
}

const DEFAULTS: Required<Omit<VaeDetectorOptions, 'latentDim'>> = {
  ...TRAINING_DEFAULTS,
  hiddenDims: [128],
  deviation: 1,
  samples: 10,
};

export class VaeDetector implements Detector {
  readonly method = 'vae';

  private constructor(
    readonly config: Required<VaeDetectorOptions>,
    readonly inputDim: number,
    private readonly model: VariationalAutoencoder,
  ) {}

  /**
   * Trains on normal rows x [n, d], standardised.
   * @throws RangeError for fewer than two rows, numbers that are not finite, or options out of range.
   */
  static async fit(x: tf.Tensor2D, options: VaeDetectorOptions = {}): Promise<VaeDetector> {
    assertOptions('vae', options, [...Object.keys(DEFAULTS), 'latentDim']);
    rowsToFit(x);
    const inputDim = x.shape[1];
    const latentDim = Math.min(16, Math.max(1, Math.round(inputDim / 2)));
    const config = {latentDim, ...DEFAULTS, ...options};
    assertTraining(config);
    assertPositive('deviation', config.deviation);
    assertInteger('samples', config.samples);
    return taught(VaeDetector.untrained(config, inputDim), ({model}) => train(model, x, config));
  }

  static restore(
    config: Required<VaeDetectorOptions>,
    inputDim: number,
    arrays: Record<string, StoredArray>,
  ): VaeDetector {
    return filled(VaeDetector.untrained(config, inputDim), ({model}) =>
      restoreWeights('vae', model.variables, arrays),
    );
  }

  /** -log p(x), estimated, in nats; from the same draws for every row, so that a row has its score wherever it stands. */
  score(x: tf.Tensor2D): Float32Array {
    rowsToScore(x, this.inputDim);
    const {samples, seed} = this.config;
    return tf.tidy(() =>
      inBatches(x, Math.ceil(ROWS_AT_ONCE / samples), (part) => {
        const random = new RandomStream(seed).split('score'); // anew: the same draws for every part
        const weights = this.model.logWeights(part, samples, random, {shared: true}); // [K, rows]
        return tf.sub(Math.log(samples), tf.logSumExp(weights, 0)).expandDims(1) as tf.Tensor2D;
      }).dataSync<'float32'>(),
    );
  }

  /**
   * What each feature adds to -log p(x | z) at the mean code: (x - x̂)² / 2σ², in nats. The part of the score that
   * the code itself costs belongs to no feature.
   */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    rowsToScore(x, this.inputDim);
    return inBatches(x, ROWS_AT_ONCE, (part) =>
      tf.squaredDifference(part, reconstruct(this.model, part)).div(2 * this.config.deviation ** 2),
    );
  }

  arrays(): Record<string, StoredArray> {
    return weightArrays('vae', this.model.variables);
  }

  dispose(): void {
    this.model.dispose();
  }

  private static untrained(config: Required<VaeDetectorOptions>, inputDim: number): VaeDetector {
    const {hiddenDims, latentDim, deviation, seed} = config;
    const model = new VariationalAutoencoder({
      inputDim,
      hiddenDims,
      latentDim,
      deviation,
      likelihood: 'gaussian',
      activation: 'tanh', // saturates: the variance of a row far out stays a number
      seed,
    });
    return new VaeDetector(config, inputDim, model);
  }
}
