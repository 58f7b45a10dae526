/** `npm run detect` from settings to files. Everything is worked out before the first file appears. */
import * as fs from 'node:fs';
import {formatCsv} from '../../lib/data/tables/csv';
import {counted, type Table} from '../../lib/data/tables/table';
import {TableDetector, type Verdict} from '../../lib/detection/table-detector';
import {progressText, type Terminal} from '../notebook/progress';
import type {Settings} from './options';
import {labelsOf, percent, qualityText} from './quality';
import {reportPage} from './report';
import {scoreTable} from './scores';
import {rowsToJudge, sameFile, trainingRows, withText, type Training} from './tables';
import {inOptions} from './words';

type Say = (line: string) => void;

/**
 * Learns or loads, judges, and writes. `say` is told what happened, a line at a time.
 * @throws Error in the words of the command line.
 */
export async function detect(
  settings: Settings,
  say: Say,
  terminal: Terminal = process.stderr,
): Promise<void> {
  try {
    await detected(settings, say, terminal);
  } catch (error) {
    throw new Error(inOptions((error as Error).message), {cause: error});
  }
}

async function detected(settings: Settings, say: Say, terminal: Terminal): Promise<void> {
  const {train, load, score, out, report, save} = settings;
  const training = train === undefined ? undefined : trainingRows(settings, say);
  // read before anything is learned: what is wrong with it is said at once
  const table = score === undefined ? undefined : rowsToJudge(settings, training, say);
  const labels = table && settings.label !== undefined ? labelsOf(table, settings.label) : undefined;
  const guard = training ? await learn(training, settings, say) : TableDetector.load(load!);
  try {
    const files: [string, (to: string) => void][] = [];
    let last: string[] = [];
    if (table !== undefined) {
      const judged = await judge(guard, table, labels, settings, say, terminal);
      files.push(
        [out, (to) => fs.writeFileSync(to, judged.csv)],
        [report, (to) => fs.writeFileSync(to, judged.page)],
      );
      last = judged.lines;
    }
    if (save !== undefined) files.push([save, (to) => guard.save(to)]);
    writeTogether(files);
    last.forEach(say);
    files.forEach(([file]) => say(`wrote ${file}`));
  } finally {
    guard.dispose();
  }
}

async function learn({normal, drop}: Training, settings: Settings, say: Say): Promise<TableDetector> {
  const {method, falseAlarms, seed} = settings;
  const began = Date.now();
  const guard = await TableDetector.fit(normal, {method, falseAlarms, seed, encoder: {drop}});
  const trained = normal.rows - guard.calibration.length;
  say(
    `learned from ${counted(trained, 'row')} by ${guard.detector.method} in ${((Date.now() - began) / 1000).toFixed(1)} s; calibrated on ${guard.calibration.length} others`,
  );
  return guard;
}

async function judge(
  guard: TableDetector,
  asRead: Table,
  labels: Uint8Array | undefined,
  settings: Settings,
  say: Say,
  terminal: Terminal,
): Promise<{csv: string; page: string; lines: string[]}> {
  const {train, score, id, label, out, falseDiscoveries} = settings;
  // categories are read as text even where all cells look like numbers, and an id as it stands
  const table = withText(asRead, settings, [...guard.encoder.textColumns, ...(id === undefined ? [] : [id])]);
  const ignored = guard.encoder.ignored(table).filter((name) => name !== id && name !== label);
  if (ignored.length > 0) say(`passed over columns that were not learned: ${ignored.join(', ')}`);
  const verdicts = judged(guard, table, falseDiscoveries, terminal);
  const flagged = verdicts.filter(({flag}) => flag).length;
  const unseen = verdicts.filter((verdict) => verdict.unseen.length > 0).length;
  const lines = [
    `judged ${counted(verdicts.length, 'row')}, flagged ${flagged} (${percent(flagged / verdicts.length)}); ` +
      (falseDiscoveries === undefined
        ? `of normal ones at most ${percent(guard.falseAlarms)} are expected`
        : `of these at most ${percent(falseDiscoveries)} are expected to be normal`),
    ...(train !== undefined && sameFile(train, score!)
      ? ['these rows taught the detector: of later rows that are as normal, more may be flagged']
      : []),
    ...(unseen > 0
      ? [
          `${counted(unseen, 'row')} with something that training never had, see the column unseen of the scores`,
        ]
      : []),
    ...(labels ? qualityText(guard, verdicts, labels, falseDiscoveries === undefined) : []),
  ];
  const page = await reportPage({guard, table, verdicts, lines, id, falseDiscoveries, scores: out});
  return {csv: formatCsv(scoreTable(table, verdicts, id)), page, lines};
}

function judged(
  guard: TableDetector,
  table: Table,
  falseDiscoveries: number | undefined,
  terminal: Terminal,
): Verdict[] {
  const began = Date.now();
  const onProgress = (done: number) => {
    if (!terminal.isTTY) return;
    const secondsLeft = ((Date.now() - began) / 1000) * (table.rows / done - 1);
    const text = progressText({label: 'judging', done, total: table.rows, unit: 'row', secondsLeft});
    terminal.write(`\r\x1b[2K${text}`);
  };
  const verdicts = guard.judge(table, {falseDiscoveries, onProgress});
  if (terminal.isTTY) terminal.write('\r\x1b[2K');
  return verdicts;
}

// All under temporary names first: a full disk leaves none of them behind. Ctrl-C comes before or after, not between.
function writeTogether(files: readonly [string, (to: string) => void][]): void {
  const temporary = (file: string) => `${file}.${process.pid}.new`;
  const wait = () => undefined;
  process.on('SIGINT', wait);
  try {
    files.forEach(([file, write]) => write(temporary(file)));
    files.forEach(([file]) => fs.renameSync(temporary(file), file));
  } finally {
    files.forEach(([file]) => fs.rmSync(temporary(file), {force: true}));
    process.off('SIGINT', wait);
  }
}
