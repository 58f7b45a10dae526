/** A server on this machine that behaves as badly as a test wants, and tables to serve. */
import * as fs from 'node:fs';
import * as http from 'node:http';
import type {AddressInfo} from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import {cataloguedFile} from '../../lib/data/catalogue';
import {formatNpz} from '../../lib/data/npz';

export type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  /** How many requests came before. */
  before: number,
) => void;

export interface Server {
  /** Ends in a slash. */
  url: string;
  requests: {url: string; range?: string; ifRange?: string}[];
}

/** Runs `body` while the server is there. */
export async function withServer(handler: Handler, body: (server: Server) => Promise<void>): Promise<void> {
  const requests: Server['requests'] = [];
  const server = http.createServer((request, response) => {
    const {range, 'if-range': ifRange} = request.headers;
    requests.push({url: request.url!, range, ifRange: ifRange as string | undefined});
    handler(request, response, requests.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await body({url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests});
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Serves the bytes, or the range that is asked for when the tag fits, as a good server does. */
export function good(bytes: Uint8Array, etag = '"one"'): Handler {
  return (request, response) => {
    const {range, 'if-range': ifRange} = request.headers;
    const start = range && (!ifRange || ifRange === etag) ? Number(/\d+/.exec(range)![0]) : 0;
    const part = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'Content-Length': part.length,
      ETag: etag,
      ...(start > 0 ? {'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`} : {}),
    });
    response.end(part);
  };
}

/** Announces all of the bytes, sends the first `n` of them and breaks off, or waits when `hold` is set. */
export function breaksAfter(n: number, bytes: Uint8Array, etag = '"one"', hold = false): Handler {
  return (_request, response) => {
    response.writeHead(200, {'Content-Length': bytes.length, ...(etag ? {ETag: etag} : {})});
    response.write(bytes.subarray(0, n), () => {
      if (!hold) setImmediate(() => response.destroy());
    });
  };
}

/** Answers the requests in turn, the last handler all those that follow. */
export function inTurn(...handlers: Handler[]): Handler {
  return (request, response, before) =>
    handlers[Math.min(before, handlers.length - 1)](request, response, before);
}

export function status(code: number, headers: http.OutgoingHttpHeaders = {}, text = ''): Handler {
  return (_request, response) => {
    response.writeHead(code, headers);
    response.end(text);
  };
}

/** A folder for the time of `body`, named to the course as the one for fetched sets. */
export async function withFolder(body: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'course-datasets-'));
  const before = process.env.COURSE_DATASETS;
  process.env.COURSE_DATASETS = folder;
  try {
    await body(folder);
  } finally {
    if (before === undefined) delete process.env.COURSE_DATASETS;
    else process.env.COURSE_DATASETS = before;
    fs.rmSync(folder, {recursive: true, force: true});
  }
}

/** The lines of breastw that have all cells, as numbers, the label last. */
export function breastwRows(): number[][] {
  const text = fs.readFileSync(cataloguedFile('breastw', 'table').path, 'utf8');
  const lines = text.trim().split('\n').slice(1);
  return lines.filter((line) => !line.includes(',,')).map((line) => line.split(',').map(Number));
}

/** ADBench's file of such rows. */
export function archive(rows: number[][]): Uint8Array {
  const features = rows[0].length - 1;
  const X = {
    shape: [rows.length, features],
    data: Float64Array.from(rows.flatMap((row) => row.slice(0, -1))),
  };
  const y = {shape: [rows.length], data: Float64Array.from(rows, (row) => row[features])};
  return formatNpz({X, y});
}

/** Rows with the counts of the set `hepatitis`, of which only these are known. */
export function hepatitisRows(first = 0): number[][] {
  return Array.from({length: 80}, (_, i) => [
    ...Array.from({length: 19}, (_, k) => first + i * k),
    i < 13 ? 1 : 0,
  ]);
}
