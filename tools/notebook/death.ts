/** How a kernel came to its end. */

export interface Death {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last lines that the process wrote to its own stdout and stderr, e.g. a crash report. */
  lastWords: string;
}

/** Why a kernel has ended, in a sentence, and its last words. */
export function describeDeath({code, signal, lastWords}: Death): string {
  const memory = /heap out of memory|Allocation failed|bad_alloc|Cannot allocate memory/i.test(lastWords);
  const how = memory
    ? 'The kernel ran out of memory and ended'
    : signal === 'SIGKILL'
      ? 'The kernel was ended by the system, which most often means that memory ran out (SIGKILL)'
      : signal
        ? `The kernel crashed (${signal})`
        : code === null
          ? 'The kernel could not be started'
          : `The kernel ended by itself with exit code ${code}, as after process.exit(${code || ''})`;
  const words = firstAndLast(lastWords.split('\n')).join('\n');
  return words ? `${how}. It last wrote:\n${words}` : `${how}.`;
}

// A crash report has its cause at the beginning and the circumstances at the end.
function firstAndLast(lines: string[]): string[] {
  return lines.length <= 20 ? lines : [...lines.slice(0, 10), '…', ...lines.slice(-9)];
}
