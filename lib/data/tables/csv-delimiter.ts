/** Which character stands between the cells of a CSV text. */
import {rowsOf} from './csv-rows';

const DELIMITERS: Record<string, string> = {',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar'};
const ROWS_READ = 20;
const PART = 1 << 14;

export function delimiterName(delimiter: string): string {
  return DELIMITERS[delimiter] ?? JSON.stringify(delimiter);
}

/**
 * The delimiter that cuts the first rows into equally many cells, more than one; if none does, the one that cuts
 * the header into most, so that the first ragged row can be named. One that cuts through quotes comes last.
 * @throws Error if there are several.
 */
export function chosenDelimiter(text: string, name: string): string {
  const tried = Object.keys(DELIMITERS).map((delimiter) => {
    const rows = firstRows(text, name, delimiter);
    const width = rows[0]?.length ?? 1;
    const even = rows.every((cells) => cells.length === width);
    return {delimiter, width, even, throughQuotes: rows.some((cells) => cells.some(oddQuotes))};
  });
  const even = tried.filter((candidate) => candidate.even && candidate.width > 1);
  const whole = even.filter(({throughQuotes}) => !throughQuotes);
  const fitting = whole.length > 0 ? whole : even;
  if (fitting.length > 1) {
    const names = fitting.map(({delimiter}) => delimiterName(delimiter)).join(' and ');
    throw new Error(
      `${name}: expected one delimiter, got ${names}, which both cut the rows evenly; name it with the option delimiter`,
    );
  }
  if (fitting.length === 1) return fitting[0].delimiter;
  return tried.reduce((best, other) => (other.width > best.width ? other : best)).delimiter;
}

/** Another delimiter that would cut this row into as many cells as the header has. */
export function otherDelimiter(
  cells: readonly string[],
  width: number,
  delimiter: string,
): string | undefined {
  if (width === 1) return undefined; // every sign that is not there would do
  const row = cells.join(delimiter);
  return Object.keys(DELIMITERS).find((other) => other !== delimiter && row.split(other).length === width);
}

// A quote that does not close under this delimiter speaks against it, not yet against the file.
function firstRows(text: string, name: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  try {
    for (const cells of rowsOf(text, name, delimiter, PART)) {
      if (rows.push(cells) >= ROWS_READ) break;
    }
  } catch {
    rows.push([]);
  }
  return rows;
}

function oddQuotes(cell: string): boolean {
  return cell.split('"').length % 2 === 0;
}
