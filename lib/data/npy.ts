/**
 * NumPy's format for one array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): the
 * bytes 93 "NUMPY", a version, a header such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), },
 * then the numbers. Versions 1 to 3 differ in the width of the header's length and in its encoding.
 */
import {readVerified} from './checksum';

export type NpyData =
  Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array;

export interface NpyArray {
  /** [] for a single number. */
  shape: number[];
  /** The last dimension running fastest, whatever order the file had; true and false are 1 and 0. */
  data: NpyData;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const ALIGNMENT = 64;

/** By kind and bytes: how many bytes one number takes, an array for n of them, and how one is read. */
const TYPES: Record<
  string,
  {make: (n: number) => NpyData; read: (v: DataView, at: number, little: boolean) => number}
> = {
  f8: {make: (n) => new Float64Array(n), read: (v, at, little) => v.getFloat64(at, little)},
  f4: {make: (n) => new Float32Array(n), read: (v, at, little) => v.getFloat32(at, little)},
  // 64-bit integers become doubles, which hold them exactly up to 2^53.
  i8: {make: (n) => new Float64Array(n), read: (v, at, little) => Number(v.getBigInt64(at, little))},
  i4: {make: (n) => new Int32Array(n), read: (v, at, little) => v.getInt32(at, little)},
  i2: {make: (n) => new Int16Array(n), read: (v, at, little) => v.getInt16(at, little)},
  i1: {make: (n) => new Int8Array(n), read: (v, at) => v.getInt8(at)},
  u8: {make: (n) => new Float64Array(n), read: (v, at, little) => Number(v.getBigUint64(at, little))},
  u4: {make: (n) => new Uint32Array(n), read: (v, at, little) => v.getUint32(at, little)},
  u2: {make: (n) => new Uint16Array(n), read: (v, at, little) => v.getUint16(at, little)},
  u1: {make: (n) => new Uint8Array(n), read: (v, at) => v.getUint8(at)},
  b1: {make: (n) => new Uint8Array(n), read: (v, at) => v.getUint8(at)},
};

/**
 * Reads an .npy file.
 * @param sha256 if given, the checksum that the file must have.
 * @throws Error naming the file, what was expected and what was found.
 */
export function readNpy(file: string, sha256?: string): NpyArray {
  return parseNpy(file, readVerified(file, sha256));
}

/** The array in the bytes of an .npy file; `name` is for the error messages. */
export function parseNpy(name: string, bytes: Uint8Array): NpyArray {
  const {descr, fortran, shape, start} = header(name, bytes);
  const kind = descr.slice(1);
  const size = shape.reduce((a, b) => a * b, 1);
  const width = Number(kind[1]);
  if (bytes.length !== start + size * width) {
    throw new Error(
      `${name}: expected ${start + size * width} bytes for shape [${shape.join(', ')}] of ${descr}, got ` +
        `${bytes.length}; the file is ${bytes.length < start + size * width ? 'truncated' : 'longer than its header says'}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const {make, read} = TYPES[kind];
  const data = make(size);
  const little = descr[0] !== '>';
  for (let i = 0; i < size; i++) data[i] = read(view, start + i * width, little);
  if (kind === 'i8' || kind === 'u8') {
    const large = data.find((value) => !Number.isSafeInteger(value));
    if (large !== undefined)
      throw new Error(
        `${name}: expected whole numbers below 2^53, which a double holds exactly, got ${large}`,
      );
  }
  return {shape, data: fortran && shape.length > 1 ? lastFastest(data, shape, make(size)) : data};
}

/** The bytes of an .npy file, version 1, little-endian, the last dimension running fastest. */
export function formatNpy({shape, data}: NpyArray): Uint8Array {
  const size = shape.reduce((a, b) => a * b, 1);
  if (data.length !== size)
    throw new RangeError(
      `data: expected ${size} numbers for shape [${shape.join(', ')}], got ${data.length}`,
    );
  const width = data.BYTES_PER_ELEMENT;
  const kind =
    data instanceof Float64Array || data instanceof Float32Array
      ? 'f'
      : /^U/.test(data.constructor.name)
        ? 'u'
        : 'i';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${width === 1 ? '|' : '<'}${kind}${width}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // blanks bring the data to a multiple of 64 bytes
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(length + size * width);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  bytes[6] = 1;
  view.setUint16(8, length - 10, true);
  bytes.set(Buffer.from(`${text.padEnd(length - 11)}\n`, 'latin1'), 10);
  const set = {
    f8: 'setFloat64',
    f4: 'setFloat32',
    i4: 'setInt32',
    i2: 'setInt16',
    i1: 'setInt8',
    u4: 'setUint32',
    u2: 'setUint16',
    u1: 'setUint8',
  } as const;
  const method = set[`${kind}${width}` as keyof typeof set];
  for (let i = 0; i < size; i++) view[method](length + i * width, data[i], true);
  return bytes;
}

function header(
  name: string,
  bytes: Uint8Array,
): {descr: string; fortran: boolean; shape: number[]; start: number} {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 10 || !buffer.subarray(0, 6).equals(MAGIC))
    throw new Error(
      `${name}: expected an .npy file, which begins with the byte 93 and "NUMPY", got something else`,
    );
  const version = buffer[6];
  if (version < 1 || version > 3) throw new Error(`${name}: expected .npy version 1, 2 or 3, got ${version}`);
  const first = version === 1 ? 10 : 12;
  const whole = buffer.length >= 12 && first + headerLength(buffer, version) <= buffer.length;
  if (!whole)
    throw new Error(
      `${name}: expected a whole header, got a file of ${buffer.length} bytes; it is truncated`,
    );
  const length = headerLength(buffer, version);
  const text = buffer.toString(version === 3 ? 'utf8' : 'latin1', first, first + length);
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (!descr || !fortran || !shape)
    throw new Error(
      `${name}: expected a header with descr, fortran_order and shape, got ${JSON.stringify(text.trim().slice(0, 80))}`,
    );
  assertNumbers(name, descr[1] ?? '[');
  const sizes = (shape[1].match(/\d+/g) ?? []).map(Number);
  return {descr: descr[1], fortran: fortran[1] === 'True', shape: sizes, start: first + length};
}

function headerLength(buffer: Buffer, version: number): number {
  return version === 1 ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8);
}

function assertNumbers(name: string, descr: string): void {
  if (/^[<>|=]?O/.test(descr))
    throw new Error(`${name}: expected numbers, got pickled Python objects, which would run code to be read`);
  if (descr === '[') throw new Error(`${name}: expected numbers, got a structured type of several fields`);
  if (/^[<>|]?[US]/.test(descr)) throw new Error(`${name}: expected numbers, got text (${descr})`);
  if (!/^[<>|]/.test(descr) || !Object.hasOwn(TYPES, descr.slice(1)))
    throw new Error(
      `${name}: expected numbers of type ${Object.keys(TYPES).join(', ')}, got ${JSON.stringify(descr)}`,
    );
}

// From the first dimension running fastest to the last: place i of the result is looked up in the file's order.
function lastFastest(data: NpyData, shape: number[], result: NpyData): NpyData {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  const index = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < data.length; i++) {
    result[i] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}
