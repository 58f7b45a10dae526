/**
 * Finds, fetches or builds the native library, in four steps, and records what a child process found:
 *
 *   1. it is there, in node_modules or in the user's cache;
 *   2. tfjs-node's own download;
 *   3. the TensorFlow wheel through pip, and a binding compiled here;
 *   4. none: WebAssembly, with the reasons.
 *
 * What a step fetches goes into an unfinished folder of the cache, is tried there in a process of its
 * own, and takes its place by a rename. tools/bootstrap.mjs runs this file; `npm run doctor -- --repair`
 * runs it again.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  SEEN_FILE,
  nativeLibrary,
  platformName,
  readSeen,
  stampFiles,
  tfjsNodeFolder,
  writeSeen,
  type Seen,
} from '../../lib/engine/seen';
import {tryLibrary} from '../../lib/engine/trial';
import {REPAIR_COMMAND} from '../../lib/engine';
import * as cache from './cache';
import {compileBinding, findCompiler} from './compile';
import {downloadLibrary} from './download';
import {Unavailable, explain, step, type Say} from './steps';
import {WHEEL_TENSORFLOW, fetchWheel, unpackWheel, wheelFor} from './wheel';

/** Brings the best engine into `packageFolder`; never throws for want of one. */
export async function installEngine(
  say: Say,
  packageFolder = tfjsNodeFolder(),
  root = cache.cacheRoot(),
): Promise<Seen> {
  fs.rmSync(path.join(packageFolder, SEEN_FILE), {force: true}); // nothing is known until the end
  cache.sweepPartials(root);
  const reasons: string[] = [];
  for (const way of [alreadyThere, fromCache, fromDownload, fromWheel]) {
    try {
      await way({say, packageFolder, root});
      return readSeen(packageFolder)!;
    } catch (error) {
      if (error instanceof NotHere) continue; // nothing was expected, so nothing has failed
      reasons.push(`${NAMES.get(way) ?? way.name}: ${explain(error)}`);
    }
  }
  // A broken library stays where it is, known by its files: it is not tried again until they change.
  const files = stampFiles(packageFolder) ?? {};
  const seen: Seen = {engine: 'wasm', platform: platformName(), files, reason: reasons.join('; ')};
  writeSeen(packageFolder, seen);
  say(`  No native library: the course runs on WebAssembly, slower. To try again: ${REPAIR_COMMAND}\n`);
  return seen;
}

interface Setting {
  say: Say;
  packageFolder: string;
  root: string;
}

/** There is nothing of this kind, which is no failure. */
class NotHere extends Error {}

async function alreadyThere({say, packageFolder, root}: Setting): Promise<void> {
  if (!stampFiles(packageFolder)) throw new NotHere();
  const entry = cache.linkedEntry(packageFolder, root);
  await step(say, 'trying the TensorFlow library in node_modules, a few seconds', () => {
    const wrong = entry && cache.whatIsWrong(entry);
    if (wrong) throw new Unavailable(wrong);
    settle(packageFolder);
  });
}

async function fromCache({say, packageFolder, root}: Setting): Promise<void> {
  const entries = cache.entriesFor(root, systemKey(packageFolder));
  if (entries.length === 0) throw new NotHere();
  for (const [i, entry] of entries.entries()) {
    try {
      await step(say, `linking ${path.basename(entry)} from ${root}, a few seconds`, () => {
        const wrong = cache.whatIsWrong(entry);
        if (wrong) {
          cache.removeFolder(entry);
          throw new Unavailable(`${wrong}; it has been removed`);
        }
        tryCandidate(entry);
        cache.linkInto(packageFolder, entry);
        settle(packageFolder);
      });
      return;
    } catch (error) {
      if (i === entries.length - 1) throw error;
    }
  }
}

async function fromDownload(setting: Setting): Promise<void> {
  const {say, packageFolder, root} = setting;
  await inPartial(root, async (partial) => {
    const tensorflow = await step(say, "tfjs-node's own download, up to 2 minutes", async () => {
      refuseMusl();
      await downloadLibrary(partial, packageFolder);
      return tryCandidate(partial);
    });
    await settleCandidate(setting, partial, tensorflow);
  });
}

async function fromWheel(setting: Setting): Promise<void> {
  const {say, packageFolder, root} = setting;
  await inPartial(root, async (partial) => {
    const wheel = await step(
      say,
      `TensorFlow ${WHEEL_TENSORFLOW} through pip, 270 MB, up to 2 minutes`,
      async () => {
        refuseMusl();
        const name = wheelFor(process.platform, process.arch);
        if (!name) throw new Unavailable(`there is no wheel with a library for ${platformName()}`);
        await findCompiler(); // before 270 MB are fetched for nothing
        return fetchWheel(name, partial);
      },
    );
    const {include} = await step(say, 'unpacking its libraries, about 10 seconds', () =>
      unpackWheel(wheel, partial),
    );
    const tensorflow = await step(say, 'compiling the binding, up to 1 minute', async () => {
      await compileBinding(partial, include, packageFolder);
      cache.removeFolder(include);
      return tryCandidate(partial);
    });
    await settleCandidate(setting, partial, tensorflow);
  });
}

const NAMES = new Map<unknown, string>([
  [alreadyThere, 'the library in node_modules'],
  [fromCache, 'the cached library'],
  [fromDownload, "tfjs-node's own download"],
  [fromWheel, 'the TensorFlow wheel'],
]);

async function inPartial(root: string, work: (partial: string) => Promise<void>): Promise<void> {
  const partial = cache.newPartial(root);
  const remove = () => cache.removeFolder(partial);
  process.on('exit', remove);
  try {
    await work(partial);
  } finally {
    remove();
    process.off('exit', remove);
  }
}

function tryCandidate(folder: string): string {
  const result = tryLibrary(folder);
  if (!result.ok) throw new Unavailable(result.reason);
  return result.tensorflow;
}

async function settleCandidate(
  {say, packageFolder, root}: Setting,
  partial: string,
  tensorflow: string,
): Promise<void> {
  await step(say, `keeping it in ${root}, a few seconds`, () => {
    cache.linkInto(packageFolder, cache.keep(root, partial, {...systemKey(packageFolder), tensorflow}));
    settle(packageFolder);
  });
}

/** Tries the library where it will be used, which also writes the record. */
function settle(packageFolder: string): void {
  const result = nativeLibrary(packageFolder);
  if (!result.ok) throw new Unavailable(result.reason);
}

function systemKey(packageFolder: string): Omit<cache.LibraryKey, 'tensorflow'> {
  const {version} = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return {platform: process.platform, arch: process.arch, tfjsNode: version};
}

function refuseMusl(): void {
  const report = process.report?.getReport() as {header?: {glibcVersionRuntime?: string}} | undefined;
  if (process.platform === 'linux' && !report?.header?.glibcVersionRuntime) {
    throw new Unavailable('there is none for musl (Alpine Linux)');
  }
}

if (require.main === module) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  void installEngine((text) => process.stderr.write(text));
}
