/** `npm start`: runs lessons through the kernel and says where their pages, figures and numbers are. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {profiles} from '../../lib/lesson/profile';
import {chosenLessons, effort, parsed} from './arguments';
import {lessonName, lessonPaths, readNotebook, writeWhole, type LessonResult} from './lesson';
import {cleanNotebook, formatNotebook, parseNotebook, titleOf} from './notebook';
import {filesText, runLessons} from './several';

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

const OPTIONS = {
  profile: {type: 'string'},
  out: {type: 'string'},
  timeout: {type: 'string'},
  list: {type: 'boolean'},
  clean: {type: 'boolean'},
  help: {type: 'boolean', short: 'h'},
} as const;

async function main(args: string[]): Promise<number> {
  const {values, positionals} = parsed(args, OPTIONS);
  if (values.help) return say(HELP);
  if (values.list) return say(listText());
  if (values.clean) return clean(positionals);
  const limits = effort(values.profile, values.timeout);
  const out = path.resolve(values.out ?? 'out');
  const files = chosenLessons(positionals, 'first');
  files.forEach(readNotebook); // all that can be wrong with them is said before the first one runs
  let pagesMade = true;
  const {code} = await runLessons(files, {...limits, out}, async (result) => {
    pagesMade = (await report(result, out)) && pagesMade;
  });
  return code === 0 && !pagesMade ? 1 : code;
}

// A page that cannot be made is said, and the next lesson runs all the same.
async function report(result: LessonResult, out: string): Promise<boolean> {
  const {buildSite} = await import('./page/site'); // half a second, when something has been run
  try {
    const {pages, problems} = buildSite({from: out, to: out});
    console.log(filesText(result, pages.get(result.lesson)));
    const problem = problems.get(result.lesson);
    if (problem !== undefined) console.log(`  no page  ${problem}`);
    return problem === undefined;
  } catch (error) {
    console.log(`${filesText(result)}\n  no page  ${(error as Error).message}`);
    return false;
  }
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
