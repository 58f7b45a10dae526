/** The rows of a CSV text as cells, cut by papaparse's parser, a part of the text at a time. */
import * as Papa from 'papaparse';
import {lineAt} from './csv-bytes';

const PART = 1 << 20; // characters

interface Parsed {
  data: string[][];
  errors: {code: string; row: number; index: number}[];
  meta: {cursor: number};
}

/**
 * Row after row. Blank lines are passed over, except in a table of one column, where they are missing cells.
 * @throws Error naming the line in which a quote was opened that does not close.
 */
export function* rowsOf(text: string, name: string, delimiter: string, part = PART): Generator<string[]> {
  const newline = text.includes('\n') ? '\n' : '\r';
  const parser = new Papa.Parser({delimiter, newline} as Papa.ParseConfig);
  let width: number | undefined;
  let size = part;
  for (let start = 0; start < text.length;) {
    const last = start + size >= text.length;
    const {data, errors, meta} = parser.parse(text.slice(start, start + size), start, !last) as Parsed;
    const wrong = errors.find(({row}) => last || row < data.length);
    const atEnd = last && data.length > 0 && isBlank(data[data.length - 1]); // after the last line break
    const rows = wrong ? data.slice(0, wrong.row) : atEnd ? data.slice(0, -1) : data;
    for (const cells of rows) {
      width ??= isBlank(cells) ? undefined : cells.length;
      if (width !== undefined && (width === 1 || !isBlank(cells))) yield cells;
    }
    if (wrong) refuseQuote(text, start + wrong.index - 1, name, delimiter);
    if (last) return;
    if (data.length === 0) size *= 2;
    else start = meta.cursor;
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0].trim() === '';
}

function refuseQuote(text: string, place: number, name: string, delimiter: string): never {
  const after = delimiter === '\t' ? 'a tab' : delimiter;
  throw new Error(
    `${name}: expected a closing quote, followed by ${after} or the end of the line, got none for the quote opened in line ${lineAt(text, place)}`,
  );
}
