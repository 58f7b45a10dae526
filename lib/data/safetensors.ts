/**
 * Named arrays in one file, in the safetensors format (8 bytes header length, a JSON header, the numbers;
 * https://github.com/huggingface/safetensors), so that Python reads it too. Written to a temporary name and
 * renamed when whole. Two checksums travel in the header: `sha256` of the numbers, and `seal` of the header itself
 * with that one in it. A file from before there was a seal is read by the checksum of its numbers alone.
 */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {bytesOf} from './file';

/** Numbers as they are stored. */
export interface StoredArray {
  shape: number[];
  data: Float32Array;
}

/** What a file holds: strings about the arrays, and the arrays in their order. */
export interface StoredArrays {
  metadata: Record<string, string>;
  arrays: Record<string, StoredArray>;
}

/** The format allows no longer header. */
const MOST_HEADER = 100_000_000;

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Writes arrays to `file`; an existing file is replaced only by a whole new one. */
export function writeArrays(file: string, {metadata, arrays}: StoredArrays): void {
  const named = Object.entries(arrays);
  const payload = Buffer.concat(
    named.map(([, {data}]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
  const entries: Record<string, Entry> = {};
  let start = 0;
  for (const [name, {shape, data}] of named) {
    entries[name] = {dtype: 'F32', shape, data_offsets: [start, start + data.byteLength]};
    start += data.byteLength;
  }
  const summed = {...metadata, sha256: sha256(payload)};
  const sealed = {...summed, seal: sealOf(summed, entries)};
  const json = Buffer.from(JSON.stringify({__metadata__: sealed, ...entries}));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  fs.mkdirSync(path.dirname(path.resolve(file)), {recursive: true});
  const temporary = `${file}.${process.pid}.part`;
  try {
    fs.writeFileSync(temporary, Buffer.concat([length, json, payload]));
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, {force: true});
  }
}

/**
 * Reads what {@link writeArrays} wrote.
 * @param what what the file should be, for the message, e.g. "checkpoint"
 * @throws Error naming the file, if it is not there, truncated or altered, or none of ours.
 */
export function readArrays(file: string, what: string): StoredArrays {
  const bytes = bytesOf(file, `a ${what}`);
  const fail = (found: string): never => {
    throw new Error(`${file}: expected a whole ${what}, got ${found}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes`);
  const length = Number(bytes.readBigUInt64LE(0));
  if (length > MOST_HEADER || (bytes.length > 8 && bytes[8] !== '{'.charCodeAt(0)))
    throw new Error(`${file}: expected a ${what}, got a file that does not begin like one`);
  if (length > bytes.length - 8)
    fail(`${bytes.length} bytes where the header alone needs ${8 + length}; truncated`);
  let header: Record<string, Entry> & {__metadata__?: Record<string, string>};
  try {
    header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as typeof header;
  } catch {
    return fail('a header that is not JSON');
  }
  const {__metadata__: sealed, ...entries} = header;
  if (sealed?.sha256 === undefined) return fail('a safetensors file that this course did not write');
  const {seal, ...metadata} = sealed;
  if (seal !== undefined && seal !== sealOf(metadata, entries))
    throw new Error(`${file}: expected a header with SHA-256 ${seal}, got another; the file was altered`);
  const payload = bytes.subarray(8 + length);
  const end = Object.values(entries).reduce((max, {data_offsets: [, to]}) => Math.max(max, to), 0);
  if (payload.length !== end) fail(`${payload.length} bytes of numbers instead of ${end}; truncated`);
  if (sha256(payload) !== metadata.sha256)
    throw new Error(
      `${file}: expected numbers with SHA-256 ${metadata.sha256}, got others; the file was altered`,
    );
  const aligned = new Uint8Array(payload).buffer; // a copy that begins at a multiple of 4
  const arrays = Object.entries(entries).map(([name, {shape, data_offsets}]) => {
    const [from, to] = data_offsets;
    return [name, {shape, data: new Float32Array(aligned, from, (to - from) / 4)}] as const;
  });
  return {metadata, arrays: Object.fromEntries(arrays)};
}

// Of the header as JSON without blanks, which is how it is written.
function sealOf(metadata: Record<string, string>, entries: Record<string, Entry>): string {
  return sha256(Buffer.from(JSON.stringify({__metadata__: metadata, ...entries})));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
