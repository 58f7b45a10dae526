/** Files and words that the phases of the set-up share. */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const at = (...parts) => path.join(root, ...parts);
/** Stamps, logs and the lock; git ignores it. */
export const STATE = at('.course');

/** Ends the set-up with a sentence for the reader. */
export class Stop extends Error {
  name = 'Stop';
}

export function needSpace(bytes) {
  const {bavail, bsize} = fs.statfsSync(root);
  if (bavail * bsize >= bytes) return;
  const gigabytes = (n) => (n / 1e9).toFixed(1);
  throw new Stop(
    `the packages need ${gigabytes(bytes)} GB in ${root}, and ${gigabytes(bavail * bsize)} GB are free; ` +
      'free some space and run the command again',
  );
}

/** File → [bytes, time of change in ms], null for a missing one. */
export function statsOf(files, folder = root) {
  const stats = {};
  for (const file of files) {
    const stat = fs.statSync(path.join(folder, file), {throwIfNoEntry: false});
    stats[file] = stat ? [stat.size, stat.mtimeMs] : null;
  }
  return stats;
}

export function entriesOf(folder) {
  try {
    return fs.readdirSync(folder, {withFileTypes: true});
  } catch {
    return [];
  }
}

export function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

export function writeJson(file, value) {
  fs.writeFileSync(`${file}.new`, JSON.stringify(value));
  fs.renameSync(`${file}.new`, file);
}

export function say(text) {
  process.stderr.write(text);
}
