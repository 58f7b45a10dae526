/** How well the unknown places of a text are filled in. */
import type {Filler} from '../models/n-gram';

/**
 * Fills the unknown places of masked windows and compares with what stood there.
 * @param masked windows of tokens, as rows; original likewise, nothing unknown in it
 * @returns the fraction of places at which the most probable token is the right one, and the cross-entropy
 *   of the right token in nats, both averaged over all `places`.
 */
export function fillingScore(
  filler: Filler,
  masked: ArrayLike<number>[],
  original: ArrayLike<number>[],
): {accuracy: number; nats: number; places: number} {
  if (masked.length !== original.length)
    throw new RangeError(`original: expected ${masked.length} windows, got ${original.length}`);
  let [right, nats, places] = [0, 0, 0];
  masked.forEach((window, i) => {
    for (const [place, p] of filler.fill(window)) {
      const token = original[i][place];
      if (p.indexOf(Math.max(...p)) === token) right++;
      nats -= Math.log(p[token]);
      places++;
    }
  });
  return {accuracy: right / places, nats: nats / places, places};
}
