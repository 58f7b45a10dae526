/**
 * Ways of spoiling images, each with an exact meaning and its randomness from a stream: what a denoising
 * auto-encoder learns to undo. Vincent et al. 2008, https://doi.org/10.1145/1390156.1390294, and 2010,
 * https://jmlr.org/papers/v11/vincent10a.html (section 3.3: Gaussian noise, masking, salt and pepper).
 *
 *   x [n, d] ─ corruption, random ─► x̃ [n, d]
 *
 * They are made of tensor operations alone, so that a compiled step draws new noise each time it runs.
 */
import {assertInteger, assertPositive, assertShape, assertWithin} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {separable, type ImageSize} from './separable';

/** x [n, d], grey levels from 0 to 1 -> x̃ [n, d]; the same seed gives the same x̃. x is not changed. */
export type Corruption = (x: tf.Tensor2D, random: RandomStream) => tf.Tensor2D;

/** One level for all images, or one for each image, drawn uniformly from `from` to `to`. */
export type Level = number | {from: number; to: number};

/** A corruption that says what it is, for figures and tables. */
export interface NamedCorruption extends Corruption {
  /** For example "masking, 25 %". */
  readonly label: string;
  readonly level: Level;
  /** Corrupts, and tells the level of each image, [n, 1]: for a model that is told how much noise there is. */
  withLevel(x: tf.Tensor2D, random: RandomStream): {corrupted: tf.Tensor2D; level: tf.Tensor2D};
}

/**
 * x̃ = x + σ ε, ε from the standard normal distribution, independent for each pixel. Not clipped: grey levels
 * below 0 and above 1 occur.
 * @param sigma standard deviation in grey levels.
 * @throws RangeError if sigma is below 0.
 */
export function gaussianNoise(sigma: Level): NamedCorruption {
  assertLevel('sigma', sigma, Infinity);
  const add: Corrupt = (x, level, random) => x.add(tf.mul(random.normal<tf.Rank.R2>(x.shape), level));
  return named(`Gaussian noise, σ ${describe(sigma)}`, sigma, add);
}

/**
 * Each pixel becomes 0 with probability `level`, independently of the others, and keeps its value otherwise.
 * @throws RangeError unless the level is from 0 to 1.
 */
export function masking(level: Level): NamedCorruption {
  assertLevel('level', level, 1);
  const mask: Corrupt = (x, p, random) => {
    const kept = tf.greaterEqual(random.uniformTensor<tf.Rank.R2>(x.shape), p);
    return tf.where(kept, x, tf.zerosLike(x));
  };
  return named(`masking, ${describe(level, 100)} %`, level, mask);
}

/**
 * Each pixel is replaced with probability `level`, independently of the others: by 0 or by 1, which are
 * equally likely. So a share of level / 2 becomes 0, as much becomes 1, and the rest keeps its value.
 * @throws RangeError unless the level is from 0 to 1.
 */
export function saltAndPepper(level: Level): NamedCorruption {
  assertLevel('level', level, 1);
  const sprinkle: Corrupt = (x, p, random) => {
    const u = random.uniformTensor<tf.Rank.R2>(x.shape);
    const salted = tf.where(tf.less(u, p), tf.onesLike(x), x);
    return tf.where(tf.less(u, tf.div(p, 2)), tf.zerosLike(x), salted);
  };
  return named(`salt and pepper, ${describe(level, 100)} %`, level, sprinkle);
}

/**
 * One square of size x size pixels in each image becomes 0. All places at which it lies wholly inside the
 * image are equally likely. The level is the share of pixels in the square, size² / (height * width).
 * @throws RangeError if the square is larger than the image.
 */
export function blocks({size, height, width}: ImageSize & {size: number}): NamedCorruption {
  assertInteger('height', height);
  assertInteger('width', width);
  assertInteger('size', size);
  if (size > Math.min(height, width))
    throw new RangeError(`size: expected at most ${Math.min(height, width)}, the image's side, got ${size}`);
  // [n, side]: 1 where the square covers the row or column
  const covered = (n: number, side: number, random: RandomStream) => {
    const first = tf.floor(tf.mul(random.uniformTensor([n, 1]), side - size + 1));
    const places = tf.range(0, side);
    return tf.logicalAnd(tf.greaterEqual(places, first), tf.less(places, first.add(size)));
  };
  const cut: Corrupt = (x, _, random) => {
    assertShape('x', x, [null, height * width]);
    const n = x.shape[0];
    const rows = covered(n, height, random).reshape([n, height, 1]);
    const columns = covered(n, width, random).reshape([n, 1, width]);
    const inside = tf.logicalAnd(rows, columns).reshape<tf.Tensor2D>([n, height * width]);
    return tf.where(inside, tf.zerosLike(x), x);
  };
  return named(`a block of ${size} x ${size}`, (size * size) / (height * width), cut);
}

/**
 * Gaussian blur: nothing is drawn. The kernel exp(-i² / 2σ²) is cut at |i| <= 4σ (rounded to whole pixels)
 * and made to sum to 1; the image goes on beyond its edges as its mirror image, the edge pixel repeated
 * (d c b a | a b c d | d c b a), so that no ink is lost: the sum of each image stays as it was.
 * @param sigma standard deviation in pixels; it is the level.
 * @throws RangeError unless sigma is above 0.
 */
export function blur({sigma, height, width}: ImageSize & {sigma: number}): NamedCorruption {
  assertPositive('sigma', sigma);
  const radius = Math.round(4 * sigma);
  const weights = Array.from({length: 2 * radius + 1}, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  const smear = separable(
    weights.map((weight) => weight / sum),
    {height, width},
  );
  return named(`blur, σ ${sigma}`, sigma, smear);
}

/** What a maker supplies: x [n, d] and the level of each image [n, 1] -> x̃ [n, d]. */
type Corrupt = (x: tf.Tensor2D, level: tf.Tensor, random: RandomStream) => tf.Tensor2D;

function named(label: string, level: Level, corrupt: Corrupt): NamedCorruption {
  const levels = (n: number, random: RandomStream): tf.Tensor2D =>
    typeof level === 'number'
      ? tf.fill([n, 1], level)
      : tf.mul(random.uniformTensor([n, 1]), level.to - level.from).add(level.from);
  const withLevel = (x: tf.Tensor2D, random: RandomStream) =>
    tf.tidy(() => {
      const each = levels(x.shape[0], random);
      return {corrupted: corrupt(x, each, random), level: each};
    });
  const corruption: Corruption = (x, random) => tf.tidy(() => withLevel(x, random).corrupted);
  return Object.assign(corruption, {label, level, withLevel});
}

function assertLevel(name: string, level: Level, most: number): void {
  const check = (which: string, value: number) => {
    if (most < Infinity) assertWithin(which, value, 0, most);
    else if (!(value >= 0) || value === Infinity)
      throw new RangeError(`${which}: expected a number >= 0, got ${value}`);
  };
  if (typeof level === 'number') return check(name, level);
  check(`${name}.from`, level.from);
  check(`${name}.to`, level.to);
  if (level.to < level.from)
    throw new RangeError(
      `${name}.to: expected at least ${level.from}, which is ${name}.from, got ${level.to}`,
    );
}

function describe(level: Level, scale = 1): string {
  const number = (value: number) => String(Number((scale * value).toPrecision(3)));
  return typeof level === 'number' ? number(level) : `${number(level.from)} to ${number(level.to)}`;
}
