/** `npm run datasets`: lists the data sets, and fetches those that do not come with the course. */
import {catalogue, catalogueEntry} from '../../lib/data/catalogue';
import {isPresent} from '../../lib/data/labelled-table';
import {parsed} from '../notebook/arguments';
import {findCopies} from './copies';
import {fetchSet, verifySet} from './fetch';
import {isForTheReader, listText} from './list';
import {explained} from './store';

const HELP = `npm run datasets                      lists the data sets
npm run datasets -- cardio thyroid    fetches sets by name
npm run datasets -- all               fetches all that can be fetched

  --from FOLDER   takes copies that lie in the folder or below it, instead of downloading
  --mirror URL    takes the files from another server, which has them under their names
  --force         fetches again what is here already
  --verify        checks the sets named, or all that are here, and fetches nothing
  --help          this text

They are kept in datasets/fetched, or in the folder that the environment variable COURSE_DATASETS names.`;

const OPTIONS = {
  from: {type: 'string'},
  mirror: {type: 'string'},
  force: {type: 'boolean'},
  verify: {type: 'boolean'},
  help: {type: 'boolean', short: 'h'},
} as const;

async function main(args: string[]): Promise<number> {
  const {values, positionals} = parsed(args, OPTIONS);
  if (values.help) return say(HELP);
  if (values.mirror !== undefined) assertAddress(values.mirror);
  const known = Object.keys(catalogue());
  const named = positionals.filter((name) => name !== 'all');
  named.forEach(catalogueEntry); // an unknown name is said before anything is fetched
  const all = positionals.includes('all');
  if (values.verify) {
    const names = named.length > 0 && !all ? named : known.filter(isPresent);
    return each(names, async (name) => verifySet(name));
  }
  if (positionals.length === 0)
    return say(listText((process.stdout.isTTY && process.stdout.columns) || undefined));
  const names = all
    ? known.filter((name) => named.includes(name) || isWithinReach(name, values.from))
    : named;
  const unreachable = new Set<string>();
  return each(names, (name) => fetchSet(name, {...values, terminal: process.stderr, unreachable}));
}

// What "all" means: what can be downloaded, or what the folder has.
function isWithinReach(name: string, from?: string): boolean {
  const {tables} = catalogueEntry(name);
  if (from === undefined) return Object.keys(tables).length > 0 && !isForTheReader(catalogueEntry(name));
  return Object.keys(tables).some((part) => findCopies(from, name, part).length > 0);
}

async function each(names: string[], work: (name: string) => Promise<string[]>): Promise<number> {
  let failures = 0;
  for (const name of names) {
    try {
      for (const sentence of await work(name)) console.log(sentence);
    } catch (error) {
      failures++;
      console.error(`${name}: ${explained(error)}`);
    }
  }
  return failures > 0 ? 1 : 0;
}

function assertAddress(mirror: string): void {
  if (!/^https?:\/\/[^/]/.test(mirror) || !URL.canParse(mirror))
    throw new RangeError(`--mirror: expected an address that begins with https:// or http://, got ${mirror}`);
}

function say(text: string): number {
  console.log(text);
  return 0;
}

// Everything that came is on disk at any time: there is nothing to save.
process.on('SIGINT', () => {
  console.error('\nStopped; the next run goes on where this one ended.');
  process.exit(130);
});

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
