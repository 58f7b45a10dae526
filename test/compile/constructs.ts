/** Small networks that use what the course is built of, with weights by formula: the same as in constructs.py. */
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import type {Batch, Losses} from '../../lib/compile';

export interface Construct {
  /** Trained. */
  variables: Record<string, tf.Variable>;
  /** Assigned by the losses. */
  state?: Record<string, tf.Variable>;
  batch: Batch;
  losses(batch: never): Losses & {total: tf.Scalar};
}

/** scale · sin(1.3 i + phase), i = 0, 1, 2, … */
export function wave<R extends tf.Rank>(shape: tf.ShapeMap[R], phase: number, scale = 0.5): tf.Tensor<R> {
  const size = (shape as number[]).reduce((a, b) => a * b, 1);
  return tf.tensor<R>(
    Float32Array.from({length: size}, (_, i) => scale * Math.sin(1.3 * i + phase)),
    shape,
  );
}

/** A variable that begins with these numbers. */
export function weight<R extends tf.Rank>(shape: tf.ShapeMap[R], phase: number, scale = 0.5): tf.Variable<R> {
  return tf.tidy(() => tf.variable(wave<R>(shape, phase, scale)));
}

/** Runs `f` with COURSE_COMPILE=off. */
export function eagerly<T>(f: () => T): T {
  const before = process.env.COURSE_COMPILE;
  process.env.COURSE_COMPILE = 'off';
  try {
    return f();
  } finally {
    if (before === undefined) delete process.env.COURSE_COMPILE;
    else process.env.COURSE_COMPILE = before;
  }
}

export const constructs: Record<string, () => Construct> = {
  dense() {
    const v = {w1: weight([3, 5], 3), b1: weight([5], 4), w2: weight([5, 2], 5), b2: weight([2], 6)};
    const y = wave([4, 2], 2);
    return {
      variables: v,
      batch: wave([4, 3], 1, 2),
      losses: (x: tf.Tensor2D) => ({
        total: squared(tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(x, v.w1), v.b1)), v.w2), v.b2), y)
          .sum(1)
          .mean(),
      }),
    };
  },

  embedding() {
    const table = weight<tf.Rank.R2>([5, 2], 2);
    const y = wave([2, 3, 2], 1);
    return {
      variables: {table} as never,
      batch: tf.tensor2d([0, 3, 3, 1, 0, 3], [2, 3], 'int32'),
      losses: (ids: tf.Tensor2D) => ({total: squared(tf.tanh(tf.gather(table, ids)), y).sum()}),
    };
  },

  convolution() {
    const k1 = weight<tf.Rank.R4>([3, 3, 1, 2], 2);
    const k2 = weight<tf.Rank.R4>([3, 3, 1, 2], 4);
    const [b1, b2] = [weight([2], 3), weight([1], 5)];
    return {
      variables: {k1, b1, k2, b2} as never,
      batch: wave([2, 6, 6, 1], 1, 1),
      losses(x: tf.Tensor4D) {
        const h = tf.tanh(tf.add(tf.conv2d(x, k1, 2, 'same'), b1)) as tf.Tensor4D;
        const back = tf.add(tf.conv2dTranspose(h, k2, [2, 6, 6, 1], 2, 'same'), b2);
        return {total: squared(back, x).mean()};
      },
    };
  },

  batchNorm() {
    const v = {w: weight([3, 2], 3), scale: weight([2], 4), shift: weight([2], 5)};
    const state = tf.tidy(() => ({
      mean: tf.variable(tf.zeros([2]), false),
      variance: tf.variable(tf.ones([2]), false),
    }));
    const y = wave([6, 2], 2);
    return {
      variables: v,
      state: state as never,
      batch: wave([6, 3], 1, 2),
      losses(x: tf.Tensor2D) {
        const h = tf.matMul(x, v.w);
        const {mean, variance} = tf.moments(h, 0);
        state.mean.assign(tf.add(state.mean.mul(0.9), mean.mul(0.1)));
        // PyTorch keeps the unbiased variance
        state.variance.assign(tf.add(state.variance.mul(0.9), variance.mul((0.1 * 6) / 5)));
        const normed = tf.mul(tf.sub(h, mean), tf.rsqrt(variance.add(1e-5)));
        return {
          total: squared(tf.add(tf.mul(normed, v.scale), v.shift), y)
            .sum(1)
            .mean(),
        };
      },
    };
  },

  attention() {
    const v = {
      scale: weight([4], 3),
      shift: weight([4], 4),
      qkv: weight([4, 12], 5),
      project: weight([4, 4], 6),
    };
    const y = wave([2, 3, 4], 2);
    const mask = tf.tensor2d([0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], [3, 3]); // nobody sees what comes later
    return {
      variables: v,
      batch: wave([2, 3, 4], 1, 2),
      losses(x: tf.Tensor3D) {
        const {mean, variance} = tf.moments(x, 2, true);
        const normed = tf.mul(tf.sub(x, mean), tf.rsqrt(variance.add(1e-5)));
        const h = tf.reshape(tf.add(tf.mul(normed, v.scale), v.shift), [6, 4]) as tf.Tensor2D;
        const [q, k, value] = tf.split(tf.reshape(tf.matMul(h, v.qkv), [2, 3, 12]), 3, 2);
        const weights = tf.softmax(tf.add(tf.matMul(q, k, false, true).mul(1 / 2), mask));
        const mixed = tf.reshape(tf.matMul(weights, value), [6, 4]) as tf.Tensor2D;
        const out = tf.reshape(tf.matMul(mixed, v.project), [2, 3, 4]);
        return {total: squared(out, y).sum(2).mean()};
      },
    };
  },

  gru() {
    const v = {wx: weight([3, 6], 3), bx: weight([6], 4), wh: weight([2, 6], 5), bh: weight([6], 6)};
    const targets = tf.unstack(wave([2, 4, 2], 2), 1);
    return {
      variables: v,
      batch: wave([2, 4, 3], 1, 1),
      losses(x: tf.Tensor3D) {
        let h = tf.zeros([2, 2]) as tf.Tensor2D;
        const errors = tf.unstack(x, 1).map((xt, t) => {
          const [ar, az, an] = tf.split(tf.add(tf.matMul(xt as tf.Tensor2D, v.wx), v.bx), 3, 1);
          const [br, bz, bn] = tf.split(tf.add(tf.matMul(h, v.wh), v.bh), 3, 1);
          const z = tf.sigmoid(tf.add(az, bz));
          const candidate = tf.tanh(tf.add(an, tf.mul(tf.sigmoid(tf.add(ar, br)), bn)));
          h = tf.add(candidate, tf.mul(z, tf.sub(h, candidate)));
          return squared(h, targets[t]).sum();
        });
        return {total: tf.addN(errors).div(2)};
      },
    };
  },

  dropout() {
    const v = {w1: weight([3, 8], 3), w2: weight([8, 3], 4)};
    const random = new RandomStream(5);
    return {
      variables: v,
      batch: wave([4, 3], 1, 2),
      losses(x: tf.Tensor2D) {
        const h = tf.tanh(tf.matMul(x, v.w1));
        const kept = tf.mul(h, random.mask(h.shape as [number, number], 0.5)).mul(2);
        return {total: squared(tf.matMul(kept as tf.Tensor2D, v.w2), x).mean()};
      },
    };
  },

  straightThrough() {
    const v = {w1: weight([3, 6], 3), w2: weight([6, 3], 4)};
    const round = tf.customGrad((x) => ({
      value: tf.round(tf.mul(x as tf.Tensor, 4)).div(4),
      gradFunc: (dy) => dy as tf.Tensor,
    }));
    return {
      variables: v,
      batch: wave([4, 3], 1, 2),
      losses: (x: tf.Tensor2D) => ({
        total: squared(tf.matMul(round(tf.tanh(tf.matMul(x, v.w1))) as tf.Tensor2D, v.w2), x).mean(),
      }),
    };
  },

  codebook() {
    const v = {w1: weight([3, 2], 3), w2: weight([2, 3], 4)};
    const codebook = weight<tf.Rank.R2>([4, 2], 5);
    const sums = weight<tf.Rank.R2>([4, 2], 5);
    const counts = tf.tidy(() => tf.variable(tf.ones([4]), false));
    return {
      variables: v,
      state: {codebook, sums, counts} as never,
      batch: wave([6, 3], 1, 2),
      losses(x: tf.Tensor2D) {
        const z = tf.matMul(x, v.w1);
        const distances = tf.sub(codebook.square().sum(1), tf.matMul(z, codebook, false, true).mul(2));
        const chosen = tf.oneHot(distances.argMin(1) as tf.Tensor1D, 4).cast('float32') as tf.Tensor2D;
        const codes = tf.matMul(chosen, codebook); // before the codebook moves
        counts.assign(tf.add(counts.mul(0.9), chosen.sum(0).mul(0.1)));
        sums.assign(tf.add(sums.mul(0.9), tf.matMul(chosen, z, true).mul(0.1)));
        codebook.assign(tf.div(sums, counts.expandDims(1)));
        const through = tf.customGrad((_, b) => ({
          value: (b as tf.Tensor).clone(),
          gradFunc: (dy) => [dy as tf.Tensor, tf.zerosLike(dy as tf.Tensor)],
        }));
        const reconstruction = squared(tf.matMul(through(z, codes) as tf.Tensor2D, v.w2), x).mean();
        const commitment = squared(z, codes).mean();
        return {total: tf.add(reconstruction, commitment.mul(0.25)), reconstruction, commitment} as never;
      },
    };
  },

  sharedWeights() {
    const v = {shared: weight([3, 4], 3), b: weight([4], 4), head: weight([4, 2], 5)};
    const labels = wave([4, 2], 2);
    const encode = (x: tf.Tensor2D) => tf.tanh(tf.add(tf.matMul(x, v.shared), v.b));
    return {
      variables: v,
      batch: {x: wave([4, 3], 1, 2), other: wave([4, 3], 7, 2)},
      losses({x, other}: Record<'x' | 'other', tf.Tensor2D>) {
        const tied = squared(tf.matMul(encode(x), v.shared, false, true), x).mean();
        const second = squared(tf.matMul(encode(other), v.head), labels).mean();
        return {total: tf.add(tied, second), tied, second} as never;
      },
    };
  },
} as Record<string, () => Construct>;

function squared(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.squaredDifference(a, b);
}
