/** Packages and libraries for the engine's tests: small, and broken in known ways. */
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {tfjsNodeFolder} from '../../lib/engine/seen';
import {projectRoot} from '../../lib/root';

/** A new folder that {@link removeFolders} will remove. */
export function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'engine é-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

export function removeFolders(): void {
  for (const folder of folders.splice(0)) fs.rmSync(folder, {recursive: true, force: true});
}

/** Writes `files`, path → text, below a folder. */
export function write(folder: string, files: Record<string, string | Buffer>): void {
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), {recursive: true});
    fs.writeFileSync(path.join(folder, file), text);
  }
}

/** A tfjs-node package without any library, below a new folder. */
export function emptyPackage(): string {
  const folder = path.join(newFolder(), 'tfjs-node');
  for (const name of ['package.json', 'scripts', 'binding']) {
    fs.cpSync(path.join(tfjsNodeFolder(), name), path.join(folder, name), {recursive: true});
  }
  return folder;
}

/** A copy of the compiled engine beside packages of which tfjs-node alone is a copy, and without a library. */
export function projectWithoutLibrary(): {root: string; packageFolder: string} {
  const root = newFolder();
  const modules = path.join(projectRoot, 'node_modules');
  for (const file of ['engine.js', 'engine', 'check.js']) {
    fs.cpSync(path.join(projectRoot, 'dist', 'lib', file), path.join(root, 'dist', 'lib', file), {
      recursive: true,
    });
  }
  const scope = path.join(root, 'node_modules', '@tensorflow');
  fs.mkdirSync(scope, {recursive: true});
  for (const name of fs.readdirSync(path.join(modules, '@tensorflow'))) {
    if (name !== 'tfjs-node')
      fs.symlinkSync(path.join(modules, '@tensorflow', name), path.join(scope, name), 'junction');
  }
  const packageFolder = path.join(scope, 'tfjs-node');
  fs.cpSync(emptyPackage(), packageFolder, {recursive: true});
  write(packageFolder, {'dist/index.js': ''});
  return {root, packageFolder};
}

/** What chooseEngine() gives or throws in a process of its own. */
export function chooseIn(
  root: string,
  env: NodeJS.ProcessEnv,
): {engine?: Record<string, unknown>; stderr: string} {
  const script = `const {chooseEngine} = require('./dist/lib/engine.js'); console.log(JSON.stringify(chooseEngine()));`;
  const child = spawnSync(process.execPath, ['-e', script], {
    cwd: root,
    env: {...process.env, ...env},
    encoding: 'utf8',
  });
  return {engine: child.status === 0 ? JSON.parse(child.stdout) : undefined, stderr: child.stderr};
}
