/** The verdicts as a table, a line for each row that was judged. */
import {column, type Column, type Table} from '../../lib/data/tables/table';
import type {Verdict} from '../../lib/detection/table-detector';

const REASONS = [0, 1, 2];

/**
 * Columns row (from 1), the id column if there is one, score, p_value, flag, three reasons with their shares, and
 * what training had never seen. Text that a spreadsheet would take for a formula begins with an apostrophe.
 * @throws RangeError if the id column has one of these names.
 */
export function scoreTable(judged: Table, verdicts: readonly Verdict[], id?: string): Table {
  const columns: [string, Column][] = [
    ['row', numbers(verdicts, (_, i) => i + 1)],
    ['score', numbers(verdicts, ({score}) => Number(score.toPrecision(7)))],
    ['p_value', numbers(verdicts, ({pValue}) => Number(pValue.toPrecision(7)))],
    ['flag', numbers(verdicts, ({flag}) => Number(flag))],
    ...REASONS.flatMap((k): [string, Column][] => [
      [`reason_${k + 1}`, texts(verdicts, ({reasons}) => reasons[k]?.column)],
      [`share_${k + 1}`, numbers(verdicts, ({reasons}) => Number((reasons[k]?.share ?? NaN).toFixed(4)))],
    ]),
    ['unseen', texts(verdicts, ({unseen}) => (unseen.length > 0 ? unseen.join('; ') : undefined))],
  ];
  if (id !== undefined) {
    if (columns.some(([name]) => name === id))
      throw new RangeError(`id: expected another name than one of the output's columns, got "${id}"`);
    columns.splice(1, 0, [id, harmlessColumn(column(judged, id))]);
  }
  return {
    names: columns.map(([name]) => harmless(name)),
    rows: verdicts.length,
    columns: columns.map(([, cells]) => cells),
  };
}

function numbers(verdicts: readonly Verdict[], f: (verdict: Verdict, i: number) => number): Column {
  return {kind: 'number', values: Float64Array.from(verdicts, f)};
}

function texts(verdicts: readonly Verdict[], f: (verdict: Verdict) => string | undefined): Column {
  const places = new Map<string, number>();
  const codes = Int32Array.from(verdicts, (verdict) => {
    const found = f(verdict);
    if (found === undefined) return -1;
    const text = harmless(found);
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  });
  return {kind: 'text', codes, categories: [...places.keys()]};
}

function harmlessColumn(cells: Column): Column {
  return cells.kind === 'number' ? cells : {...cells, categories: cells.categories.map(harmless)};
}

// A cell that begins with one of these is a formula to a spreadsheet, which may run it; -5 and +1.5e3 are numbers.
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
}
