/** One step of training: the losses of a batch, their gradients, one update by Adam. */
import type {Trainable} from '../models/autoencoder';
import * as tf from '../tf';

/** Loss terms as numbers. */
export type Terms = Record<string, number>;

/**
 * Adam, Kingma & Ba 2015, https://arxiv.org/abs/1412.6980 algorithm 1, over the variables of one model.
 * Disposing it frees the moments and leaves the model.
 */
export class TrainingStep {
  private readonly optimizer = tf.train.adam(0);
  private readonly variables: tf.Variable[];
  private taken = 0;

  constructor(private readonly model: Trainable) {
    this.variables = model.variables;
    if (this.variables.length === 0)
      throw new Error('variables: expected at least one that training may change, got none');
  }

  /** Steps taken so far. */
  get count(): number {
    return this.taken;
  }

  /** Changes the variables once and returns the loss terms as they were before the change. */
  run(x: tf.Tensor2D, learningRate: number): Terms {
    const terms: Terms = {};
    tf.tidy(() => {
      const {grads} = tf.variableGrads(() => {
        const losses = this.model.losses(x);
        for (const [name, value] of Object.entries(losses)) terms[name] = scalarOf(name, value);
        return losses.total;
      }, this.variables);
      (this.optimizer as unknown as {learningRate: number}).learningRate = learningRate;
      this.optimizer.applyGradients(grads as Record<string, tf.Variable>);
    });
    this.taken++;
    return terms;
  }

  dispose(): void {
    this.optimizer.dispose();
  }
}

/** The loss terms of x [n, d] as numbers, without training; averaged over batches weighted by size. */
export function evaluate(model: Trainable, x: tf.Tensor2D, batchSize = 500): Terms {
  const sums: Terms = {};
  const [n, d] = x.shape;
  for (let i = 0; i < n; i += batchSize) {
    const size = Math.min(batchSize, n - i);
    tf.tidy(() => {
      for (const [name, value] of Object.entries(model.losses(x.slice([i, 0], [size, d])))) {
        sums[name] = (sums[name] ?? 0) + (size / n) * scalarOf(name, value);
      }
    });
  }
  return sums;
}

function scalarOf(name: string, value: tf.Tensor): number {
  if (value.size !== 1)
    throw new TypeError(`loss ${name}: expected a scalar, got shape [${value.shape.join(', ')}]`);
  return value.dataSync()[0];
}
