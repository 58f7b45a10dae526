/** From cells to columns: what is a number, what is missing, and how a column grows. */
import type {Column} from './table';

/** Cells that stand for a missing value; blanks around them do not count, capitals do. */
export const MISSING: readonly string[] = ['', 'NA', 'N/A', 'na', 'n/a', 'NaN', 'nan', 'null', 'NULL', '?'];

// No leading zeros: 01234 is a code. No thousands: 1,234 may be either.
const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?(?:inf|infinity)$/i;
const WITH_COMMA = /^[+-]?\d+(?:,\d+)?(?:[eE][+-]?\d+)?$/;
const POINTS_AND_COMMAS = /^[+-]?\d+(?:[.,]\d{3})*(?:[.,]\d+)?(?:[eE][+-]?\d+)?$/;

/** The number that a cell holds, NaN where none; ±Infinity for "inf" and 1e400. */
export function numberIn(cell: string): number {
  if (NUMBER.test(cell)) return Number(cell);
  return INFINITE.test(cell) ? (cell.startsWith('-') ? -Infinity : Infinity) : NaN;
}

export function isMissingCell(cell: string): boolean {
  return cell.length <= 4 && MISSING.includes(cell);
}

/**
 * What is wrong with cells that would be numbers, if the decimal sign were another one or the same in all of them,
 * e.g. `"3,14"; read it with decimal: ","`; undefined where nothing.
 */
export function decimalProblem(cells: readonly string[], decimal: '.' | ','): string | undefined {
  const other = decimal === '.' ? ',' : '.';
  const odd = cells.find((cell) => cell.includes(other));
  if (odd === undefined || !cells.every((cell) => POINTS_AND_COMMAS.test(cell))) return undefined;
  const both = cells.find((cell) => cell.includes(',') && cell.includes('.'));
  if (both !== undefined) return `"${both}" with a thousands separator; write it without`;
  const usual = cells.find((cell) => cell.includes(decimal));
  if (usual !== undefined) return `"${odd}" beside "${usual}"; write both with the same sign`;
  const reads = decimal === ',' || cells.every((cell) => WITH_COMMA.test(cell));
  return `"${odd}"; ${reads ? `read it with decimal: "${other}"` : 'write it without thousands separators'}`;
}

/** Grows by doubling. */
abstract class Growing<A extends Float64Array | Int32Array> {
  protected length = 0;

  constructor(protected array: A) {}

  protected push(value: number): void {
    if (this.length === this.array.length) {
      const longer = new (this.array.constructor as new (length: number) => A)(2 * this.length);
      longer.set(this.array);
      this.array = longer;
    }
    this.array[this.length++] = value;
  }

  protected whole(): A {
    return this.array.slice(0, this.length) as A;
  }
}

/** A column of numbers, until a cell says otherwise. */
export class GrowingNumbers extends Growing<Float64Array> {
  /** The first infinite cell. */
  infinite: {row: number; cell: string} | undefined;
  /** Where commas are expected: the first cell with a point, and one with a comma. */
  private point: string | undefined;
  private comma: string | undefined;
  private someNumber = false;

  constructor(private readonly decimalComma: boolean) {
    super(new Float64Array(1024));
  }

  /** False if the cell is no number. */
  add(cell: string): boolean {
    if (isMissingCell(cell)) {
      this.push(NaN);
      return true;
    }
    const value = numberIn(this.decimalComma ? cell.replace(',', '.') : cell);
    if (Number.isNaN(value)) return false;
    if (this.decimalComma) {
      if (this.point === undefined && cell.includes('.')) this.point = copied(cell);
      if (this.comma === undefined && cell.includes(',')) this.comma = copied(cell);
    }
    if (!Number.isFinite(value)) this.infinite ??= {row: this.length, cell};
    this.someNumber = true;
    this.push(value);
    return true;
  }

  /** Where commas are expected and a cell has a point: that cell, and one with a comma if there is any. */
  get pointed(): string[] {
    return [this.point, this.comma].flatMap((cell) => (this.point === undefined ? [] : (cell ?? [])));
  }

  /** True if no number has come yet, so that all cells so far are known to be missing. */
  get blank(): boolean {
    return !this.someNumber;
  }

  get count(): number {
    return this.length;
  }

  column(): Column {
    return {kind: 'number', values: this.whole()};
  }
}

/** A column of text, each different text kept once. */
export class GrowingText extends Growing<Int32Array> {
  private readonly codes = new Map<string, number>();
  private readonly categories: string[] = [];

  /** Begins with this many missing cells. */
  constructor(missing = 0) {
    super(new Int32Array(Math.max(1024, missing)).fill(-1));
    this.length = missing;
  }

  add(cell: string): boolean {
    this.push(isMissingCell(cell) ? -1 : this.code(cell));
    return true;
  }

  column(): Column {
    return {kind: 'text', codes: this.whole(), categories: this.categories};
  }

  private code(cell: string): number {
    const known = this.codes.get(cell);
    if (known !== undefined) return known;
    const kept = copied(cell);
    this.codes.set(kept, this.categories.length);
    return this.categories.push(kept) - 1;
  }
}

// A cell is a view that keeps the file in memory; this is not.
function copied(cell: string): string {
  return Buffer.from(cell, 'utf16le').toString('utf16le');
}
