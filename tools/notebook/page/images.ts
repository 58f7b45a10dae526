/** Images of a page as files beside it, under names made from their bytes. */
import {createHash} from 'node:crypto';

export interface ImageFile {
  /** For example "images/3f2a90c1b2d4e5f6.png", from the page's folder; a drawing in SVG comes as a data: address. */
  address: string;
  /** Undefined where the address holds them. */
  bytes?: Buffer;
  /** In pixels, where the format says it. */
  width?: number;
  height?: number;
}

/** What a file begins with says what it is; what it is called does not. */
const KINDS: [extension: string, looks: (bytes: Buffer) => boolean][] = [
  ['png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))],
  ['jpg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ['gif', (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6))],
  ['webp', (bytes) => /^RIFF....WEBP/s.test(bytes.toString('latin1', 0, 12))],
];

/**
 * A picture from its bytes; undefined when they are none. A drawing in SVG stays in the page as a data:
 * address: as a file of its own it could be opened, and would then run whatever script is in it.
 */
export function imageFile(bytes: Buffer): ImageFile | undefined {
  const kind = KINDS.find(([, looks]) => looks(bytes))?.[0];
  if (kind) {
    const name = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    return {address: `images/${name}.${kind}`, bytes, ...(kind === 'png' ? sizeOfPng(bytes) : {})};
  }
  if (!/^\s*(<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE svg[^>]*>|\s)*<svg[\s>]/s.test(bytes.toString('utf8')))
    return undefined;
  return {address: `data:image/svg+xml;base64,${bytes.toString('base64')}`};
}

function sizeOfPng(bytes: Buffer): {width?: number; height?: number} {
  return bytes.length < 24 ? {} : {width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20)};
}
