/** Finds a Python 3 that has pip. */
import {Unavailable, runQuietly} from './steps';

/** The words that start Python 3, e.g. ["python3"] or ["py", "-3"]; with its version. */
export async function pythonVersion(): Promise<{command: string[]; version: string} | undefined> {
  const candidates =
    process.platform === 'win32' ? [['py', '-3'], ['python'], ['python3']] : [['python3'], ['python']];
  for (const command of candidates) {
    const {code, output} = await runQuietly(command[0], [...command.slice(1), '--version']);
    const version = /^Python (3\.\d+\.\d+)/m.exec(output)?.[1];
    if (code === 0 && version) return {command, version};
  }
  return undefined;
}

/** @throws Unavailable where there is no Python 3, or it has no pip. */
export async function findPython(): Promise<string[]> {
  const python = await pythonVersion();
  if (!python) throw new Unavailable('no Python 3 was found; install it from python.org or with the system');
  const {command, version} = python;
  if ((await runQuietly(command[0], [...command.slice(1), '-m', 'pip', '--version'])).code !== 0) {
    throw new Unavailable(
      `Python ${version} has no pip; install it (Debian, Ubuntu: sudo apt install python3-pip)`,
    );
  }
  return command;
}
