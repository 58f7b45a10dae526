/**
 * A file fetched over a line that breaks. What has come is kept and the rest asked for (RFC 9110, section 14:
 * Range, and If-Range, so that a file that changed in between comes anew and two states are never glued).
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {readOrigin, removePart, sizeOf, writeOrigin, type Origin} from './parts';
import {failure, Passing, request, type Answer} from './request';
import {webPage} from './web-page';

export interface DownloadOptions {
  /** Milliseconds without a byte after which a try is over. Default 20,000. */
  patience?: number;
  /** Milliseconds between the tries, one more than pauses; each byte that comes starts them again. */
  pauses?: readonly number[];
  /** Bytes that a file may have. Default 1 GB. */
  limit?: number;
  /** Bytes there, and in all when the server says so. */
  onProgress?(done: number, total?: number): void;
  /** Why a try failed, and which of how many comes next. */
  onRetry?(reason: string, next: number, of: number): void;
}

type Settings = Required<DownloadOptions>;

// A name that cannot be resolved twice will not be at the third time.
const TRIES_OF_A_NAME = 2;

/**
 * Fills `part` with the whole file at `url`.
 * @throws Error in one sentence; what has come stays for the next run.
 */
export async function download(url: string, part: string, options: DownloadOptions = {}): Promise<void> {
  const silent = {onProgress: () => undefined, onRetry: () => undefined};
  const settings: Settings = {
    patience: 20_000,
    pauses: [1000, 2000, 4000],
    limit: 1e9,
    ...silent,
    ...options,
  };
  let largest = sizeOf(part);
  for (let tries = 0; ; tries++) {
    try {
      await attempt(url, part, settings);
      break;
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      if (sizeOf(part) > largest) [largest, tries] = [sizeOf(part), 0];
      const all = settings.pauses.length + 1;
      const most = error.unresolved ? Math.min(TRIES_OF_A_NAME, all) : all;
      if (tries + 1 >= most) throw error.after(tries + 1);
      settings.onRetry(error.message, tries + 2, most);
      await pause(settings.pauses[tries]);
    }
  }
  const page = webPage(beginning(part));
  if (!page) return;
  removePart(part);
  throw new Error(`${new URL(url).host} sent ${page}; does the network ask you to log in?`);
}

async function attempt(url: string, part: string, settings: Settings): Promise<void> {
  const origin = readOrigin(part);
  const validator = origin?.url === url ? strong(origin) : undefined;
  const kept = validator ? sizeOf(part) : 0;
  const headers = kept > 0 ? {Range: `bytes=${kept}-`, 'If-Range': validator} : {};
  const answer = await request(url, headers, settings.patience);
  try {
    const from = beginAt(url, answer, kept, validator, part);
    await receive(url, answer, part, from, settings);
  } finally {
    answer.close();
  }
}

/** The byte that the body begins with. */
function beginAt(
  url: string,
  {response}: Answer,
  kept: number,
  validator: string | undefined,
  part: string,
): number {
  const {host} = new URL(url);
  const {statusCode: status = 0, headers} = response;
  const seen: Origin = {url, etag: headers.etag, lastModified: headers['last-modified']};
  if (status === 206) {
    const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
    if (Number(start) === kept && strong(seen) === validator) return kept;
  }
  if (status === 206 || status === 416) {
    removePart(part);
    throw new Passing(`${host} answered with another part of the file than was asked for`);
  }
  if (status === 408 || status === 429 || status >= 500) throw new Passing(`${host} answered ${status}`);
  if (status === 404 || status === 410) throw new Error(`${host} has no such file (${status}): ${url}`);
  if (status !== 200) throw new Error(`${host} answered ${status}: ${url}`);
  fs.mkdirSync(path.dirname(part), {recursive: true}); // another run that failed may have removed it
  fs.writeFileSync(part, '');
  writeOrigin(part, seen);
  return 0;
}

async function receive(
  url: string,
  answer: Answer,
  part: string,
  from: number,
  settings: Settings,
): Promise<void> {
  const {host} = new URL(url);
  const length = answer.response.headers['content-length'];
  const total = length === undefined ? undefined : from + Number(length);
  const {limit, onProgress} = settings;
  const tooLarge = () => {
    removePart(part);
    return new Error(`${host} sends more than the ${limit} bytes that a file may have: ${url}`);
  };
  if (total !== undefined && total > limit) throw tooLarge();
  let done = from;
  const file = fs.openSync(part, 'a');
  try {
    onProgress(done, total);
    for await (const chunk of answer.response as AsyncIterable<Buffer>) {
      answer.alive();
      if (done + chunk.length > limit) throw tooLarge();
      for (let at = 0; at < chunk.length;) at += fs.writeSync(file, chunk, at);
      done += chunk.length;
      onProgress(done, total);
    }
  } catch (error) {
    throw isNetwork(error) ? failure(host, answer.close() ?? (error as Error)) : error;
  } finally {
    fs.closeSync(file);
  }
  const late = answer.close();
  if (late?.code?.startsWith('HPE_')) {
    removePart(part);
    throw new Error(`${host} sent more bytes than the ${total} that it announced: ${url}`);
  }
  if (total !== undefined && done < total)
    throw new Passing(`${host} broke off at ${done} of ${total} bytes`);
}

function isNetwork(error: unknown): boolean {
  return (
    error instanceof Passing ||
    /^(ECONN|ERR_STREAM|ERR_SSL|EPROTO|EPIPE|HPE_|ETIMEDOUT)/.test(
      (error as NodeJS.ErrnoException).code ?? '',
    )
  );
}

// What If-Range may carry: no weak tag, which two different states can share.
function strong({etag, lastModified}: Origin): string | undefined {
  return etag && !etag.startsWith('W/') ? etag : lastModified;
}

function beginning(part: string): Buffer {
  const bytes = Buffer.alloc(4096);
  const file = fs.openSync(part, 'r');
  try {
    return bytes.subarray(0, fs.readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    fs.closeSync(file);
  }
}
