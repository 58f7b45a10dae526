/** The loss terms of a data set, without training. */
import {compileFunction, leavingVariables, type CompiledFunction} from '../compile';
import type {Trainable} from '../models/autoencoder';
import * as tf from '../tf';

/** Loss terms as numbers. */
export type Terms = Record<string, number>;

/** Evaluates a model again and again, and changes nothing of it; its graphs are recorded once. */
export class Evaluation {
  private names: string[] = [];
  private readonly losses: CompiledFunction<[tf.Tensor2D]>;

  /** @param scalars numbers that the model's losses take; as they are when it is first run. */
  constructor(model: Trainable, scalars: Terms = {}) {
    this.losses = compileFunction((x) => {
      const fixed = Object.fromEntries(
        Object.entries(scalars).map(([name, value]) => [name, tf.scalar(value)]),
      );
      return leavingVariables(() => {
        const terms = model.losses(x, fixed);
        this.names = Object.keys(terms);
        return [tf.stack(Object.values(terms).map((term) => tf.reshape(term, [])))];
      });
    });
  }

  /** The terms of x [n, d]; averaged over batches weighted by size. */
  run(x: tf.Tensor2D, batchSize = 500): Terms {
    const [n, d] = x.shape;
    const sums: number[] = [];
    for (let i = 0; i < n; i += batchSize) {
      const size = Math.min(batchSize, n - i);
      const part = x.slice([i, 0], [size, d]);
      const [vector] = this.losses(part);
      vector.dataSync().forEach((value, k) => (sums[k] = (sums[k] ?? 0) + (size / n) * value));
      tf.dispose([part, vector]);
    }
    return Object.fromEntries(this.names.map((name, k) => [name, sums[k]]));
  }

  dispose(): void {
    this.losses.dispose();
  }
}

/** The loss terms of x [n, d] as numbers, once. */
export function evaluate(model: Trainable, x: tf.Tensor2D, batchSize = 500): Terms {
  const evaluation = new Evaluation(model);
  try {
    return evaluation.run(x, batchSize);
  } finally {
    evaluation.dispose();
  }
}
