/**
 * Loads a large CommonJS file with the machine code that V8 made of it last time. TypeScript has nine
 * megabytes; with the cache the kernel is ready a third of a second earlier.
 */
import * as fs from 'node:fs';
import {createRequire} from 'node:module';
import * as path from 'node:path';
import * as vm from 'node:vm';

type ModuleFunction = (
  exports: unknown,
  require: NodeJS.Require,
  module: {exports: unknown},
  filename: string,
  dirname: string,
) => void;

/** Exports of the module `file`, and a function that stores what has been compiled of it so far. */
export function loadWithCodeCache(file: string, folder: string): {exports: unknown; store: () => void} {
  const source = fs.readFileSync(file, 'utf8');
  const name = `${path.basename(file)}-${source.length}-v8-${process.versions.v8}-${process.arch}.cache`;
  const cache = path.join(folder, name);
  const wrapped = `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
  const cachedData = readIfThere(cache);
  const script = new vm.Script(wrapped, {filename: file, cachedData});
  const module = {exports: {}};
  const run = script.runInThisContext() as ModuleFunction;
  run(module.exports, createRequire(file), module, file, path.dirname(file));
  const stored = cachedData !== undefined && !script.cachedDataRejected;
  return {exports: module.exports, store: () => (stored ? undefined : write(cache, script))};
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

// Without a place to write the next start is as slow as this one, and nothing worse.
function write(file: string, script: vm.Script): void {
  try {
    fs.mkdirSync(path.dirname(file), {recursive: true});
    const part = `${file}.${process.pid}.part`;
    fs.writeFileSync(part, script.createCachedData());
    fs.renameSync(part, file);
  } catch {
    return;
  }
}
