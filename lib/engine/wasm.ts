/**
 * The engine that runs everywhere: tfjs on its WebAssembly backend.
 */
import * as path from 'node:path';
import type {Engine} from '../engine';
import {completeGradients} from './gradients';
import {completeConvolutions} from './wasm-convolution';
import {addEinsum} from './wasm-einsum';
import {completeIndexing} from './wasm-indexing';
import {transposeBeforeMatMul} from './wasm-matmul';
import {correctPooling} from './wasm-pooling';

/* eslint-disable @typescript-eslint/no-require-imports */

/** Registers the WebAssembly backend, and lets packages that ask for tfjs-node have tfjs instead. */
export function loadWasm(): Engine {
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
  transposeBeforeMatMul();
  completeConvolutions();
  correctPooling();
  completeIndexing();
  addEinsum();
  completeGradients();
  answerForTfjsNode();
  return {
    name: 'wasm',
    description: `WebAssembly through tfjs-backend-wasm ${wasm.version_wasm}, 1 thread`,
    versions: {'tfjs-backend-wasm': wasm.version_wasm},
    threads: 1,
  };
}

/**
 * danfojs-node requires '@tensorflow/tfjs-node', which fails where there is no native library. Its place
 * in the module cache is taken by tfjs itself, which has all that danfojs calls.
 */
function answerForTfjsNode(): void {
  const file = require.resolve('@tensorflow/tfjs-node');
  if (require.cache[file]) return;
  const Module = require('node:module') as new (id: string) => NodeJS.Module;
  const stand = new Module(file);
  stand.filename = file;
  stand.exports = require('@tensorflow/tfjs');
  stand.loaded = true;
  require.cache[file] = stand;
}
