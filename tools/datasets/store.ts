/** Where fetched tables are kept: whole or not at all, and never worse than what was there. */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type {FetchedTable} from '../../lib/data/catalogue';
import {expectedSum, fetchedPath} from '../../lib/data/labelled-table';
import type {Converted} from './convert';

let count = 0;

export function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What is wrong with a table, or undefined. */
export function fault(name: string, part: string, table: FetchedTable, got: Converted): string | undefined {
  const [rows, features] = table.shape;
  if (table.sha256 !== undefined) {
    const sum = sumOf(got.csv);
    if (sum === table.sha256) return undefined;
    return `expected values of SHA-256 ${table.sha256}, got ${sum} (${countsText(got.rows, got.features, got.anomalies)})`;
  }
  if (got.rows !== rows || got.features !== features || got.anomalies !== table.anomalies) {
    const expected = countsText(rows, features, table.anomalies);
    return `expected ${expected}, got ${countsText(got.rows, got.features, got.anomalies)}`;
  }
  const seen = expectedSum(name, part);
  if (seen === undefined || seen === sumOf(got.csv)) return undefined;
  return (
    `the counts are right, but the values have SHA-256 ${sumOf(got.csv)} and those fetched first had ${seen}; ` +
    `to take the new ones, delete ${path.dirname(fetchedPath(name, part))} and fetch again`
  );
}

/** Whether a table is here and what it should be; throws nothing. */
export function isGood(name: string, part: string): boolean {
  const file = fetchedPath(name, part);
  return fs.existsSync(file) && sumOf(fs.readFileSync(file)) === expectedSum(name, part);
}

/** Writes a table and its checksum. Another run that does the same at the same time writes the same. */
export function keep(name: string, part: string, csv: Uint8Array): string {
  const file = fetchedPath(name, part);
  fs.mkdirSync(path.dirname(file), {recursive: true});
  // The checksum first: a table without one would not be taken for good.
  writeWhole(`${file}.sha256`, `${sumOf(csv)}  ${path.basename(file)}\n`);
  writeWhole(file, csv);
  return file;
}

/** Such as "1,831 rows × 21 features, 176 anomalies". */
export function countsText(rows: number, features: number, anomalies?: number): string {
  const text = `${grouped(rows)} rows × ${grouped(features)} features`;
  return anomalies === undefined ? text : `${text}, ${grouped(anomalies)} anomalies`;
}

/** 1831 → "1,831". */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** What an error of the file system means; other errors speak for themselves. */
export function explained(error: unknown): string {
  const {code, path: where, message} = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'the disk is full; free some space and run the command again';
  if (code && /^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR)$/.test(code))
    return `${where ?? 'the folder'} cannot be written to (${code}); COURSE_DATASETS can name another folder`;
  return message;
}

function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}-${count++}.tmp`;
  try {
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, {force: true});
  }
}
