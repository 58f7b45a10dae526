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
  attributes: Record<string, 'float32' | 'int32' | boolean>,
  inputs: tfjs.Tensor[],
): tfjs.Tensor {
  const backend = nativeBackend();
  return backend.executeSingleOutput(name, nativeAttributes(backend, attributes), inputs);
}

/** The same for an operation with several outputs. */
export function nativeOperations(
  name: string,
  attributes: Record<string, 'float32' | 'int32' | boolean>,
  inputs: tfjs.Tensor[],
  outputs: number,
): tfjs.Tensor[] {
  const backend = nativeBackend();
  return backend.executeMultipleOutputs(name, nativeAttributes(backend, attributes), inputs, outputs);
}

interface NativeBackend {
  binding: Record<string, number>;
  executeSingleOutput(name: string, attributes: object[], inputs: tfjs.Tensor[]): tfjs.Tensor;
  executeMultipleOutputs(name: string, attributes: object[], inputs: tfjs.Tensor[], n: number): tfjs.Tensor[];
}

function nativeBackend(): NativeBackend {
  return tfjs.backend() as unknown as NativeBackend;
}

function nativeAttributes({binding}: NativeBackend, attributes: Record<string, string | boolean>): object[] {
  const types: Record<string, number> = {float32: binding.TF_FLOAT, int32: binding.TF_INT32};
  return Object.entries(attributes).map(([name, value]) =>
    typeof value === 'boolean'
      ? {name, type: binding.TF_ATTR_BOOL, value}
      : {name, type: binding.TF_ATTR_TYPE, value: types[value]},
  );
}
