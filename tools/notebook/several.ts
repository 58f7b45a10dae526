/** Several lessons run one after the other, and what is said about them. */
import * as path from 'node:path';
import {runLesson, type LessonOptions, type LessonResult} from './lesson';

export interface SeveralResult {
  results: LessonResult[];
  /** 0 when all went well, 1 after a failure, 130 when the reader stopped them. */
  code: number;
}

/**
 * Runs lessons in order. Ctrl-C stops the running cell and begins no other lesson, a second one ends the
 * kernel at once. `onLesson` is told of each lesson when it has ended.
 */
export async function runLessons(
  files: readonly string[],
  options: Pick<LessonOptions, 'profile' | 'timeout' | 'out'>,
  onLesson: (result: LessonResult) => Promise<void>,
): Promise<SeveralResult> {
  const [stop, force] = [new AbortController(), new AbortController()];
  const onInterrupt = (): void => {
    if (stop.signal.aborted) force.abort();
    else process.stdout.write('\nStopping; Ctrl-C once more to end at once.\n');
    stop.abort();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  const results: LessonResult[] = [];
  for (const file of files) {
    if (stop.signal.aborted) break;
    const result = await runLesson(file, {...options, signal: stop.signal, force: force.signal});
    results.push(result);
    await onLesson(result);
  }
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onInterrupt);
  if (files.length > 1) console.log(summary(results, files.length));
  if (stop.signal.aborted) return {results, code: 130};
  return {results, code: results.every(({ok}) => ok) ? 0 : 1};
}

/** The files that a lesson has left, by kind; first the page that was made of it. */
export function filesText({files, notebook}: LessonResult, page?: string): string {
  const shown = (file: string): string => path.relative('', file) || file;
  const kinds: [string, string[]][] = [
    ['page', page === undefined ? [] : [page]],
    ['notebook', [notebook]],
    ['results', files.filter((file) => file.endsWith('results.json'))],
    ['figures', files.filter((file) => /\.(svg|png)$/.test(file))],
    ['others', files.filter((file) => file !== notebook && !/(results\.json|\.svg|\.png)$/.test(file))],
  ];
  return kinds
    .flatMap(([kind, list]) => list.map((file, i) => `  ${(i === 0 ? kind : '').padEnd(8)} ${shown(file)}`))
    .join('\n');
}

function summary(results: readonly LessonResult[], asked: number): string {
  const rows = results.map(
    ({lesson, status, seconds}) => `  ${status.padEnd(12)} ${lesson} (${seconds.toFixed(1)} s)`,
  );
  const failed = results.filter(({ok}) => !ok).length;
  const notRun = asked - results.length;
  const last = `${results.length - failed} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run` : ''}`;
  return [...rows, last].join('\n');
}
