/** Files that are what they are said to be. */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';

/**
 * The bytes of a file.
 * @param sha256 if given, the checksum that they must have.
 * @throws Error naming the file and both checksums.
 */
export function readVerified(file: string, sha256?: string): Buffer {
  const bytes = fs.readFileSync(file);
  if (sha256 !== undefined) {
    const got = createHash('sha256').update(bytes).digest('hex');
    if (got !== sha256) {
      throw new Error(
        `${file}: expected SHA-256 ${sha256}, got ${got}; the file was truncated or altered, fetch it again`,
      );
    }
  }
  return bytes;
}
