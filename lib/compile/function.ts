/** A function of tensors, compiled: for evaluation, encoding and generation of whole data sets. */
import type * as tf from '../tf';
import {Program} from './program';

/** A function that runs as a graph. What it returns belongs to the caller. */
export interface CompiledFunction<I extends tf.Tensor[]> {
  (...inputs: I): tf.Tensor[];
  /** Graphs recorded so far: one per combination of shapes, 0 when running eagerly. */
  readonly graphs: number;
  /** Frees the graphs. */
  dispose(): void;
}

/**
 * Compiles `f`, which takes tensors and returns a list of tensors. Recorded once per combination of input
 * shapes; variables that it reads are always up to date. Random draws in it differ from call to call.
 * Recording takes longer than a call does: it pays for what is called often, e.g. after every epoch.
 *
 *     const encode = compileFunction((x: tf.Tensor2D) => [model.encode(x)]);
 *     const [z] = encode(x);
 */
export function compileFunction<I extends tf.Tensor[]>(
  f: (...inputs: I) => tf.Tensor[],
): CompiledFunction<I> {
  let calls = 0;
  const program = new Program('compiled function', (inputs) => f(...(inputs as I)), 0);
  const run = (...inputs: I) => program.run(inputs, [], calls++);
  return Object.defineProperties(run, {
    graphs: {get: () => program.graphCount},
    dispose: {value: () => program.dispose()},
  }) as CompiledFunction<I>;
}
