/**
 * The generative adversarial network (生成对抗网络): a decoder that is not taught by reconstruction but by a critic,
 * the discriminator, which learns to tell its examples from real ones.
 * Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661, with the non-saturating loss of its section 3. Packing:
 * Lin, Khetan, Fanti & Oh 2018, https://arxiv.org/abs/1712.04086
 *
 *   z [n, k] ─ generator ─► x̂ [n, d] ─┐
 *                          x [n, d] ─┴─ discriminator ─► logits, high where it believes "real"
 */
import {assertChoice, assertInteger, assertPositive, assertShape} from '../check';
import type {Player} from '../compile';
import type {Stack} from '../layers/dense';
import {completeConfig, decoderStack, encoderStack, featuresOf, type NetworkShape} from '../layers/mirrored';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {LossTerms, Storable, Trainable} from './autoencoder';

export interface GanOptions {
  /** k: numbers that the generator starts from, drawn from N(0, 1). */
  latentDim: number;
  /** What the generator ends in: sigmoid for grey levels, linear for any numbers. Default sigmoid. */
  output?: 'sigmoid' | 'linear';
  /**
   * Examples that the discriminator sees at once, side by side, all real or all generated. Default 1. With more it
   * notices that they are all alike, and the generator has to keep its variety.
   */
  pack?: number;
  /** Step of the discriminator in units of the generator's. Default 1. */
  discriminatorRate?: number;
  /** Fixes the initial weights and the noise. Default 0. */
  seed?: number;
}

export type GanConfig = NetworkShape & GanOptions;

export class Gan implements Trainable, Storable {
  readonly kind = 'Gan';
  readonly config: NetworkShape & Required<GanOptions>;
  /** d: features per example. */
  readonly inputDim: number;
  private readonly generator: Stack; // [n, k] -> [n, d], before the sigmoid, where there is one
  private readonly discriminator: Stack; // [n / pack, pack d] -> [n / pack, 1]
  private readonly noise: RandomStream;

  constructor(config: GanConfig) {
    this.config = completeConfig<Required<GanOptions>>('Gan', config, ['latentDim'], {
      output: 'sigmoid',
      pack: 1,
      discriminatorRate: 1,
      seed: 0,
    });
    const {latentDim, output, pack, discriminatorRate, seed} = this.config;
    assertInteger('latentDim', latentDim);
    assertInteger('pack', pack);
    assertPositive('discriminatorRate', discriminatorRate);
    assertChoice('output', output, ['sigmoid', 'linear']);
    this.inputDim = featuresOf(this.config);
    const random = new RandomStream(seed);
    this.noise = random.split('noise');
    this.generator = decoderStack(this.config, latentDim, random);
    this.discriminator = encoderStack(packed(this.config, pack), 1, random);
  }

  /** z [n, k] -> examples [n, d]. */
  decode(z: tf.Tensor2D): tf.Tensor2D {
    const {latentDim, output} = this.config;
    assertShape('z', z, [null, latentDim]);
    return tf.tidy(() => {
      const out = this.generator.apply(z);
      return output === 'sigmoid' ? tf.sigmoid(out) : out;
    });
  }

  /** n examples from fresh noise, [n, d]. */
  sample(n: number, random: RandomStream): tf.Tensor2D {
    assertInteger('n', n);
    return tf.tidy(() => this.decode(random.normal([n, this.config.latentDim])));
  }

  /** x [n, d] -> logits [floor(n / pack), 1]; the sigmoid of 0 is "half and half". Rows that fill no pack are left out. */
  judge(x: tf.Tensor2D): tf.Tensor2D {
    assertShape('x', x, [null, this.inputDim]);
    const {pack} = this.config;
    const packs = Math.floor(x.shape[0] / pack);
    if (packs === 0) throw new RangeError(`x: expected at least ${pack} rows, one pack, got ${x.shape[0]}`);
    return tf.tidy(() => {
      const whole = tf.slice(x, [0, 0], [packs * pack, this.inputDim]);
      return this.discriminator.apply(tf.reshape(whole, [packs, pack * this.inputDim]) as tf.Tensor2D);
    });
  }

  /**
   * `discriminator`: -log D(x) - log(1 - D(x̂)), 2 log 2 = 1.386 where it cannot tell; `generator`: -log D(x̂), log 2
   * there. Nats, averaged over the batch, D being the sigmoid of {@link judge}. `total`, their sum, is minimised by
   * nobody: it is there for the progress line.
   */
  losses(x: tf.Tensor2D): LossTerms {
    return tf.tidy(() => {
      const generated = this.sample(x.shape[0], this.noise);
      const [onReal, onGenerated] = [x, generated].map((rows) => this.judge(rows));
      const discriminator = tf.add(minusLog(onReal), minusLog(tf.neg(onGenerated))) as tf.Scalar;
      const generator = minusLog(onGenerated);
      return {total: tf.add(discriminator, generator) as tf.Scalar, discriminator, generator};
    });
  }

  /** Two players, each with weights and a loss of its own. */
  get players(): Omit<Player, 'optimizer'>[] {
    const {discriminator, generator, config} = this;
    return [
      {variables: discriminator.variables, minimizes: 'discriminator', rate: config.discriminatorRate},
      {variables: generator.variables, minimizes: 'generator'},
    ];
  }

  get variables(): tf.Variable[] {
    return this.players.flatMap(({variables}) => variables);
  }

  dispose(): void {
    tf.dispose(this.variables);
  }
}

// -log sigmoid(logits), averaged.
function minusLog(logits: tf.Tensor): tf.Scalar {
  return tf.softplus(tf.neg(logits)).mean() as tf.Scalar;
}

// The shape of what the discriminator sees: examples side by side, images one below the other.
function packed(shape: NetworkShape, pack: number): NetworkShape {
  return 'inputDim' in shape
    ? {...shape, inputDim: pack * shape.inputDim}
    : {...shape, height: pack * shape.height};
}
