/**
 * Named arrays in one file, in the safetensors format (8 bytes header length, a JSON header, the numbers;
 * https://github.com/huggingface/safetensors), so that Python reads it too. Written to a temporary name and
 * renamed when whole; a checksum of the numbers travels in the header.
 */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

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
  const header: Record<string, unknown> = {__metadata__: {...metadata, sha256: sha256(payload)}};
  let start = 0;
  for (const [name, {shape, data}] of named) {
    header[name] = {dtype: 'F32', shape, data_offsets: [start, start + data.byteLength]};
    start += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
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
 * @throws Error naming the file, if it is truncated or altered, or none of ours.
 */
export function readArrays(file: string, what: string): StoredArrays {
  const bytes = fs.readFileSync(file);
  const fail = (found: string): never => {
    throw new Error(`${file}: expected a whole ${what}, got ${found}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes`);
  const length = Number(bytes.readBigUInt64LE(0));
  if (length > bytes.length - 8)
    fail(`${bytes.length} bytes where the header alone needs ${8 + length}; truncated, or no ${what}`);
  let header: Record<string, Entry> & {__metadata__?: Record<string, string>};
  try {
    header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as typeof header;
  } catch {
    return fail('a header that is not JSON');
  }
  const {__metadata__: metadata, ...entries} = header;
  if (metadata?.sha256 === undefined) return fail('a safetensors file that this course did not write');
  const payload = bytes.subarray(8 + length);
  const end = Object.values(entries).reduce((max, {data_offsets: [, to]}) => Math.max(max, to), 0);
  if (payload.length !== end) fail(`${payload.length} bytes of numbers instead of ${end}; truncated`);
  if (sha256(payload) !== metadata.sha256)
    throw new Error(
      `${file}: expected numbers with SHA-256 ${metadata.sha256}, got others; the file was altered`,
    );
  const aligned = new Uint8Array(payload).buffer; // a copy that begins at a multiple of 4
  const arrays = Object.entries(entries).map(
    ([
      name,
      {
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      return [name, {shape, data: new Float32Array(aligned, from, (to - from) / 4)}] as const;
    },
  );
  return {metadata, arrays: Object.fromEntries(arrays)};
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
