/** A copy of a model's weights, to come back to. */
import type * as tf from '../tf';

export class Weights {
  private values: tf.Tensor[];

  /** Copies the variables' present values. tfjs shares the memory until a variable changes. */
  constructor(private readonly variables: tf.Variable[]) {
    this.values = variables.map((variable) => variable.clone());
  }

  /** Takes over another copy's values; the other one is left without any. */
  replaceBy(other: Weights): void {
    this.dispose();
    this.values = other.values;
    other.values = [];
  }

  /** Gives the variables the values of this copy. */
  restore(): void {
    this.variables.forEach((variable, i) => variable.assign(this.values[i]));
  }

  dispose(): void {
    this.values.forEach((value) => value.dispose());
    this.values = [];
  }
}
