/**
 * A prior (先验) over the symbols of images: which grids of symbols are likely. Each symbol is predicted from those
 * before it, row by row, so that the probability of a grid is a product, and new grids are drawn symbol by symbol.
 * PixelCNN: van den Oord et al. 2016, https://arxiv.org/abs/1601.06759 and https://arxiv.org/abs/1606.05328; over
 * symbols in place of pixels: van den Oord et al. 2017, https://arxiv.org/abs/1711.00937 (section 3.3).
 *
 *   symbols [n, places] ─ embedding ─► causal convolutions ─► logits [n places, K], compared with the symbols
 *
 *   log p(s) = Σ_i log p(s_i | s_1 … s_{i-1})
 */
import {assertInteger, assertOptions, assertPositive, assertShape} from '../check';
import {CausalLayer} from '../layers/causal-convolution';
import {denseStack, type Stack} from '../layers/dense';
import {glorotUniform} from '../layers/glorot';
import {assertSymbols} from '../layers/vector-quantizer';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {LossTerms, Storable, Trainable} from './autoencoder';

export interface SymbolPriorConfig {
  /** K: symbols are whole numbers below it. */
  symbols: number;
  /** Rows and columns of the grid, e.g. 7 and 7. */
  rows: number;
  columns: number;
  /** Numbers per place between the layers. Default 64. */
  width?: number;
  /** Layers of causal convolutions. Default 4. */
  layers?: number;
  /** How many places each layer looks up, left and right. Default 1; all layers together see their sum. */
  reach?: number;
  /** Fixes the initial weights. Default 0. */
  seed?: number;
}

export class SymbolPrior implements Trainable, Storable {
  readonly kind = 'SymbolPrior';
  readonly config: Required<SymbolPriorConfig>;
  private readonly places: number;
  private readonly embedding: tf.Variable<tf.Rank.R2>; // [K, width]
  private readonly positions: tf.Variable<tf.Rank.R2>; // [places, width]: corners are seldom ink
  private readonly layers: CausalLayer[];
  private readonly toLogits: Stack; // [n places, width] -> [n places, K]

  constructor(config: SymbolPriorConfig) {
    const own = {width: 64, layers: 4, reach: 1, seed: 0};
    assertOptions('SymbolPrior', config, ['symbols', 'rows', 'columns', ...Object.keys(own)]);
    this.config = {...own, ...config};
    const {symbols, rows, columns, width, layers, reach, seed} = this.config;
    assertInteger('symbols', symbols, 2);
    Object.entries({rows, columns, width, layers}).forEach(([name, value]) => assertInteger(name, value));
    this.places = rows * columns;
    const random = new RandomStream(seed);
    const table = (name: string, size: number) => glorotUniform<tf.Rank.R2>([size, width], width, width, random.split(name)); // prettier-ignore
    this.embedding = table('embedding', symbols);
    this.positions = table('positions', this.places);
    this.layers = Array.from({length: layers}, (_, i) => new CausalLayer(`layer/${i}`, width, i === 0, reach, random)); // prettier-ignore
    this.toLogits = denseStack('logits', [width, 2 * width, symbols], {hidden: 'relu'}, random);
  }

  /** `total`: -log p(s) in nats, summed over the places and averaged over the batch s [n, places] (int32). */
  losses(s: tf.Tensor2D): LossTerms {
    assertShape('symbols', s, [null, this.places]);
    return tf.tidy(() => ({total: tf.mean(this.nats(s)) as tf.Scalar}));
  }

  /**
   * -log2 p(s) of each grid of s [n, places]: n numbers.
   * @throws RangeError naming a symbol >= K and its place.
   */
  bits(s: tf.Tensor2D, batchSize = 500): Float32Array {
    this.assertGrids(s);
    const n = s.shape[0];
    const bits = new Float32Array(n);
    for (let i = 0; i < n; i += batchSize) {
      const part = () => this.nats(tf.slice(s, [i, 0], [Math.min(batchSize, n - i), this.places]));
      bits.set(
        tf.tidy(() => tf.div(part(), Math.LN2).dataSync()),
        i,
      );
    }
    return bits;
  }

  /** The probability of each symbol at each place given the symbols before it, [n, places, K]. */
  probabilities(s: tf.Tensor2D): tf.Tensor3D {
    this.assertGrids(s);
    const shape: [number, number, number] = [-1, this.places, this.config.symbols];
    return tf.tidy(() => tf.reshape(tf.softmax(this.logits(s)), shape));
  }

  /**
   * New grids, int32 [n, places], drawn symbol by symbol.
   * @param temperature the logits are divided by it: below 1, what is likely becomes likelier.
   * @throws RangeError for a temperature that is not above 0.
   */
  sample(n: number, random: RandomStream, temperature = 1): tf.Tensor2D {
    assertInteger('n', n);
    assertPositive('temperature', temperature);
    const {places} = this;
    const {columns, symbols} = this.config;
    const grids = new Int32Array(n * places);
    for (let place = 0; place < places; place++) {
      const seen = columns * (1 + Math.floor(place / columns)); // whole rows: those below are not looked at
      const drawn = tf.tidy(() => {
        const begun = Int32Array.from({length: n * seen}, (_, i) => grids[Math.floor(i / seen) * places + (i % seen)]); // prettier-ignore
        const known = tf.reshape(this.known(tf.tensor2d(begun, [n, seen], 'int32')), [n, seen, -1]);
        const here = tf.reshape(tf.slice(known, [0, place, 0], [n, 1, -1]), [n, -1]) as tf.Tensor2D;
        const logits = tf.div(this.toLogits.apply(here), temperature);
        // Gumbel: the place of the largest log p - log(-log u), u uniform, is a draw from p
        const u = tf.maximum(random.uniformTensor<tf.Rank.R2>([n, symbols]), 1e-7);
        return tf.argMax(tf.sub(logits, tf.log(tf.neg(tf.log(u)))), 1).dataSync();
      });
      drawn.forEach((symbol: number, i: number) => (grids[i * places + place] = symbol));
    }
    return tf.tensor2d(grids, [n, places], 'int32');
  }

  get variables(): tf.Variable[] {
    const tables = [this.embedding, this.positions] as tf.Variable[];
    return [...tables, ...this.layers.flatMap((layer) => layer.variables), ...this.toLogits.variables];
  }

  dispose(): void {
    tf.dispose(this.variables);
  }

  // [n]: -log p(s)
  private nats(s: tf.Tensor2D): tf.Tensor1D {
    const flat = tf.reshape(s, [-1]) as tf.Tensor1D;
    const wanted = tf.cast(tf.oneHot(flat, this.config.symbols), 'float32');
    const each = tf.sum(tf.mul(tf.logSoftmax(this.logits(s)), wanted), 1); // [n places]
    return tf.neg(tf.sum(tf.reshape(each, [-1, this.places]), 1)) as tf.Tensor1D;
  }

  private logits(s: tf.Tensor2D): tf.Tensor2D {
    return this.toLogits.apply(this.known(s)); // [n places, K]
  }

  // s [n, rows · columns], all rows or the first few -> what is known at each place of those before it, [n places, width]
  private known(s: tf.Tensor2D): tf.Tensor2D {
    const {width, columns} = this.config;
    const [n, places] = s.shape;
    const shape: [number, number, number, number] = [n, places / columns, columns, width];
    const x = tf.reshape(tf.gather(this.embedding, s), shape) as tf.Tensor4D;
    const where = tf.reshape(tf.slice(this.positions, [0, 0], [places, width]), [1, ...shape.slice(1)]);
    let seen = this.layers[0].apply({above: x, left: x});
    const placed = (maps: tf.Tensor4D) => tf.add(maps, where) as tf.Tensor4D;
    seen = {above: placed(seen.above), left: placed(seen.left)};
    for (const layer of this.layers.slice(1)) seen = layer.apply(seen);
    return tf.reshape(tf.relu(seen.left), [-1, width]) as tf.Tensor2D;
  }

  private assertGrids(s: tf.Tensor2D): void {
    assertShape('symbols', s, [null, this.places]);
    assertSymbols('symbols', s, this.config.symbols);
  }
}
