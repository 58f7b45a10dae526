/** The build: the TypeScript compiler, when a source has changed. */
import fs from 'node:fs';
import path from 'node:path';
import {run} from './command.mjs';
import {STATE, Stop, at, entriesOf, readJson, statsOf, writeJson} from './files.mjs';

const SOURCES = ['lib', 'tools', 'test'];
const STAMP = path.join(STATE, 'built.json');

export function isBuilt() {
  const stamp = readJson(STAMP);
  if (!stamp || JSON.stringify(stamp) !== JSON.stringify(statsOf(sources()))) return false;
  return outputsOf(Object.keys(stamp)).every((file) => fs.existsSync(at(file)));
}

export async function build() {
  fs.rmSync(STAMP, {force: true});
  const files = sources();
  const stamp = statsOf(files); // taken before: an edit during the build is seen by the next command
  // The compiler believes its own notes rather than look at dist.
  if (!outputsOf(files).every((file) => fs.existsSync(at(file))))
    fs.rmSync(at('dist', '.tsbuildinfo'), {force: true});
  const log = path.join(STATE, 'build.log');
  const code = await run(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '--build'], log);
  if (code !== 0) {
    const said = fs.readFileSync(log, 'utf8');
    if (/ENOSPC/.test(said)) throw new Stop('the disk is full; free 2 GB and run the command again');
    throw new Stop(`the sources do not compile:\n${said.trim().split('\n').slice(0, 20).join('\n')}`);
  }
  removeStale(at('dist'), new Set(files));
  writeJson(STAMP, stamp);
}

function sources() {
  const found = ['tsconfig.json', 'package-lock.json'];
  const walk = (folder) => {
    for (const entry of entriesOf(at(folder))) {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules') walk(file);
      else if (entry.name.endsWith('.ts')) found.push(file);
    }
  };
  SOURCES.forEach(walk);
  return found.sort();
}

function outputsOf(files) {
  return files
    .filter((f) => f.endsWith('.ts') && !f.endsWith('.d.ts'))
    .map((f) => `dist/${f.replace(/\.ts$/, '.js')}`);
}

/** Outputs whose source is gone; a test among them would still be run. */
function removeStale(folder, known) {
  for (const entry of entriesOf(folder)) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      removeStale(file, known);
      if (entriesOf(file).length === 0) fs.rmdirSync(file);
      continue;
    }
    const source = path
      .relative(at('dist'), file)
      .split(path.sep)
      .join('/')
      .replace(/(\.d\.ts|\.js)$/, '.ts');
    if (/(\.d\.ts|\.js)$/.test(file) && !known.has(source)) fs.rmSync(file);
  }
}
