/** Attention: each place of a sequence looks at the others. Vaswani et al. 2017, https://arxiv.org/abs/1706.03762 (section 3.2). */
import {assertInteger, assertShape} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {Dense} from './dense';

/**
 * softmax(q kᵀ / √d + bias) v, eq. 1 with a bias; q, k, v [n, heads, T, d].
 * @param bias [n or 1, heads or 1, T or 1, T]: added to the score that a place (third axis) gives to another
 *   (fourth), before the softmax; see {@link hiding}.
 * @returns what each place gathers [n, heads, T, d], and the weights it gave, [n, heads, T, T], rows summing to 1.
 */
export function attend(
  q: tf.Tensor4D,
  k: tf.Tensor4D,
  v: tf.Tensor4D,
  bias?: tf.Tensor,
): {gathered: tf.Tensor4D; weights: tf.Tensor4D} {
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[3]));
  const weights = tf.softmax(bias ? tf.add(scores, bias) : scores) as tf.Tensor4D;
  return {gathered: tf.matMul(weights, v) as tf.Tensor4D, weights};
}

/**
 * The bias that lets a place look where `visible` is 1 and not where it is 0, of the same shape. It is -1e9
 * and not -∞, so that a place that may look nowhere looks everywhere alike instead of at NaN.
 */
export function hiding(visible: tf.Tensor): tf.Tensor {
  return tf.mul(tf.sub(1, visible), -1e9);
}

/** [1, 1, T, T]: each place sees itself and what came before. */
export function causal(T: number): tf.Tensor4D {
  return tf.tidy(() => {
    const places = tf.range(0, T);
    const before = tf.lessEqual(tf.reshape(places, [1, T]), tf.reshape(places, [T, 1]));
    return tf.reshape(before.cast('float32'), [1, 1, T, T]);
  });
}

/**
 * Several attentions side by side, each in `width / heads` dimensions of its own (section 3.2.2). Where a
 * place is, the scores are told by a learned number for each head and each distance (Raffel et al. 2020,
 * https://arxiv.org/abs/1910.10683, section 2.1, with every distance on its own): a head that looks one place
 * to the left has learned it once for all places.
 */
export class SelfAttention {
  private readonly toQueriesKeysValues: Dense; // [n T, width] -> [n T, 3 width]
  private readonly project: Dense; // [n T, width] -> [n T, width]
  private readonly distances: tf.Variable<tf.Rank.R2>; // [2 context - 1, heads], from -(context - 1) on

  constructor(
    readonly name: string,
    readonly width: number,
    readonly heads: number,
    readonly context: number,
    random: RandomStream,
  ) {
    assertInteger(`${name}: heads`, heads);
    assertInteger(`${name}: context`, context);
    if (width % heads !== 0)
      throw new RangeError(`${name}: expected a width that ${heads} heads divide, got ${width}`);
    this.toQueriesKeysValues = new Dense(`${name}/qkv`, width, 3 * width, 'linear', random);
    this.project = new Dense(`${name}/project`, width, width, 'linear', random);
    // Normal with deviation 1: heads that differ in where they look from the start learn much sooner.
    const start = random.split(`${name}/distances`).normals((2 * context - 1) * heads);
    this.distances = tf.tidy(() => tf.variable(tf.tensor2d(start, [2 * context - 1, heads]), true));
  }

  /**
   * x [n T, width], n sequences of T places one below the other -> the same shape.
   * @param visible 1 where a place may look, 0 where not, [n or 1, 1, T or 1, T]: e.g. {@link causal}, or
   *   [n, 1, 1, T] for sequences of different lengths. Default: everywhere.
   */
  apply(x: tf.Tensor2D, T: number, visible?: tf.Tensor): tf.Tensor2D {
    const {gathered} = this.look(x, T, visible);
    const joined = tf.reshape(tf.transpose(gathered, [0, 2, 1, 3]), [-1, this.width]) as tf.Tensor2D;
    return this.project.apply(joined);
  }

  /** How much each place looks at each other one: [n, heads, T, T]. */
  weights(x: tf.Tensor2D, T: number, visible?: tf.Tensor): tf.Tensor4D {
    return tf.tidy(() => this.look(x, T, visible).weights);
  }

  get variables(): tf.Variable[] {
    const {toQueriesKeysValues, project, distances} = this;
    return [...toQueriesKeysValues.variables, ...project.variables, distances as tf.Variable];
  }

  private look(x: tf.Tensor2D, T: number, visible?: tf.Tensor) {
    const {width, heads} = this;
    assertShape(this.name, x, [null, width]);
    const parts = tf.reshape(this.toQueriesKeysValues.apply(x), [-1, T, 3, heads, width / heads]);
    const [q, k, v] = tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4])) as tf.Tensor4D[]; // [n, heads, T, d]
    const bias = this.distanceBias(T);
    return attend(q, k, v, visible ? tf.add(bias, hiding(visible)) : bias);
  }

  // [1, heads, T, T]: the number of each head for the distance from row to column
  private distanceBias(T: number): tf.Tensor4D {
    const {context, heads} = this;
    if (T > context)
      throw new RangeError(`${this.name}: expected at most ${context} places, the context, got ${T}`);
    const rows = Int32Array.from({length: T * T}, (_, i) => (i % T) - Math.floor(i / T) + context - 1);
    const told = tf.gather(this.distances, tf.tensor1d(rows, 'int32')); // [T T, heads]
    return tf.transpose(tf.reshape(told, [1, T, T, heads]), [0, 3, 1, 2]) as tf.Tensor4D;
  }
}
