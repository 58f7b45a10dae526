/** The two tables of `npm run detect`, read and looked at before anything is learned. */
import * as fs from 'node:fs';
import {readCsv, type CsvOptions} from '../../lib/data/tables/csv';
import {
  column,
  counted,
  isMissing,
  missingColumns,
  selectRows,
  source,
  type Table,
} from '../../lib/data/tables/table';
import type {Settings} from './options';
import {labelsOf} from './quality';
import {asTyped} from './words';

type Say = (line: string) => void;

/** Rows to learn from, and the columns not to learn. */
export interface Training {
  normal: Table;
  drop: string[];
}

/** The normal rows of --train. @throws Error where none is left, or a label is none. */
export function trainingRows({train, drop, label, id, csv}: Settings, say: Say): Training {
  let normal = read(train!, csv, say);
  if (label !== undefined && normal.names.includes(label)) {
    const labels = labelsOf(normal, label);
    const places = Int32Array.from(labels.keys()).filter((i) => labels[i] === 0);
    if (places.length === 0)
      throw new RangeError(
        `${source(normal)}: expected rows that are labelled 0, normal, to learn from, got none; all ${normal.rows} are labelled anomalies in the column "${label}"`,
      );
    if (places.length < normal.rows)
      say(`left out ${counted(normal.rows - places.length, 'row')} labelled as anomalies`);
    normal = selectRows(normal, places);
  }
  const also = [label, id].filter((name) => name !== undefined && normal.names.includes(name)) as string[];
  const left = [...new Set([...drop.flatMap((typed) => namesIn(typed, normal)), ...also])];
  for (const name of normal.names.filter((one) => !left.includes(one))) {
    if (counts(normal, name))
      say(`column "${name}" looks like a row number; --drop ${asTyped(name)} leaves it out`);
    if (isEmpty(normal, name))
      say(`column "${name}" is empty in all rows: nothing is learned from it, and any value will stand out`);
  }
  return {normal, drop: left};
}

/** The rows of --score. @throws RangeError naming columns that are not there. */
export function rowsToJudge(
  {score, id, label, csv}: Settings,
  training: Training | undefined,
  say: Say,
): Table {
  const table = read(score!, csv, say);
  if (id !== undefined) column(table, id);
  if (label !== undefined) column(table, label);
  const wanted = training?.normal.names.filter((name) => !training.drop.includes(name)) ?? [];
  const absent = wanted.filter((name) => !table.names.includes(name));
  if (absent.length > 0) throw new RangeError(missingColumns(table, absent));
  return table;
}

/** The same with these columns as text, even where all their cells look like numbers. */
export function withText(table: Table, {score, csv}: Settings, wanted: readonly string[]): Table {
  const text = wanted.filter((name) => table.names.includes(name) && column(table, name).kind === 'number');
  return text.length > 0 ? readCsv(score!, {...csv, text}) : table;
}

/** Whether two names lead to one file. */
export function sameFile(one: string, other: string): boolean {
  return fs.realpathSync(one) === fs.realpathSync(other);
}

function read(file: string, csv: CsvOptions, say: Say): Table {
  const table = readCsv(file, csv);
  const notes = table.notes?.length ? `, ${table.notes.join(', ')}` : '';
  say(`read ${file}: ${counted(table.rows, 'row')}, ${counted(table.names.length, 'column')}${notes}`);
  return table;
}

// One name with commas in it where there is such a column, or else several names.
function namesIn(typed: string, {names}: Table): string[] {
  return names.includes(typed) ? [typed] : typed.split(',').filter((name) => name !== '');
}

// Whole numbers, all different and close together: they count, and later rows are beyond them.
function counts(table: Table, name: string): boolean {
  const cells = column(table, name);
  if (table.rows < 2 || cells.kind !== 'number' || !cells.values.every(Number.isInteger)) return false;
  const rising = cells.values.slice().sort();
  return rising.every((value, i) => i === 0 || (value > rising[i - 1] && value - rising[0] < 2 * table.rows));
}

function isEmpty(table: Table, name: string): boolean {
  const cells = column(table, name);
  for (let row = 0; row < table.rows; row++) if (!isMissing(cells, row)) return false;
  return true;
}
