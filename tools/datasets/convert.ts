/**
 * From the file that a table comes in to the one form in which it is kept: CSV with a header, "\n" at the end
 * of each line, numbers in JavaScript's shortest form that reads back the same, the label last, as 0 or 1 in
 * the column `anomaly`. So the same numbers give the same bytes, and one checksum, as .npz and as CSV.
 */
import {gunzipSync} from 'node:zlib';
import type {FetchedTable} from '../../lib/data/catalogue';
import {parseNpz} from '../../lib/data/npz';
import {UNPACKED_LIMIT} from '../../lib/data/zip';
import {excerpt, webPage} from './web-page';

export interface Converted {
  csv: Buffer;
  rows: number;
  /** Columns that are no labels. */
  features: number;
  /** Rows whose anomaly is 1; undefined where the table has no such column. */
  anomalies?: number;
}

/**
 * @param name of the file, for the error messages.
 * @param columns the header, where the file has none; its cells are then kept as they are written.
 * @throws Error in one sentence for what is no such table.
 */
export function convert(name: string, bytes: Uint8Array, table: FetchedTable, columns?: string[]): Converted {
  const content = Buffer.from(unpacked(name, bytes));
  const page = webPage(content);
  if (page) throw new Error(`${name}: expected ${table.file}, got ${page}`);
  if (content.subarray(0, 2).toString('latin1') === 'PK') return fromArrays(name, content);
  // A zero byte is in no text: an archive that was cut at its front, or something else altogether.
  if (content.subarray(0, 1000).includes(0))
    throw new Error(`${name}: expected a table, got unknown binary data`);
  const lines = content
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1] === '') lines.pop();
  return columns ? fromText(name, lines, columns) : fromCsv(name, lines, table.label ?? 'anomaly');
}

function unpacked(name: string, bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, {maxOutputLength: UNPACKED_LIMIT});
  } catch (error) {
    throw new Error(
      `${name}: expected a whole gzip file, got one that does not unpack (${(error as Error).message})`,
    );
  }
}

// ADBench's form: X [n, d] and y [n].
function fromArrays(name: string, bytes: Uint8Array): Converted {
  const {X, y} = parseNpz(name, bytes);
  if (!X || !y || X.shape.length !== 2 || y.data.length !== X.shape[0])
    throw new Error(`${name}: expected arrays X [n, d] and y [n], got ${describe({X, y})}`);
  const [rows, features] = X.shape;
  const lines = [[...Array.from({length: features}, (_, i) => `x${i}`), 'anomaly'].join(',')];
  let anomalies = 0;
  for (let i = 0; i < rows; i++) {
    const row = Array.from(X.data.subarray(i * features, (i + 1) * features), cell);
    lines.push([...row, label(name, i, y.data[i])].join(','));
    anomalies += y.data[i];
  }
  return {csv: joined(lines), rows, features, anomalies};
}

function fromCsv(name: string, lines: string[], labelName: string): Converted {
  const header = (lines[0] ?? '').split(',').map(bare);
  const at = header.indexOf(labelName);
  if (at < 0 || lines.length < 2)
    throw new Error(
      `${name}: expected a header with the column ${labelName} and rows, got ${excerpt(lines[0] ?? '')}`,
    );
  const reordered = [[...header.slice(0, at), ...header.slice(at + 1), 'anomaly'].join(',')];
  let anomalies = 0;
  for (let i = 1; i < lines.length; i++) {
    const cells = lines[i].split(',').map(bare);
    if (cells.length !== header.length)
      throw new Error(`${name}, line ${i + 1}: expected ${header.length} cells, got ${cells.length}`);
    const numbers = cells.map((text) => (text === '' ? NaN : Number(text)));
    const wrong = numbers.findIndex((number, k) => !Number.isFinite(number) && cells[k] !== '');
    if (wrong >= 0)
      throw new Error(
        `${name}, line ${i + 1}: expected a number for ${excerpt(header[wrong])}, got ${excerpt(cells[wrong])}`,
      );
    anomalies += numbers[at];
    const [flag] = numbers.splice(at, 1);
    reordered.push([...numbers.map(cell), label(name, i - 1, flag)].join(','));
  }
  return {csv: joined(reordered), rows: lines.length - 1, features: header.length - 1, anomalies};
}

function fromText(name: string, lines: string[], columns: string[]): Converted {
  const header = columns.join(',');
  const rows = lines[0] === header ? lines.slice(1) : lines;
  const wrong = rows.findIndex((line) => line.split(',').length !== columns.length);
  if (wrong >= 0)
    throw new Error(
      `${name}, row ${wrong + 1}: expected ${columns.length} cells, got ${excerpt(rows[wrong])}`,
    );
  const labels = columns.filter((column) => column === 'attack' || column === 'difficulty').length;
  return {csv: joined([header, ...rows]), rows: rows.length, features: columns.length - labels};
}

function cell(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

function label(name: string, row: number, value: number): string {
  if (value !== 0 && value !== 1)
    throw new Error(`${name}, row ${row + 1}: expected a label of 0 or 1, got ${value}`);
  return String(value);
}

function bare(text: string): string {
  return text.trim().replace(/^"(.*)"$/, '$1');
}

function joined(lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\n')}\n`, 'utf8');
}

function describe(arrays: Record<string, {shape: number[]} | undefined>): string {
  return Object.entries(arrays)
    .map(([name, array]) => (array ? `${name} [${array.shape.join(', ')}]` : `no ${name}`))
    .join(' and ');
}
