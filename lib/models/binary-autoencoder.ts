/**
 * An auto-encoder whose code is k bits (二值编码), for looking things up by Hamming distance.
 *
 *   x [n, d] ─ encoder ─► logits [n, k] ─ above 0? ─► bits [n, k] ─ as -1 and 1 ─ decoder ─► x̂ [n, d]
 *
 * A step has the gradient 0 everywhere. Two ways around it:
 *
 * - straight-through: Bengio, Léonard & Courville 2013, https://arxiv.org/abs/1308.3432. Forward the bit,
 *   backward the gradient of sigmoid(logit).
 * - noise: Salakhutdinov & Hinton 2009, https://doi.org/10.1016/j.ijar.2008.11.006. In training the bit is
 *   sigmoid(logit + σ ε): only logits far from 0 get through the noise, so they move away from it. (They drew
 *   the noise once for each example; here it is new in every step.)
 *
 * Left alone, many bits come to be the same for every example and tell nothing. `imbalance` is what that costs.
 */
import {assertChoice, assertInteger, assertPositive, assertShape, assertWithin} from '../check';
import {
  completeConfig,
  featuresOf,
  mirroredStacks,
  type MirroredStacks,
  type NetworkShape,
} from '../layers/mirrored';
import {straightThrough} from '../layers/straight-through';
import {assertOutput, OUTPUT_DEFAULTS, outputLoss, outputOf, type OutputOptions} from '../losses/output';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, LossTerms} from './autoencoder';

export interface BinaryOptions extends OutputOptions {
  /** k: bits in the code. */
  bits: number;
  /** How a gradient gets past the step. Default straight-through. */
  learning?: 'straight-through' | 'noise';
  /** σ of `noise`, in logits. Default 4: more of it makes bits surer and pictures worse. */
  deviation?: number;
  /** Weight of `imbalance`. Default 10: enough to keep all of 64 bits in use. */
  balance?: number;
  /** Fixes the initial weights and the noise. Default 0. */
  seed?: number;
}

export type BinaryAutoencoderConfig = NetworkShape & BinaryOptions;

export class BinaryAutoencoder implements Autoencoder {
  readonly kind = 'BinaryAutoencoder';
  readonly config: NetworkShape & Required<BinaryOptions>;
  /** d: features per example. */
  readonly inputDim: number;
  private readonly stacks: MirroredStacks; // [n, d] -> [n, k] -> [n, d]
  private readonly noise: RandomStream;

  constructor(config: BinaryAutoencoderConfig) {
    this.config = completeConfig<Required<BinaryOptions>>('BinaryAutoencoder', config, ['bits'], {
      ...OUTPUT_DEFAULTS,
      learning: 'straight-through',
      deviation: 4,
      balance: 10,
      seed: 0,
    });
    const {bits, learning, deviation, balance, seed} = this.config;
    assertInteger('bits', bits);
    assertChoice('learning', learning, ['straight-through', 'noise']);
    assertPositive('deviation', deviation);
    assertWithin('balance', balance, 0, Infinity);
    assertOutput(this.config);
    this.inputDim = featuresOf(this.config);
    const random = new RandomStream(seed);
    this.noise = random.split('noise');
    this.stacks = mirroredStacks(this.config, {made: bits, read: bits}, random);
  }

  /** k: bits in the code. */
  get bits(): number {
    return this.config.bits;
  }

  /** x [n, d] -> what is cut at 0 to make the bits, [n, k]. */
  logits(x: tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.inputDim]);
    return tf.tidy(() => this.stacks.encoder.apply(x));
  }

  /** x [n, d] -> zeros and ones [n, k]. */
  encode(x: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => step(this.logits(x)));
  }

  /** Bits [n, k] -> x̂ [n, d]. */
  decode(z: tf.Tensor2D): tf.Tensor2D {
    assertShape('z', z, [null, this.bits]);
    return tf.tidy(() => outputOf(this.read(z), this.config));
  }

  /**
   * `total` is reconstruction + balance · imbalance. `imbalance` is log 2 less the entropy of a bit's mean
   * probability in the batch, summed over the bits: 0 if each is 1 half the time, log 2 for each that never changes.
   */
  losses(x: tf.Tensor2D, _scalars = {}, target = x): LossTerms {
    assertShape('target', target, x.shape);
    return tf.tidy(() => {
      const logits = this.logits(x);
      const reconstruction = outputLoss(target, this.read(this.softened(logits)), this.config);
      const p = tf.sigmoid(logits).mean(0);
      const part = (q: tf.Tensor) => tf.mul(q, tf.log(q.add(1e-9)));
      const imbalance = tf.add(tf.add(part(p), part(tf.sub(1, p))), Math.LN2).sum() as tf.Scalar;
      const total = tf.add(reconstruction, imbalance.mul(this.config.balance)) as tf.Scalar;
      return {total, reconstruction, imbalance};
    });
  }

  get variables(): tf.Variable[] {
    return [...this.stacks.encoder.variables, ...this.stacks.decoder.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  // Bits as training sees them, with a gradient.
  private softened(logits: tf.Tensor2D): tf.Tensor2D {
    const {learning, deviation} = this.config;
    if (learning === 'straight-through') return straightThrough(step(logits), tf.sigmoid(logits));
    const noise = this.noise.normal<tf.Rank.R2>(logits.shape).mul(deviation);
    return tf.sigmoid(tf.add(logits, noise) as tf.Tensor2D);
  }

  private read(bits: tf.Tensor2D): tf.Tensor2D {
    return this.stacks.decoder.apply(tf.sub(tf.mul(bits, 2), 1));
  }
}

function step(logits: tf.Tensor2D): tf.Tensor2D {
  return logits.greater(0).cast('float32') as tf.Tensor2D;
}
