/** From the bytes of a text file to its text: which encoding, and what is wrong with it. */
import {isAscii, isUtf8} from 'node:buffer';

/** V8 holds no string longer than this. */
const MOST_BYTES = 500_000_000;

export type Encoding = 'utf8' | 'latin1';

/**
 * Reads UTF-8 with and without a mark, UTF-16 with one, and Latin-1 (as Windows-1252) when told to.
 * @throws Error naming the line of the first byte that is no text, and what to do.
 */
export function decode(
  bytes: Buffer,
  name: string,
  encoding: Encoding = 'utf8',
): {text: string; note?: string} {
  if (bytes.length > MOST_BYTES)
    throw new Error(
      `${name}: expected at most ${MOST_BYTES / 1e6} MB, got ${Math.round(bytes.length / 1e6)}; split the file`,
    );
  const mark = bytes.subarray(0, 3).toString('hex');
  for (const [begin, label, title] of [
    ['fffe', 'utf-16le', 'UTF-16, little end first'],
    ['feff', 'utf-16be', 'UTF-16, big end first'],
  ]) {
    if (!mark.startsWith(begin)) continue;
    if (bytes.length % 2 !== 0)
      throw new Error(`${name}: expected whole UTF-16 characters, got half a one at the end`);
    const text = utf16(bytes.subarray(2), label === 'utf-16be');
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new Error(`${name}: expected text, got a NUL character in line ${lineAt(text, nul)}`);
    return {text, note: `read as ${title}`};
  }
  const body = mark === 'efbbbf' ? bytes.subarray(3) : bytes;
  refuseNul(body, name);
  if (encoding === 'latin1')
    return {text: new TextDecoder('windows-1252').decode(body), note: 'read as Latin-1'};
  if (isAscii(body)) return {text: body.toString('latin1')};
  if (!isUtf8(body)) refuseBytes(body, name);
  return {text: body.toString('utf8')};
}

/** The number of the line, from 1, in which this place of the text lies. */
export function lineAt(text: string, place: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < place; i = text.indexOf('\n', i + 1)) line++;
  return line;
}

function utf16(bytes: Buffer, bigEndian: boolean): string {
  return (bigEndian ? Buffer.from(bytes).swap16() : bytes).toString('utf16le');
}

function refuseNul(body: Buffer, name: string): void {
  const nul = body.indexOf(0);
  if (nul < 0) return;
  const line = lineAt(body.toString('latin1', 0, nul), nul);
  throw new Error(
    `${name}: expected text, got a NUL byte in line ${line}; if this is UTF-16 without a mark, save it as UTF-8, and a workbook as CSV`,
  );
}

function refuseBytes(body: Buffer, name: string): never {
  let line = 0;
  for (let start = 0; start < body.length;) {
    const newline = body.indexOf(10, start);
    const end = newline < 0 ? body.length : newline;
    line++;
    if (!isUtf8(body.subarray(start, end))) {
      const shown = body.toString('latin1', start, Math.min(end, start + 40)).trim();
      throw new Error(
        `${name}: expected UTF-8, got other bytes in line ${line}, "${shown}" if it is Latin-1; save it as UTF-8 or read it with encoding: "latin1"`,
      );
    }
    start = end + 1;
  }
  throw new Error(`${name}: expected UTF-8, got other bytes`);
}
