/**
 * The cache of native libraries, one per user and outside node_modules, so that the next `npm ci` costs
 * a link and not a download. An entry is a folder laid out like the tfjs-node package (lib/napi-v8,
 * deps/lib) with a manifest of checksums. It comes into being under another name and is renamed when
 * whole: an entry that has its name is complete.
 */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {BINDING_FOLDER, LIBRARY_FOLDER} from '../../lib/engine/seen';

/** What a cached library was made for. */
export interface LibraryKey {
  platform: string;
  arch: string;
  tfjsNode: string;
  tensorflow: string;
}

interface Manifest extends LibraryKey {
  /** Path below the entry → bytes and SHA-256 in hexadecimal. */
  files: Record<string, {bytes: number; sha256: string}>;
}

const MANIFEST = 'manifest.json';

/** The user's cache folder for this course; the variable COURSE_CACHE puts it elsewhere. */
export function cacheRoot(env = process.env, platform = process.platform, home = os.homedir()): string {
  if (env.COURSE_CACHE) return path.resolve(env.COURSE_CACHE);
  if (platform === 'win32')
    return path.join(env.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'autoencoder-course');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'autoencoder-course');
  return path.join(env.XDG_CACHE_HOME || path.join(home, '.cache'), 'autoencoder-course');
}

/** Entries made for this platform, architecture and tfjs-node, those of the newest TensorFlow first. */
export function entriesFor(root: string, key: Omit<LibraryKey, 'tensorflow'>): string[] {
  const prefix = entryName({...key, tensorflow: ''});
  return list(root)
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => b.localeCompare(a, 'en', {numeric: true}))
    .map((name) => path.join(root, name));
}

/** e.g. "linux-x64-tfjs-node-4.22.0-tensorflow-2.21.0". */
export function entryName({platform, arch, tfjsNode, tensorflow}: LibraryKey): string {
  return `${platform}-${arch}-tfjs-node-${tfjsNode}-tensorflow-${tensorflow}`;
}

/** A new empty folder for an entry to be, beside the finished ones so that a rename suffices. */
export function newPartial(root: string): string {
  fs.mkdirSync(root, {recursive: true});
  return fs.mkdtempSync(path.join(root, `.partial-${os.hostname()}-${process.pid}-`));
}

/** Removes what killed processes of this computer left, and anything unfinished that is a day old. */
export function sweepPartials(root: string): void {
  for (const name of list(root)) {
    const [, host, pid] = /^\.partial-(.*)-(\d+)-[^-]*$/.exec(name) ?? [];
    if (!pid) continue;
    const folder = path.join(root, name);
    const age = Date.now() - (fs.statSync(folder, {throwIfNoEntry: false})?.mtimeMs ?? 0);
    if ((host === os.hostname() && !isAlive(Number(pid))) || age > 24 * 3600 * 1000) removeFolder(folder);
  }
}

/** Gives a finished folder its checksums and its name, and returns where it now is. */
export function keep(root: string, folder: string, key: LibraryKey): string {
  const files: Manifest['files'] = {};
  for (const file of filesOf(folder)) files[file] = describe(path.join(folder, file));
  const manifest: Manifest = {...key, files};
  fs.writeFileSync(path.join(folder, MANIFEST), JSON.stringify(manifest, null, 1));
  const entry = path.join(root, entryName(key));
  if (fs.existsSync(entry)) {
    if (!whatIsWrong(entry)) {
      removeFolder(folder); // another clone was faster
      return entry;
    }
    removeFolder(entry);
  }
  fs.chmodSync(folder, 0o755); // a cache may be one folder for a whole class
  fs.renameSync(folder, entry);
  return entry;
}

/** Undefined for an entry that is as it was made; else one sentence: file, expected, got. */
export function whatIsWrong(entry: string): string | undefined {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(fs.readFileSync(path.join(entry, MANIFEST), 'utf8')) as Manifest;
  } catch {
    return `${MANIFEST}: expected a list of checksums, got none that can be read`;
  }
  for (const [file, expected] of Object.entries(manifest.files)) {
    const full = path.join(entry, file);
    const bytes = fs.statSync(full, {throwIfNoEntry: false})?.size;
    if (bytes === undefined) return `${file}: expected ${expected.bytes} bytes, got no file`;
    if (bytes !== expected.bytes) return `${file}: expected ${expected.bytes} bytes, got ${bytes}`;
    const {sha256} = describe(full);
    if (sha256 !== expected.sha256) return `${file}: expected SHA-256 ${expected.sha256}, got ${sha256}`;
  }
  return undefined;
}

/**
 * Makes the tfjs-node package use an entry: the binding is copied, the large libraries are linked.
 * Each part takes its place by a rename.
 */
export function linkInto(packageFolder: string, entry: string): void {
  const suffix = `.new-${process.pid}`;
  const bindings = path.join(packageFolder, BINDING_FOLDER);
  const deps = path.join(packageFolder, 'deps');
  removeFolder(deps + suffix);
  removeFolder(bindings + suffix);
  fs.mkdirSync(bindings + suffix, {recursive: true});
  for (const name of list(path.join(entry, BINDING_FOLDER))) {
    copyOrLink(path.join(entry, BINDING_FOLDER, name), path.join(bindings + suffix, name));
  }
  fs.symlinkSync(path.join(entry, 'deps'), deps + suffix, 'junction'); // a junction needs no rights on Windows
  for (const place of [bindings, deps]) {
    removeFolder(place);
    fs.renameSync(place + suffix, place);
  }
}

/** The entry that the package's libraries are linked to, if it lies in this cache. */
export function linkedEntry(packageFolder: string, root: string): string | undefined {
  try {
    const entry = path.dirname(fs.realpathSync(path.join(packageFolder, 'deps')));
    return path.dirname(entry) === fs.realpathSync(root) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a folder or a link to one, and never what the link leads to. */
export function removeFolder(folder: string): void {
  if (fs.lstatSync(folder, {throwIfNoEntry: false})?.isSymbolicLink()) fs.unlinkSync(folder);
  else fs.rmSync(folder, {recursive: true, force: true, maxRetries: 3});
}

// Windows wants tensorflow.dll beside the binding as well: a hard link spares half a gigabyte.
function copyOrLink(from: string, to: string): void {
  if (fs.statSync(from).size > 50e6) {
    try {
      return fs.linkSync(from, to);
    } catch {
      // Another drive: copy it.
    }
  }
  fs.copyFileSync(from, to);
}

function filesOf(folder: string): string[] {
  return [BINDING_FOLDER, LIBRARY_FOLDER].flatMap((part) =>
    list(path.join(folder, part))
      .map((name) => path.join(part, name))
      .filter((file) => fs.lstatSync(path.join(folder, file)).isFile()) // a link is as good as what it leads to
      .map((file) => file.split(path.sep).join('/')),
  );
}

function describe(file: string): {bytes: number; sha256: string} {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(4 << 20);
  const handle = fs.openSync(file, 'r');
  let bytes = 0;
  try {
    for (let n; (n = fs.readSync(handle, buffer)) > 0; bytes += n) hash.update(buffer.subarray(0, n));
  } finally {
    fs.closeSync(handle);
  }
  return {bytes, sha256: hash.digest('hex')};
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return !fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '); // ended, but not asked after
  } catch {
    return true;
  }
}
