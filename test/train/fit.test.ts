import * as assert from 'node:assert/strict';
import {interrupts} from '../../lib/display';
import {DenseAutoencoder} from '../../lib/models/dense-autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit, type FitOptions} from '../../lib/train/fit';
import {evaluate, TrainingStep} from '../../lib/train/step';
import {assertClose} from '../helpers';

const quiet = {progress: false};

describe('fit', () => {
  it('brings points on a line to an error below a hundredth of their variance', async () => {
    const model = small();
    const before = evaluate(model, line()).total;
    const history = await fit(model, line(), {epochs: 60, batchSize: 16, learningRate: 0.02, ...quiet});
    const after = evaluate(model, line()).total;
    assert.ok(after < 0.01 * before, `went from ${before} to ${after}`);
    assert.deepEqual([history.steps, history.epochs.length, history.ending], [60 * 4, 60, 'completed']);
  });

  it('gives the same history and weights again from the same seed', async () => {
    const run = async () => {
      const model = small();
      const {epochs} = await fit(model, line(), {epochs: 3, batchSize: 16, seed: 4, ...quiet});
      return [epochs.map(({train}) => train), model.variables.map((v) => v.arraySync())];
    };
    assert.deepEqual(await run(), await run());
  });

  it('records the mean of each term over the examples, a smaller last batch by its size', async () => {
    const model = {
      losses: (x: tf.Tensor2D) => ({total: x.mean().add(v.mul(0)) as tf.Scalar}),
      variables: [v],
    };
    const {epochs} = await fit(model, tf.tensor2d([[1], [2], [3], [4], [50]]), {
      epochs: 1,
      batchSize: 4,
      ...quiet,
    });
    assertClose(epochs[0].train.total, (1 + 2 + 3 + 4 + 50) / 5);
  });

  it('follows the cosine schedule from the full rate to nearly none', async () => {
    const {epochs} = await fit(small(), line(), {
      epochs: 4,
      batchSize: 16,
      learningRate: 1,
      schedule: 'cosine',
      ...quiet,
    });
    assertClose(
      epochs.map((e) => e.learningRate),
      [3, 7, 11, 15].map((s) => (1 + Math.cos((Math.PI * s) / 16)) / 2),
    );
  });

  it('stops early and keeps the weights that were best on the validation examples', async () => {
    const model = small();
    const options = {
      epochs: 50,
      batchSize: 16,
      learningRate: 0.3,
      patience: 3,
      validation: line(9),
      ...quiet,
    };
    const {epochs, ending} = await fit(model, line(), options);
    const totals = epochs.map((e) => e.validation!.total);
    assert.equal(ending, 'stopped early');
    assert.equal(totals.length - 1 - totals.indexOf(Math.min(...totals)), 3);
    assertClose(evaluate(model, line(9)).total, Math.min(...totals));
  });

  it('stops after the running step when it is interrupted, and leaves a usable model', async () => {
    const model = small();
    let steps = 0;
    const watched = {
      variables: model.variables,
      losses: (x: tf.Tensor2D) => {
        if (++steps === 6) interrupts.emit('interrupt');
        return model.losses(x);
      },
    };
    const history = await fit(watched, line(), {epochs: 50, batchSize: 16, ...quiet});
    assert.deepEqual([history.ending, history.steps, history.epochs.length], ['interrupted', 6, 2]);
    assert.ok(Number.isFinite(evaluate(model, line()).total));
    assert.equal(interrupts.listenerCount('interrupt'), 0);
  });

  it('stops at a loss that is not finite, names step and term, and puts the last good weights back', async () => {
    const model = small();
    let steps = 0;
    let good: unknown;
    const poisoned = {
      variables: model.variables,
      losses: (x: tf.Tensor2D) => {
        const {total} = model.losses(x);
        if (++steps === 1) good = model.variables.map((w) => w.arraySync());
        return {total: steps < 3 ? total : (total.mul(NaN) as tf.Scalar)};
      },
    };
    await assert.rejects(
      fit(poisoned, line(), {epochs: 5, batchSize: 16, ...quiet}),
      /training stopped at step 3: the loss term "total" is NaN\. The last good weights are back/,
    );
    assert.deepEqual(
      model.variables.map((w) => w.arraySync()),
      good,
    );
  });

  it('keeps the number of tensors constant', async () => {
    const model = small();
    const data = line();
    await fit(model, data, {epochs: 1, batchSize: 16, ...quiet});
    const before = tf.memory().numTensors;
    await fit(model, data, {epochs: 5, batchSize: 16, validation: data, patience: 1, ...quiet});
    assert.equal(tf.memory().numTensors, before);
  });

  it('changes only the variables that the model names', async () => {
    const frozen = tf.variable(tf.scalar(3));
    const free = tf.variable(tf.scalar(1));
    const model = {
      losses: (x: tf.Tensor2D) => ({total: x.mean().mul(frozen).mul(free).square() as tf.Scalar}),
      variables: [free],
    };
    await fit(model, tf.ones([4, 1]), {epochs: 3, ...quiet});
    assert.equal(frozen.dataSync()[0], 3);
    assert.ok(free.dataSync()[0] < 1);
  });

  it('refuses to train on nothing', () =>
    assert.rejects(
      fit(small(), tf.zeros([0, 2]), {epochs: 1, ...quiet}),
      /x: expected at least one example, got none/,
    ));

  const bad: [string, Partial<FitOptions>, RegExp][] = [
    ['an unknown option', {epoch: 3} as never, /fit: unknown option epoch; known are epochs, batchSize/],
    ['no whole number of epochs', {epochs: 1.5}, /epochs: expected a whole number >= 1, got 1.5/],
    [
      'an unknown schedule',
      {schedule: 'linear' as never},
      /schedule: expected one of constant, cosine, got "linear"/,
    ],
    [
      'patience without validation',
      {patience: 2},
      /patience: expected validation examples to judge by, got none/,
    ],
  ];
  for (const [what, options, message] of bad) {
    it(`refuses ${what}`, () =>
      assert.rejects(fit(small(), line(), {epochs: 1, ...options, ...quiet}), message));
  }
});

describe('evaluate', () => {
  it('weights batches by their size and trains nothing', () => {
    const model = {losses: (x: tf.Tensor2D) => ({total: x.mean().mul(v) as tf.Scalar}), variables: [v]};
    assertClose(evaluate(model, tf.tensor2d([[1], [2], [9]]), 2).total, (1 + 2 + 9) / 3);
    assertClose(v.dataSync(), [1]);
  });
});

describe('TrainingStep', () => {
  it('takes the first step of Adam: the learning rate against the sign of the gradient', () => {
    const w = tf.variable(tf.tensor1d([1, -2]));
    const step = new TrainingStep({losses: () => ({total: w.square().sum() as tf.Scalar}), variables: [w]});
    assertClose(step.run(tf.zeros([1, 1]), 0.1).total, 1 + 4);
    assertClose(w.dataSync(), [0.9, -1.9], 1e-4);
  });

  it('refuses a model without variables, and a loss that is no scalar', () => {
    assert.throws(
      () => new TrainingStep({losses: () => ({total: tf.scalar(0)}), variables: []}),
      /variables: expected at least one/,
    );
    const vector = {losses: (x: tf.Tensor2D) => ({total: x.mul(v) as never}), variables: [v]};
    assert.throws(
      () => new TrainingStep(vector).run(tf.zeros([2, 3]), 1),
      /loss total: expected a scalar, got shape \[2, 3\]/,
    );
  });
});

let v: tf.Variable;
before(() => {
  v = tf.variable(tf.scalar(1));
});

function small(): DenseAutoencoder {
  return new DenseAutoencoder({inputDim: 2, hiddenDims: [8], latentDim: 1, seed: 3});
}

function line(seed = 0): tf.Tensor2D {
  const t = new RandomStream(seed).uniforms(64, -1, 1);
  return tf.tensor2d(
    Float32Array.from({length: 128}, (_, i) => (i % 2 === 0 ? t[i / 2] : 2 * t[(i - 1) / 2])),
    [64, 2],
  );
}
