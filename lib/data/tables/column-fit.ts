/** What is learned from the training cells of one column; see column-code.ts for what is done with it. */
import {sameButForRounding, signedLog, type ColumnCode} from './column-code';
import type {Column, NumberColumn, TextColumn} from './table';

/** Text with more different cells than this may be an identifier. */
const MANY = 50;
/** More features than this for one column fill the memory and teach nothing. */
const MOST_CATEGORIES = 1000;
/** Excess kurtosis (normal distribution: 0, exponential: 6) above which tails are heavy. */
const HEAVY = 10;

const DATE =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?:[T ].*)?$|^\d{1,2}:\d{2}(?::\d{2}.*)?$/;

/** @throws Error for text that is no category: dates, identifiers, free text. */
export function fitColumn(
  column: string,
  cells: Column,
  heavyTails: 'auto' | 'never' | 'always',
  minCount: number,
): ColumnCode {
  return cells.kind === 'number' ? fitNumbers(column, cells, heavyTails) : fitText(column, cells, minCount);
}

function fitNumbers(column: string, {values}: NumberColumn, heavyTails: string): ColumnCode {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const missing = present.length < values.length;
  if (present.length === 0) return {kind: 'constant', column, missing: false, value: null};
  const median = present[(present.length - 1) >> 1]; // the lower one of two: a value that did occur
  if (sameButForRounding(present[0], present[present.length - 1]))
    return {kind: 'constant', column, missing, value: median};
  const logs = present.map(signedLog);
  const log = heavyTails === 'always' || (heavyTails === 'auto' && tailsAreHeavy(present, logs));
  const {mean, deviation} = moments(log ? logs : present);
  return {kind: 'number', column, missing, log, mean, deviation, median};
}

// The log is taken where it helps: of a rare 0/1 column the tails are heavy too, before and after.
function tailsAreHeavy(values: Float64Array, logs: Float64Array): boolean {
  const before = moments(values).kurtosis;
  return before > HEAVY && moments(logs).kurtosis < before / 2;
}

/** Mean, standard deviation (of the n values themselves) and excess kurtosis, in two passes. */
export function moments(values: Float64Array): {mean: number; deviation: number; kurtosis: number} {
  const n = values.length;
  // Numbers near 1e308 would overflow when summed or squared: they are measured in units of the largest.
  const unit = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;
  let sum = 0;
  for (const value of values) sum += value / unit;
  const mean = sum / n;
  let second = 0;
  let fourth = 0;
  for (const value of values) {
    const square = (value / unit - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  const kurtosis = second > 0 ? (n * fourth) / second ** 2 - 3 : 0;
  return {mean: mean * unit, deviation: Math.sqrt(second / n) * unit, kurtosis};
}

function fitText(column: string, {codes, categories}: TextColumn, minCount: number): ColumnCode {
  const counts = new Int32Array(categories.length);
  let present = 0;
  for (const code of codes) {
    if (code < 0) continue;
    counts[code]++;
    present++;
  }
  const missing = present < codes.length;
  const seen = categories.filter((_, code) => counts[code] > 0);
  const kept = categories.filter((_, code) => counts[code] >= Math.max(1, minCount));
  refuseDates(column, seen);
  refuseIdentifiers(column, seen, kept.length, present);
  if (seen.length === 0) return {kind: 'constant', column, missing: false, value: null};
  if (seen.length === 1) return {kind: 'constant', column, missing, value: seen[0]};
  return {kind: 'category', column, missing, categories: kept.sort(), rare: kept.length < seen.length};
}

function refuseDates(column: string, seen: readonly string[]): void {
  if (seen.length < 2 || !seen.every((text) => DATE.test(text))) return;
  throw new Error(
    `expected numbers or categories in column "${column}", got what looks like dates ("${seen[0]}"); ${remedy(column)}, or put numbers such as the hour in its place`,
  );
}

function refuseIdentifiers(column: string, seen: readonly string[], kept: number, present: number): void {
  if (seen.length <= MANY || (seen.length <= present / 2 && kept <= MOST_CATEGORIES)) return;
  throw new Error(
    `expected numbers or categories in column "${column}", got ${seen.length} different texts in ${present} rows ("${seen[0]}", "${seen[1]}", …), which look like identifiers or free text; ${remedy(column)}`,
  );
}

function remedy(column: string): string {
  return `leave it out (drop: [${JSON.stringify(column)}])`;
}
