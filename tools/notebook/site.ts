/** `npm run site`: every lesson as a page, in a folder for any web server, or to be opened as it lies. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {profiles} from '../../lib/lesson/profile';
import {chosenLessons, effort, parsed} from './arguments';
import {readNotebook} from './lesson';
import {buildSite} from './page/site';
import {filesText, runLessons} from './several';

const HELP = `npm run site                    runs every lesson and makes the site of it
npm run site -- 01 05           runs these lessons; others that have been run before stay in the site
npm run site -- --from out      runs nothing, and makes the pages of what has been run before

  --to FOLDER       where the site goes (default: site)
  --profile NAME    ${profiles.join(', ')}: how much is computed (default: standard)
  --out FOLDER      where the lessons leave notebooks, figures and results (default: out)
  --timeout SECONDS the longest that one cell may take (default: 3600; none in the full profile)
  --from FOLDER     where lessons have left them before
  --help            this text

Put the folder on any web server as it is, or open its index.html.`;

const OPTIONS = {
  to: {type: 'string'},
  profile: {type: 'string'},
  out: {type: 'string'},
  timeout: {type: 'string'},
  from: {type: 'string'},
  help: {type: 'boolean', short: 'h'},
} as const;

async function main(args: string[]): Promise<number> {
  const {values, positionals} = parsed(args, OPTIONS);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const to = path.resolve(values.to ?? 'site');
  if (values.from !== undefined) {
    if (positionals.length > 0)
      throw new RangeError(
        `--from: expected no lessons beside it, as none is run, got ${positionals.join(', ')}`,
      );
    return pagesOf(path.resolve(values.from), to);
  }
  const limits = effort(values.profile, values.timeout);
  const out = path.resolve(values.out ?? 'out');
  const files = chosenLessons(positionals, 'all');
  files.forEach(readNotebook); // all that can be wrong with them is said before the first one runs
  const {code} = await runLessons(files, {...limits, out}, async (result) => console.log(filesText(result)));
  return code === 130 ? code : Math.max(code, pagesOf(out, to));
}

function pagesOf(from: string, to: string): number {
  if (!fs.existsSync(from))
    throw new Error(`--from: expected a folder in which lessons were run, got ${from}, which does not exist`);
  const {index, pages, problems} = buildSite({from, to});
  if (pages.size === 0 && problems.size === 0)
    throw new Error(`--from: expected a folder in which lessons were run, found none in ${from}`);
  for (const [lesson, problem] of problems) console.log(`no page of ${lesson}: ${problem}`);
  console.log(`${pages.size} ${pages.size === 1 ? 'lesson' : 'lessons'} in ${path.relative('', index)}`);
  return problems.size === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
