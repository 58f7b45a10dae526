/**
 * `npm run figures`: runs lessons in the standard profile and stores their figures and results under
 * figures/, then makes the README's table and the gallery from them. `-- --check` stores nothing and
 * compares a new run with what is stored.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {parseArgs} from 'node:util';
import {readResults, type Results} from '../../lib/lesson/results';
import {projectRoot} from '../../lib/root';
import {findLesson, lessonPaths, runLesson} from '../notebook/lesson';
import {gallery, readmeTable, storedResults, withTable} from './readme';

/** How far a new run may be from the stored one: engines and threads move the digits of a training run. */
const TOLERANCE = 0.05;

const HELP = `npm run figures [-- --check] [LESSON ...]

Runs the lessons (default: all) in the standard profile and stores figures and results under figures/.
  --check   stores nothing; compares with the stored numbers, each within ${100 * TOLERANCE} %
  --help    this text`;

async function main(): Promise<number> {
  const {values, positionals} = parseArgs({allowPositionals: true, options: {check: {type: 'boolean'}, help: {type: 'boolean'}}});
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const figures = path.join(projectRoot, 'figures');
  const chosen = positionals.length > 0 ? positionals.map((name) => findLesson(name)) : lessonPaths();
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'course-figures-'));
  let failures = 0;
  try {
    for (const file of chosen) {
      const lesson = path.basename(file, '.ipynb');
      const {ok} = await runLesson(file, {profile: 'standard', out, timeout: 600});
      if (!ok) failures++;
      else if (values.check) failures += compare(readResults(path.join(figures, lesson, 'results.json')), readResults(path.join(out, lesson, 'results.json')));
      else store(path.join(out, lesson), path.join(figures, lesson));
    }
  } finally {
    fs.rmSync(out, {recursive: true, force: true});
  }
  if (!values.check && failures === 0) {
    const readme = path.join(projectRoot, 'README.md');
    const results = storedResults(figures);
    fs.writeFileSync(readme, withTable(fs.readFileSync(readme, 'utf8'), readmeTable(results)));
    fs.writeFileSync(path.join(figures, 'README.md'), gallery(results));
  }
  return failures === 0 ? 0 : 1;
}

/** Says which metrics moved by more than the tolerance, and how many. */
export function compare(stored: Results, now: Results): number {
  let failures = 0;
  for (const {name, value} of stored.metrics) {
    const fresh = now.metrics.find((metric) => metric.name === name)?.value;
    const near = fresh !== undefined && Math.abs(fresh - value) <= TOLERANCE * Math.abs(value);
    if (!near) failures++;
    console.log(`${near ? 'as stored' : 'MOVED    '}  ${stored.lesson}  ${name}: stored ${value}, now ${fresh ?? 'missing'}`);
  }
  return failures;
}

function store(from: string, to: string): void {
  fs.mkdirSync(to, {recursive: true});
  for (const file of fs.readdirSync(to)) fs.rmSync(path.join(to, file));
  for (const file of fs.readdirSync(from).filter((name) => /\.(svg|png)$|^results\.json$/.test(name))) {
    fs.copyFileSync(path.join(from, file), path.join(to, file));
  }
}

if (require.main === module) {
  main().then(
    (code) => (process.exitCode = code),
    (error: Error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
