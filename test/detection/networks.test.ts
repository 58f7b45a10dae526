import * as assert from 'node:assert/strict';
import {AutoencoderDetector, type AutoencoderDetectorOptions} from '../../lib/detection/autoencoder-detector';
import type {Detector} from '../../lib/detection/detector';
import {fitDetector, restoreDetector} from '../../lib/detection/methods';
import {train, TRAINING_DEFAULTS} from '../../lib/detection/networks';
import {ROWS_AT_ONCE} from '../../lib/detection/rows';
import {VaeDetector, type VaeDetectorOptions} from '../../lib/detection/vae-detector';
import {auroc} from '../../lib/metrics/detection';
import {DeepSvdd} from '../../lib/models/deep-svdd';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';
import {curve, offCurve} from './curve';

const quick = {steps: 20, progress: false};
const small = {...quick, hiddenDims: [8]};
const longer = {steps: 400, learningRate: 1e-2, hiddenDims: [32], progress: false};

describe('AutoencoderDetector', () => {
  it('scores by hand: the squared error, and the same over the length of the reconstruction', () => {
    const x = tf.tensor2d([[3, 1], [-4, 2], [0, 5], [5e-4, 1]]); // prettier-ignore
    const squared = projecting({error: 'squared'}, [[1, 0]]); // x̂ = (x_0, 0)
    assertClose(squared.explain(x).arraySync(), [[0, 1], [0, 4], [0, 25], [0, 1]]); // prettier-ignore
    const relative = projecting({error: 'relative'}, [[1, 0]]);
    const shortest = 1e-3; // what a shorter x̂ counts as
    assertClose(relative.explain(x).arraySync(), [[0, 1 / 3], [0, 4 / 4], [0, 25 / shortest], [0, 1 / shortest]]); // prettier-ignore
    assertClose(relative.score(x), [1 / 3, 1, 25 / shortest, 1 / shortest]);
  });

  it('takes of two members the mean error, and shows the mean of what they restored: by hand', () => {
    const x = tf.tensor2d([[3, 1], [-4, 2]]); // prettier-ignore
    const two = projecting({error: 'squared', members: 2}, [
      [1, 0],
      [0, 1],
    ]); // x̂ = (x_0, 0) and (0, x_1)
    assertClose(two.explain(x).arraySync(), [[9 / 2, 1 / 2], [16 / 2, 4 / 2]]); // prettier-ignore
    assertClose(two.score(x), [10 / 2, 20 / 2]);
    assertClose(two.restored(x).arraySync(), [[1.5, 0.5], [-2, 1]]); // prettier-ignore
    const relative = projecting({error: 'relative', members: 2}, [[1, 0], [0, 1]]); // prettier-ignore
    assertClose(relative.score(x), [(1 / 3 + 9 / 1) / 2, (4 / 4 + 16 / 2) / 2]);
  });

  it('trains each member as it would be alone, from the next seed', async () => {
    const x = curve(100, 1);
    const fitted = (options: object) => AutoencoderDetector.fit(x, {...small, ...options});
    const both = await fitted({members: 2, seed: 7});
    const alone = [await fitted({seed: 7}), await fitted({seed: 8})].map((one) => one.score(x));
    assertClose(both.score(x), alone[0].map((score, i) => (score + alone[1][i]) / 2)); // prettier-ignore
    assert.notDeepEqual(alone[0], alone[1]);
  });

  it('adds noise while it trains, of the deviation asked for, and none at 0', async () => {
    // one number, four layers away from none: the best x̂ of a linear network is x · 1 / (1 + noise²)
    const x = new RandomStream(3).normal<tf.Rank.R2>([1000, 1]);
    for (const noise of [0, 1]) {
      const options = {...longer, hiddenDims: [], activation: 'linear', noise} as const;
      const detector = await AutoencoderDetector.fit(x, options);
      const [low, high] = detector.restored(tf.tensor2d([[-1], [1]])).dataSync();
      assertClose((high - low) / 2, 1 / (1 + noise ** 2), 0.06);
    }
  });

  it('sees images through convolutions: a stroke in a direction that it was never shown', async () => {
    const strokes = (n: number, seed: number, upright: boolean) => {
      const random = new RandomStream(seed);
      const images = Array.from({length: n}, () => {
        const place = random.integer(8);
        return Array.from({length: 64}, (_, i) => Number((upright ? i % 8 : i >> 3) === place));
      });
      return tf.tensor2d(images);
    };
    const image = {height: 8, width: 8};
    const options = {steps: 60, learningRate: 1e-2, latentDim: 8, image, progress: false};
    for (const error of ['squared', 'relative'] as const) {
      const detector = await AutoencoderDetector.fit(strokes(128, 1, true), {...options, error});
      assert.deepEqual(detector.arrays()['member0/0'].shape, [3, 3, 1, 32]);
      const area = auroc(detector.score(strokes(50, 2, true)), detector.score(strokes(50, 3, false)));
      assert.ok(area > 0.95, `${error}: ${area}`);
    }
  });

  it('refuses an image of another size, an unknown error or activation, negative noise and no members', async () => {
    await refuses('autoencoder', {image: {height: 3, width: 2}}, /image: expected 4 pixels, got 3 x 2/);
    await refuses(
      'autoencoder',
      {error: 'absolute'},
      /error: expected one of squared, relative, got "absolute"/,
    );
    await refuses('autoencoder', {activation: 'gelu'}, /activation: expected one of linear, .*, got "gelu"/);
    await refuses('autoencoder', {noise: -0.1}, /noise: expected a number from 0 to Infinity, got -0.1/);
    await refuses('autoencoder', {members: 0}, /members: expected a whole number >= 1, got 0/);
    await refuses('autoencoder', {latentDim: 0}, /latentDim: expected a whole number >= 1, got 0/);
  });
});

describe('VaeDetector', () => {
  it('finds the exact -log p(x) of a linear model: x̂ = w z + b has the evidence N(b, w wᵀ + σ²)', () => {
    const x = tf.tensor2d([[0, 0], [1, -1], [3, 2]]); // prettier-ignore
    assertClose(linear({samples: 8000}).score(x), x.arraySync().map(exact), 0.02); // prettier-ignore
  });

  it('is with one draw the evidence lower bound, and tighter with each more', () => {
    const x = [1, -1];
    const row = tf.tensor2d([x]);
    const scoreOf = (samples: number, seed: number) => {
      const detector = linear({samples, seed});
      const [score] = detector.score(row);
      detector.dispose();
      return score;
    };
    const mean = (samples: number) => Array.from({length: 600}, (_, seed) => scoreOf(samples, seed)).reduce((sum, s) => sum + s / 600, 0); // prettier-ignore
    // KL(q ‖ posterior) in closed form: q is N(encoder, 0.3), the posterior N(wᵀ (x - b) / (σ² + w²), σ² / (σ² + w²))
    const precision = 1 + (w[0] ** 2 + w[1] ** 2) / σ ** 2;
    const target = (w[0] * (x[0] - b[0]) + w[1] * (x[1] - b[1])) / σ ** 2 / precision;
    const code = 0.4 * x[0] - 0.2 * x[1] + 0.1;
    const gap = (precision * (0.3 + (code - target) ** 2) - 1 - Math.log(0.3 * precision)) / 2;
    const bounds = [1, 3, 10].map(mean);
    assertClose(bounds[0], exact(x) + gap, 0.05);
    assert.ok(bounds[0] > bounds[1] + 0.05 && bounds[1] > bounds[2] + 0.02, bounds.join(', '));
    assert.ok(bounds[2] > exact(x) - 0.01, `${bounds[2]} against ${exact(x)}`);
  });

  it('agrees after training with the integral over the code', async () => {
    const options = {...longer, hiddenDims: [6], steps: 100, latentDim: 1, deviation: 0.5, samples: 4000};
    const detector = await VaeDetector.fit(curve(200, 1), options);
    const x = tf.concat([curve(5, 2), offCurve(5, 3)]) as tf.Tensor2D;
    // -log ∫ N(z; 0, 1) N(x; x̂(z), σ²) dz by a sum over z = -6 … 6, the decoder written out
    const [{data: v}, {data: c}, {data: u}, {data: a}] = [4, 5, 6, 7].map(
      (i) => detector.arrays()[`vae/${i}`],
    );
    const decoded = (z: number) => {
      const hidden = Array.from(v, (slope, h) => Math.tanh(slope * z + c[h]));
      return Array.from(a, (bias, j) => hidden.reduce((sum, value, h) => sum + u[4 * h + j] * value, bias));
    };
    const grid = Array.from({length: 2401}, (_, i) => -6 + i / 200);
    const expected = x.arraySync().map((row) => {
      const density = grid.map((z) =>
        decoded(z).reduce((p, mean, j) => p * normal(row[j], mean, 0.5), normal(z, 0, 1)),
      );
      return -Math.log(density.reduce((sum, p) => sum + p / 200, 0));
    });

    assertClose(detector.score(x), expected, 0.03);
  });

  it('explains by hand: squared errors at the mean code over 2 σ²', () => {
    const x = [3, 2];
    const code = 0.4 * x[0] - 0.2 * x[1] + 0.1;
    const expected = x.map((value, j) => (value - w[j] * code - b[j]) ** 2 / (2 * σ ** 2));
    assertClose(
      linear({})
        .explain(tf.tensor2d([x]))
        .dataSync(),
      expected,
    );
  });

  it('draws the same again for the same rows, and other draws from another seed', () => {
    const x = curve(10, 1).slice([0, 0], [10, 2]) as tf.Tensor2D;
    const detector = linear({seed: 1});
    const scores = detector.score(x);
    assert.deepEqual(detector.score(x), scores);
    assert.notDeepEqual(linear({seed: 2}).score(x), scores);
  });

  it('refuses a deviation of 0 and no samples', async () => {
    await refuses('vae', {deviation: 0}, /deviation: expected a number > 0, got 0/);
    await refuses('vae', {samples: 0}, /samples: expected a whole number >= 1, got 0/);
    await refuses('vae', {latentDim: 0}, /latentDim: expected a whole number >= 1, got 0/);
  });
});

describe('SvddDetector', () => {
  // φ(x) = x W + nothing, c = (1, 2); explanations are counted from (1, 1)
  const array = (shape: number[], ...data: number[]) => ({shape, data: Float32Array.from(data)});
  const arrays = {
    'svdd/0': array([2, 2], 1, 3, -1, 2),
    'svdd/1': array([2], 1, 2),
    mean: array([2], 1, 1),
  };
  const config = {...quick, batchSize: 64, learningRate: 1e-3, seed: 0, hiddenDims: [], latentDim: 2};

  it('scores and explains by hand: the squared distance, and its slope times the way from the mean', () => {
    const detector = restoreDetector('deep-svdd', config, 2, arrays);
    const x = tf.tensor2d([[2, 0]]); // φ = (2, 6), φ - c = (1, 4)
    assertClose(detector.score(x), [1 ** 2 + 4 ** 2]);
    const slope = [2 * (1 * 1 + 3 * 4), 2 * (-1 * 1 + 2 * 4)];
    assertClose(detector.explain(x).dataSync(), [slope[0] * (2 - 1), slope[1] * (1 - 0)]);
  });

  it('places the centre at the codes of the normal rows before it trains', async () => {
    const x = curve(100, 1);
    const fitted = await fitDetector('deep-svdd', x, {...small, latentDim: 3, learningRate: 1e-9});
    const {'svdd/0': first, 'svdd/1': second, 'svdd/2': centre, mean} = fitted.arrays();
    const hidden = tf.leakyRelu(tf.matMul(x, tf.tensor2d(first.data, [4, 8])), 0.1);
    const codes = tf
      .matMul(hidden, tf.tensor2d(second.data, [8, 3]))
      .mean(0)
      .dataSync();
    assertClose(centre.data, codes.map((value) => (value < 0 ? -1 : 1) * Math.max(0.1, Math.abs(value)))); // prettier-ignore
    assertClose(mean.data, x.mean(0).dataSync());
  });

  it('refuses widths that are none', async () => {
    await refuses('deep-svdd', {hiddenDims: [0]}, /width: expected a whole number >= 1, got 0/);
  });
});

describe('train', () => {
  it('takes whole passes over the rows, about as many steps as asked for, one pass at the least', async () => {
    const steps = async (rows: number, wanted: number) => {
      const [weight, count] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(0), false)];
      const losses = () => {
        count.assign(count.add(1));
        return {total: weight.square() as tf.Scalar};
      };
      const x = tf.ones<tf.Rank.R2>([rows, 1]);
      await train({losses, variables: [weight], state: [count]}, x, {...TRAINING_DEFAULTS, steps: wanted, progress: false}); // prettier-ignore
      return count.dataSync()[0];
    };
    assert.equal(await steps(20, 7), 7);
    assert.equal(await steps(130, 10), 9); // three batches of at most 64 make a pass
    assert.equal(await steps(130, 1), 3);
  });

  it('has the rows in the order of the seed', async () => {
    const trained = async (seed: number) => {
      const model = new DeepSvdd({inputDim: 4, seed: 3});
      await train(model, curve(100, 1), {...TRAINING_DEFAULTS, ...quick, seed});
      return model.variables[0].dataSync();
    };
    assert.deepEqual(await trained(1), await trained(1));
    assert.notDeepEqual(await trained(1), await trained(2));
  });
});

const areas: Record<string, [number, number]> = {
  autoencoder: [0.93, 1],
  vae: [0.87, 0.98],
  'deep-svdd': [0.97, 1],
};
const sharper: Record<string, object> = {autoencoder: {noise: 0.2}, vae: {deviation: 0.1}};

for (const [method, [low, high]] of Object.entries(areas)) {
  describe(`a network as a detector: ${method}`, () => {
    it('finds rows off a curve, which straight lines do not tell from it', async () => {
      const [x, unseen, anomalies] = [curve(200, 1), curve(100, 2), offCurve(100, 3)];
      const area = (detector: Detector) => auroc(detector.score(unseen), detector.score(anomalies));
      const lines = area(await fitDetector('pca', x));
      const network = area(await fitDetector(method, x, {...longer, ...sharper[method]}));
      assert.ok(network > low && network <= high, `${network}`);
      assert.ok(lines < 0.6, `PCA: ${lines}`);
    });

    it('is another from another seed', async () => {
      const scores = async (seed: number) =>
        (await fitDetector(method, curve(100, 1), {...small, seed})).score(curve(9, 2));
      assert.deepEqual(await scores(1), await scores(1));
      assert.notDeepEqual(await scores(1), await scores(2));
    });

    it('scores and explains more rows than it takes at once, each as if alone', async () => {
      const few = curve(10, 2);
      const x = tf.tile(few, [ROWS_AT_ONCE / 8, 1]) as tf.Tensor2D; // 10 / 8 of what it takes
      const detector = await fitDetector(method, curve(100, 1), small);
      const [scores, shares] = [detector.score(x), detector.explain(x).dataSync()];
      const explained = detector.explain(few).dataSync();
      assert.equal(scores.length, x.shape[0]);
      shares.forEach((share, i) => assertClose(share, explained[i % 40], 1e-4));
      const each = detector.score(few);
      scores.forEach((score, i) => assertClose(score, each[i % 10], 1e-4));
    });

    it('frees what it made when training fails or stored numbers do not fit', async () => {
      const huge = curve(20, 1).mul(1e30) as tf.Tensor2D; // squares beyond single precision
      const failing = () => assert.rejects(fitDetector(method, huge, small), /training stopped at step 1/);
      assert.equal(await tensorsLeaked(failing), 0);
      const {config, inputDim} = await fitDetector(method, curve(20, 1), small);
      const empty = () => assert.throws(() => restoreDetector(method, config, inputDim, {}), /got none/);
      assert.equal(await tensorsLeaked(empty), 0);
    });

    it('refuses steps, batches, rates and seeds that are none', async () => {
      await refuses(method, {steps: 0}, /steps: expected a whole number >= 1, got 0/);
      await refuses(method, {batchSize: 1.5}, /batchSize: expected a whole number >= 1, got 1.5/);
      await refuses(method, {learningRate: 0}, /learningRate: expected a number > 0, got 0/);
      await refuses(method, {seed: -1}, /seed: expected a whole number >= 0, got -1/);
    });
  });
}

// a refusal costs no tensor
async function refuses(method: string, options: object, message: RegExp): Promise<void> {
  const x = curve(5, 1);
  const leaked = await tensorsLeaked(() => assert.rejects(fitDetector(method, x, options), message));
  assert.equal(leaked, 0);
}

function normal(x: number, mean: number, deviation: number): number {
  return Math.exp(-(((x - mean) / deviation) ** 2) / 2) / deviation / Math.sqrt(2 * Math.PI);
}

// x̂ = direction (direction · x), one direction for each member
function projecting(options: Partial<AutoencoderDetectorOptions>, directions: number[][]) {
  const config = {
    ...{...quick, batchSize: 64, learningRate: 1e-3, seed: 0, noise: 0, image: null, activation: 'tanh'},
    ...{hiddenDims: [], latentDim: 1, members: 1, error: 'squared'},
    ...options,
  } as Required<AutoencoderDetectorOptions>;
  const arrays = directions.map((direction, member) => ({
    [`member${member}/0`]: {shape: [2, 1], data: Float32Array.from(direction)},
    [`member${member}/1`]: {shape: [1], data: Float32Array.of(0)},
    [`member${member}/2`]: {shape: [1, 2], data: Float32Array.from(direction)},
    [`member${member}/3`]: {shape: [2], data: Float32Array.of(0, 0)},
  }));
  return AutoencoderDetector.restore(config, 2, Object.assign({}, ...arrays));
}

// x̂ = w z + b with noise of deviation σ; the encoder is wrong on purpose: N(0.4 x_0 - 0.2 x_1 + 0.1, 0.3)
const [w, b, σ] = [[0.9, -0.6], [0.2, 0.1], 0.5]; // prettier-ignore

function linear(options: Partial<VaeDetectorOptions>): VaeDetector {
  const config = {...quick, batchSize: 64, learningRate: 1e-3, seed: 0, hiddenDims: [], latentDim: 1};
  const arrays = {
    'vae/0': {shape: [2, 2], data: Float32Array.of(0.4, 0, -0.2, 0)},
    'vae/1': {shape: [2], data: Float32Array.of(0.1, Math.log(0.3))},
    'vae/2': {shape: [1, 2], data: Float32Array.from(w)},
    'vae/3': {shape: [2], data: Float32Array.from(b)},
  };
  return VaeDetector.restore({...config, deviation: σ, samples: 10, ...options}, 2, arrays);
}

// -log N(x; b, w wᵀ + σ² I) in two dimensions
function exact(x: number[]): number {
  const [p, q, r] = [w[0] ** 2 + σ ** 2, w[0] * w[1], w[1] ** 2 + σ ** 2];
  const [u, v] = [x[0] - b[0], x[1] - b[1]];
  const determinant = p * r - q ** 2;
  const square = (r * u ** 2 - 2 * q * u * v + p * v ** 2) / determinant;
  return square / 2 + Math.log(determinant) / 2 + Math.log(2 * Math.PI);
}
