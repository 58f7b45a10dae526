/**
 * BERT as a denoising auto-encoder of text: some tokens are hidden, and the model says what stood there.
 * Devlin, Chang, Lee & Toutanova 2019, https://arxiv.org/abs/1810.04805 (section 3.1, task 1), small enough
 * for a laptop, without their second task and with the text in pieces of `context` tokens.
 *
 *   tokens [n, T] ─ hide some ─► shown [n, T] ─ transformer ─► logits [n T, vocabulary], compared with the tokens that were hidden
 *
 * It differs from the denoising auto-encoder of images in one point: only the hidden places count.
 */
import {assertInteger, assertOptions, assertWithin} from '../check';
import {Dense} from '../layers/dense';
import {TransformerEncoder, type TransformerConfig} from '../layers/transformer';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {LossTerms, Storable, Trainable} from './autoencoder';
import type {Filler} from './n-gram';

export interface MaskedLanguageModelConfig extends TransformerConfig {
  /** Tokens are whole numbers below it; the mask is one more token after the last, which the model adds itself. */
  vocabularySize: number;
  /** T: tokens that the model sees at once. */
  context: number;
  /** Share of the places whose token is to be told. Default 0.15, as in BERT. */
  hidden?: number;
  /**
   * What such a place shows: the mask, some other token drawn at random, or, for the rest, its own token.
   * Default {mask: 0.8, random: 0.1}, BERT's 80/10/10; {mask: 1, random: 0} always shows the mask.
   */
  rule?: {mask: number; random: number};
  /** Fixes the initial weights and what is hidden. Default 0. */
  seed?: number;
}

type Config = Required<MaskedLanguageModelConfig>;

export class MaskedLanguageModel implements Trainable, Storable, Filler {
  readonly kind = 'MaskedLanguageModel';
  readonly config: Config;
  /** The token that hides: one after the last of the vocabulary. */
  readonly mask: number;
  private readonly encoder: TransformerEncoder;
  private readonly toLogits: Dense;
  private readonly hiding: RandomStream;

  constructor(config: MaskedLanguageModelConfig) {
    const own = {hidden: 0.15, rule: {mask: 0.8, random: 0.1}, seed: 0};
    const transformer = ['width', 'heads', 'blocks', 'feedForward', 'activation'];
    const known = ['vocabularySize', 'context', ...Object.keys(own), ...transformer];
    assertOptions('MaskedLanguageModel', config, known);
    const {vocabularySize, context, hidden, rule, seed, ...shape} = {...own, ...config};
    assertInteger('vocabularySize', vocabularySize);
    assertWithin('hidden', hidden, 0, 1);
    assertWithin('rule.mask', rule.mask, 0, 1);
    assertWithin('rule.random', rule.random, 0, 1);
    const share = Number((rule.mask + rule.random).toPrecision(6)); // 0.8 + 0.2 is a little more than 1
    if (share > 1)
      throw new RangeError(`rule: expected mask and random to be 1 at most together, got ${share}`);
    const random = new RandomStream(seed);
    this.mask = vocabularySize;
    this.hiding = random.split('hiding');
    this.encoder = new TransformerEncoder('encoder', vocabularySize + 1, context, shape, random);
    this.config = {vocabularySize, context, hidden, rule, seed, ...this.encoder.config};
    this.toLogits = new Dense('logits', this.config.width, vocabularySize, 'linear', random);
  }

  /**
   * tokens [n, T], the mask where one is to be told -> the probability of each token there, [n, T, vocabulary].
   * @throws RangeError naming a token outside the vocabulary and its place, or T beyond the context.
   */
  probabilities(tokens: tf.Tensor2D): tf.Tensor3D {
    const {vocabularySize} = this.config;
    const values = tokens.dataSync();
    const bad = values.findIndex((t: number) => !(Number.isInteger(t) && t >= 0 && t <= this.mask));
    if (bad >= 0) {
      const [sequence, place] = [Math.floor(bad / tokens.shape[1]), bad % tokens.shape[1]];
      throw new RangeError(
        `tokens: expected whole numbers from 0 to ${this.mask}, the mask, got ${values[bad]} at place ${place} of sequence ${sequence}`,
      );
    }
    return tf.tidy(() => tf.reshape(tf.softmax(this.logits(tokens)), [...tokens.shape, vocabularySize]));
  }

  /** The probabilities at the places of a window of T tokens that show the mask, by place. */
  fill(window: ArrayLike<number>): Map<number, Float64Array> {
    const tokens = Array.from(window);
    const p = tf.tidy(() => {
      const one = tf.tensor2d(tokens, [1, tokens.length], 'int32');
      return this.probabilities(one).dataSync();
    });
    const {vocabularySize: size} = this.config;
    const places = tokens.map((_, place) => place).filter((place) => tokens[place] === this.mask);
    return new Map(
      places.map((place) => [place, Float64Array.from(p.subarray(place * size, (place + 1) * size))]),
    );
  }

  /** `total`: nats per hidden place, averaged over all that the batch x [n, T] hides. */
  losses(x: tf.Tensor2D): LossTerms {
    return tf.tidy(() => {
      const {shown, hidden} = this.hide(x);
      const places = tf.reshape(hidden, [-1]);
      const nll = tf.neg(tf.mul(tf.logSoftmax(this.logits(shown)), this.oneHot(x)).sum(1));
      return {total: tf.div(tf.mul(nll, places).sum(), tf.maximum(places.sum(), 1)) as tf.Scalar};
    });
  }

  /** What the model gets to see of tokens [n, T], and 1 where it is asked, both [n, T]. */
  hide(tokens: tf.Tensor2D): {shown: tf.Tensor2D; hidden: tf.Tensor2D} {
    const {rule, vocabularySize} = this.config;
    const shape = tokens.shape;
    return tf.tidy(() => {
      const hidden = this.hiding.mask<tf.Rank.R2>(shape, this.config.hidden);
      const dice = this.hiding.uniformTensor<tf.Rank.R2>(shape);
      const any = tf.floor(this.hiding.uniformTensor<tf.Rank.R2>(shape).mul(vocabularySize)).cast('int32');
      const covered = tf.logicalAnd(hidden.cast('bool'), dice.less(rule.mask));
      const swapped = tf.logicalAnd(hidden.cast('bool'), dice.greaterEqual(1 - rule.random));
      const shown = tf.where(covered, tf.fill(shape, this.mask, 'int32'), tf.where(swapped, any, tokens));
      return {shown: shown as tf.Tensor2D, hidden};
    });
  }

  get variables(): tf.Variable[] {
    return [...this.encoder.variables, ...this.toLogits.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  private logits(tokens: tf.Tensor2D): tf.Tensor2D {
    return this.toLogits.apply(this.encoder.apply(tokens)); // [n T, vocabulary]
  }

  private oneHot(tokens: tf.Tensor2D): tf.Tensor2D {
    const flat = tf.reshape(tokens, [-1]) as tf.Tensor1D;
    return tf.oneHot(flat, this.config.vocabularySize).cast('float32') as tf.Tensor2D;
  }
}
