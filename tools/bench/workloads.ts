/**
 * The seven trainings whose steps are timed, each the same network, loss and batch as its twin in peers.py.
 * They are written with plain tensors, so that tfjs-node's own optimizer trains the very same function.
 */
import {denseStack} from '../../lib/layers/dense';
import {squaredError} from '../../lib/losses/reconstruction';
import {VariationalAutoencoder} from '../../lib/models/variational-autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';

/** A network with its loss. */
export interface Training {
  variables: tf.Variable[];
  /** Variables that a step changes by assignment. */
  state?: tf.Variable[];
  /** Scalars by name; `total` is minimised. */
  losses(batch: tf.Tensor): Record<'total', tf.Scalar>;
}

export interface Workload {
  name: string;
  /** Letter and network in a few words. */
  title: string;
  batch: number;
  make(): Training;
  /** Whether a step draws random numbers. */
  random?: boolean;
  /** `n` examples, seeded. */
  data(n: number): tf.Tensor;
  /** Floating-point operations of the products in one step: forward, and twice that backward. */
  flop: number;
}

const PIXELS = 784;

/** Dense layers: 2 operations for each weight and example forward, 4 backward, less 2 for the first layer's input. */
function denseFlop(batch: number, widths: number[]): number {
  const products = widths.slice(1).map((width, i) => 2 * batch * width * widths[i]);
  return 3 * products.reduce((a, b) => a + b, 0) - products[0];
}

/** Convolutions [positions, weights per position]; the first needs no gradient of its input. */
function convolutionFlop(batch: number, layers: [number, number][]): number {
  const products = layers.map(([positions, weights]) => 2 * batch * positions * weights);
  return 3 * products.reduce((a, b) => a + b, 0) - products[0];
}

const images = (n: number) => new RandomStream(1).split('images').uniformTensor<tf.Rank.R2>([n, PIXELS]);

export const workloads: Workload[] = [
  {
    name: 'mlp',
    title: '(a) MLP 784-256-64-16 and back',
    batch: 128,
    flop: denseFlop(128, [784, 256, 64, 16, 64, 256, 784]),
    data: images,
    make() {
      const random = new RandomStream(0);
      const encoder = denseStack('encoder', [PIXELS, 256, 64, 16], {hidden: 'relu'}, random);
      const decoder = denseStack(
        'decoder',
        [16, 64, 256, PIXELS],
        {hidden: 'relu', output: 'sigmoid'},
        random,
      );
      return {
        variables: [...encoder.variables, ...decoder.variables],
        losses: (x) => ({
          total: squaredError(x as tf.Tensor2D, decoder.apply(encoder.apply(x as tf.Tensor2D))),
        }),
      };
    },
  },
  {
    name: 'deep',
    title: '(b) deep 784-512-256-30 and back',
    batch: 128,
    flop: denseFlop(128, [784, 512, 256, 30, 256, 512, 784]),
    data: images,
    make() {
      const random = new RandomStream(0);
      const encoder = denseStack('encoder', [PIXELS, 512, 256, 30], {hidden: 'silu'}, random);
      const decoder = denseStack('decoder', [30, 256, 512, PIXELS], {hidden: 'silu'}, random);
      return {
        variables: [...encoder.variables, ...decoder.variables],
        losses: (x) => ({
          total: squaredError(x as tf.Tensor2D, decoder.apply(encoder.apply(x as tf.Tensor2D))),
        }),
      };
    },
  },
  {
    name: 'convolutional',
    title: '(c) convolutional 32/64',
    batch: 128,
    flop: convolutionFlop(128, [
      [14 * 14, 9 * 32],
      [7 * 7, 9 * 32 * 64],
      [1, 3136 * 32],
      [1, 3136 * 32],
      [7 * 7, 9 * 64 * 32],
      [14 * 14, 9 * 32],
    ]),
    data: images,
    make() {
      const w = new Weights();
      const encoder = w.convolutions([1, 32, 64]);
      const [inKernel, inBias] = w.dense(3136, 32);
      const [outKernel, outBias] = w.dense(32, 3136);
      const decoder = w.transposed([64, 32, 1]);
      return {
        variables: w.variables,
        losses(x) {
          const h = encoder(tf.reshape(x, [-1, 28, 28, 1]) as tf.Tensor4D);
          const z = tf.add(
            tf.matMul(tf.reshape(h, [-1, 3136]) as tf.Tensor2D, inKernel),
            inBias,
          ) as tf.Tensor2D;
          const g = tf.relu(tf.add(tf.matMul(z, outKernel), outBias));
          const back = decoder(tf.reshape(g, [-1, 7, 7, 64]) as tf.Tensor4D);
          return {total: squaredError(x as tf.Tensor2D, tf.reshape(back, [-1, PIXELS]))};
        },
      };
    },
  },
  {
    name: 'vae',
    title: '(d) VAE 784-400-200-20',
    random: true,
    batch: 128,
    flop: denseFlop(128, [784, 400, 200, 40]) + denseFlop(128, [20, 200, 400, 784]) + 2 * 128 * 20 * 200,
    data: images,
    make() {
      const shape = {inputDim: PIXELS, hiddenDims: [400, 200], activation: 'relu'} as const;
      const model = new VariationalAutoencoder({...shape, latentDim: 20});
      return {variables: model.variables, losses: (x) => ({total: model.losses(x as tf.Tensor2D).total})};
    },
  },
  {
    name: 'vq-vae',
    title: '(e) VQ-VAE 7×7 of 128 × 16',
    batch: 128,
    flop:
      convolutionFlop(128, [
        [14 * 14, 9 * 32],
        [7 * 7, 9 * 32 * 64],
        [7 * 7, 64 * 16],
        [7 * 7, 9 * 16 * 64],
        [7 * 7, 9 * 64 * 32],
        [14 * 14, 9 * 32],
      ]) +
      3 * 2 * 128 * 49 * 128 * 16,
    data: images,
    make() {
      const w = new Weights();
      const encoder = w.convolutions([1, 32, 64]);
      const toCode = w.kernel<tf.Rank.R4>([1, 1, 64, 16], 64, 16);
      const toCodeBias = w.bias(16);
      const fromCode = w.kernel<tf.Rank.R4>([3, 3, 16, 64], 9 * 16, 9 * 64);
      const fromCodeBias = w.bias(64);
      const decoder = w.transposed([64, 32, 1]);
      const {quantize, state} = vectorQuantizer(128, 16);
      return {
        variables: w.variables,
        state,
        losses(x) {
          const h = encoder(tf.reshape(x, [-1, 28, 28, 1]) as tf.Tensor4D);
          const z = tf.add(tf.conv2d(h, toCode, 1, 'same'), toCodeBias);
          const {codes, commitment} = quantize(tf.reshape(z, [-1, 16]) as tf.Tensor2D);
          const g = tf.conv2d(tf.reshape(codes, [-1, 7, 7, 16]) as tf.Tensor4D, fromCode, 1, 'same');
          const back = decoder(tf.relu(tf.add(g, fromCodeBias)) as tf.Tensor4D);
          const reconstruction = squaredError(x as tf.Tensor2D, tf.reshape(back, [-1, PIXELS]));
          return {total: reconstruction.add(commitment.mul(0.25)) as tf.Scalar};
        },
      };
    },
  },
  {
    name: 'transformer',
    title: '(f) transformer, 2 layers of 64',
    random: true,
    batch: 64,
    flop: 3 * 2 * 64 * 64 * (2 * (4 * 64 * 64 + 2 * 64 * 256 + 2 * 64 * 64) + 64 * 96),
    data: (n) => {
      const random = new RandomStream(2);
      return tf.tensor2d(
        Int32Array.from({length: n * 64}, () => random.integer(96)),
        [n, 64],
        'int32',
      );
    },
    make: maskedTransformer,
  },
  {
    name: 'gru',
    title: '(g) GRU sequences 28 × 28, 128 units',
    batch: 64,
    flop: 3 * 2 * 64 * 28 * (2 * (28 * 384 + 128 * 384) + 128 * 28),
    data: images,
    make: gruAutoencoder,
  },
];

/** Weights in the order in which they are made, uniform after Glorot & Bengio 2010. */
class Weights {
  readonly variables: tf.Variable[] = [];
  private readonly random = new RandomStream(0).split('weights');

  kernel<R extends tf.Rank>(shape: tf.ShapeMap[R], fanIn: number, fanOut: number): tf.Variable<R> {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    const size = (shape as number[]).reduce((a, b) => a * b);
    return this.add(
      tf.tidy(() => tf.variable(tf.tensor<R>(this.random.uniforms(size, -limit, limit), shape))),
    );
  }

  bias(size: number, value = 0): tf.Variable<tf.Rank.R1> {
    return this.add(tf.tidy(() => tf.variable(tf.fill<tf.Rank.R1>([size], value))));
  }

  dense(inputs: number, outputs: number): [tf.Variable<tf.Rank.R2>, tf.Variable<tf.Rank.R1>] {
    return [this.kernel<tf.Rank.R2>([inputs, outputs], inputs, outputs), this.bias(outputs)];
  }

  /** 3×3, stride 2, relu after each. */
  convolutions(channels: number[]): (x: tf.Tensor4D) => tf.Tensor4D {
    const layers = channels.slice(1).map((to, i) => {
      const from = channels[i];
      return [this.kernel<tf.Rank.R4>([3, 3, from, to], 9 * from, 9 * to), this.bias(to)] as const;
    });
    return (x) =>
      layers.reduce((h, [k, b]) => tf.relu(tf.add(tf.conv2d(h, k, 2, 'same'), b)) as tf.Tensor4D, x);
  }

  /** The mirror of convolutions, linear at the end. */
  transposed(channels: number[]): (x: tf.Tensor4D) => tf.Tensor4D {
    const layers = channels.slice(1).map((to, i) => {
      const from = channels[i];
      return [this.kernel<tf.Rank.R4>([3, 3, to, from], 9 * from, 9 * to), this.bias(to)] as const;
    });
    return (x) =>
      layers.reduce((h, [k, b], i) => {
        const [n, height, width] = h.shape;
        const shape: [number, number, number, number] = [n, 2 * height, 2 * width, channels[i + 1]];
        const out = tf.add(tf.conv2dTranspose(h, k, shape, 2, 'same'), b) as tf.Tensor4D;
        return i === layers.length - 1 ? out : tf.relu(out);
      }, x);
  }

  private add<R extends tf.Rank>(variable: tf.Variable<R>): tf.Variable<R> {
    this.variables.push(variable as unknown as tf.Variable);
    return variable;
  }
}

// van den Oord et al. 2017, appendix A.1: the codebook follows the codes by moving averages.
function vectorQuantizer(entries: number, size: number) {
  const start = new RandomStream(0).split('codebook').normals(entries * size);
  const [codebook, counts, sums] = tf.tidy(() => [
    tf.variable(tf.tensor2d(start, [entries, size]), false),
    tf.variable(tf.ones<tf.Rank.R1>([entries]), false),
    tf.variable(tf.tensor2d(start, [entries, size]), false),
  ]);
  const decay = 0.99;
  const quantize = (z: tf.Tensor2D) => {
    const [frozen, chosen] = tf.tidy(() => {
      const distances = tf.sub(codebook.square().sum(1), tf.matMul(z, codebook, false, true).mul(2));
      const oneHot = tf.oneHot(distances.argMin(1) as tf.Tensor1D, entries) as tf.Tensor2D;
      return [
        tf.matMul(oneHot.cast('float32'), codebook) as tf.Tensor2D,
        oneHot.cast('float32') as tf.Tensor2D,
      ];
    });
    counts.assign(tf.add(counts.mul(decay), chosen.sum(0).mul(1 - decay)));
    sums.assign(tf.add(sums.mul(decay), tf.matMul(chosen, z, true).mul(1 - decay)));
    const total = counts.sum();
    const smoothed = tf.mul(tf.div(counts.add(1e-5), total.add(entries * 1e-5)), total);
    codebook.assign(tf.div(sums, smoothed.expandDims(1)));
    const straightThrough = tf.customGrad((x) => ({
      value: tf.add(tf.zerosLike(x as tf.Tensor), frozen),
      gradFunc: (dy) => dy as tf.Tensor,
    }));
    return {codes: straightThrough(z), commitment: tf.sub(z, frozen).square().sum(1).mean()};
  };
  return {quantize, state: [codebook, counts, sums]};
}

function maskedTransformer(): Training {
  const [vocabulary, width, context, heads, mask] = [96, 64, 64, 4, 96];
  const w = new Weights();
  const noise = new RandomStream(0).split('mask');
  const embedding = w.kernel<tf.Rank.R2>([vocabulary + 1, width], width, width);
  const positions = w.kernel<tf.Rank.R2>([context, width], width, width);
  const norm = () => {
    const [scale, shift] = [w.bias(width, 1), w.bias(width)];
    return (x: tf.Tensor2D) => {
      const {mean, variance} = tf.moments(x, 1, true);
      return tf.add(
        tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(variance.add(1e-5))), scale),
        shift,
      ) as tf.Tensor2D;
    };
  };
  const dense = (inputs: number, outputs: number) => {
    const [k, b] = w.dense(inputs, outputs);
    return (x: tf.Tensor2D) => tf.add(tf.matMul(x, k), b) as tf.Tensor2D;
  };
  const block = () => {
    const [norm1, qkv, project] = [norm(), dense(width, 3 * width), dense(width, width)];
    const [norm2, up, down] = [norm(), dense(width, 4 * width), dense(4 * width, width)];
    return (x: tf.Tensor2D) => {
      const perHead = width / heads;
      const parts = tf.transpose(
        tf.reshape(qkv(norm1(x)), [-1, context, 3, heads, perHead]),
        [2, 0, 3, 1, 4],
      );
      const [q, k, v] = tf.unstack(parts); // each [n, heads, context, perHead]
      const weights = tf.softmax(tf.matMul(q, k, false, true).mul(1 / Math.sqrt(perHead)));
      const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [-1, width]) as tf.Tensor2D;
      const y = tf.add(x, project(mixed)) as tf.Tensor2D;
      return tf.add(y, down(tf.relu(up(norm2(y))))) as tf.Tensor2D;
    };
  };
  const blocks = [block(), block()];
  const [last, toLogits] = [norm(), dense(width, vocabulary)];
  return {
    variables: w.variables,
    losses(tokens) {
      const hidden = noise.mask<tf.Rank.R2>(tokens.shape as [number, number], 0.15);
      const shown = tf.where(hidden.cast('bool'), tf.fill(tokens.shape, mask, 'int32'), tokens);
      const embedded = tf.add(tf.gather(embedding, shown as tf.Tensor2D), positions); // [n, context, width]
      const x = blocks.reduce((h, f) => f(h), tf.reshape(embedded, [-1, width]) as tf.Tensor2D);
      const logits = toLogits(last(x)); // [n context, vocabulary]
      const wanted = tf.oneHot(tf.reshape(tokens, [-1]) as tf.Tensor1D, vocabulary).cast('float32');
      const nll = tf.neg(tf.mul(tf.logSoftmax(logits), wanted).sum(1));
      const places = tf.reshape(hidden, [-1]);
      return {total: tf.div(tf.mul(nll, places).sum(), places.sum()) as tf.Scalar};
    },
  };
}

// Cho et al. 2014, in the form of cuDNN and PyTorch: the reset gate acts after the product.
function gruAutoencoder(): Training {
  const [steps, size, units] = [28, 28, 128];
  const w = new Weights();
  const gru = () => {
    const [input, inputBias] = w.dense(size, 3 * units);
    const [recurrent, recurrentBias] = w.dense(units, 3 * units);
    /** x [n, steps, size] and a first state [n, units] -> all states. */
    return (x: tf.Tensor3D, start: tf.Tensor2D): tf.Tensor2D[] => {
      const n = x.shape[0];
      const rows = tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, size]) as tf.Tensor2D; // steps first
      const fromInput = tf.unstack(
        tf.reshape(tf.add(tf.matMul(rows, input), inputBias), [steps, n, 3 * units]),
      );
      const states: tf.Tensor2D[] = [];
      let h = start;
      for (const a of fromInput) {
        const b = tf.add(tf.matMul(h, recurrent), recurrentBias) as tf.Tensor2D;
        const [aGates, aNew] = tf.split(a as tf.Tensor2D, [2 * units, units], 1);
        const [bGates, bNew] = tf.split(b, [2 * units, units], 1);
        const [r, z] = tf.split(tf.sigmoid(tf.add(aGates, bGates)), 2, 1);
        const candidate = tf.tanh(tf.add(aNew, tf.mul(r, bNew)));
        h = tf.add(candidate, tf.mul(z, tf.sub(h, candidate))) as tf.Tensor2D;
        states.push(h);
      }
      return states;
    };
  };
  const [encoder, decoder] = [gru(), gru()];
  const [outKernel, outBias] = w.dense(units, size);
  return {
    variables: w.variables,
    losses(images) {
      const n = images.shape[0];
      const x = tf.reshape(images, [n, steps, size]) as tf.Tensor3D;
      const code = encoder(x, tf.zeros([n, units])).at(-1)!;
      const shifted = tf.pad(tf.slice(x, [0, 0, 0], [n, steps - 1, size]), [
        [0, 0],
        [1, 0],
        [0, 0],
      ]) as tf.Tensor3D;
      const states = tf.concat(decoder(shifted, code), 0); // [steps n, units], steps first
      const back = tf.add(tf.matMul(states, outKernel), outBias);
      const wanted = tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, size]);
      return {total: tf.div(tf.sub(wanted, back).square().sum(), n) as tf.Scalar};
    },
  };
}
