/** Files that people name, and what to say when they are not there. */
import * as fs from 'node:fs';

/**
 * The bytes of a file.
 * @param what what it should be, for the message, e.g. "a CSV file"
 * @throws Error naming the file, if there is none of that name, or a folder.
 */
export function bytesOf(file: string, what: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const found = code === 'ENOENT' ? 'none of that name' : code === 'EISDIR' ? 'a folder' : String(code);
    throw new Error(`${file}: expected ${what}, got ${found}`);
  }
}
