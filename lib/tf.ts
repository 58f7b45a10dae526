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
