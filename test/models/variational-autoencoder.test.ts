import * as assert from 'node:assert/strict';
import {augmented} from '../../lib/models/augmented';
import {binarized} from '../../lib/data/binarization';
import {negativeLogLikelihood} from '../../lib/metrics/likelihood';
import {DenseAutoencoder} from '../../lib/models/dense-autoencoder';
import {VariationalAutoencoder} from '../../lib/models/variational-autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {evaluate} from '../../lib/train/evaluation';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {inputDim: 6, hiddenDims: [8], latentDim: 2, seed: 7};

describe('VariationalAutoencoder', () => {
  it('names a distribution for each example, and draws probabilities', () => {
    const model = new VariationalAutoencoder(small);
    const {mean, logVar} = model.posterior(examples());
    assert.deepEqual([mean.shape, logVar.shape], [[16, 2], [16, 2]]); // prettier-ignore
    assert.deepEqual(model.encode(examples()).arraySync(), mean.arraySync());
    const p = model.decode(mean).dataSync();
    assert.ok(p.length === 96 && p.every((value) => value > 0 && value < 1));
  });

  for (const beta of [0, 1, 4]) {
    it(`adds ${beta} times the KL term to the reconstruction term, or a part of it while klWeight rises`, () => {
      const model = () => new VariationalAutoencoder({...small, beta});
      const full = numbers(model().losses(examples()));
      assertClose(full.total, full.reconstruction + beta * full.kl);
      const part = numbers(model().losses(examples(), {klWeight: tf.scalar(0.25)}));
      assertClose(part.total, part.reconstruction + 0.25 * beta * part.kl);
      assertClose([part.kl, part.reconstruction], [full.kl, full.reconstruction]); // the same noise
    });
  }

  it('says the KL of each coordinate; together they are the kl of the loss', () => {
    const model = new VariationalAutoencoder(small);
    const each = model.klPerDimension(examples());
    assertClose(each[0] + each[1], numbers(model.losses(examples())).kl);
  });

  it('has its total and its weights agree: with one sample the mean weight is the bound, in expectation', () => {
    const model = new VariationalAutoencoder(small);
    const weights = model.logWeights(examples(), 5000, new RandomStream(3));
    assert.deepEqual(weights.shape, [5000, 16]);
    const bound = Array.from({length: 300}, () => numbers(model.losses(examples())).total);
    const mean = bound.reduce((a, b) => a + b) / bound.length;
    assertClose(-(weights.mean().arraySync() as number), mean, 0.01);
  });

  it('finds the exact evidence where it is known: x = z + noise, whose evidence is N(0, 1 + deviation²)', () => {
    // decoder x̂ = z exactly, encoder wrong on purpose: importance sampling must make up for it
    const model = new VariationalAutoencoder({
      inputDim: 1,
      hiddenDims: [],
      latentDim: 1,
      likelihood: 'gaussian',
      deviation: 0.5,
    });
    const [encoder, encoderBias, decoder, decoderBias] = model.variables;
    encoder.assign(tf.tensor2d([[0.6, 0]])); // the best is 0.8 x with variance 0.2
    encoderBias.assign(tf.tensor1d([0.1, Math.log(0.3)]));
    decoder.assign(tf.tensor2d([[1]]));
    decoderBias.assign(tf.tensor1d([0]));
    const x = [-1, 0, 2];
    const variance = 1 + 0.5 ** 2;
    const exact = x.map((v) => v ** 2 / (2 * variance) + Math.log(2 * Math.PI * variance) / 2);
    const mean = exact.reduce((a, b) => a + b) / 3;
    const column = tf.tensor2d(x, [3, 1]);
    assertClose(negativeLogLikelihood(model, column, {samples: 20000}), mean, 0.01);
    // and the bound is above it by KL(q ‖ posterior), in closed form
    const gap = (v: number) => {
      const [m, q, target, p] = [0.6 * v + 0.1, 0.3, 0.8 * v, 0.2];
      return (Math.log(p / q) + (q + (m - target) ** 2) / p - 1) / 2;
    };
    const gaps = x.reduce((sum, v) => sum + gap(v) / 3, 0);
    const many = tf.tile(column, [4000, 1]) as tf.Tensor2D;
    assertClose(negativeLogLikelihood(model, many, {samples: 1}), mean + gaps, 0.02);
  });

  it('tightens the bound with more samples, and the importance-weighted loss is that bound', () => {
    const model = new VariationalAutoencoder(small);
    const x = tf.tile(examples(), [50, 1]) as tf.Tensor2D;
    const [one, five, fifty] = [1, 5, 50].map((samples) => negativeLogLikelihood(model, x, {samples}));
    assert.ok(one > five && five > fifty, `${one}, ${five}, ${fifty}`);
    const weighted = new VariationalAutoencoder({...small, samples: 5});
    assertClose(evaluate(weighted, x).total, five, 0.01);
  });

  for (const [name, shape] of Object.entries({
    dense: {inputDim: 48, hiddenDims: [16]},
    convolutional: {height: 8, width: 6, filters: [8, 8]},
  })) {
    it(`learns a few binary pictures, compiled: ${name}`, async () => {
      const model = new VariationalAutoencoder({...shape, latentDim: 3, seed: 2});
      const x = pictures();
      const options = {epochs: 100, batchSize: 32, learningRate: 2e-2, progress: false};
      await fit(model, x, {...options, scalars: {klWeight: (done) => Math.min(1, 2 * done)}});
      // four pictures, equally often: the entropy is log 4 = 1.39 nats; unlearned it is 48 log 2 = 33
      const nll = negativeLogLikelihood(model, x, {samples: 100});
      assert.ok(nll > Math.log(4) - 0.05 && nll < 4, `${nll} nats`);
    });
  }

  it('is told a condition: the decoder alone hears it, and draws the picture of that class', async () => {
    const model = new VariationalAutoencoder({inputDim: 48, hiddenDims: [16], latentDim: 1, conditionDim: 4});
    const x = pictures();
    const labels = tf.oneHot(tf.tensor1d(Array.from({length: 64}, (_, i) => i % 4), 'int32'), 4); // prettier-ignore
    const labelled = tf.concat([x, labels.cast('float32')], 1) as tf.Tensor2D;
    await fit(model, labelled, {epochs: 100, batchSize: 32, learningRate: 2e-2, progress: false});
    const drawn = model.decode(tf.concat([tf.zeros([4, 1]), tf.eye(4)], 1) as tf.Tensor2D);
    assertClose(drawn.dataSync(), x.slice([0, 0], [4, 48]).dataSync(), 0.2);
    assert.deepEqual(model.encode(labelled).shape, [64, 5]);
    assert.ok(
      evaluate(model, labelled).kl < 0.3,
      `the code has nothing left to say: ${evaluate(model, labelled).kl}`,
    );
  });

  it('trains on digits binarised anew in each step', async () => {
    const grey = tf.fill([64, 6], 0.5);
    const model = new VariationalAutoencoder(small);
    await fit(augmented(model, binarized), grey as tf.Tensor2D, {epochs: 1, progress: false});
    const draws = binarized(grey as tf.Tensor2D, new RandomStream(1));
    assertClose(draws.mean().arraySync(), 0.5, 0.1);
    assert.ok(draws.dataSync().every((v) => v === 0 || v === 1));
  });

  it('leaves no tensor behind, and frees its own', async () => {
    const before = tf.memory().numTensors;
    const model = new VariationalAutoencoder({...small, conditionDim: 2, samples: 3});
    const x = new RandomStream(1).uniformTensor<tf.Rank.R2>([16, 8]);
    assert.equal(await tensorsLeaked(() => tf.dispose(model.losses(x))), 0);
    assert.equal(await tensorsLeaked(() => tf.dispose(model.logWeights(x, 4, new RandomStream(1)))), 0);
    assert.equal(await tensorsLeaked(() => negativeLogLikelihood(model, x, {samples: 3})), 0);
    assert.equal(await tensorsLeaked(() => model.klPerDimension(x)), 0);
    x.dispose();
    model.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new VariationalAutoencoder({...small, ...config});
    const model = new VariationalAutoencoder(small);
    assert.throws(make({beta: -1}), /beta: expected a number from 0 to Infinity, got -1/);
    assert.throws(make({deviation: 0}), /deviation: expected a number > 0, got 0/);
    assert.throws(make({samples: 0}), /samples: expected a whole number >= 1, got 0/);
    assert.throws(make({likelihood: 'poisson'}), /likelihood: expected one of bernoulli, gaussian/);
    assert.throws(make({height: 3, width: 2}), /network: expected either inputDim/);
    assert.throws(make({gamma: 1}), /unknown option gamma; known are inputDim, hiddenDims/);
    assert.throws(() => model.decode(tf.zeros([1, 3])), /z: expected shape \[n, 2\], got \[1, 3\]/);
    assert.throws(() => model.losses(tf.zeros([1, 5])), /x: expected shape \[n, 6\], got \[1, 5\]/);
  });

  it('is the only kind that has a likelihood', () => {
    const plain = new DenseAutoencoder(small);
    assert.throws(
      () => negativeLogLikelihood(plain, examples()),
      /model: expected one with a likelihood, such as a VariationalAutoencoder, got a DenseAutoencoder, which/,
    );
    const model = new VariationalAutoencoder(small);
    assert.throws(() => negativeLogLikelihood(model, examples(), {samples: 0}), /samples: expected a whole/);
  });
});

function examples(): tf.Tensor2D {
  return binarized(tf.fill([16, 6], 0.5), new RandomStream(1));
}

// 64 rows: four pictures in turn
function pictures(): tf.Tensor2D {
  const four = binarized(tf.fill([4, 48], 0.5), new RandomStream(5));
  return tf.tile(four, [16, 1]) as tf.Tensor2D;
}

function numbers(terms: Record<string, tf.Scalar>): Record<string, number> {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, value.arraySync()]));
}
