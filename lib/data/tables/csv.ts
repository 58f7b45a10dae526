/**
 * Tables from CSV files (RFC 4180; cells with quotes, delimiters and line breaks in them) and back. The file is
 * cut into cells by papaparse, a megabyte at a time, so that besides the text itself only the columns lie in
 * memory. Whatever is wrong with a file is one sentence with its name, the row and the column.
 *
 *     const table = readCsv('normal.csv');
 *
 * A column is numeric when every cell that is not missing is a number, and text otherwise; codes such as 01234
 * are text. Missing are empty cells and NA, N/A, NaN, null and ?. Blanks around a cell do not count.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {assertOptions} from '../../check';
import {decode, type Encoding} from './csv-bytes';
import {decimalProblem, GrowingNumbers, GrowingText, numberIn} from './csv-columns';
import {chosenDelimiter, delimiterName, otherDelimiter} from './csv-delimiter';
import {rowsOf} from './csv-rows';
import {bytesOf} from '../file';
import {counted, type Column, type Table} from './table';

export interface CsvOptions {
  /** One character between cells. Default: found out among comma, semicolon, tab and bar. */
  delimiter?: string;
  /** Whether the first row holds the names. Default true; with false they are x0, x1, … */
  header?: boolean;
  /** Between whole and fraction: "." (default) or ",". */
  decimal?: '.' | ',';
  /** "utf8" (default; UTF-16 with a mark is recognised) or "latin1", which here means Windows-1252. */
  encoding?: Encoding;
  /** Columns to read as text even where all cells are numbers, e.g. postcodes. Default none. */
  text?: readonly string[];
}

/** @throws Error for a file that is not there, or that {@link parseCsv} refuses. */
export function readCsv(file: string, options: CsvOptions = {}): Table {
  return parseCsv(bytesOf(file, 'a CSV file'), path.basename(file), options);
}

/**
 * The table that a text holds.
 * @param name what messages call it
 * @throws Error naming what is wrong, with row (from 1, the header not counted) or line of the file.
 */
export function parseCsv(content: string | Buffer, name = 'table', options: CsvOptions = {}): Table {
  assertOptions('options', options, ['delimiter', 'header', 'decimal', 'encoding', 'text']);
  const {header = true, decimal = '.'} = options;
  const fail = (expected: string, got: string): never => {
    throw new Error(`${name}: expected ${expected}, got ${got}`);
  };
  const {text, note} =
    typeof content === 'string' ? {text: content, note: undefined} : decode(content, name, options.encoding);
  if (text.trim() === '') fail('a table', 'an empty file');
  const delimiter = options.delimiter ?? chosenDelimiter(text, name);
  const names = headerOf(text, name, delimiter, header);
  const unknown = (options.text ?? []).filter((wanted) => !names.includes(wanted));
  if (unknown.length > 0)
    fail(`column ${unknown.join(', ')}`, `none of that name; there are ${names.join(', ')}`);

  const asText = new Set(options.text?.map((wanted) => names.indexOf(wanted)));
  let read = readColumns();
  if (read.late.size > 0) read = readColumns(); // text below numbers: those columns are read once more, as text
  if (read.rows === 0) fail('rows below the header', 'none');
  const columns = read.columns.map((growing, j): Column => {
    if (growing instanceof GrowingNumbers && growing.infinite) {
      const {row, cell} = growing.infinite;
      fail(`finite numbers in column "${names[j]}"`, `${cell} in row ${row + 1}`);
    }
    const column = growing.column();
    if (options.text?.includes(names[j])) return column;
    const cells =
      growing instanceof GrowingNumbers ? growing.pointed : column.kind === 'text' && column.categories;
    const problem = cells && decimalProblem(cells, decimal);
    if (problem)
      fail(`numbers with a decimal ${decimal === ',' ? 'comma' : 'point'} in column "${names[j]}"`, problem);
    return column;
  });
  const notes = [
    ...(note ? [note] : []),
    ...(delimiter === ',' ? [] : [`separated by ${delimiterName(delimiter)}`]),
    ...(names.length > 1 ? [] : ['has one column only']),
  ];
  return {names, rows: read.rows, columns, source: name, notes};

  function readColumns() {
    const late = new Set<number>();
    const growing = names.map((_, j) =>
      asText.has(j) ? new GrowingText() : new GrowingNumbers(decimal === ','),
    );
    let rows = 0;
    let first = header;
    for (const cells of rowsOf(text, name, delimiter)) {
      if (first) {
        first = false;
        continue;
      }
      if (cells.length !== names.length) ragged(cells, rows + 1);
      for (let j = 0; j < cells.length; j++) {
        const cell = cells[j].trim();
        const into = growing[j];
        if (into.add(cell) || !(into instanceof GrowingNumbers)) continue;
        asText.add(j);
        if (!into.blank) late.add(j);
        growing[j] = new GrowingText(into.count);
        growing[j].add(cell);
      }
      rows++;
    }
    return {columns: growing, rows, late};
  }

  function ragged(cells: readonly string[], row: number): never {
    const other = otherDelimiter(cells, names.length, delimiter);
    const found = `${counted(cells.length, 'cell')} in row ${row}`;
    return fail(
      `${counted(names.length, 'cell')} in every row`,
      other
        ? `${found}, which is separated by ${delimiterName(other)} and not by ${delimiterName(delimiter)}`
        : found,
    );
  }
}

function headerOf(text: string, name: string, delimiter: string, header: boolean): string[] {
  const [first] = rowsOf(text, name, delimiter);
  const names = first.map((cell) => cell.trim());
  if (!header) return names.map((_, j) => `x${j}`);
  const number = names.find((cell) => !Number.isNaN(numberIn(cell)));
  if (number !== undefined)
    throw new Error(
      `${name}: expected names in the first row, got the number ${number}; add a header, or read it with header: false`,
    );
  const empty = names.indexOf('');
  if (empty >= 0)
    throw new Error(
      `${name}: expected a name for every column, got none for column ${empty + 1}; pandas writes its index so unless index=False`,
    );
  const twice = names.find((cell, j) => names.indexOf(cell) !== j);
  if (twice !== undefined)
    throw new Error(`${name}: expected different names of columns, got "${twice}" more than once`);
  return names.map((cell) => Buffer.from(cell, 'utf16le').toString('utf16le'));
}

/** A table as CSV, numbers in full: {@link parseCsv} gives the same table again. */
export function formatCsv(table: Table): string {
  return [...csvPieces(table)].join('');
}

/** Writes a table to a file, which appears when it is whole. */
export function writeCsv(file: string, table: Table): void {
  const temporary = `${file}.${process.pid}.part`;
  try {
    const out = fs.openSync(temporary, 'w');
    try {
      for (const piece of csvPieces(table)) fs.writeSync(out, piece);
    } finally {
      fs.closeSync(out);
    }
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, {force: true});
  }
}

function* csvPieces({names, rows, columns}: Table, size = 1000): Generator<string> {
  yield `${names.map(quoted).join(',')}\n`;
  const ready = columns.map((column) => (column.kind === 'text' ? column.categories.map(quoted) : []));
  for (let start = 0; start < rows; start += size) {
    const lines: string[] = [];
    for (let i = start; i < Math.min(rows, start + size); i++) {
      const cells = columns.map((column, j) => {
        if (column.kind === 'text') return ready[j][column.codes[i]] ?? '';
        const value = column.values[i];
        return Number.isNaN(value) ? '' : String(value);
      });
      lines.push(cells.join(','));
    }
    yield `${lines.join('\n')}\n`;
  }
}

function quoted(cell: string): string {
  return /[",\r\n;\t|]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
