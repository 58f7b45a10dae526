/** The catalogue as a table, and one set of it in full. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  catalogue,
  catalogueEntry,
  cataloguedFile,
  fetchCommand,
  isForTheReader,
  type CatalogueEntry,
} from '../../lib/data/catalogue';
import {expectedSum, fetchedFolder, fetchedPath, isPresent} from '../../lib/data/labelled-table';
import {copyNames} from './copies';
import {sizeText} from './line';
import {countsText, grouped} from './store';

interface Column {
  head: string;
  text(name: string, entry: CatalogueEntry): string;
  rightAligned?: true;
  /** Left out where the titles would become too short. */
  optional?: true;
}

const TITLE = 'what it is';
const SHORTEST_TITLE = 46;

const COLUMNS: Column[] = [
  {head: 'name', text: (name) => name},
  {
    head: 'here',
    text: (name) => (isPresent(name) ? 'yes' : isForTheReader(name) ? 'by you' : 'no'),
  },
  {head: 'rows × features', text: (_, entry) => shapeText(entry), rightAligned: true},
  {head: 'size', text: bytesText, rightAligned: true, optional: true},
  {head: 'verified', text: (_, entry) => verifiedBy(entry)},
  {head: TITLE, text: (_, {title}) => title},
  {head: 'licence', text: (_, {licence}) => licence, optional: true},
  {head: 'source', text: (_, {source}) => source, optional: true},
];

/** One line for each set. @param width of the terminal, which decides on the columns; without one all are whole. */
export function listText(width = Infinity): string {
  const entries = Object.entries(catalogue());
  const columns = COLUMNS.map((column) => {
    const cells = [column.head, ...entries.map(([name, entry]) => column.text(name, entry))];
    return {...column, cells, width: Math.max(...cells.map(({length}) => length))};
  });
  const titles = columns.find(({head}) => head === TITLE)!;
  let room = width + 2;
  for (const {optional, width: needed} of columns.filter((column) => column !== titles))
    if (!optional) room -= needed + 2;
  const chosen = columns.filter((column) => {
    if (!column.optional) return true;
    if (room - (column.width + 2) < SHORTEST_TITLE + 2) return false;
    room -= column.width + 2;
    return true;
  });
  titles.width = Math.min(titles.width, Math.max(TITLE.length, room - 2));
  const line = (row: number) => {
    const cells = chosen.map(({cells, width: w, rightAligned}) => {
      const text = cut(cells[row], w);
      return rightAligned ? text.padStart(w) : text.padEnd(w);
    });
    return cut(cells.join('  ').trimEnd(), width);
  };
  return Array.from({length: entries.length + 1}, (_, row) => line(row)).join('\n');
}

/** All that the catalogue says of a set. */
export function entryText(name: string): string {
  const entry = catalogueEntry(name);
  const here = isPresent(name) ? 'yes' : `no; "${fetchCommand(name)}" fetches it`;
  const parts = Object.entries(entry.tables);
  const title = (part: string) => (parts.length > 1 ? `${part}: ` : '');
  const lines: [string, string | undefined][] = [
    ['here', here],
    ['rows × features', parts.length > 0 ? undefined : shapeText(entry)],
    ...parts.map(([part, {shape, anomalies}]): [string, string] => [
      'table',
      `${title(part)}${countsText(...shape, anomalies)}`,
    ]),
    ['size', bytesText(name, entry)],
    ['verified by', verifiedInFull(name, entry)],
    ['licence', entry.licence],
    ['source', entry.source],
    ...parts.map(([part, {url}]): [string, string | undefined] => ['address', url && `${title(part)}${url}`]),
    ...parts.map(([part]): [string, string] => [
      'copies',
      `${title(part)}${copyNames(name, part).join(', ')}`,
    ]),
    ['note', entry.note],
  ];
  const shown = lines.filter(([, text]) => text !== undefined && text !== '–');
  return [`${name}: ${entry.title}`, ...shown.map(([head, text]) => `  ${head.padEnd(15)}  ${text}`)].join(
    '\n',
  );
}

/** What is wrong with the folder of fetched sets, or undefined; there need be none before the first is fetched. */
export function folderFault(): string | undefined {
  const folder = fetchedFolder();
  // the nearest that exists: Node versions differ in what they say of a path below a file
  let here = folder;
  while (stat(here) === undefined && path.dirname(here) !== here) here = path.dirname(here);
  if (stat(here)?.isDirectory()) return undefined;
  const found = here === folder ? `the file ${folder}` : `${folder}, which lies below the file ${here}`;
  return `COURSE_DATASETS: expected a folder, got ${found}`;
}

function stat(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch {
    return undefined;
  }
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

// The sets of several files have parts of the same width: the rows of these are added.
function shapeText({files, tables}: CatalogueEntry): string {
  const shapes = Object.values({...files, ...tables}).map(({shape}) => shape as number[]);
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const full = shapes.filter((shape) => shape.length === rank);
  const rows = full.reduce((sum, [n]) => sum + n, 0);
  return rank === 1 ? `${grouped(rows)} bytes` : [rows, ...full[0].slice(1)].map(grouped).join(' × ');
}

function bytesText(name: string, {files, tables}: CatalogueEntry): string {
  const sizes = [
    ...Object.keys(files).map((file) => stat(cataloguedFile(name, file).path)?.size),
    ...Object.entries(tables).map(([part, table]) => stat(fetchedPath(name, part))?.size ?? table.bytes),
  ];
  const known = sizes.filter((size) => size !== undefined);
  return known.length < sizes.length ? '–' : sizeText(known.reduce((a, b) => a + b, 0));
}

function verifiedBy({tables}: CatalogueEntry): string {
  return Object.values(tables).some(({sha256}) => sha256 === undefined) ? 'counts' : 'SHA-256';
}

function verifiedInFull(name: string, entry: CatalogueEntry): string {
  if (verifiedBy(entry) === 'SHA-256') return "the catalogue's SHA-256";
  const seen = Object.keys(entry.tables).every((part) => expectedSum(name, part) !== undefined);
  return `counts as published${seen ? ', and the SHA-256 seen when it was first fetched' : ''}`;
}
