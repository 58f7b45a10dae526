/**
 * A table in memory: named columns of equal length. Numbers lie as 8 bytes a cell, text as 4, because few
 * different texts fill a column of categories; 100,000 rows of 40 columns take 32 MB.
 *
 *     const table = readCsv('normal.csv');
 *     column(table, 'duration'); // {kind: 'number', values: Float64Array}
 *
 * Rows are counted from 0 in code and from 1 in what people read; the header is not counted.
 */

/** A column of numbers; NaN stands for a missing one. */
export interface NumberColumn {
  kind: 'number';
  values: Float64Array;
}

/** A column of text: cell i is `categories[codes[i]]`; the code -1 stands for a missing one. */
export interface TextColumn {
  kind: 'text';
  codes: Int32Array;
  categories: readonly string[];
}

export type Column = NumberColumn | TextColumn;

export interface Table {
  names: readonly string[];
  rows: number;
  columns: readonly Column[];
  /** Where it comes from, for messages, e.g. "normal.csv". */
  source?: string;
  /** Of a part of a table: the place of its first row in the whole one, for messages. */
  firstRow?: number;
  /** What was noticed while it was read, a sentence each, e.g. which delimiter. */
  notes?: readonly string[];
}

/** The column of that name. @throws RangeError listing the names there are. */
export function column(table: Table, name: string): Column {
  const place = table.names.indexOf(name);
  if (place < 0) throw new RangeError(missingColumns(table, [name]));
  return table.columns[place];
}

/** "table.csv: expected columns a, b, got none of that name; there are x, y". */
export function missingColumns(table: Table, names: readonly string[]): string {
  const wanted = names.map((name) => JSON.stringify(name)).join(', ');
  const plural = names.length > 1 ? 's' : '';
  return `${source(table)}: expected column${plural} ${wanted}, got none of that name; there are ${table.names.join(', ')}`;
}

/** What a message calls the table. */
export function source(table: Table): string {
  return table.source ?? 'table';
}

/** "1 row", "2 rows". */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The rows at these places, in this order; categories stay as they were. */
export function selectRows(table: Table, places: ArrayLike<number>): Table {
  const outside = Array.prototype.find.call(places, (i: number) => !(i >= 0 && i < table.rows)) as
    number | undefined;
  if (outside !== undefined)
    throw new RangeError(`places: expected whole numbers from 0 to ${table.rows - 1}, got ${outside}`);
  const n = places.length;
  const columns = table.columns.map((from): Column => {
    if (from.kind === 'number') {
      const values = new Float64Array(n);
      for (let i = 0; i < n; i++) values[i] = from.values[places[i]];
      return {kind: 'number', values};
    }
    const codes = new Int32Array(n);
    for (let i = 0; i < n; i++) codes[i] = from.codes[places[i]];
    return {...from, codes};
  });
  return {...table, rows: n, columns, firstRow: undefined};
}

/** Rows `from` to `to` - 1, without copying: the numbers are shared. */
export function rowRange(table: Table, from: number, to: number): Table {
  const columns = table.columns.map((whole): Column =>
    whole.kind === 'number'
      ? {kind: 'number', values: whole.values.subarray(from, to)}
      : {...whole, codes: whole.codes.subarray(from, to)},
  );
  const firstRow = (table.firstRow ?? 0) + from;
  return {...table, rows: Math.min(to, table.rows) - from, columns, firstRow};
}

/** The table without these columns. @throws RangeError naming those that it does not have. */
export function withoutColumns(table: Table, names: readonly string[]): Table {
  const unknown = names.filter((name) => !table.names.includes(name));
  if (unknown.length > 0) throw new RangeError(missingColumns(table, unknown));
  const kept = table.names.map((_, j) => j).filter((j) => !names.includes(table.names[j]));
  return {...table, names: kept.map((j) => table.names[j]), columns: kept.map((j) => table.columns[j])};
}

/** The text of one cell; empty where it is missing. */
export function cellText(from: Column, row: number): string {
  if (isMissing(from, row)) return '';
  return from.kind === 'number' ? String(from.values[row]) : from.categories[from.codes[row]];
}

export function isMissing(from: Column, row: number): boolean {
  return from.kind === 'number' ? Number.isNaN(from.values[row]) : from.codes[row] < 0;
}
