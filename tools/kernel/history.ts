/** What was run in this session, for front ends that ask (`history_request`). */
import type {Content} from './wire';

type Entry = [session: number, line: number, input: string];

export class History {
  private readonly entries: Entry[] = [];

  add(line: number, input: string): void {
    this.entries.push([1, line, input]);
  }

  /** The entries that a request asks for: the last n, a range of lines, or those that fit a pattern. */
  find({hist_access_type, n, start, stop, pattern, unique, output}: Content): unknown[] {
    let found = this.entries;
    if (hist_access_type === 'range') {
      found = found.filter(([, line]) => line >= (start ?? 1) && line < (stop ?? Infinity));
    }
    if (hist_access_type === 'search') {
      const fits = glob(String(pattern ?? '*'));
      found = found.filter(([, , input]) => fits.test(input));
      if (unique) found = [...new Map(found.map((entry) => [entry[2], entry])).values()];
    }
    if (hist_access_type !== 'range' && typeof n === 'number') found = n > 0 ? found.slice(-n) : [];
    return found.map(([session, line, input]) => [session, line, output ? [input, null] : input]);
  }
}

function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`);
}
