/**
 * The part of the ZIP format that data come in (APPNOTE 6.3.10, https://pkware.com/appnote): members stored as
 * they are or deflated, each with its CRC-32. Written on Node's own zlib, because that takes a limit on what it
 * unpacks and knows CRC-32, which the small packages for it do not check.
 *
 *   local header, name, data; …; central directory: one header per member; end record: where the directory is
 */
import {crc32, deflateRawSync, inflateRawSync} from 'node:zlib';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const [STORED, DEFLATED] = [0, 8];
const ZIP64 = 0xffffffff;
/** What an archive may unpack to when nothing else is said: 2 GB, more than any table of the course. */
export const UNPACKED_LIMIT = 2e9;

interface Member {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  start: number;
}

/**
 * The members of an archive, by name; folders are left out.
 * @param name for the error messages.
 * @param limit bytes that all members together may unpack to.
 * @throws Error for what is no whole ZIP archive, for a name that leads out of the archive's folder, for a
 *   wrong checksum, and for members larger than they say or than the limit.
 */
export function unzip(name: string, bytes: Uint8Array, limit = UNPACKED_LIMIT): Map<string, Uint8Array> {
  const members = directory(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const total = members.reduce((sum, member) => sum + member.size, 0);
  if (total > limit)
    throw new Error(`${name}: expected an archive of at most ${limit} bytes, got one that declares ${total}`);
  const found = new Map<string, Uint8Array>();
  for (const member of members) {
    if (member.name.endsWith('/')) continue;
    if (found.has(member.name)) throw new Error(`${name}: expected each name once, got two ${member.name}`);
    found.set(member.name, unpack(`${name}, ${member.name}`, bytes, member));
  }
  return found;
}

/** An archive of the members. @param compress deflates them; default true. */
export function zip(members: ReadonlyMap<string, Uint8Array>, compress = true): Uint8Array {
  const parts: Uint8Array[] = [];
  const headers: Uint8Array[] = [];
  let offset = 0;
  for (const [name, data] of members) {
    const packed = compress ? deflateRawSync(data) : data;
    const title = Buffer.from(name, 'utf8');
    const fields = commonFields(compress ? DEFLATED : STORED, data, packed.length, title.length);
    const local = Buffer.concat([uint32(LOCAL), fields, title]);
    // no comment, first disk, no attributes
    const central = [uint32(CENTRAL), Buffer.from([20, 0]), fields, Buffer.alloc(10), uint32(offset), title];
    headers.push(Buffer.concat(central));
    parts.push(local, packed);
    offset += local.length + packed.length;
  }
  const central = Buffer.concat(headers);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(headers.length, 8);
  end.writeUInt16LE(headers.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

function directory(name: string, bytes: Buffer): Member[] {
  const end = endRecord(name, bytes);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== CENTRAL)
      throw new Error(`${name}: expected a directory of ${count} members, got ${i}; the archive is damaged`);
    const lengths = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const title = bytes.toString('utf8', at + 46, at + 46 + lengths[0]);
    assertInside(name, title);
    const [flags, method] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
    const [crc, packed, size, local] = [16, 20, 24, 42].map((field) => bytes.readUInt32LE(at + field));
    if (flags & 1) throw new Error(`${name}, ${title}: expected plain data, got an encrypted member`);
    if ([packed, size, local].includes(ZIP64))
      throw new Error(`${name}, ${title}: expected less than 4 GB, got a member in the ZIP64 form`);
    // The link bit of a Unix mode, which lies in the upper half of the attributes.
    if (((bytes.readUInt32LE(at + 38) >>> 28) & 15) === 10)
      throw new Error(`${name}, ${title}: expected a file, got a link`);
    members.push({name: title, method, crc, packed, size, start: dataStart(name, bytes, local)});
    at += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  return members;
}

function endRecord(name: string, bytes: Buffer): number {
  // The record is followed by a comment of at most 65535 bytes.
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 65535); at--)
    if (bytes.readUInt32LE(at) === END) return at;
  const cut = bytes.length >= 4 && bytes.readUInt32LE(0) === LOCAL;
  throw new Error(`${name}: expected a ZIP archive, got ${cut ? 'the beginning of one' : 'something else'}`);
}

// The local header has a name and extra fields of its own lengths.
function dataStart(name: string, bytes: Buffer, local: number): number {
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL)
    throw new Error(`${name}: expected a member at byte ${local}, got none; the archive is damaged`);
  return local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
}

function unpack(name: string, bytes: Uint8Array, {method, crc, packed, size, start}: Member): Uint8Array {
  const data = bytes.subarray(start, start + packed);
  if (data.length < packed)
    throw new Error(`${name}: expected ${packed} bytes, got ${data.length}; the archive is truncated`);
  if (method !== STORED && method !== DEFLATED)
    throw new Error(`${name}: expected a member stored or deflated (method 0 or 8), got method ${method}`);
  const content = method === STORED ? data : inflate(name, data, size);
  if (content.length !== size)
    throw new Error(`${name}: expected ${size} bytes as declared, got ${content.length}`);
  const got = crc32(content);
  if (got !== crc)
    throw new Error(`${name}: expected CRC-32 ${hex(crc)}, got ${hex(got)}; the data are damaged`);
  return content;
}

function inflate(name: string, data: Uint8Array, size: number): Uint8Array {
  try {
    return inflateRawSync(data, {maxOutputLength: Math.max(1, size)});
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    throw new Error(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `${name}: expected ${size} bytes as declared, got more`
        : `${name}: expected deflated data, got what does not unpack (${message})`,
    );
  }
}

/** @throws Error for a name that leads out of the folder that an archive is unpacked in. */
function assertInside(archive: string, name: string): void {
  const steps = name.split(/[\\/]/);
  if (/^([\\/]|[a-zA-Z]:)/.test(name) || steps.includes('..') || name.includes('\0'))
    throw new Error(`${archive}: expected names inside its folder, got ${JSON.stringify(name)}`);
}

// From "version needed" to the length of the extra field, the same in both headers; 1 January 1980.
function commonFields(method: number, data: Uint8Array, packed: number, nameLength: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(0x800, 2); // names in UTF-8
  fields.writeUInt16LE(method, 4);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(packed, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(nameLength, 22);
  return fields;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
