/** Tables with a structure that is easy to break: y follows from x, and kind goes with the sign of x. */
import {parseCsv} from '../../lib/data/tables/csv';
import type {Table} from '../../lib/data/tables/table';
import {RandomStream} from '../../lib/random';

/**
 * Rows id, x, y, z, kind, label as CSV: y = 2x + a little, z is free, kind is "left" or "right" of 0. Where
 * `every` is given, every so many rows have another y, labelled 1.
 */
export function rowsAsCsv(seed: number, n: number, every = Infinity): string {
  const random = new RandomStream(seed);
  const [x, noise, z] = [random.normals(n), random.normals(n, 0.1), random.normals(n)];
  const lines = Array.from({length: n}, (_, i) => {
    const strange = i % every === every - 1;
    const y = 2 * x[i] + noise[i] + (strange ? 8 : 0);
    return [`r${i}`, x[i], y, z[i], x[i] < 0 ? 'left' : 'right', Number(strange)].join(',');
  });
  return `id,x,y,z,kind,label\n${lines.join('\n')}\n`;
}

export function tableOf(seed: number, n: number, every?: number): Table {
  return parseCsv(rowsAsCsv(seed, n, every));
}
