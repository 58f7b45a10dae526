/**
 * Linear read-out of codes: multinomial logistic regression with a squared penalty, fitted to convergence.
 * Bishop 2006, Pattern Recognition and Machine Learning, section 4.3.4. It minimises
 *
 *   Σ_i -log softmax(z_i W + b)[y_i] + l2 / 2 ‖W‖²
 *
 * over W [k, classes] and b [classes]: scikit-learn's LogisticRegression for three classes and more, l2
 * being 1 / C (for two classes scikit-learn uses one column, this a column for each).
 */
import {assertPositive, assertShape} from '../check';
import * as tf from '../tf';
import {minimize} from './lbfgs';
import type {LabelledCodes} from './read-out';

export interface LinearReadOutOptions {
  /** Weight of the squared penalty on W; the bias is free. Default 1. */
  l2?: number;
}

export class LinearReadOut {
  /**
   * @param classes the class numbers met in training, rising
   * @param weights [k, classes], row by row
   * @param bias one number for each class
   * @param loss the minimum, in nats, summed over the training rows, penalty included
   */
  private constructor(
    readonly classes: readonly number[],
    readonly weights: Float64Array,
    readonly bias: Float64Array,
    readonly loss: number,
  ) {}

  /**
   * Fits by L-BFGS until no entry of the gradient, averaged over the rows, is above 1e-4, as scikit-learn
   * does. The products run through tf: 1,000 rows of 784 take a second at most.
   * @throws RangeError unless there are two classes at least and l2 is above 0.
   */
  static fit({codes, labels}: LabelledCodes, {l2 = 1}: LinearReadOutOptions = {}): LinearReadOut {
    assertShape('codes', codes, [labels.length, null]);
    assertPositive('l2', l2);
    const classes = [...new Set(Array.from(labels))].sort((a, b) => a - b);
    if (classes.length < 2)
      throw new RangeError(`labels: expected at least two classes, got ${classes.length}`);
    const [n, k] = codes.shape;
    const c = classes.length;
    const targets = Int32Array.from(labels, (label) => classes.indexOf(label));
    // Centred codes of variance 1 make the valley round; the minimum is the same, as the bias is free and the
    // penalty is changed with the scale.
    const {rows, mean, scale} = standardized(codes);
    const penalty = l2 / scale ** 2;
    const objective = (theta: Float64Array, gradient: Float64Array): number => {
      const scores = product(rows, new Float32Array(theta.subarray(0, k * c)), [k, c]);
      const bias = theta.subarray(k * c);
      let value = errors(scores, bias, targets); // scores become residuals: probability - target
      gradient.set(product(rows, scores, [n, c], true));
      for (let i = 0; i < k * c; i++) {
        gradient[i] += penalty * theta[i];
        value += (penalty / 2) * theta[i] ** 2;
      }
      gradient.fill(0, k * c);
      for (let i = 0; i < n * c; i++) gradient[k * c + (i % c)] += scores[i];
      return value;
    };
    const {x, value} = minimize(objective, new Float64Array((k + 1) * c), {tolerance: 1e-4 * n});
    rows.dispose();
    const weights = x.slice(0, k * c).map((w) => w / scale);
    const bias = x.slice(k * c);
    weights.forEach((w, i) => (bias[i % c] -= mean[Math.floor(i / c)] * w));
    return new LinearReadOut(classes, weights, bias, value);
  }

  /** The most probable class of each of n codes [n, k]. */
  predict(codes: tf.Tensor2D): Int32Array {
    const c = this.classes.length;
    assertShape('codes', codes, [null, this.weights.length / c]);
    const best = tf.tidy(() => {
      const weights = tf.tensor2d(new Float32Array(this.weights), [this.weights.length / c, c]);
      return tf
        .matMul(codes, weights)
        .add(tf.tensor1d(new Float32Array(this.bias)))
        .argMax(1)
        .dataSync();
    });
    return Int32Array.from(best, (place) => this.classes[place]);
  }

  /** The fraction of codes that get their own label. */
  accuracy({codes, labels}: LabelledCodes): number {
    assertShape('codes', codes, [labels.length, null]);
    return this.predict(codes).filter((label, i) => label === labels[i]).length / labels.length;
  }
}

/**
 * The fraction of test codes that a {@link LinearReadOut}, fitted to the training codes, gives their own label.
 * @throws RangeError unless there are two classes at least and l2 is above 0.
 */
export function linearReadOutAccuracy(
  train: LabelledCodes,
  test: LabelledCodes,
  options?: LinearReadOutOptions,
): number {
  return LinearReadOut.fit(train, options).accuracy(test);
}

// (codes - mean) / scale, the scale being the standard deviation of all centred numbers together.
function standardized(codes: tf.Tensor2D): {rows: tf.Tensor2D; mean: Float32Array; scale: number} {
  const [rows, mean, deviation] = tf.tidy(() => {
    const middle = codes.mean(0);
    const centred = tf.sub(codes, middle) as tf.Tensor2D;
    const all = tf.sqrt(centred.square().mean());
    return [tf.div(centred, tf.maximum(all, 1e-12)) as tf.Tensor2D, middle, all];
  });
  const result = {
    rows,
    mean: mean.dataSync<'float32'>().slice(),
    scale: Math.max(deviation.dataSync()[0], 1e-12),
  };
  tf.dispose([mean, deviation]);
  return result;
}

// x · matrix, or xᵀ · matrix, as numbers.
function product(
  x: tf.Tensor2D,
  matrix: Float32Array,
  shape: [number, number],
  transposed = false,
): Float32Array {
  return tf.tidy(() => tf.matMul(x, tf.tensor2d(matrix, shape), transposed).dataSync<'float32'>());
}

// Σ -log softmax(scores + bias)[target]; overwrites scores [n, c] with softmax(scores + bias) - target.
function errors(scores: Float32Array, bias: Float64Array, targets: Int32Array): number {
  const c = bias.length;
  const row = new Float64Array(c);
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    let most = -Infinity;
    for (let j = 0; j < c; j++) {
      row[j] = scores[i * c + j] + bias[j];
      most = Math.max(most, row[j]);
    }
    sum += most - row[targets[i]];
    let total = 0;
    for (let j = 0; j < c; j++) total += row[j] = Math.exp(row[j] - most);
    sum += Math.log(total);
    for (let j = 0; j < c; j++) scores[i * c + j] = row[j] / total - (j === targets[i] ? 1 : 0);
  }
  return sum;
}
