/** The catalogue as a table. */
import * as fs from 'node:fs';
import {catalogue, cataloguedFile, type CatalogueEntry} from '../../lib/data/catalogue';
import {expectedSum, fetchedPath, isPresent} from '../../lib/data/labelled-table';
import {sizeText} from './line';
import {grouped} from './store';

const HEAD = ['name', 'here', 'rows × features', 'size', 'verified by', 'what it is', 'licence', 'source'];

/** One line for each set. @param width of the terminal; lines are cut to it, and left whole without one. */
export function listText(width = Infinity): string {
  const rows = Object.entries(catalogue()).map(([name, entry]) => [
    name,
    isPresent(name) ? 'yes' : isForTheReader(entry) ? 'by you' : 'no',
    shapeText(entry),
    bytesText(name, entry),
    verifiedBy(name, entry),
    entry.title,
    entry.licence,
    entry.source,
  ]);
  const widths = HEAD.map((title, i) =>
    Math.max(...[HEAD, ...rows].map((row) => row[i].length), title.length),
  );
  const rightAligned = new Set([2, 3]);
  const line = (row: string[]) => {
    const cells = row.map((text, i) =>
      rightAligned.has(i) ? text.padStart(widths[i]) : text.padEnd(widths[i]),
    );
    const whole = cells.join('  ').trimEnd();
    return whole.length > width ? `${whole.slice(0, width - 1)}…` : whole;
  };
  return [HEAD, ...rows].map(line).join('\n');
}

/** Whether only the reader may fetch a set, after logging in somewhere. */
export function isForTheReader({tables}: CatalogueEntry): boolean {
  return Object.values(tables).some(({url}) => url === undefined);
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
    ...Object.keys(files).map((file) => sizeOf(cataloguedFile(name, file).path)),
    ...Object.entries(tables).map(([part, table]) => sizeOf(fetchedPath(name, part)) ?? table.bytes),
  ];
  const known = sizes.filter((size) => size !== undefined);
  return known.length < sizes.length ? '–' : sizeText(known.reduce((a, b) => a + b, 0));
}

function verifiedBy(name: string, {tables}: CatalogueEntry): string {
  const counted = Object.entries(tables).filter(([, table]) => table.sha256 === undefined);
  if (counted.length === 0) return 'SHA-256';
  const seen = counted.every(([part]) => expectedSum(name, part) !== undefined);
  return seen ? 'counts, first SHA-256' : 'counts';
}

function sizeOf(file: string): number | undefined {
  return fs.statSync(file, {throwIfNoEntry: false})?.size;
}
