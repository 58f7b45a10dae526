import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {compileFunction, compileStep, sgd} from '../../lib/compile';
import {
  blocks,
  blur,
  gaussianNoise,
  masking,
  saltAndPepper,
  type NamedCorruption,
} from '../../lib/data/corruption';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {eagerly} from '../compile/constructs';
import {assertClose, tensorsLeaked} from '../helpers';

const N = 200;
const D = 100; // 10 x 10
const SIZE = {height: 10, width: 10};
const GREY = 0.25;
const grey = () => tf.fill([N, D], GREY) as tf.Tensor2D;
const spoil = (corruption: NamedCorruption, seed = 1) =>
  tf.tidy(() => corruption(grey(), new RandomStream(seed)).dataSync<'float32'>());

const all: NamedCorruption[] = [
  gaussianNoise(0.5),
  gaussianNoise({from: 0, to: 1}),
  masking(0.3),
  masking({from: 0.1, to: 0.6}),
  saltAndPepper(0.3),
  blocks({size: 4, ...SIZE}),
  blur({sigma: 1, ...SIZE}),
];

describe('every corruption', () => {
  for (const corruption of all) {
    it(`comes again from its seed, and another from another: ${corruption.label}`, () => {
      assert.deepEqual(spoil(corruption), spoil(corruption));
      if (!corruption.label.startsWith('blur'))
        assert.notDeepEqual(spoil(corruption, 1), spoil(corruption, 2));
    });

    it(`leaves its input as it was and no tensor behind: ${corruption.label}`, async () => {
      const x = grey();
      const random = new RandomStream(0);
      assert.equal(await tensorsLeaked(() => corruption(x, random).dispose()), 0);
      assert.ok(x.dataSync().every((v) => v === GREY));
      x.dispose();
    });

    it(`is new in each call of a compiled function, and as in an eager one: ${corruption.label}`, () => {
      const x = tf.rand([20, D], seeded(5)) as tf.Tensor2D;
      const calls = () => {
        const random = new RandomStream(3);
        const compiled = compileFunction((batch: tf.Tensor2D) => [corruption(batch, random)]);
        const results = [1, 2, 3].map(() => tf.tidy(() => Array.from(compiled(x)[0].dataSync())));
        compiled.dispose();
        return results;
      };
      const compiled = calls();
      if (!corruption.label.startsWith('blur')) assert.notDeepEqual(compiled[0], compiled[1]);
      assertClose(compiled, eagerly(calls));
    });
  }

  it('works in a compiled training step, where it is drawn anew each time', () => {
    const w = tf.variable(tf.scalar(0));
    const random = new RandomStream(3);
    const corruption = masking(0.5);
    const step = compileStep({
      losses: (x: tf.Tensor2D) => {
        const kept = corruption(x, random).mean() as tf.Scalar;
        return {total: tf.mul(w, kept) as tf.Scalar, kept};
      },
      players: {variables: [w], optimizer: sgd()},
    });
    const x = tf.ones<tf.Rank.R2>([N, D]);
    const kept = [1, 2, 3, 4].map(() => step.run(x, {learningRate: 0.1}).kept);
    assert.equal(new Set(kept).size, 4);
    kept.forEach((share) => assertShare(share, 0.5, N * D));
    step.dispose();
    tf.dispose([x, w]);
  });
});

describe('Gaussian noise', () => {
  it('has mean 0 and the deviation asked for, within five standard errors', () => {
    const noise = Array.from(spoil(gaussianNoise(0.5)), (v) => (v - GREY) / 0.5);
    assertMean(noise, 0, 1);
    assertMean(
      noise.map((e) => e * e),
      1,
      2, // the variance of ε² is E ε⁴ - 1 = 2
    );
  });

  it('goes beyond 0 and 1', () => {
    const noisy = spoil(gaussianNoise(0.5));
    assert.ok(noisy.some((v) => v < 0) && noisy.some((v) => v > 1));
  });

  it('of level 0 changes nothing', () => assert.ok(spoil(gaussianNoise(0)).every((v) => v === GREY)));

  it('has in each image the level that is told, uniform from the lowest to the highest', () => {
    const {corrupted, level} = gaussianNoise({from: 0.2, to: 1}).withLevel(
      tf.zeros([2000, D]),
      new RandomStream(8),
    );
    const told = Array.from(level.dataSync());
    assert.deepEqual(level.shape, [2000, 1]);
    assert.ok(told.every((s) => s >= 0.2 && s < 1));
    assertMean(told, 0.6, 0.8 ** 2 / 12);
    // each image's mean square over its own level squared is χ²(100) / 100: mean 1, variance 2 / 100
    const squares = tf.div(corrupted.square().mean(1, true), level.square()).dataSync();
    assertMean(Array.from(squares), 1, 2 / D);
    assert.ok(squares.every((s) => s > 0 && s < 2)); // seven deviations
    tf.dispose([corrupted, level]);
  });

  it('tells a fixed level too', () => {
    const {level} = gaussianNoise(0.5).withLevel(tf.zeros([3, 2]), new RandomStream(0));
    assert.deepEqual(level.arraySync(), [[0.5], [0.5], [0.5]]);
  });
});

describe('masking', () => {
  it('blanks the share asked for and leaves the rest untouched', () => {
    const masked = spoil(masking(0.3));
    assert.ok(masked.every((v) => v === 0 || v === GREY));
    assertShare(share(masked, 0), 0.3, N * D);
  });

  it('blanks each pixel independently: two neighbours are both blank in level² of the cases', () => {
    const masked = spoil(masking(0.3));
    let both = 0;
    for (let i = 0; i < N * D; i += 2) both += masked[i] === 0 && masked[i + 1] === 0 ? 1 : 0;
    assertShare(both / ((N * D) / 2), 0.09, (N * D) / 2);
  });

  it('blanks nothing at level 0 and all at level 1', () => {
    assert.ok(spoil(masking(0)).every((v) => v === GREY));
    assert.ok(spoil(masking(1)).every((v) => v === 0));
  });

  it('blanks in each image the share that is told', () => {
    const {corrupted, level} = masking({from: 0, to: 1}).withLevel(grey(), new RandomStream(2));
    const shares = tf.equal(corrupted, 0).cast('float32').mean(1).dataSync();
    level.dataSync().forEach((p, i) => assertShare(shares[i], p, D));
    tf.dispose([corrupted, level]);
  });
});

describe('salt and pepper', () => {
  it('makes half of the level 0, half of it 1, and leaves the rest untouched', () => {
    const spoilt = spoil(saltAndPepper(0.3));
    assert.ok(spoilt.every((v) => v === 0 || v === 1 || v === GREY));
    assertShare(share(spoilt, 0), 0.15, N * D);
    assertShare(share(spoilt, 1), 0.15, N * D);
  });

  it('leaves nothing at level 1', () => {
    const spoilt = spoil(saltAndPepper(1));
    assert.ok(spoilt.every((v) => v === 0 || v === 1));
    assertShare(share(spoilt, 1), 0.5, N * D);
  });
});

describe('blocks', () => {
  const size = {height: 6, width: 8};

  it('blank one square in each image and nothing else', () => {
    const images = tf.tidy(() =>
      blocks({size: 3, ...size})(tf.ones([500, 48]), new RandomStream(4))
        .reshape<tf.Tensor3D>([500, 6, 8])
        .arraySync(),
    );
    for (const image of images) {
      const blank = image.flatMap((row, i) => row.flatMap((v, j) => (v === 0 ? [[i, j]] : [])));
      const [top, left] = blank[0];
      const square = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [top + i, left + j]));
      assert.deepEqual(blank, square);
    }
  });

  it('lie at all of their places equally often', () => {
    const n = 4000; // 2 x 3 places of a 5 x 5 square in 6 x 7 pixels
    const blanked = tf.tidy(() =>
      blocks({size: 5, height: 6, width: 7})(tf.ones([n, 42]), new RandomStream(4)).arraySync(),
    );
    const counts = new Map<number, number>();
    for (const row of blanked) counts.set(row.indexOf(0), (counts.get(row.indexOf(0)) ?? 0) + 1);
    assert.deepEqual(
      [...counts.keys()].sort((a, b) => a - b),
      [0, 1, 2, 7, 8, 9],
    );
    for (const count of counts.values()) assertShare(count / n, 1 / 6, n);
  });

  it('have the share of blanked pixels as their level, 1 for the whole image', () => {
    assert.equal(blocks({size: 5, ...SIZE}).level, 0.25);
    assert.ok(spoil(blocks({size: 10, ...SIZE})).every((v) => v === 0));
  });
});

describe('blur', () => {
  const fixture = JSON.parse(
    fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'filters.json'), 'utf8'),
  ) as {height: number; width: number; image: number[]; gaussian: Record<string, number[]>};
  const {height, width} = fixture;

  for (const [sigma, expected] of Object.entries(fixture.gaussian)) {
    it(`agrees with SciPy's Gaussian filter, σ ${sigma}`, () => {
      const x = tf.tensor2d([fixture.image, fixture.image.map((v) => 2 * v)]);
      const blurred = blur({sigma: Number(sigma), height, width})(x, new RandomStream(0)).arraySync();
      assertClose(blurred, [expected, expected.map((v) => 2 * v)]);
    });
  }

  it('keeps the sum of each image, also of one with its ink at the edge', () => {
    const x = tf.eye(height * width) as tf.Tensor2D; // one pixel of ink, once at every place
    const sums = tf.tidy(() => blur({sigma: 2, height, width})(x, new RandomStream(0)).sum(1).dataSync());
    assertClose(sums, new Array<number>(height * width).fill(1));
  });
});

describe('a corruption', () => {
  it('says what it is', () => {
    assert.deepEqual(
      all.map(({label}) => label),
      [
        'Gaussian noise, σ 0.5',
        'Gaussian noise, σ 0 to 1',
        'masking, 30 %',
        'masking, 10 to 60 %',
        'salt and pepper, 30 %',
        'a block of 4 x 4',
        'blur, σ 1',
      ],
    );
  });

  it('answers a level out of range with a sentence', () => {
    assert.throws(() => masking(2), /RangeError: level: expected a number from 0 to 1, got 2/);
    assert.throws(() => saltAndPepper(NaN), /level: expected a number from 0 to 1, got NaN/);
    assert.throws(() => gaussianNoise(-1), /sigma: expected a number >= 0, got -1/);
    assert.throws(() => gaussianNoise({from: 0, to: Infinity}), /sigma.to: expected a number >= 0, got Infi/);
    assert.throws(
      () => masking({from: 0.5, to: 0.2}),
      /level.to: expected at least 0.5, which is level.from/,
    );
    assert.throws(() => blocks({size: 11, ...SIZE}), /size: expected at most 10, the image's side, got 11/);
    assert.throws(() => blur({sigma: 0, ...SIZE}), /sigma: expected a number > 0, got 0/);
  });

  it('answers images of another size with both shapes', () => {
    const random = new RandomStream(0);
    const x = tf.zeros<tf.Rank.R2>([4, 81]);
    for (const corruption of [blocks({size: 4, ...SIZE}), blur({sigma: 1, ...SIZE})])
      assert.throws(() => corruption(x, random), /x: expected shape \[n, 100\], got \[4, 81\]/);
  });
});

/** Fails unless a share of n independent trials lies within five standard errors of its probability. */
function assertShare(actual: number, p: number, n: number): void {
  const allowed = 5 * Math.sqrt((p * (1 - p)) / n) + 1e-9;
  assert.ok(Math.abs(actual - p) <= allowed, `expected ${p} ± ${allowed}, got ${actual}`);
}

/** Fails unless the mean lies within five standard errors of what is expected. */
function assertMean(values: number[], expected: number, variance: number): void {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const allowed = 5 * Math.sqrt(variance / values.length);
  assert.ok(Math.abs(mean - expected) <= allowed, `expected ${expected} ± ${allowed}, got ${mean}`);
}

function share(values: Float32Array, wanted: number): number {
  return values.filter((v) => v === wanted).length / values.length;
}

function seeded(seed: number): () => number {
  const random = new RandomStream(seed);
  return () => random.uniform();
}
