/**
 * The IDX format of MNIST and its relatives (http://yann.lecun.com/exdb/mnist/, "file format"): two zero
 * bytes, a type byte, the number of dimensions, the dimensions as big-endian 32-bit numbers, the bytes.
 */
import {gunzipSync} from 'node:zlib';
import {readVerified} from './checksum';

export interface IdxArray {
  shape: number[];
  /** One byte per entry, the last dimension running fastest. */
  data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes, plain or compressed with gzip.
 * @param sha256 if given, the checksum that the file on disk must have.
 * @throws Error naming the file, what was expected and what was found.
 */
export function readIdx(file: string, sha256?: string): IdxArray {
  const raw = readVerified(file, sha256);
  return parseIdx(file, raw[0] === 0x1f && raw[1] === 0x8b ? decompress(file, raw) : raw);
}

/** The array in the bytes of an IDX file; `name` is for the error messages. */
export function parseIdx(name: string, bytes: Uint8Array): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0) {
    throw new Error(
      `${name}: expected an IDX file, which begins with two zero bytes, got ${describeStart(bytes)}`,
    );
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new Error(
      `${name}: expected IDX type 0x08 (unsigned bytes), got 0x${bytes[2].toString(16).padStart(2, '0')}`,
    );
  }
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  if (rank === 0 || bytes.length < start) {
    throw new Error(
      `${name}: expected a header of ${start} bytes for ${rank} dimensions, got ${bytes.length} bytes`,
    );
  }
  const shape = Array.from({length: rank}, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== start + size) {
    throw new Error(
      `${name}: expected ${start + size} bytes for shape [${shape.join(', ')}], got ${bytes.length}; ` +
        `the file is ${bytes.length < start + size ? 'truncated' : 'longer than its header says'}`,
    );
  }
  return {shape, data: bytes.subarray(start)};
}

/** The bytes of an IDX file that holds `array`. */
export function formatIdx(array: IdxArray): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * array.shape.length + array.data.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = UNSIGNED_BYTE;
  bytes[3] = array.shape.length;
  array.shape.forEach((size, i) => view.setUint32(4 + 4 * i, size));
  bytes.set(array.data, 4 + 4 * array.shape.length);
  return bytes;
}

function decompress(file: string, raw: Uint8Array): Uint8Array {
  try {
    return gunzipSync(raw);
  } catch (error) {
    throw new Error(
      `${file}: expected a whole gzip file, got one that does not unpack (${(error as Error).message})`,
    );
  }
}

function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  return `bytes ${Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join(' ')}`;
}
