/**
 * The auto-encoder as a detector: what it was never shown it cannot restore, and the squared error tells.
 * Japkowicz, Myers & Gluck 1995, https://www.ijcai.org/Proceedings/95-1/Papers/068.pdf; of several networks
 * from different seeds the mean error counts (Chen, Sathe, Aggarwal & Turaga 2017, who vary the connections too, take
 * the median: https://doi.org/10.1137/1.9781611974973.11)
 *
 *   x [m, d] ─ encoder ─► z [m, k] ─ decoder ─► x̂ [m, d],  score Σ_j (x_j - x̂_j)²
 *
 * It is trained to take Gaussian noise away (去噪): then the code may be as wide as the row, and a row off the
 * beaten track is pulled back to it. tanh, which saturates, keeps the network from copying what lies far out:
 * with an activation that goes on rising, strange rows are restored too.
 */
import {assertChoice, assertInteger, assertOptions, assertWithin} from '../check';
import {inBatches} from '../data/batches';
import {gaussianNoise} from '../data/corruption';
import type {StoredArray} from '../data/safetensors';
import {activations, type Activation} from '../layers/activations';
import {reconstruct, type Autoencoder} from '../models/autoencoder';
import {ConvolutionalAutoencoder} from '../models/convolutional-autoencoder';
import {DenseAutoencoder} from '../models/dense-autoencoder';
import {denoising} from '../models/denoising';
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

export interface AutoencoderDetectorOptions extends TrainingOptions {
  /** Widths of the encoder's hidden layers; the decoder mirrors them. Default [256]. */
  hiddenDims?: readonly number[];
  /** For images of this size: convolutions in place of dense layers, the default filters. Default none. */
  image?: {height: number; width: number} | null;
  /** After every hidden layer. Default tanh. */
  activation?: Activation;
  /** k: numbers in the code. Default d, at most 64. */
  latentDim?: number;
  /** Deviation of the Gaussian noise that training adds, in the unit of the features. Default 0.1; 0 for none. */
  noise?: number;
  /**
   * squared: Σ (x - x̂)². relative: the same over the length of x̂, for images: a bold stroke costs more than a
   * fine one, however normal it is. Default squared.
   */
  error?: 'squared' | 'relative';
  /** Networks, from seeds one after another; time grows with it. Default 1. */
  members?: number;
}

const DEFAULTS: Required<Omit<AutoencoderDetectorOptions, 'latentDim'>> = {
  ...TRAINING_DEFAULTS,
  hiddenDims: [256],
  image: null,
  activation: 'tanh',
  noise: 0.1,
  error: 'squared',
  members: 1,
};

/** Shorter reconstructions than this, in the unit of the features, count as this long. */
const SHORTEST = 1e-3;

export class AutoencoderDetector implements Detector {
  readonly method = 'autoencoder';

  private constructor(
    readonly config: Required<AutoencoderDetectorOptions>,
    readonly inputDim: number,
    private readonly networks: Autoencoder[],
  ) {}

  /**
   * Trains on normal rows x [n, d], standardised or grey levels.
   * @throws RangeError for fewer than two rows, numbers that are not finite, or options out of range.
   */
  static async fit(x: tf.Tensor2D, options: AutoencoderDetectorOptions = {}): Promise<AutoencoderDetector> {
    assertOptions('autoencoder', options, [...Object.keys(DEFAULTS), 'latentDim']);
    rowsToFit(x);
    const inputDim = x.shape[1];
    const config = {latentDim: Math.min(inputDim, 64), ...DEFAULTS, ...options};
    assertTraining(config);
    assertChoice('activation', config.activation, activations);
    assertWithin('noise', config.noise, 0, Infinity);
    assertChoice('error', config.error, ['squared', 'relative']);
    assertInteger('members', config.members);
    return taught(AutoencoderDetector.untrained(config, inputDim), async ({networks}) => {
      for (const [member, network] of networks.entries()) {
        const seed = config.seed + member;
        const task = config.noise > 0 ? denoising(network, gaussianNoise(config.noise), {seed}) : network;
        await train(task, x, {...config, seed});
      }
    });
  }

  static restore(
    config: Required<AutoencoderDetectorOptions>,
    inputDim: number,
    arrays: Record<string, StoredArray>,
  ): AutoencoderDetector {
    return filled(AutoencoderDetector.untrained(config, inputDim), ({networks}) =>
      networks.forEach((network, i) => restoreWeights(`member${i}`, network.variables, arrays)),
    );
  }

  score(x: tf.Tensor2D): Float32Array {
    return tf.tidy(() => this.explain(x).sum(1).dataSync<'float32'>());
  }

  /** (x - x̂)², averaged over the members: the error of each feature. Their sum is the score. */
  explain(x: tf.Tensor2D): tf.Tensor2D {
    rowsToScore(x, this.inputDim);
    return inBatches(x, ROWS_AT_ONCE, (part) => {
      const errors = this.networks.map((network) => this.errors(part, reconstruct(network, part)));
      return tf.addN(errors).div(errors.length);
    });
  }

  /** x̂ [m, d], averaged over the members: what the networks took the rows for. */
  restored(x: tf.Tensor2D): tf.Tensor2D {
    rowsToScore(x, this.inputDim);
    return inBatches(x, ROWS_AT_ONCE, (part) =>
      tf.addN(this.networks.map((network) => reconstruct(network, part))).div(this.networks.length),
    );
  }

  arrays(): Record<string, StoredArray> {
    const parts = this.networks.map((network, i) => weightArrays(`member${i}`, network.variables));
    return Object.assign({}, ...parts) as Record<string, StoredArray>;
  }

  dispose(): void {
    this.networks.forEach((network) => network.dispose());
  }

  private errors(x: tf.Tensor2D, restored: tf.Tensor2D): tf.Tensor2D {
    const squared = tf.squaredDifference(x, restored) as tf.Tensor2D;
    if (this.config.error === 'squared') return squared;
    return squared.div(tf.maximum(restored.square().sum(1, true).sqrt(), SHORTEST));
  }

  private static untrained(
    config: Required<AutoencoderDetectorOptions>,
    inputDim: number,
  ): AutoencoderDetector {
    const {image, hiddenDims, activation, latentDim, members, seed} = config;
    if (image && image.height * image.width !== inputDim)
      throw new RangeError(`image: expected ${inputDim} pixels, got ${image.height} x ${image.width}`);
    const networks = Array.from({length: members}, (_, i) => {
      const common = {latentDim, activation, seed: seed + i};
      return image
        ? new ConvolutionalAutoencoder({...common, ...image})
        : new DenseAutoencoder({...common, inputDim, hiddenDims});
    });
    return new AutoencoderDetector(config, inputDim, networks);
  }
}
