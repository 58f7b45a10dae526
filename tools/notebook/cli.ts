/** `npm start`: runs lessons through the kernel and says where their pages, figures and numbers are. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {parseArgs} from 'node:util';
import {assertChoice} from '../../lib/check';
import {profiles, type Profile} from '../../lib/lesson/profile';
import {
  findLesson,
  lessonName,
  lessonPaths,
  readNotebook,
  runLesson,
  writeWhole,
  type LessonResult,
} from './lesson';
import {cleanNotebook, formatNotebook, parseNotebook, titleOf} from './notebook';

const HELP = `npm start                       runs the first lesson
npm start -- 05 11              runs lessons by number
npm start -- 01-autoencoder     by name, or by the beginning of a name
npm start -- my/own.ipynb       any notebook
npm start -- all                every lesson

  --profile NAME    ${profiles.join(', ')}: how much is computed (default: standard)
  --out FOLDER      where pages, figures and results go (default: out)
  --timeout SECONDS the longest that one cell may take (default: 3600; none in the full profile)
  --list            the lessons
  --clean FILE ...  removes outputs and counts from notebook files, in place
  --help            this text`;

const STANDARD_LIMIT_S = 3600;

const OPTIONS = {
  profile: {type: 'string'},
  out: {type: 'string'},
  timeout: {type: 'string'},
  list: {type: 'boolean'},
  clean: {type: 'boolean'},
  help: {type: 'boolean', short: 'h'},
} as const;

async function main(args: string[]): Promise<number> {
  const {values, positionals} = parse(args);
  if (values.help) return say(HELP);
  if (values.list) return say(listText());
  if (values.clean) return clean(positionals);
  const profile = values.profile as Profile | undefined;
  if (profile !== undefined) assertChoice('profile', profile, profiles);
  const timeout = parseTimeout(values.timeout, profile);
  const out = path.resolve(values.out ?? 'out');
  const files = chosen(positionals);
  files.forEach(readNotebook); // all that can be wrong with them is said before the first one runs
  return run(files, {profile, timeout, out});
}

async function run(
  files: string[],
  options: {profile?: Profile; timeout: number; out: string},
): Promise<number> {
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
    console.log(filesText(result));
    results.push(result);
  }
  if (files.length > 1) console.log(summary(results, files));
  if (stop.signal.aborted) return 130;
  return results.every(({ok}) => ok) ? 0 : 1;
}

function parse(args: string[]) {
  try {
    return parseArgs({args, allowPositionals: true, options: OPTIONS});
  } catch (error) {
    const known = Object.keys(OPTIONS).map((name) => `--${name}`);
    throw new RangeError(
      `${(error as Error).message.split('. To specify')[0]}. Known options: ${known.join(', ')}`,
    );
  }
}

function parseTimeout(text: string | undefined, profile: Profile | undefined): number {
  const full = (profile ?? process.env.COURSE_PROFILE) === 'full';
  if (text === undefined) return full ? 0 : STANDARD_LIMIT_S;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && Number.isFinite(seconds)) return seconds;
  throw new RangeError(`timeout: expected seconds >= 0 (0 for no limit), got ${JSON.stringify(text)}`);
}

function chosen(names: string[]): string[] {
  const known = lessonPaths();
  const all = names.includes('all');
  if (names.length > 0 && !all) return names.map((name) => findLesson(name, known));
  if (known.length === 0) throw new Error('lesson: expected notebooks in the folder notebooks, found none');
  return all ? known : known.slice(0, 1);
}

function listText(): string {
  const rows = lessonPaths().map((file) => {
    const title = titleOf(parseNotebook(fs.readFileSync(file, 'utf8'), file));
    return `${lessonName(file).padEnd(24)} ${title}`;
  });
  return rows.join('\n') || 'No lessons in the folder notebooks.';
}

function clean(files: string[]): number {
  if (files.length === 0) throw new RangeError('--clean: expected the paths of notebook files, got none');
  for (const file of files) {
    const text = fs.readFileSync(file, 'utf8');
    const cleaned = formatNotebook(cleanNotebook(parseNotebook(text, file)));
    if (cleaned === text) continue;
    writeWhole(file, cleaned);
    console.log(`cleaned ${file}`);
  }
  return 0;
}

function filesText({files, page}: LessonResult): string {
  const shown = (file: string): string => path.relative('', file) || file;
  const kinds: [string, string[]][] = [
    ['notebook', [page]],
    ['results', files.filter((file) => file.endsWith('results.json'))],
    ['figures', files.filter((file) => /\.(svg|png)$/.test(file))],
    ['others', files.filter((file) => file !== page && !/(results\.json|\.svg|\.png)$/.test(file))],
  ];
  return kinds
    .filter(([, list]) => list.length > 0)
    .flatMap(([kind, list]) => list.map((file, i) => `  ${(i === 0 ? kind : '').padEnd(8)} ${shown(file)}`))
    .join('\n');
}

function summary(results: LessonResult[], files: string[]): string {
  const rows = results.map(
    ({lesson, status, seconds}) => `  ${status.padEnd(12)} ${lesson} (${seconds.toFixed(1)} s)`,
  );
  const failed = results.filter(({ok}) => !ok).length;
  const notRun = files.length - results.length;
  const last = `${results.length - failed} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run` : ''}`;
  return [...rows, last].join('\n');
}

function say(text: string): number {
  console.log(text);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
