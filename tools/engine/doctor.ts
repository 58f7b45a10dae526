/**
 * `npm run doctor`: a table of what the course finds on this computer, each line with what to do where it
 * falls short. Exit code 1 if something is missing that the lessons need. `-- --repair` first looks for
 * the native library again.
 */
import {installEngine} from './install';
import * as checks from './checks';
import type {Finding} from './checks';

const HELP = `npm run doctor               what the course finds on this computer
npm run doctor -- --repair   looks for the native TensorFlow library again, then the same`;

/** Runs every check and prints the table; the exit code. */
export async function doctor(args: string[], print: (text: string) => void): Promise<number> {
  const unknown = args.find((arg) => !['--repair', '--help'].includes(arg));
  if (unknown) {
    print(`doctor: unknown option ${unknown}; known are --repair, --help`);
    return 1;
  }
  if (args.includes('--help')) {
    print(HELP);
    return 0;
  }
  if (args.includes('--repair')) await installEngine((text) => process.stderr.write(text));
  const findings: Finding[] = [];
  for (const check of checks.ALL) findings.push(...(await check()));
  print(table(findings));
  const lacking = findings.filter(({state}) => state === 'lacks').map(({name}) => name);
  print(
    lacking.length === 0 ? 'Everything that the lessons need is here.' : `Missing: ${lacking.join(', ')}.`,
  );
  return lacking.length === 0 ? 0 : 1;
}

/** State, name and finding in columns; advice on a line of its own, below what it is for. */
export function table(findings: Finding[]): string {
  const width = Math.max(...findings.map(({name}) => name.length));
  return findings
    .map(({name, state, found, advice}) => {
      const line = `${state.padEnd(5)}  ${name.padEnd(width)}  ${found}`;
      return advice ? `${line}\n${' '.repeat(width + 9)}→ ${advice}` : line;
    })
    .join('\n');
}

if (require.main === module) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
  void doctor(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`)).then((code) => {
    process.exitCode = code;
  });
}
