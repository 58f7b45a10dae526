/** Files that are what they are said to be. */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';

/**
 * The bytes of a file.
 * @param sha256 if given, the checksum that they must have.
 * @param length if given, how many they must be, to say what is wrong.
 * @throws Error naming the file and both checksums.
 */
export function readVerified(file: string, sha256?: string, length?: number): Buffer {
  const bytes = fs.readFileSync(file);
  if (sha256 !== undefined) {
    const got = createHash('sha256').update(bytes).digest('hex');
    if (got !== sha256) {
      throw new Error(
        `${file}: expected SHA-256 ${sha256}, got ${got}; the file ${differenceText(bytes.length, length)}, fetch it again`,
      );
    }
  }
  return bytes;
}

/** What is wrong with a file of another checksum. @param expected bytes, where they are known. */
export function differenceText(length: number, expected = length): string {
  if (length === expected) return 'was altered';
  const [bytes, off] = [Math.abs(length - expected), length > expected ? 'longer' : 'shorter'];
  return `is ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} ${off} than it should be`;
}
