/** The course's kernelspec in a Jupyter data folder, beside or instead of stock tslab's. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {KERNEL_NAME, kernelJson, writeKernelSpec} from './kernelspec';

/** Another program's kernelspec of the same name is kept under this one, and put back by uninstall. */
const KEPT = 'kernel.json.before-course';

/** Installs into `dataFolder` and says in a sentence what was done. */
export function installKernelSpec(dataFolder: string): string {
  const file = specFile(dataFolder);
  const before = readArgv(file);
  const kept = before !== undefined && !isCourse(before);
  if (kept) fs.renameSync(file, path.join(path.dirname(file), KEPT));
  writeKernelSpec(dataFolder);
  return `Installed in ${path.dirname(file)}.${kept ? ' The kernelspec that was there is kept beside it.' : ''}`;
}

/** Removes what {@link installKernelSpec} has put into `dataFolder`, and nothing else. */
export function uninstallKernelSpec(dataFolder: string): string {
  const file = specFile(dataFolder);
  const argv = readArgv(file);
  if (argv === undefined) return `Nothing to remove: there is no ${file}.`;
  if (!isCourse(argv)) return `Left alone: ${file} starts another kernel (${argv.join(' ')}).`;
  const kept = path.join(path.dirname(file), KEPT);
  if (fs.existsSync(kept)) {
    fs.renameSync(kept, file);
    return `Removed; the kernelspec that was there before is back in ${path.dirname(file)}.`;
  }
  fs.rmSync(file);
  if (fs.readdirSync(path.dirname(file)).length === 0) fs.rmdirSync(path.dirname(file));
  return `Removed ${path.dirname(file)}.`;
}

/** Where front ends find the kernel, and whether that is this copy of the course. */
export function describeInstalled(dataFolder: string): string {
  const file = specFile(dataFolder);
  const argv = readArgv(file);
  if (argv === undefined) return `not installed (npm run kernel -- install would write ${file})`;
  if (!isCourse(argv)) return `${file} starts another kernel (${argv.join(' ')})`;
  const here = argv[1] === kernelJson().argv[1];
  return here
    ? file
    : `${file} starts another copy of the course, ${argv[1]}; npm run kernel -- install changes that`;
}

function specFile(dataFolder: string): string {
  return path.join(dataFolder, 'kernels', KERNEL_NAME, 'kernel.json');
}

function readArgv(file: string): string[] | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    const {argv} = JSON.parse(fs.readFileSync(file, 'utf8')) as {argv?: unknown};
    return Array.isArray(argv) ? argv.map(String) : [];
  } catch {
    return []; // damaged, and so not ours
  }
}

function isCourse(argv: string[]): boolean {
  return /[\\/]dist[\\/]tools[\\/]kernel[\\/]kernel\.js$/.test(argv[1] ?? '');
}
