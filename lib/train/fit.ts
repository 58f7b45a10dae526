/** The training loop: batches, losses, steps, records. The step is compiled: see lib/compile. */
import {assertInteger, assertOptions, assertPositive} from '../check';
import {adam, compileStep, type Optimizer} from '../compile';
import {batchPlaces} from '../data/batches';
import {interrupts} from '../display';
import type {Trainable} from '../models/autoencoder';
import {RandomStream} from '../random';
import * as tf from '../tf';
import {Evaluation, type Terms} from './evaluation';
import type {History} from './history';
import {trainingProgress} from './progress';
import {scheduleFunction, type Schedule} from './schedule';
import {Weights} from './weights';

export interface FitOptions {
  /** Passes over the training examples. Time grows with it in proportion. */
  epochs: number;
  /** Examples per step. Default 128: smaller batches take more steps and more time per epoch. */
  batchSize?: number;
  /** How gradients change the weights. Default adam(). */
  optimizer?: Optimizer;
  /** The optimizer's step size at the start. Default 1e-3; lesson 01 shows what a rate of 1 does. */
  learningRate?: number;
  /** How the step size falls. Default constant. */
  schedule?: Schedule;
  /**
   * Numbers that the model's losses take and that change from step to step, each as a function of the
   * fraction of all steps that is done, 0 to 1; e.g. `{klWeight: (done) => Math.min(1, 4 * done)}`.
   */
  scalars?: Record<string, (done: number) => number>;
  /** [m, d], never trained on: its losses are recorded after each epoch. */
  validation?: tf.Tensor2D;
  /** Stop after this many epochs without a better validation total, and keep the best weights. */
  patience?: number;
  /** Fixes the order of the batches. Default 0. */
  seed?: number;
  /** Show a progress line in the notebook or the terminal. Default true. */
  progress?: boolean;
  /** Called after every epoch. */
  onEpoch?: (history: History) => void | Promise<void>;
}

const known = [
  'epochs',
  'batchSize',
  'learningRate',
  'schedule',
  'optimizer',
  'scalars',
  'validation',
  'patience',
  'seed',
  'progress',
  'onEpoch',
];

/**
 * Trains a model on x [n, d]. The notebook's stop button ends it after the running step; the model and
 * the history so far remain usable.
 * @throws Error when a loss is not finite: it names the step and the term, and the last good weights are back.
 */
export async function fit(model: Trainable, x: tf.Tensor2D, options: FitOptions): Promise<History> {
  assertOptions('fit', options, known);
  const {epochs, batchSize = 128, learningRate = 1e-3, schedule = 'constant', validation, seed = 0} = options;
  assertInteger('epochs', epochs);
  assertInteger('batchSize', batchSize);
  assertPositive('learningRate', learningRate);
  if (options.patience !== undefined) assertInteger('patience', options.patience);
  if (options.patience !== undefined && !validation)
    throw new TypeError('patience: expected validation examples to judge by, got none');

  const n = x.shape[0];
  if (n === 0) throw new RangeError('x: expected at least one example, got none');
  const random = new RandomStream(seed).split('batches');
  const rate = scheduleFunction(schedule);
  const totalSteps = epochs * Math.ceil(n / batchSize);
  const history: History = {epochs: [], steps: 0, ending: 'completed', seconds: 0};
  const scalars = Object.entries(options.scalars ?? {});
  const optimizer = options.optimizer ?? adam();
  const players = model.players ?? [{variables: model.variables}];
  const step = compileStep({
    // the batch is gathered inside the step: the data set stays where it is
    losses: ({x, places}: {x: tf.Tensor2D; places: tf.Tensor1D}, named) =>
      model.losses(tf.gather(x, places), named),
    players: players.map((player) => ({...player, optimizer})),
    scalars: scalars.map(([name]) => name),
  });
  const evaluation = new Evaluation(model, Object.fromEntries(scalars.map(([name, f]) => [name, f(1)])));
  const learned = [...model.variables, ...(model.state ?? [])];
  const good = new Weights(learned);
  const best = new Weights(learned);
  const progress = trainingProgress(epochs, options.progress ?? true);
  const began = Date.now();
  let candidate: Weights | undefined; // good once the step from them has been finite
  let bestTotal = Infinity;
  let stop = false;
  const interrupt = () => (stop = true);
  interrupts.on('interrupt', interrupt);

  try {
    for (let epoch = 1; epoch <= epochs && !stop; epoch++) {
      const sums: Terms = {};
      let seen = 0;
      if (epoch === 2) step.checkNext(); // what changes with the epoch does so now
      for (const rows of batchPlaces(random.permutation(n), batchSize)) {
        candidate = step.count % 50 === 0 ? new Weights(learned) : undefined;
        const done = step.count / totalSteps;
        const places = tf.tensor1d(rows, 'int32');
        const numbers = Object.fromEntries(scalars.map(([name, f]) => [name, f(done)]));
        const terms = step.run({x, places}, {...numbers, learningRate: learningRate * rate(done)});
        places.dispose();
        assertFinite(terms, step.count, good);
        if (candidate) good.replaceBy(candidate);
        for (const [name, value] of Object.entries(terms))
          sums[name] = (sums[name] ?? 0) + value * rows.length;
        seen += rows.length;
        await progress.at(epoch - 1 + seen / n, sums.total / seen);
        if (stop) break;
      }
      history.steps = step.count;
      history.seconds = (Date.now() - began) / 1000;
      history.epochs.push({
        epoch,
        train: mapValues(sums, (sum) => sum / seen),
        ...(validation ? {validation: evaluation.run(validation)} : {}),
        learningRate: learningRate * rate((step.count - 1) / totalSteps),
        seconds: history.seconds,
      });
      await options.onEpoch?.(history);
      if (validation) {
        const total = history.epochs[epoch - 1].validation!.total;
        if (total < bestTotal) {
          bestTotal = total;
          best.replaceBy(new Weights(learned));
        } else if (epoch - bestEpoch(history) >= (options.patience ?? Infinity) && !stop) {
          history.ending = 'stopped early';
          break;
        }
      }
    }
    if (stop) history.ending = 'interrupted';
    if (options.patience !== undefined) best.restore();
    return history;
  } finally {
    interrupts.off('interrupt', interrupt);
    progress.end(history);
    [step, evaluation, good, best, candidate].forEach((held) => held?.dispose());
  }
}

/**
 * Does what the notebook's stop button does to every `fit` that runs, e.g. from a timer or from `onEpoch`. Where
 * none runs, nothing happens.
 */
export function stopTraining(): void {
  interrupts.emit('interrupt');
}

function assertFinite(terms: Terms, step: number, good: Weights): void {
  const bad = Object.entries(terms).find(([, value]) => !Number.isFinite(value));
  if (!bad) return;
  good.restore();
  throw new Error(
    `training stopped at step ${step}: the loss term "${bad[0]}" is ${bad[1]}. The last good weights are back; ` +
      'try a smaller learning rate, or look for NaN in the data',
  );
}

function bestEpoch(history: History): number {
  const totals = history.epochs.map((record) => record.validation!.total);
  return 1 + totals.indexOf(Math.min(...totals));
}

function mapValues(terms: Terms, f: (value: number) => number): Terms {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, f(value)]));
}
