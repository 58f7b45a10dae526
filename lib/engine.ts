/**
 * Decides which engine runs the tensors, and loads it. COURSE_ENGINE chooses: `native` insists on the
 * native library, `wasm` does without, `auto` (the default) takes the native one where it runs.
 *
 * A native library that is broken takes the whole process down with it. So it is loaded here only after
 * a child process has loaded these very files and computed with them; see engine/seen.ts.
 */
import {assertChoice} from './check';
import {loadNative} from './engine/native';
import {nativeLibrary} from './engine/seen';
import {loadWasm} from './engine/wasm';

/** What runs the tensors. */
export interface Engine {
  name: 'native' | 'wasm';
  /** One line for the reader, e.g. "TensorFlow 2.21.0 through tfjs-node 4.22.0, 2 threads". */
  description: string;
  /** Packages and libraries by name, for results.json. */
  versions: Record<string, string>;
  /** Threads that one operation may use. */
  threads: number;
  /** Why it is not the native library, and how to try again. Absent when it is, or was not wanted. */
  note?: string;
}

/** How a reader asks for another attempt at the native library. */
export const REPAIR_COMMAND = 'npm run doctor -- --repair';

/**
 * Loads the engine.
 * @throws RangeError for an unknown COURSE_ENGINE, with the known ones;
 * Error under COURSE_ENGINE=native when the native library cannot run, with the reason.
 */
export function chooseEngine(): Engine {
  const wanted = process.env.COURSE_ENGINE || 'auto';
  assertChoice('COURSE_ENGINE', wanted, ['auto', 'native', 'wasm']);
  if (wanted === 'wasm') return loadWasm();
  const library = nativeLibrary();
  if (library.ok) return loadNative();
  if (wanted === 'native') {
    throw new Error(
      `COURSE_ENGINE=native: the native library cannot be used: ${library.reason}. ` +
        `Try again with "${REPAIR_COMMAND}", or leave COURSE_ENGINE unset to run on WebAssembly.`,
    );
  }
  return {
    ...loadWasm(),
    note: `The native library is not used: ${library.reason}. To try again: ${REPAIR_COMMAND}`,
  };
}
