/** Copies of a table's file that are at hand already, in a folder or below it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {catalogueEntry} from '../../lib/data/catalogue';

/** Names that a copy may have, the likeliest first: the file's, then that of the set with the ending .csv. */
export function copyNames(name: string, part: string): string[] {
  const {tables} = catalogueEntry(name);
  const {file} = tables[part];
  // 43_WDBC.npz → wdbc
  const stem = file
    .replace(/^\d+_/, '')
    .replace(/\.\w+$/, '')
    .toLowerCase();
  const sets = Object.keys(tables).length > 1 ? [`${name}-${part}`] : [name, stem];
  const names = [file, ...sets.map((set) => `${set}.csv`)];
  return [...new Set(names.flatMap((each) => [each, `${each}.gz`]))];
}

/** The copies below `folder`, in the order of {@link copyNames}. @throws Error when there is no such folder. */
export function findCopies(folder: string, name: string, part: string): string[] {
  if (!fs.statSync(folder, {throwIfNoEntry: false})?.isDirectory())
    throw new Error(`--from: expected a folder, got ${folder}`);
  const names = copyNames(name, part);
  const found = names.map((): string[] => []);
  for (const file of filesBelow(folder)) {
    const rank = names.indexOf(path.basename(file));
    if (rank >= 0) found[rank].push(file);
  }
  return found.flat();
}

function* filesBelow(folder: string): Generator<string> {
  let entries: fs.Dirent[];
  try {
    entries = fs.readdirSync(folder, {withFileTypes: true});
  } catch {
    return; // a folder that may not be read
  }
  for (const entry of entries) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(full);
    else if (fs.statSync(full, {throwIfNoEntry: false})?.isFile()) yield full;
  }
}
