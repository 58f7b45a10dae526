/**
 * The encoder of the transformer (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762), with the
 * normalisation before each part (Xiong et al. 2020, https://arxiv.org/abs/2002.04745), which trains at a
 * high learning rate, and with learned distances instead of positions: see attention.ts.
 *
 *   tokens [n, T] ─ embedding ─► x ─ x + attention(norm x) ─ x + feed-forward(norm x) ─ … ─ norm ─► [n T, width]
 */
import {assertInteger} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import type {Activation} from './activations';
import {SelfAttention} from './attention';
import {Dense} from './dense';
import {glorotUniform} from './glorot';
import {LayerNorm} from './layer-norm';

export interface TransformerConfig {
  /** Numbers per place, from the embedding to the end. Default 64. */
  width?: number;
  /** Attentions side by side in each block; they divide the width. Default 4. */
  heads?: number;
  /** Blocks of attention and feed-forward layers. Default 2. */
  blocks?: number;
  /** Width of the feed-forward layer inside a block. Default 4 times the width. */
  feedForward?: number;
  /** Inside the feed-forward layer. Default relu. */
  activation?: Activation;
}

/** One block: x + attention(norm x), then x + feed-forward(norm x), place by place; x [n T, width]. */
export class TransformerBlock {
  readonly attention: SelfAttention;
  private readonly norms: [LayerNorm, LayerNorm];
  private readonly up: Dense;
  private readonly down: Dense;

  constructor(name: string, context: number, config: Required<TransformerConfig>, random: RandomStream) {
    const {width, heads, feedForward, activation} = config;
    this.norms = [new LayerNorm(`${name}/norm1`, width), new LayerNorm(`${name}/norm2`, width)];
    this.attention = new SelfAttention(`${name}/attention`, width, heads, context, random);
    this.up = new Dense(`${name}/up`, width, feedForward, activation, random);
    this.down = new Dense(`${name}/down`, feedForward, width, 'linear', random);
  }

  apply(x: tf.Tensor2D, T: number, visible?: tf.Tensor): tf.Tensor2D {
    const [norm1, norm2] = this.norms;
    const y = tf.add(x, this.attention.apply(norm1.apply(x), T, visible)) as tf.Tensor2D;
    return tf.add(y, this.down.apply(this.up.apply(norm2.apply(y)))) as tf.Tensor2D;
  }

  get variables(): tf.Variable[] {
    return [...this.norms, this.attention, this.up, this.down].flatMap((part) => part.variables);
  }
}

export class TransformerEncoder {
  readonly config: Required<TransformerConfig>;
  readonly blocks: TransformerBlock[];
  private readonly embedding: tf.Variable<tf.Rank.R2>; // [vocabularySize, width]
  private readonly norm: LayerNorm;

  /**
   * @param vocabularySize tokens are whole numbers below it.
   * @param context T: places in a sequence.
   */
  constructor(
    name: string,
    readonly vocabularySize: number,
    readonly context: number,
    config: TransformerConfig,
    random: RandomStream,
  ) {
    const defaults = {width: 64, heads: 4, blocks: 2, activation: 'relu' as const};
    const {width = defaults.width} = config;
    this.config = {...defaults, feedForward: 4 * width, ...config};
    const sizes = {vocabularySize, context, width, blocks: this.config.blocks};
    Object.entries(sizes).forEach(([what, size]) => assertInteger(`${name}: ${what}`, size));
    const table: [number, number] = [vocabularySize, width];
    this.embedding = glorotUniform<tf.Rank.R2>(table, width, width, random.split(`${name}/embedding`));
    this.blocks = Array.from(
      {length: this.config.blocks},
      (_, i) => new TransformerBlock(`${name}/${i}`, context, this.config, random),
    );
    this.norm = new LayerNorm(`${name}/norm`, width);
  }

  /** tokens [n, T] (int32) -> [n T, width], the sequences one below the other; `visible` as in {@link SelfAttention}. */
  apply(tokens: tf.Tensor2D, visible?: tf.Tensor): tf.Tensor2D {
    const [n, T] = tokens.shape;
    const x = tf.reshape(tf.gather(this.embedding, tokens), [n * T, this.config.width]) as tf.Tensor2D;
    return this.norm.apply(this.blocks.reduce((h, block) => block.apply(h, T, visible), x));
  }

  get variables(): tf.Variable[] {
    const parts = [...this.blocks, this.norm].flatMap((part) => part.variables);
    return [this.embedding as tf.Variable, ...parts];
  }
}
