/** `npm run detect` from settings to files. Everything is worked out before the first file appears. */
import * as fs from 'node:fs';
import {formatCsv, readCsv, type CsvOptions} from '../../lib/data/csv';
import {column, selectRows, type Table} from '../../lib/data/table';
import {TableDetector, type Verdict} from '../../lib/detection/table-detector';
import {progressText, type Terminal} from '../notebook/progress';
import type {Settings} from './options';
import {labelsOf, percent, qualityText} from './quality';
import {reportPage} from './report';
import {scoreTable} from './scores';

/** Learns or loads, judges, and writes. `say` is told what happened, a line at a time. */
export async function detect(
  settings: Settings,
  say: (line: string) => void,
  terminal: Terminal = process.stderr,
): Promise<void> {
  const {score, out, report, save} = settings;
  const guard = settings.load === undefined ? await learn(settings, say) : TableDetector.load(settings.load);
  try {
    const files: [string, (to: string) => void][] = [];
    let last: string[] = [];
    if (score !== undefined) {
      const judged = await judge(guard, {...settings, score}, say, terminal);
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

async function learn(settings: Settings, say: (line: string) => void): Promise<TableDetector> {
  const {train, method, falseAlarms, seed, label, id, csv} = settings;
  let normal = read(train!, csv, say);
  if (label !== undefined && normal.names.includes(label)) {
    const labels = labelsOf(normal, label);
    const places = Int32Array.from(labels.keys()).filter((i) => labels[i] === 0);
    if (places.length < normal.rows)
      say(`left out ${normal.rows - places.length} rows that are labelled anomalies`);
    normal = selectRows(normal, places);
  }
  const also = [label, id].filter((name) => name !== undefined && normal.names.includes(name)) as string[];
  const drop = [...new Set([...settings.drop, ...also])];
  counters(normal, drop).forEach((name) =>
    say(`column "${name}" looks like a row number; --drop ${name} leaves it out`),
  );
  const began = Date.now();
  const guard = await TableDetector.fit(normal, {method, falseAlarms, seed, encoder: {drop}});
  const trained = normal.rows - guard.calibration.length;
  say(
    `learned from ${trained} rows by ${guard.detector.method} in ${((Date.now() - began) / 1000).toFixed(1)} s; calibrated on ${guard.calibration.length} others`,
  );
  return guard;
}

async function judge(
  guard: TableDetector,
  {score, id, label, csv, out, falseDiscoveries}: Settings & {score: string},
  say: (line: string) => void,
  terminal: Terminal,
): Promise<{csv: string; page: string; lines: string[]}> {
  const wanted = [...guard.encoder.textColumns, ...(id === undefined ? [] : [id])];
  const table = read(score, csv, say, wanted);
  const labels = label === undefined ? undefined : labelsOf(table, label);
  if (id !== undefined) column(table, id); // said before the work, if it is not there
  const ignored = guard.encoder.ignored(table).filter((name) => name !== id && name !== label);
  if (ignored.length > 0) say(`passed over columns that were not learned: ${ignored.join(', ')}`);
  const verdicts = judged(guard, table, falseDiscoveries, terminal);
  const flagged = verdicts.filter(({flag}) => flag).length;
  const unseen = verdicts.filter((verdict) => verdict.unseen.length > 0).length;
  const lines = [
    `judged ${verdicts.length} rows, flagged ${flagged} (${percent(flagged / verdicts.length)}); ` +
      (falseDiscoveries === undefined
        ? `of normal ones at most ${percent(guard.falseAlarms)} are expected`
        : `of these at most ${percent(falseDiscoveries)} are expected to be normal`),
    ...(unseen > 0 ? [`${unseen} rows hold something that training never had, see the column unseen`] : []),
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

// Columns of whole numbers, all different and close together: they count, and later rows are beyond them.
function counters(table: Table, except: readonly string[]): string[] {
  return table.names.filter((name, j) => {
    const cells = table.columns[j];
    if (except.includes(name) || cells.kind !== 'number' || !cells.values.every(Number.isInteger))
      return false;
    const rising = cells.values.slice().sort();
    return rising.every(
      (value, i) => i === 0 || (value > rising[i - 1] && value - rising[0] < 2 * table.rows),
    );
  });
}

// Columns that were categories in training are read as text, even where all cells look like numbers.
function read(
  file: string,
  csv: CsvOptions,
  say: (line: string) => void,
  wanted: readonly string[] = [],
): Table {
  let table = readCsv(file, csv);
  const text = wanted.filter((name) => table.names.includes(name) && column(table, name).kind === 'number');
  if (text.length > 0) table = readCsv(file, {...csv, text});
  const notes = table.notes?.length ? `, ${table.notes.join(', ')}` : '';
  say(`read ${file}: ${table.rows} rows, ${table.names.length} columns${notes}`);
  return table;
}

// All under temporary names first: a full disk leaves none of them behind.
function writeTogether(files: readonly [string, (to: string) => void][]): void {
  const temporary = (file: string) => `${file}.${process.pid}.new`;
  try {
    files.forEach(([file, write]) => write(temporary(file)));
    files.forEach(([file]) => fs.renameSync(temporary(file), file));
  } finally {
    files.forEach(([file]) => fs.rmSync(temporary(file), {force: true}));
  }
}
