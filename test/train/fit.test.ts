import * as assert from 'node:assert/strict';
import {isCompiling, sgd} from '../../lib/compile';
import {interrupts} from '../../lib/display';
import {DenseAutoencoder} from '../../lib/models/dense-autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit, stopTraining, type FitOptions} from '../../lib/train/fit';
import {evaluate, Evaluation} from '../../lib/train/evaluation';
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
    let calls = 0; // one for each step, and one for the record at the end of the first epoch
    const schedule = () => {
      if (++calls === 7) interrupts.emit('interrupt');
      return 1;
    };
    const history = await fit(model, line(), {epochs: 50, batchSize: 16, schedule, ...quiet});
    assert.deepEqual([history.ending, history.steps, history.epochs.length], ['interrupted', 6, 2]);
    assert.ok(Number.isFinite(evaluate(model, line()).total));
    assert.equal(interrupts.listenerCount('interrupt'), 0);
  });

  it('stops by stopTraining, called after an epoch, as by the stop button', async () => {
    const onEpoch = ({epochs}: {epochs: unknown[]}) => {
      if (epochs.length === 2) stopTraining();
    };
    const history = await fit(small(), line(), {epochs: 50, batchSize: 16, onEpoch, ...quiet});
    assert.deepEqual([history.ending, history.steps, history.epochs.length], ['interrupted', 8, 2]);
  });

  it('is not stopped by a stopTraining from before it began', async () => {
    stopTraining();
    const history = await fit(small(), line(), {epochs: 1, batchSize: 16, ...quiet});
    assert.equal(history.ending, 'completed');
  });

  it('stops at a loss that is not finite, names step and term, and puts the last good weights back', async () => {
    const model = small();
    const start = model.variables.map((w) => w.arraySync());
    let steps = 0;
    const schedule = () => (++steps === 2 ? NaN : 1);
    await assert.rejects(
      fit(model, line(), {epochs: 5, batchSize: 16, schedule, ...quiet}),
      /training stopped at step 3: the loss term "total" is NaN\. The last good weights are back/,
    );
    assert.deepEqual(
      model.variables.map((w) => w.arraySync()),
      start,
    );
  });

  it('hands the losses numbers that change from step to step', async () => {
    const weight = tf.variable(tf.scalar(0));
    const model = {
      losses: (_: tf.Tensor2D, {pull}: Record<string, tf.Scalar>) => ({
        total: tf.mul(weight, pull) as tf.Scalar,
      }),
      variables: [weight],
    };
    const scalars = {pull: (done: number) => (done < 0.5 ? 1 : -3)}; // steps at 0, 1/4, 1/2 and 3/4
    await fit(model, tf.ones([4, 1]), {epochs: 4, learningRate: 1, optimizer: sgd(), scalars, ...quiet});
    assertClose(weight.dataSync(), [-1 - 1 + 3 + 3]);
  });

  it('refuses losses in which something changes from epoch to epoch and is no scalar', async function () {
    if (!isCompiling()) this.skip();
    const model = small();
    let epoch = 1;
    const warming = {
      variables: model.variables,
      losses: (x: tf.Tensor2D) => ({total: model.losses(x).total.mul(epoch) as tf.Scalar}),
    };
    const onEpoch = () => void epoch++;
    await assert.rejects(
      fit(warming, line(), {epochs: 3, batchSize: 16, onEpoch, ...quiet}),
      /from JavaScript values \(then 1, now 2\) would stay as it was/,
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

  it('leaves running averages and codebooks as training left them', () => {
    const average = tf.variable(tf.scalar(5), false);
    const model = {
      losses: (x: tf.Tensor2D) => {
        average.assign(x.mean() as tf.Scalar);
        return {total: average.mul(v) as tf.Scalar};
      },
      variables: [v],
    };
    assertClose(evaluate(model, tf.tensor2d([[1], [3]])).total, 2);
    assertClose(average.dataSync(), [5]);
  });

  it('follows a model while it is trained', async () => {
    const model = small();
    const evaluation = new Evaluation(model);
    const before = evaluation.run(line()).total;
    await fit(model, line(), {epochs: 5, batchSize: 16, learningRate: 0.02, ...quiet});
    const after = evaluation.run(line()).total;
    assert.ok(after < before, `went from ${before} to ${after}`);
    assertClose(after, squaredErrorOf(model));
    evaluation.dispose();
  });
});

let v: tf.Variable;
before(() => {
  v = tf.variable(tf.scalar(1));
});

function small(): DenseAutoencoder {
  return new DenseAutoencoder({inputDim: 2, hiddenDims: [8], latentDim: 1, seed: 3});
}

function squaredErrorOf(model: DenseAutoencoder): number {
  return tf.tidy(
    () =>
      tf
        .sub(line(), model.decode(model.encode(line())))
        .square()
        .sum(1)
        .mean()
        .dataSync()[0],
  );
}

function line(seed = 0): tf.Tensor2D {
  const t = new RandomStream(seed).uniforms(64, -1, 1);
  return tf.tensor2d(
    Float32Array.from({length: 128}, (_, i) => (i % 2 === 0 ? t[i / 2] : 2 * t[(i - 1) / 2])),
    [64, 2],
  );
}
