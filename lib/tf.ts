/**
 * TensorFlow.js, with the engine chosen: the one file that knows which engine runs the tensors.
 *
 * 1. `@tensorflow/tfjs-node` with its native library, when it has been seen to load;
 * 2. `@tensorflow/tfjs-backend-wasm` (SIMD) otherwise: everything works, slower.
 *
 * The environment variable COURSE_ENGINE forces the choice: `native` insists, `wasm` does without.
 */
import './random/global'; // before tfjs, which takes seeds from Math.random while it loads
import * as tfjs from '@tensorflow/tfjs';
import {chooseEngine, type Engine} from './engine';

export * from '@tensorflow/tfjs';

/** The engine in use: its name, versions and threads. */
export const engine: Engine = chooseEngine();

/** Resolves when tensors can be made. The native engine is ready at once, WebAssembly after some 100 ms. */
export async function ready(): Promise<void> {
  if (engine.name === 'wasm' && tfjs.getBackend() !== 'wasm') await tfjs.setBackend('wasm');
  await tfjs.ready();
}

/**
 * Runs one TensorFlow operation that tfjs has no function for; native engine only.
 * @param attributes dtype names become TensorFlow types.
 */
export function nativeOperation(
  name: string,
  attributes: Record<string, 'float32' | 'int32'>,
  inputs: tfjs.Tensor[],
): tfjs.Tensor {
  const backend = tfjs.backend() as unknown as {
    binding: Record<string, number>;
    executeSingleOutput(name: string, attributes: object[], inputs: tfjs.Tensor[]): tfjs.Tensor;
  };
  const {binding} = backend;
  const types = {float32: binding.TF_FLOAT, int32: binding.TF_INT32};
  const list = Object.entries(attributes).map(([key, dtype]) => ({
    name: key,
    type: binding.TF_ATTR_TYPE,
    value: types[dtype],
  }));
  return backend.executeSingleOutput(name, list, inputs);
}
