/** NumPy's format for several arrays, .npz: a ZIP archive with one .npy file for each. */
import {readVerified} from './checksum';
import {formatNpy, parseNpy, type NpyArray} from './npy';
import {UNPACKED_LIMIT, unzip, zip} from './zip';

/**
 * Reads an .npz file.
 * @param sha256 if given, the checksum that the file must have.
 * @throws Error naming the file, what was expected and what was found.
 */
export function readNpz(file: string, sha256?: string): Record<string, NpyArray> {
  return parseNpz(file, readVerified(file, sha256));
}

/**
 * The arrays in the bytes of an .npz file, by name.
 * @param name for the error messages.
 * @param limit bytes that the arrays together may unpack to.
 */
export function parseNpz(name: string, bytes: Uint8Array, limit = UNPACKED_LIMIT): Record<string, NpyArray> {
  const arrays = Array.from(unzip(name, bytes, limit), ([member, data]) => {
    if (!member.endsWith('.npy'))
      throw new Error(`${name}: expected .npy members only, got ${JSON.stringify(member)}`);
    return [member.slice(0, -'.npy'.length), parseNpy(`${name}, ${member}`, data)] as const;
  });
  return Object.fromEntries(arrays);
}

/** The bytes of an .npz file. @param compress as numpy.savez_compressed does; default true. */
export function formatNpz(arrays: Readonly<Record<string, NpyArray>>, compress = true): Uint8Array {
  const members = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, formatNpy(array)] as const);
  return zip(new Map(members), compress);
}
