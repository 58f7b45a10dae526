/** What `npm run detect` is told on the command line. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {parseArgs} from 'node:util';
import {assertChoice} from '../../lib/check';
import type {CsvOptions} from '../../lib/data/tables/csv';
import {detectionMethods} from '../../lib/detection/methods';
import {parsed} from '../notebook/arguments';

/** When to take which method, a line each. */
export const METHOD_WORDS: Record<string, string> = {
  autoencoder: 'what an auto-encoder does not restore; for columns that go together in whatever way',
  vae: 'the same with a code that is drawn; where normal rows vary at random',
  'deep-svdd': 'distance from the centre that a network draws normal rows to; for one kind of normal',
  pca: 'what linear structure leaves over; fast, and a good first try when columns go together',
  mahalanobis: 'distance from the mean in any direction; for roughly bell-shaped tables',
  'k-nn': 'distance to the nearest normal rows; for several kinds of normal, slow on many rows',
  'isolation-forest': 'how soon random splits part a row; for mixed columns, but blind to new categories',
  ecod: 'how far out each number lies by itself; blind to how columns go together',
};

const OPTIONS = {
  train: {type: 'string'},
  load: {type: 'string'},
  score: {type: 'string'},
  out: {type: 'string'},
  report: {type: 'string'},
  save: {type: 'string'},
  method: {type: 'string'},
  'false-alarms': {type: 'string'},
  fdr: {type: 'string'},
  seed: {type: 'string'},
  drop: {type: 'string', multiple: true},
  id: {type: 'string'},
  label: {type: 'string'},
  delimiter: {type: 'string'},
  decimal: {type: 'string'},
  encoding: {type: 'string'},
  'no-header': {type: 'boolean'},
  help: {type: 'boolean', short: 'h'},
} as const;

/** The command line, checked. */
export interface Settings {
  train?: string;
  load?: string;
  score?: string;
  out: string;
  report: string;
  save?: string;
  method?: string;
  falseAlarms?: number;
  falseDiscoveries?: number;
  seed?: number;
  /** As typed: a name with a comma in it, or several names. */
  drop: string[];
  id?: string;
  label?: string;
  csv: CsvOptions;
}

export function help(): string {
  const methods = Object.keys(detectionMethods).map(
    (name) => `      ${name.padEnd(18)}${METHOD_WORDS[name] ?? ''}`,
  );
  return `npm run detect -- --train normal.csv --score new.csv      finds the rows of new.csv that are not normal

  --train FILE          a table of normal rows, to learn from
  --load FILE           a detector that --save wrote, instead of --train
  --score FILE          a table with the same columns, to judge
  --out FILE            a line for each row (default: scores.csv)
  --report FILE         a page to read and pass on (default: as --out, ending in .html)
  --save FILE           keeps the detector
  --method NAME         (default: autoencoder)
${methods.join('\n')}
  --false-alarms SHARE  of rows as normal as those of --train, at most this share is flagged (default: 0.01)
  --fdr SHARE           instead of --false-alarms: of the flagged rows this share is expected to be normal
  --seed N              which rows are kept for calibration, and the method's draws (default: 0)
  --drop NAME,NAME      columns not to learn from
  --id NAME             a column that names the rows: not learned, but written out; a name that a
                        spreadsheet would take for a formula gets an apostrophe in front
  --label NAME          a column of 0 (normal) and 1 (anomaly): not learned, but compared with the verdicts
  --delimiter SIGN      between the cells (default: found out among , ; tab |)
  --decimal SIGN        . (default) or ,
  --encoding NAME       utf8 (default) or latin1
  --no-header           the first row holds cells; columns are called x0, x1, …
  --help                this text`;
}

/**
 * @returns undefined when help was asked for
 * @throws RangeError for options that do not go together, files that are not there, and values out of range.
 */
export function settingsFrom(typed: string[]): Settings | undefined {
  const args = withNegative(typed);
  const {values, positionals} = parsed(args, OPTIONS);
  if (values.help) return undefined;
  refuseTwice(args);
  if (positionals.length > 0)
    throw new RangeError(`options: expected --train FILE, --score FILE and so on, got ${positionals[0]}`);
  const {train, load, score, save, method, id, label} = values;
  if ((train === undefined) === (load === undefined))
    throw new RangeError(
      `train: expected either --train or --load, got ${train === undefined ? 'neither' : 'both'}; see --help`,
    );
  if (score === undefined && save === undefined)
    throw new RangeError('score: expected --score FILE, or --save FILE to learn only, got neither');
  if (load !== undefined) {
    const learning = (['method', 'false-alarms', 'seed', 'drop', 'save'] as const).find(
      (name) => values[name] !== undefined,
    );
    if (learning) throw new RangeError(`${learning}: expected with --train only, got it with --load`);
  }
  if (method !== undefined) assertChoice('method', method, Object.keys(detectionMethods));
  if (values.decimal !== undefined) assertChoice('decimal', values.decimal, ['.', ',']);
  if (values.encoding !== undefined) assertChoice('encoding', values.encoding, ['utf8', 'latin1']);
  if (values.seed !== undefined && !/^\d{1,15}$/.test(values.seed))
    throw new RangeError(`seed: expected a whole number >= 0, got ${values.seed || 'nothing'}`);
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (values.fdr !== undefined && values['false-alarms'] !== undefined)
    throw new RangeError('fdr: expected instead of --false-alarms, got both');
  const out = values.out ?? 'scores.csv';
  const report = values.report ?? `${out.replace(/\.csv$/i, '')}.html`;
  const delimiter = values.delimiter === '\\t' || values.delimiter === 'tab' ? '\t' : values.delimiter;
  if (delimiter !== undefined && delimiter.length !== 1)
    throw new RangeError(`delimiter: expected one character, or tab, got ${JSON.stringify(delimiter)}`);
  assertPaths({train, load, score}, {...(score === undefined ? {} : {out, report}), save});
  return {
    train,
    load,
    score,
    out,
    report,
    save,
    method,
    falseAlarms: share('false-alarms', values['false-alarms']),
    falseDiscoveries: share('fdr', values.fdr),
    seed,
    drop: values.drop ?? [],
    id,
    label,
    csv: {
      delimiter,
      decimal: values.decimal,
      encoding: values.encoding,
      header: !values['no-header'],
    },
  };
}

function share(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new RangeError(`${name}: expected a share between 0 and 1, got ${JSON.stringify(text)}`);
}

// parseArgs takes -1 for an option of its own.
function withNegative(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-[\d.]/.test(arg) && before?.startsWith('--')) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function refuseTwice(args: string[]): void {
  const {tokens} = parseArgs({args, allowPositionals: true, options: OPTIONS, tokens: true});
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const twice = names.find((name, i) => name !== 'drop' && names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`${twice}: expected once, got it more than once`);
}

type Files = Record<string, string | undefined>;

// What cannot be written is said before an hour is spent, and nothing that is read is written over.
function assertPaths(read: Files, written: Files): void {
  const seen = new Map<string, string>();
  for (const [option, file] of Object.entries(read))
    if (file !== undefined) seen.set(path.resolve(file), option);
  for (const [option, file] of Object.entries(written)) {
    if (file === undefined) continue;
    const full = path.resolve(file);
    if (seen.has(full))
      throw new RangeError(
        `${option}: expected another file than that of --${seen.get(full)}, got ${file} for both`,
      );
    seen.set(full, option);
    if (!fs.existsSync(path.dirname(full)))
      throw new RangeError(`${file}: expected a folder that is there, got ${path.dirname(full)}`);
    if (fs.existsSync(full) && fs.statSync(full).isDirectory())
      throw new RangeError(`${file}: expected a file to write to, got a folder`);
  }
}
