/**
 * Where the tables with labels lie: those of datasets/, and those that `npm run datasets` has fetched, each a
 * CSV file with a header. Fetched ones are in datasets/fetched, or in the folder that COURSE_DATASETS names:
 *
 *   NAME/PART.csv          the table
 *   NAME/PART.csv.sha256   its checksum when it was fetched, in the form of the command sha256sum
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {assertChoice} from '../check';
import {projectRoot} from '../root';
import {catalogueEntry, cataloguedFile, fetchCommand} from './catalogue';
import {readVerified} from './checksum';

/**
 * The rows of `wdbc`, counted from 0, that ADBench keeps of the 212 malignant ones, in its order. Its table of
 * 367 rows is these ten, then all 357 benign rows in theirs. Found by comparing the numbers.
 */
export const benchmarkMalignantRows: readonly number[] = [28, 117, 230, 95, 370, 323, 516, 498, 33, 564];

/**
 * The path of a table, its checksum verified.
 * @param part for a set of several tables, such as `train` and `test`.
 * @throws Error that says how to fetch it, when it is not there or has been altered.
 */
export function tableFile(name: string, part?: string): string {
  const {files, tables} = catalogueEntry(name);
  const parts = Object.keys({...files, ...tables});
  const chosen = part ?? (parts.length === 1 ? parts[0] : '');
  assertChoice('part', chosen, parts);
  if (chosen in files) {
    const {path: file, sha256} = cataloguedFile(name, chosen);
    readVerified(file, sha256);
    return file;
  }
  const file = fetchedPath(name, chosen);
  const sha256 = expectedSum(name, chosen);
  if (!fs.existsSync(file) || sha256 === undefined)
    throw new Error(`${name}: not fetched yet; run "${fetchCommand(name)}"`);
  readVerified(file, sha256, tables[chosen].bytes);
  return file;
}

/** Whether every part of a data set is there; their checksums are not looked at. */
export function isPresent(name: string): boolean {
  const {files, tables} = catalogueEntry(name);
  return (
    Object.keys(files).every((file) => fs.existsSync(cataloguedFile(name, file).path)) &&
    Object.keys(tables).every(
      (part) => fs.existsSync(fetchedPath(name, part)) && expectedSum(name, part) !== undefined,
    )
  );
}

/** Where a fetched table lies, or will. */
export function fetchedPath(name: string, part: string): string {
  return path.join(fetchedFolder(), name, `${part}.csv`);
}

/** The folder of all fetched tables. */
export function fetchedFolder(): string {
  return path.resolve(process.env.COURSE_DATASETS || path.join(projectRoot, 'datasets', 'fetched'));
}

/** The SHA-256 that a fetched table must have: the catalogue's, else the one seen when it was first fetched. */
export function expectedSum(name: string, part: string): string | undefined {
  const known = catalogueEntry(name).tables[part]?.sha256;
  const record = `${fetchedPath(name, part)}.sha256`;
  if (known !== undefined || !fs.existsSync(record)) return known;
  return /^[0-9a-f]{64}/.exec(fs.readFileSync(record, 'utf8'))?.[0];
}
