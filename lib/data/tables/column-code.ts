/**
 * How one column of a table becomes features: what was learned from its training cells, as plain JSON, and what
 * is done with later cells. {@link TableEncoder} puts the columns side by side.
 *
 *   numbers    ─ signed log where the tails are heavy ─ minus mean, by deviation ─ clipped ─► 1 feature
 *   categories ─► 1 feature for each, and "other" for those that training has seldom or never seen
 *   constant   ─► "differs": 0 in training
 *   missing    ─► "missing", where training had some; a number then becomes the training median
 */
import {numberIn} from './csv-columns';
import {cellText, isMissing, type Column, type TextColumn} from './table';

/** Standardised numbers end here, so that their squares, summed, stay far from what float32 holds. */
export const LIMIT = 1e4;
/** What training never had (a new category, a change of a constant, a missing cell) counts like a number 10 deviations away. */
export const NOVELTY = 10;

/** What becomes of something that training never had: it stands out, or it is an error. */
export type OnNew = 'standsOut' | 'error';

interface Shared {
  column: string;
  /** Whether training had missing cells: then they are a feature of their own. */
  missing: boolean;
}

export interface NumberCode extends Shared {
  kind: 'number';
  log: boolean;
  mean: number;
  deviation: number;
  /** Stands in for missing cells; in the unit of the cells. */
  median: number;
}

export interface CategoryCode extends Shared {
  kind: 'category';
  categories: string[];
  /** Whether training had categories too rare to be listed. */
  rare: boolean;
}

export interface ConstantCode extends Shared {
  kind: 'constant';
  /** The one value; null for a column without any. */
  value: number | string | null;
}

export type ColumnCode = NumberCode | CategoryCode | ConstantCode;

/** What a later table may do. */
export interface NewCells {
  newCategory: OnNew;
  newMissing: OnNew;
}

/** The names of the features, in order. */
export function featureNames(code: ColumnCode): string[] {
  const {column} = code;
  const missing = code.missing ? [`${column} missing`] : [];
  if (code.kind === 'number') return [column, ...missing];
  if (code.kind === 'constant') return [`${column} differs`, ...missing];
  return [...code.categories.map((category) => `${column} = ${category}`), `${column} other`, ...missing];
}

/** What is wrong with a cell, and where. */
export class CellError extends Error {
  constructor(
    private readonly expected: string,
    private readonly got: string,
    private readonly row: number,
  ) {
    super(`expected ${expected}, got ${got} in row ${row + 1}`);
  }

  /** The same, where the rows are those of a longer table from `first` on. */
  inRows(first = 0): CellError {
    return new CellError(this.expected, this.got, this.row + first);
  }
}

/**
 * Writes the features of each cell to out[row * stride + at …], where zeros lie.
 * @throws CellError for text among numbers, and for what is new where that is an error.
 */
export function encodeColumn(
  code: ColumnCode,
  cells: Column,
  out: Float32Array,
  at: number,
  stride: number,
  onNew: NewCells,
): void {
  const rows = cells.kind === 'number' ? cells.values.length : cells.codes.length;
  const missingAt = at + featureNames(code).length - 1;
  const value = valueWriter(code, cells, onNew.newCategory);
  for (let row = 0; row < rows; row++) {
    const to = row * stride;
    if (!isMissing(cells, row)) value(row, out, to + at);
    else if (code.missing) {
      if (code.kind === 'number') out[to + at] = standardised(code, code.median);
      out[to + missingAt] = 1;
    } else if (!isEmpty(code)) {
      if (onNew.newMissing === 'error')
        throw new CellError(
          `no missing cell in column "${code.column}", as there was none in training`,
          'one',
          row,
        );
      out[to + missingAt] = NOVELTY; // the number itself, "other" or "differs"
    }
  }
}

/** What of a cell training has never seen, in words; undefined where nothing. */
export function noveltyIn(code: ColumnCode, cells: Column, row: number): string | undefined {
  if (isMissing(cells, row)) {
    return code.missing || isEmpty(code) ? undefined : `${code.column} is missing`;
  }
  if (code.kind === 'number') return undefined;
  const text = cellText(cells, row);
  if (code.kind === 'constant') return differs(code, cells, row) ? `${code.column} is ${text}` : undefined;
  return code.rare || code.categories.includes(text) ? undefined : `${code.column} is ${text}`;
}

function valueWriter(
  code: ColumnCode,
  cells: Column,
  newCategory: OnNew,
): (row: number, out: Float32Array, at: number) => void {
  if (code.kind === 'number') {
    if (cells.kind === 'number')
      return (row, out, at) => {
        out[at] = standardised(code, cells.values[row]);
      };
    const numbers = cells.categories.map(numberIn); // a column with text among its numbers has been read as text
    return (row, out, at) => {
      const value = numbers[cells.codes[row]];
      if (!Number.isFinite(value))
        throw new CellError(`numbers in column "${code.column}"`, JSON.stringify(cellText(cells, row)), row);
      out[at] = standardised(code, value);
    };
  }
  if (code.kind === 'constant')
    return (row, out, at) => {
      if (!differs(code, cells, row)) return;
      if (newCategory === 'error' && typeof code.value === 'string')
        throw unknownCategory(code.column, [code.value], cellText(cells, row), row);
      out[at] = NOVELTY;
    };
  const places = placesOf(code, cells);
  return (row, out, at) => {
    const place = places(row);
    if (place < code.categories.length || code.rare) out[at + place] = 1;
    else if (newCategory === 'standsOut') out[at + place] = NOVELTY;
    else throw unknownCategory(code.column, code.categories, cellText(cells, row), row);
  };
}

// The place of a cell's category among the listed ones; behind them for another one.
function placesOf({categories}: CategoryCode, cells: Column): (row: number) => number {
  const known = new Map(categories.map((category, place) => [category, place]));
  const place = (text: string) => known.get(text) ?? categories.length;
  if (cells.kind === 'number') return (row) => place(String(cells.values[row]));
  const places = cells.categories.map(place);
  return (row) => places[(cells as TextColumn).codes[row]];
}

function unknownCategory(
  column: string,
  categories: readonly string[],
  text: string,
  row: number,
): CellError {
  const shown = categories.slice(0, 10).join(', ') + (categories.length > 10 ? ', …' : '');
  return new CellError(`one of ${shown} in column "${column}"`, JSON.stringify(text), row);
}

function standardised({log, mean, deviation}: NumberCode, value: number): number {
  const z = ((log ? signedLog(value) : value) - mean) / deviation;
  return Math.max(-LIMIT, Math.min(LIMIT, z));
}

/** sign(x) log(1 + |x|): log1p, and its mirror image for negative numbers. */
export function signedLog(x: number): number {
  return Math.sign(x) * Math.log1p(Math.abs(x));
}

/** Whether numbers that lie this far apart are one number but for rounding. */
export function sameButForRounding(low: number, high: number): boolean {
  return high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high));
}

function differs({value}: ConstantCode, cells: Column, row: number): boolean {
  if (typeof value !== 'number') return value === null || cellText(cells, row) !== value;
  if (cells.kind === 'text') return true;
  const other = cells.values[row];
  return !sameButForRounding(Math.min(value, other), Math.max(value, other));
}

function isEmpty(code: ColumnCode): boolean {
  return code.kind === 'constant' && code.value === null;
}
