/**
 * A small convolutional classifier: the course's own judge of what images show. LeCun et al. 1998,
 * https://doi.org/10.1109/5.726791, with strides in place of their subsampling, relu and a softmax.
 *
 *   x [n, h w] ─ convolutions of stride 2 ─► maps ─ dense ─► features [n, f] ─ dense ─► logits [n, classes]
 *
 * It is trained on images with their labels to the right (`withLabels`), and judges images alone.
 */
import {assertInteger, assertOptions, assertShape} from '../check';
import {inBatches} from '../data/batches';
import {withoutLabels} from '../data/labels';
import type {Activation} from '../layers/activations';
import {convolutionStack, type MapStack} from '../layers/convolution';
import {Dense} from '../layers/dense';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {LossTerms, Storable, Trainable} from './autoencoder';

export interface ClassifierConfig {
  /** Pixels from top to bottom. */
  height: number;
  /** Pixels from left to right. */
  width: number;
  /** Labels are whole numbers below it. */
  classes: number;
  /** Filters of each convolution, each halving height and width. Default [32, 64]. */
  filters?: readonly number[];
  /** f: width of the last hidden layer. Default 64. */
  features?: number;
  /** After every layer but the last. Default relu, which is the fastest. */
  activation?: Activation;
  /** Fixes the initial weights. Default 0. */
  seed?: number;
}

export class Classifier implements Trainable, Storable {
  readonly kind = 'Classifier';
  readonly config: Required<ClassifierConfig>;
  private readonly convolutions: MapStack; // [n, h, w, 1] -> maps
  private readonly toFeatures: Dense; // maps, flattened -> [n, f]
  private readonly toLogits: Dense; // [n, f] -> [n, classes]

  constructor(config: ClassifierConfig) {
    const defaults = {filters: [32, 64], features: 64, activation: 'relu' as const, seed: 0};
    assertOptions('Classifier', config, ['height', 'width', 'classes', ...Object.keys(defaults)]);
    this.config = {...defaults, ...config};
    const {height, width, classes, filters, features, activation, seed} = this.config;
    Object.entries({height, width}).forEach(([name, value]) => assertInteger(name, value));
    assertInteger('classes', classes, 2);
    const random = new RandomStream(seed);
    this.convolutions = convolutionStack(
      'maps',
      [height, width, 1],
      filters,
      {stride: 2, activation},
      random,
    );
    const size = this.convolutions.shapes[filters.length].reduce((product, side) => product * side, 1);
    this.toFeatures = new Dense('features', size, features, activation, random);
    this.toLogits = new Dense('logits', features, classes, 'linear', random);
  }

  /** The last hidden layer for x [n, h w]: what the classifier sees in it, [n, f]. */
  features(x: tf.Tensor2D): tf.Tensor2D {
    return this.inParts(x, (part) => this.seen(part));
  }

  /** Logarithms of the probabilities for x [n, h w], up to a number for each row: [n, classes]. */
  logits(x: tf.Tensor2D): tf.Tensor2D {
    return this.inParts(x, (part) => this.toLogits.apply(this.seen(part)));
  }

  /** p(class | x) [n, classes] for x [n, h w]. */
  probabilities(x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => tf.softmax(this.logits(x)));
  }

  /** The most probable class of each of n images [n, h w]. */
  predict(x: tf.Tensor2D): Int32Array {
    return tf.tidy(() => this.logits(x).argMax(1).dataSync<'int32'>());
  }

  /** The fraction of images [n, h w] that get their own label. */
  accuracy(x: tf.Tensor2D, labels: ArrayLike<number>): number {
    assertShape('x', x, [labels.length, null]);
    return this.predict(x).filter((label, i) => label === labels[i]).length / labels.length;
  }

  /**
   * `total`: -log p(label | x), softmax cross-entropy, in nats, averaged over the batch.
   * @param x [n, h w + classes], images with their labels
   */
  losses(x: tf.Tensor2D): LossTerms {
    const {height, width, classes} = this.config;
    assertShape('x', x, [null, height * width + classes]);
    return tf.tidy(() => {
      const {images, labels} = withoutLabels(x, classes);
      const logP = tf.logSoftmax(this.toLogits.apply(this.seen(images)));
      return {total: tf.neg(tf.mul(labels, logP).sum(1).mean()) as tf.Scalar};
    });
  }

  get variables(): tf.Variable[] {
    return [...this.convolutions.variables, ...this.toFeatures.variables, ...this.toLogits.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  private seen(x: tf.Tensor2D): tf.Tensor2D {
    const {height, width} = this.config;
    const maps = this.convolutions.apply(tf.reshape(x, [-1, height, width, 1]) as tf.Tensor4D);
    return this.toFeatures.apply(tf.reshape(maps, [-1, this.toFeatures.inputs]) as tf.Tensor2D);
  }

  private inParts(x: tf.Tensor2D, f: (part: tf.Tensor2D) => tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.config.height * this.config.width]);
    return inBatches(x, 1000, f);
  }
}
