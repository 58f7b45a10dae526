/** `npm run datasets`: lists the data sets, and fetches those that do not come with the course. */
import {catalogue, catalogueEntry, catalogueName, isForTheReader} from '../../lib/data/catalogue';
import {isPresent} from '../../lib/data/labelled-table';
import {parsed} from '../notebook/arguments';
import {findCopies} from './copies';
import {fetchPiece, piecesOf, titleOf, verifyPiece, type FetchOptions, type Piece} from './fetch';
import {entryText, folderFault, listText} from './list';
import {explained} from './store';
import {withoutControls} from './web-page';

const HELP = `npm run datasets                      lists the data sets
npm run datasets -- cardio thyroid    fetches sets by name
npm run datasets -- all               fetches all that can be fetched

  --show          tells all of the sets named: licence, source, address, note
  --wide          lists with all columns, however long the lines become
  --from FOLDER   takes copies that lie in the folder or below it, instead of downloading;
                  with no set named, all that are found there
  --mirror URL    takes the files from another server, which has them under their names
  --force         fetches again what is here already
  --verify        checks the sets named, or all that are here, and fetches nothing
  --help          this text

They are kept in datasets/fetched, or in the folder that the environment variable COURSE_DATASETS names.`;

const HINT = 'npm run datasets -- --show cardio tells all of a set; --wide shows all columns';

const OPTIONS = {
  show: {type: 'boolean'},
  wide: {type: 'boolean'},
  from: {type: 'string'},
  mirror: {type: 'string'},
  force: {type: 'boolean'},
  verify: {type: 'boolean'},
  help: {type: 'boolean', short: 'h'},
} as const;

// Options that mean different things to be done.
const EXCLUSIVE = [
  ['show', 'verify', 'from'],
  ['show', 'verify', 'mirror'],
  ['show', 'verify', 'force'],
  ['from', 'mirror'],
] as const;

type Values = ReturnType<typeof parsed<typeof OPTIONS>>['values'];

async function main(args: string[]): Promise<number> {
  const {values, positionals} = parsed(args, OPTIONS);
  if (values.help) return say(HELP);
  assertTogether(values);
  if (values.mirror !== undefined) assertAddress(values.mirror);
  const known = Object.keys(catalogue());
  const isAll = (name: string) => name.toLowerCase() === 'all';
  // an unknown name is said before anything is done
  const named = new Set(positionals.filter((name) => !isAll(name)).map(catalogueName));
  const all = positionals.some(isAll);
  if (values.show) {
    if (named.size === 0)
      throw new RangeError('--show: expected names of sets, such as --show cardio, got none');
    return say([...named].map(entryText).join('\n\n'));
  }
  if (values.verify) {
    const names = named.size > 0 && !all ? [...named] : known.filter(isPresent);
    return each(names.flatMap(piecesOf), verifyPiece);
  }
  if (!all && named.size === 0 && values.from === undefined) {
    for (const option of ['mirror', 'force'] as const)
      if (values[option] !== undefined)
        throw new RangeError(`--${option}: expected names of sets to fetch, or all, got none`);
    return list(values.wide ? Infinity : terminalWidth());
  }
  const options = {...values, terminal: process.stderr, unreachable: new Set<string>()};
  if (named.size > 0 && !all) return fetchSets([...named], options);
  const fetched = known.filter((name) => Object.keys(catalogueEntry(name).tables).length > 0);
  const {from} = values;
  const reachable = fetched.filter((name) => (from ? hasCopy(from, name) : !isForTheReader(name)));
  const code = await fetchSets([...new Set([...named, ...reachable])], options);
  if (from === undefined) return code;
  const hint = reachable.length === 0 ? '; --show tells the names that copies of a set have' : '';
  console.log(`${reachable.length} of ${fetched.length} sets found in ${from}${hint}`);
  return reachable.length > 0 ? code : 1;
}

function fetchSets(names: string[], options: FetchOptions): Promise<number> {
  return each(names.flatMap(piecesOf), (piece) => fetchPiece(piece, options));
}

function hasCopy(folder: string, name: string): boolean {
  return Object.keys(catalogueEntry(name).tables).some((part) => findCopies(folder, name, part).length > 0);
}

async function each(pieces: Piece[], work: (piece: Piece) => Promise<string> | string): Promise<number> {
  let failures = 0;
  for (const piece of pieces) {
    try {
      console.log(`${titleOf(piece)}: ${await work(piece)}`);
    } catch (error) {
      failures++;
      console.error(withoutControls(`${titleOf(piece)}: ${explained(error)}`));
    }
  }
  return failures > 0 ? 1 : 0;
}

function list(width: number): number {
  const fault = folderFault();
  if (fault !== undefined) console.error(`${fault}; no set can be fetched until it names one`);
  return say(`${listText(width)}\n\n${HINT}`);
}

// Where output is no terminal, a shell may still say how wide it will be shown.
function terminalWidth(): number {
  const asked = Number(process.env.COLUMNS);
  return process.stdout.columns || (asked >= 1 ? Math.floor(asked) : 100);
}

function assertTogether(values: Values): void {
  for (const group of EXCLUSIVE) {
    const given = group.filter((name) => values[name] !== undefined);
    if (given.length > 1)
      throw new RangeError(
        `${given.map((name) => `--${name}`).join(' and ')}: expected one of them, got both`,
      );
  }
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
