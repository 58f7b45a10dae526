/**
 * tfjs-node's own way: its install script fetches TensorFlow's libraries and a binding, from Google's
 * host or from where TFJS_NODE_CDN_STORAGE, TFJS_NODE_BASE_URI or scripts/custom-binary.json say. It runs
 * in a copy of the package, so that a failure leaves nothing behind in node_modules.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {BINDING_FOLDER, LIBRARY_FOLDER} from '../../lib/engine/seen';
import {projectRoot} from '../../lib/root';
import {newPartial, removeFolder, sweepPartials} from './cache';
import {compileBinding} from './compile';
import {Unavailable, bytesBelow, needSpace, runQuietly} from './steps';

/** Seconds without a byte after which the host is taken for unreachable. */
const PATIENCE = 10;
/** Seconds that the binding may take, once the libraries are there and a compiler may be at work. */
const BUILD_PATIENCE = 180;

/** Leaves lib/napi-v8 and deps/lib in `folder`. */
export async function downloadLibrary(folder: string, packageFolder: string): Promise<void> {
  const work = path.join(projectRoot, '.course'); // from here the script finds its packages in node_modules
  sweepPartials(work);
  const stage = newPartial(work);
  try {
    needSpace(stage, 1e9);
    const parts = fs
      .readdirSync(packageFolder)
      .filter((name) => !['deps', 'lib', 'dist', 'src'].includes(name));
    for (const name of parts)
      fs.cpSync(path.join(packageFolder, name), path.join(stage, name), {recursive: true});
    await runInstallScript(stage);
    if (!fs.existsSync(path.join(stage, BINDING_FOLDER, 'tfjs_binding.node'))) {
      await compileBinding(stage, path.join(stage, 'deps', 'include'), packageFolder);
    }
    for (const part of [BINDING_FOLDER, LIBRARY_FOLDER]) {
      // Relative links stay as they are; on Windows the library beside the binding is copied.
      const options = {recursive: true, verbatimSymlinks: true, dereference: process.platform === 'win32'};
      fs.cpSync(path.join(stage, part), path.join(folder, part), options);
    }
  } finally {
    removeFolder(stage);
  }
}

async function runInstallScript(stage: string): Promise<void> {
  const bin = path.join(projectRoot, 'node_modules', '.bin');
  const env = {...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`};
  const watch = silenceWatch(
    () => bytesBelow(path.join(stage, 'deps')) + bytesBelow(path.join(stage, 'scripts')),
  );
  const {output, stopped} = await runQuietly(process.execPath, [path.join('scripts', 'install.js')], {
    cwd: stage,
    env,
    watch,
  });
  if (!isComplete(stage)) throw new Unavailable(stopped ?? explainDownload(output));
}

/** Stops a command that has added no byte for too long; a build, which writes none, has longer. */
export function silenceWatch(
  bytes: () => number,
  now: () => number = Date.now,
): (output: string) => string | undefined {
  let last = bytes();
  let since = now();
  return (output) => {
    const current = bytes();
    if (current !== last) [last, since] = [current, now()];
    const limit = output.includes('Building TensorFlow') ? BUILD_PATIENCE : PATIENCE;
    return now() - since >= limit * 1000 ? `not a byte came for ${limit} seconds` : undefined;
  };
}

/** What the install script's last words mean to a reader. */
export function explainDownload(output: string): string {
  const host = /^(https?:\/\/[^/\s]+)/m.exec(output)?.[1] ?? 'its host';
  if (/ENOSPC/.test(output)) return 'the disk is full; free 2 GB and try again';
  if (/Unsupported system/.test(output)) return 'tfjs-node offers none for this system';
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH/.test(output)) {
    return `${host} cannot be reached; a mirror can be named in TFJS_NODE_CDN_STORAGE`;
  }
  if (/CERT|SELF_SIGNED/.test(output))
    return `the certificate of ${host} is not trusted; see NODE_EXTRA_CA_CERTS`;
  if (/BAD_ARCHIVE|Unrecognized archive|incorrect header|invalid distance|unexpected end/i.test(output)) {
    return `${host} refused, or sent something other than the library; a mirror can be named in TFJS_NODE_CDN_STORAGE`;
  }
  return `tfjs-node's install script failed: ${/^\w*Error: .*$/m.exec(output)?.[0] ?? 'it said nothing of use'}`;
}

function isComplete(stage: string): boolean {
  const libraries = path.join(stage, LIBRARY_FOLDER);
  return fs.existsSync(libraries) && fs.readdirSync(libraries).some((name) => /tensorflow/.test(name));
}
