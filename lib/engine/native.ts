/**
 * Loads TensorFlow's native library through tfjs-node into this process. Call it only for files that a
 * child process has been seen to load.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as util from 'node:util';
import type {Engine} from '../engine';
import {completeGradients} from './gradients';
import {BINDING_FOLDER, tfjsNodeFolder} from './seen';

/** Loads tfjs-node, which makes the native backend the one that tfjs uses. */
export function loadNative(): Engine {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreUtil();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const tfn = withoutStderr(() => require('@tensorflow/tfjs-node'));
  completeGradients();
  const tensorflow: string = tfn.backend().binding.TF_Version;
  const version: string = tfn.version['tfjs-node'];
  const threads = nativeThreads();
  return {
    name: 'native',
    description: `TensorFlow ${tensorflow} through tfjs-node ${version}, ${threads} thread${threads === 1 ? '' : 's'}`,
    versions: {tensorflow, 'tfjs-node': version},
    threads,
  };
}

/**
 * Threads that TensorFlow uses within one operation: TF_NUM_INTRAOP_THREADS if it is set, else the
 * processors this process may run on. OMP_NUM_THREADS has no effect on it.
 */
export function nativeThreads(env: NodeJS.ProcessEnv = process.env): number {
  const asked = Number(env.TF_NUM_INTRAOP_THREADS);
  return Number.isInteger(asked) && asked > 0 ? asked : os.availableParallelism();
}

/**
 * TensorFlow 2.21 writes about oneDNN to stderr while its library is mapped, before any setting of its
 * own is read. The helper beside the binding points file descriptor 2 elsewhere for that moment; a
 * binding that came without the helper needs none, because older libraries keep quiet.
 */
function withoutStderr<T>(load: () => T): T {
  const helper = path.join(tfjsNodeFolder(), BINDING_FOLDER, 'mute_stderr.node');
  if (!fs.existsSync(helper)) return load();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const {mute, unmute} = require(helper) as {mute(): void; unmute(): void};
  mute();
  try {
    return load();
  } finally {
    unmute();
  }
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
