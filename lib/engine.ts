/**
 * Decides which engine can run here, and loads it.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as util from 'node:util';

export interface Engine {
  name: 'native' | 'wasm';
  /** One line for the reader, e.g. "TensorFlow 2.21.0 through tfjs-node 4.22.0, 2 threads". */
  description: string;
  /** Packages and libraries by name, for results.json. */
  versions: Record<string, string>;
  threads: number;
}

/** Loads the engine: native where it runs, WebAssembly elsewhere, COURSE_ENGINE to force one. */
export function chooseEngine(): Engine {
  const wanted = process.env.COURSE_ENGINE ?? 'auto';
  if (wanted === 'wasm') return loadWasm();
  return loadNative();
}

function loadNative(): Engine {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreUtil();
  /* eslint-disable @typescript-eslint/no-require-imports */
  const tfn = require('@tensorflow/tfjs-node');
  const tensorflow: string = tfn.backend().binding.TF_Version;
  const version: string = tfn.version['tfjs-node'];
  const threads = os.cpus().length;
  return {
    name: 'native',
    description: `TensorFlow ${tensorflow} through tfjs-node ${version}, ${threads} threads`,
    versions: {tensorflow, 'tfjs-node': version},
    threads,
  };
}

function loadWasm(): Engine {
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const folder = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  wasm.setWasmPaths(folder + path.sep);
  return {
    name: 'wasm',
    description: `WebAssembly, tfjs-backend-wasm ${wasm.version_wasm}`,
    versions: {'tfjs-backend-wasm': wasm.version_wasm},
    threads: 1,
  };
}

// tfjs-node calls four helpers that Node 23 removed and Node 22 warns about.
function restoreUtil(): void {
  const helpers = {
    isNullOrUndefined: (v: unknown) => v == null,
    isArray: Array.isArray,
    isString: (v: unknown) => typeof v === 'string',
    isUndefined: (v: unknown) => v === undefined,
  };
  for (const [name, value] of Object.entries(helpers)) {
    Object.defineProperty(util, name, {value, configurable: true, writable: true});
  }
}
void fs;
