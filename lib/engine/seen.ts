/**
 * What is known of the native library in the present node_modules. It is kept in a file inside the
 * tfjs-node package, so that it goes when `npm ci` takes the package away: which files a child process
 * was seen to load, told by size and time of change, or why there is none.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {tryLibrary} from './trial';

/** Where tfjs-node looks for its binding, below the package: N-API 8 serves Node 20 and all later ones. */
export const BINDING_FOLDER = path.join('lib', 'napi-v8');
/** Where the binding looks for TensorFlow's libraries, below the package. */
export const LIBRARY_FOLDER = path.join('deps', 'lib');
/** tools/bootstrap.mjs reads this file too: it looks at `engine`, `platform` and `files`. */
export const SEEN_FILE = 'course-engine.json';

/** What a child process has found out, for these very files. */
export interface Seen {
  engine: 'native' | 'wasm';
  /** process.platform and process.arch, e.g. "linux-x64": a copied folder is not believed. */
  platform: string;
  /** Path below the package → [bytes, milliseconds of the last change]. */
  files: Record<string, [number, number]>;
  /** Version of TensorFlow, for the native engine. */
  tensorflow?: string;
  /** Why there is no native library, or why these files are of no use, for WebAssembly. */
  reason?: string;
}

/** A library that runs here, or the reason why none does. */
export type NativeLibrary = {ok: true; tensorflow: string} | {ok: false; reason: string};

/** Folder of the installed tfjs-node package. */
export function tfjsNodeFolder(): string {
  return path.dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
}

/** e.g. "linux-x64". */
export function platformName(): string {
  return `${process.platform}-${process.arch}`;
}

/**
 * Whether the native library below `folder` runs. Costs a few file look-ups when these files have been
 * seen before, and a child process of about a second when not.
 */
export function nativeLibrary(folder: string = tfjsNodeFolder()): NativeLibrary {
  const seen = readSeen(folder);
  const files = stampFiles(folder);
  if (seen?.engine === 'wasm' && seen.reason && isPresent(seen, files ?? {}))
    return {ok: false, reason: seen.reason};
  if (!files) return {ok: false, reason: 'no native library has been installed'};
  if (seen?.engine === 'native' && seen.tensorflow && isPresent(seen, files)) {
    return {ok: true, tensorflow: seen.tensorflow};
  }
  const result = tryLibrary(folder);
  if (result.ok) {
    writeSeen(folder, {engine: 'native', platform: platformName(), files, tensorflow: result.tensorflow});
  }
  return result;
}

/** Size and time of the binding and its libraries; undefined where the binding is missing. */
export function stampFiles(folder: string): Seen['files'] | undefined {
  if (!fs.existsSync(path.join(folder, BINDING_FOLDER, 'tfjs_binding.node'))) return undefined;
  const files: Seen['files'] = {};
  for (const part of [BINDING_FOLDER, LIBRARY_FOLDER]) {
    for (const name of listFolder(path.join(folder, part))) {
      const file = path.join(part, name);
      const stat = fs.statSync(path.join(folder, file), {throwIfNoEntry: false});
      if (stat?.isFile()) files[file.split(path.sep).join('/')] = [stat.size, stat.mtimeMs];
    }
  }
  return files;
}

/** The record, or undefined when there is none that can be read. */
export function readSeen(folder: string): Seen | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, SEEN_FILE), 'utf8')) as Seen;
  } catch {
    return undefined;
  }
}

/** Writes the record under another name and renames it, so that it is never half there. */
export function writeSeen(folder: string, seen: Seen): void {
  const file = path.join(folder, SEEN_FILE);
  try {
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(seen, null, 1));
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only installation works too: the library is then tried at each start.
  }
}

function isPresent(seen: Seen, files: Seen['files']): boolean {
  const text = (of: Seen['files']) => JSON.stringify(Object.entries(of).sort());
  return seen.platform === platformName() && text(seen.files) === text(files);
}

function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}
