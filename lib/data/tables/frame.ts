/**
 * A table to look at: its first rows and a summary in the notebook, and as a danfojs data frame. Means and
 * deviations are our own: danfojs averages along rows, guesses types from the first rows and truncates what it
 * takes for integers, so nothing that counts goes through it.
 */
import {assertInteger} from '../../check';
import {show} from '../../display';
import '../../tf'; // before danfojs, which asks for an engine
import {moments} from './column-fit';
import {cellText, isMissing, type Column, type Table} from './table';

const LONGEST = 40; // characters of a cell that are shown

/** The part of danfojs' DataFrame that is named here; its own types would be read with every cell of a notebook. */
export interface DataFrame {
  readonly shape: number[];
  readonly dtypes: string[];
  print(): void;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as danfojs declares it
  [member: string]: any;
}

/**
 * The table as a danfojs DataFrame, numbers as float32 and text as string, whatever the first rows look like.
 * Missing numbers are NaN, missing text is null. Loading danfojs takes a second, the first time.
 */
export function dataFrame(table: Table): DataFrame {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- slow to load, and seldom needed
  const danfo = require('danfojs-node') as {
    DataFrame: new (rows: unknown[][], options: {columns: string[]; dtypes: string[]}) => DataFrame;
  };
  const rows = Array.from({length: table.rows}, (_, i) =>
    table.columns.map((column) => {
      if (column.kind === 'number') return column.values[i];
      return isMissing(column, i) ? null : cellText(column, i);
    }),
  );
  const dtypes = table.columns.map(({kind}) => (kind === 'number' ? 'float32' : 'string'));
  return new danfo.DataFrame(rows, {columns: [...table.names], dtypes});
}

/** What a column holds, missing cells left out. */
export interface ColumnSummary {
  name: string;
  missing: number;
  /** Of numbers; NaN where there are none. The deviation is that of the n values themselves. */
  mean: number;
  deviation: number;
  min: number;
  max: number;
  /** Of text: how many different ones, and the most frequent one with its count. */
  categories?: number;
  commonest?: string;
  commonestCount?: number;
}

/** One summary for each column. */
export function summarize(table: Table): ColumnSummary[] {
  return table.columns.map((column, j) => ({name: table.names[j], ...summary(column)}));
}

/** Shows the first rows and a summary of each column in the running cell. */
export function showTable(table: Table, options: {rows?: number} = {}): void {
  const text = describeTable(table, options);
  show({'text/markdown': text, 'text/plain': text});
}

/** What {@link showTable} shows, as Markdown. */
export function describeTable(table: Table, {rows = 5}: {rows?: number} = {}): string {
  assertInteger('rows', rows, 0);
  const head = Array.from({length: Math.min(rows, table.rows)}, (_, i) => [
    String(i + 1),
    ...table.columns.map((column) => cellText(column, i)),
  ]);
  const columns = summarize(table).map((of) => {
    const text = of.commonest === undefined ? '' : `${of.commonest} (${of.commonestCount})`;
    const numbers = [of.mean, of.deviation, of.min, of.max].map((value) =>
      Number.isNaN(value) ? '' : String(Number(value.toPrecision(4))),
    );
    return [of.name, String(of.missing), ...numbers, String(of.categories ?? ''), text];
  });
  const title = `${table.rows} rows, ${table.names.length} columns`;
  const summaries = ['column', 'missing', 'mean', 'deviation', 'min', 'max', 'different', 'most frequent'];
  return [title, markdown(['row', ...table.names], head), markdown(summaries, columns)].join('\n\n');
}

function summary(column: Column): Omit<ColumnSummary, 'name'> {
  if (column.kind === 'number') {
    const present = column.values.filter((value) => !Number.isNaN(value)).sort();
    const {mean, deviation} = moments(present);
    const [min, max] = present.length > 0 ? [present[0], present[present.length - 1]] : [NaN, NaN];
    return {missing: column.values.length - present.length, mean, deviation, min, max};
  }
  const counts = new Int32Array(column.categories.length);
  let missing = 0;
  for (const code of column.codes) {
    if (code < 0) missing++;
    else counts[code]++;
  }
  const most = counts.reduce((best, count, code) => (count > counts[best] ? code : best), 0);
  const commonest =
    counts[most] > 0 ? {commonest: column.categories[most], commonestCount: counts[most]} : {};
  const categories = counts.filter((count) => count > 0).length;
  return {missing, mean: NaN, deviation: NaN, min: NaN, max: NaN, categories, ...commonest};
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

// The signs of Markdown, TeX and HTML are taken as they stand.
function plain(cell: string): string {
  const short = cell.length > LONGEST ? `${cell.slice(0, LONGEST - 1)}…` : cell;
  return short.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>$|~&#]/g, '\\$&');
}
