/** The engine: tools/engine/install.ts, when it is not known what runs the tensors. */
import fs from 'node:fs';
import path from 'node:path';
import {run} from './command.mjs';
import {Stop, at, readJson, say, statsOf} from './files.mjs';

/** The record that lib/engine/seen.ts keeps, still true of the files it names. */
export function isEngineKnown() {
  if (process.env.COURSE_ENGINE === 'wasm') return true; // needs nothing but the packages
  const folder = at('node_modules', '@tensorflow', 'tfjs-node');
  const seen = readJson(path.join(folder, 'course-engine.json'));
  if (!seen || seen.platform !== `${process.platform}-${process.arch}`) return false;
  const binding = 'lib/napi-v8/tfjs_binding.node';
  if (!(binding in seen.files) && fs.existsSync(path.join(folder, binding))) return false; // came later
  return JSON.stringify(seen.files) === JSON.stringify(statsOf(Object.keys(seen.files), folder));
}

export async function findEngine() {
  say('\n');
  const code = await run(process.execPath, [at('dist', 'tools', 'engine', 'install.js')]);
  if (code !== 0) throw new Stop(`the search for the engine ended with code ${code}; run the command again`);
  say('  Engine found,');
}
