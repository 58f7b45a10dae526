/**
 * A stream of random numbers with a seed and a name. Streams split by name, so that a new draw in one
 * part of a program leaves the numbers of every other part as they were:
 *
 *     const random = new RandomStream(7);
 *     const weights = random.split('weights'); // the same numbers whatever else is drawn from `random`
 *
 * Numbers for JavaScript (`uniform`, `integer`, `permutation`, `normals`) come one after another.
 * Tensors (`normal`, `uniformTensor`, `mask`) are keyed: outside of a training step by a count, inside
 * one ({@link atStep}) by the number of the step and the place of the draw in it. A step that was
 * recorded as a graph therefore draws new noise each time, and the same noise as an eager one.
 */
import {assertInteger, assertWithin} from '../check';
import * as tf from '../tf';
import {philox, PhiloxSequence} from './philox';
import {statelessNormal, statelessUniform} from './stateless';

export class RandomStream {
  private readonly key: readonly [number, number];
  private readonly sequence: PhiloxSequence;
  private draws = 0;

  /** `seed` is a whole number >= 0; `parent` is for {@link split}. */
  constructor(seed: number, parent?: readonly [number, number]) {
    assertInteger('seed', seed, 0);
    this.key = scramble(parent ?? [0, 0], seed >>> 0, Math.floor(seed / 2 ** 32));
    this.sequence = new PhiloxSequence(this.key[0], this.key[1]);
  }

  /** An independent stream. The same name gives the same stream again, whatever was drawn before. */
  split(name: string): RandomStream {
    return new RandomStream(hash(name), this.key);
  }

  /** A number in [0, 1). */
  uniform(): number {
    return this.sequence.next() / 2 ** 32;
  }

  /** A whole number from 0 to limit - 1. */
  integer(limit: number): number {
    assertInteger('limit', limit);
    return Math.floor(this.uniform() * limit);
  }

  /** The numbers 0 to n - 1 in random order (Fisher & Yates; Durstenfeld 1964). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({length: n}, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /** `size` draws from a normal distribution of mean 0 and the given standard deviation. */
  normals(size: number, deviation = 1): Float32Array {
    return statelessNormal(size, this.key[0] | 0, this.sequence.next() | 0).map((z) => z * deviation);
  }

  /** `size` draws from the uniform distribution on [low, high). */
  uniforms(size: number, low = 0, high = 1): Float32Array {
    const draws = statelessUniform(size, this.key[0] | 0, this.sequence.next() | 0);
    return draws.map((u) => low + (high - low) * u);
  }

  /** A tensor of standard normal draws. */
  normal<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
    return this.draw('StatelessRandomNormal', statelessNormal, shape);
  }

  /** A tensor of draws from the uniform distribution on [0, 1). */
  uniformTensor<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
    return this.draw('StatelessRandomUniform', statelessUniform, shape);
  }

  /** A tensor of ones and zeros: each is 1 with the given probability. */
  mask<R extends tf.Rank>(shape: tf.ShapeMap[R], probability: number): tf.Tensor<R> {
    assertWithin('probability', probability, 0, 1);
    return tf.tidy(() => this.uniformTensor<R>(shape).less(probability).cast('float32'));
  }

  private draw<R extends tf.Rank>(
    operation: string,
    inJavaScript: (size: number, seed0: number, seed1: number) => Float32Array,
    shape: tf.ShapeMap[R],
  ): tf.Tensor<R> {
    const size = (shape as number[]).reduce((a, b) => a * b, 1);
    const place = current?.place(this.key.join());
    const seed0 =
      place === undefined ? this.key[1] | 0 : (this.key[0] ^ Math.imul(place + 1, 0x9e3779b9)) | 0;
    return tf.tidy(() => {
      const step = current ? current.step : tf.scalar(this.draws++, 'int32');
      if (tf.engine.name !== 'native') {
        return tf.tensor<R>(inJavaScript(size, seed0, step.dataSync()[0]), shape);
      }
      const seeds = tf.stack([tf.scalar(seed0, 'int32'), step]);
      return tf.nativeOperation(operation, {dtype: 'float32', T: 'int32', Tseed: 'int32'}, [
        tf.tensor1d(shape as number[], 'int32'),
        seeds,
      ]) as tf.Tensor<R>;
    });
  }
}

/** Inside `f`, tensors drawn from any stream are keyed by `step` (int32 scalar) and their order. */
export function atStep<T>(step: tf.Scalar, f: () => T): T {
  const before = current;
  const places = new Map<string, number>();
  current = {
    step,
    place: (key) => {
      const place = places.get(key) ?? 0;
      places.set(key, place + 1);
      return place;
    },
  };
  try {
    return f();
  } finally {
    current = before;
  }
}

let current: {step: tf.Scalar; place(key: string): number} | undefined;

function scramble(parent: readonly [number, number], low: number, high: number): [number, number] {
  const out = new Uint32Array(4);
  philox([low, high, 0, 0], parent[0], parent[1], out);
  return [out[0], out[1]];
}

// 53 bits of a name: FNV-1a twice, from two different beginnings.
function hash(name: string): number {
  let a = 0x811c9dc5;
  let b = 0x01234567;
  for (let i = 0; i < name.length; i++) {
    a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ name.charCodeAt(i), 0x5bd1e995);
  }
  return (b >>> 11) * 2 ** 32 + (a >>> 0);
}
