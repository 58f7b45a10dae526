/** One workload in this process: its steps with tfjs-node's own optimizer, and with the compiled step. */
import {adam, compileFunction, compileStep} from '../../lib/compile';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import type {Workload} from './workloads';

/** Examples that the batches are taken from. */
const POOL = 1280;
const LEARNING_RATE = 1e-3;

/** A training that can be timed in pieces. */
export interface Timed {
  /** Milliseconds of each of the next steps, from the choice of the batch to the loss as a number. */
  run(steps: number): number[];
  /** Milliseconds of the first step, which includes recording. */
  readonly first: number;
  /** The loss of every step so far. */
  readonly losses: number[];
  dispose(): void;
}

/** As anyone writes it with tfjs-node: `optimizer.minimize`, operation by operation. */
export function eagerTraining(workload: Workload, pool = POOL): Timed {
  const training = workload.make();
  const optimizer = tf.train.adam(LEARNING_RATE);
  const data = workload.data(pool);
  const next = batches(workload.batch, pool);
  const step = () =>
    tf.tidy(() => {
      const places = tf.tensor1d(next(), 'int32');
      const losses = () => training.losses(tf.gather(data, places)).total;
      return optimizer.minimize(losses, true, training.variables)!.dataSync()[0];
    });
  return timed(step, () => {
    optimizer.dispose();
    tf.dispose([data, ...training.variables, ...(training.state ?? [])]);
  });
}

/** Through lib's compiled step. */
export function compiledTraining(workload: Workload, pool = POOL): Timed {
  const training = workload.make();
  const data = workload.data(pool);
  const next = batches(workload.batch, pool);
  const compiled = compileStep({
    losses: ({x, places}: {x: tf.Tensor; places: tf.Tensor1D}) => training.losses(tf.gather(x, places)),
    players: {variables: training.variables, optimizer: adam()},
  });
  const step = () => {
    const places = tf.tensor1d(next(), 'int32');
    const {total} = compiled.run({x: data, places}, {learningRate: LEARNING_RATE});
    places.dispose();
    return total;
  };
  return timed(step, () => {
    compiled.dispose();
    tf.dispose([data, ...training.variables, ...(training.state ?? [])]);
  });
}

/** Billions of floating-point operations per second in the best of several products of 1024 × 1024 matrices. */
export function matMulRate(repeats = 20): number {
  const size = 1024;
  const a = new RandomStream(0).normal<tf.Rank.R2>([size, size]);
  const product = compileFunction((x: tf.Tensor2D) => [tf.matMul(x, x)]);
  let best = Infinity;
  for (let i = 0; i < repeats; i++) {
    const began = performance.now();
    tf.dispose(product(a));
    best = Math.min(best, performance.now() - began);
  }
  product.dispose();
  a.dispose();
  return (2 * size ** 3) / best / 1e6;
}

/** Milliseconds of calling a compiled function that does next to nothing. */
export function callOverhead(calls = 1000): number[] {
  const one = tf.scalar(1);
  const nothing = compileFunction((x: tf.Scalar) => [tf.add(x, 1)]);
  const times = timed(
    () => (tf.dispose(nothing(one)), 0),
    () => nothing.dispose(),
  );
  times.run(100);
  const measured = times.run(calls);
  times.dispose();
  one.dispose();
  return measured;
}

function timed(step: () => number, dispose: () => void): Timed {
  const losses: number[] = [];
  const run = (steps: number) =>
    Array.from({length: steps}, () => {
      const began = performance.now();
      const loss = step();
      const milliseconds = performance.now() - began;
      if (!Number.isFinite(loss)) throw new Error(`loss: expected a finite number, got ${loss}`);
      losses.push(loss);
      return milliseconds;
    });
  const [first] = run(1);
  return {run, first, losses, dispose};
}

function batches(size: number, pool: number): () => Int32Array {
  const random = new RandomStream(3);
  let order = random.permutation(pool);
  let start = 0;
  return () => {
    if (start + size > pool) [order, start] = [random.permutation(pool), 0];
    return order.slice(start, (start += size));
  };
}
