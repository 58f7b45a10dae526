/** `npm run lab`: JupyterLab with the course's kernel, in a Python environment of its own (.venv). */
import {spawn, spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';
import {KERNEL_NAME, writeKernelSpec} from './kernelspec';

const OTHER_WAYS = `Without JupyterLab the lessons run all the same:
  npm start                    runs them and writes the executed notebooks
  npm run kernel -- install    lets VS Code (with its Jupyter extension) or your own Jupyter open them`;

/** Says what is in the way; main adds the other ways. */
class Obstacle extends Error {}

async function main(args: string[]): Promise<number> {
  const environment = path.join(projectRoot, '.venv');
  const python = pythonIn(environment);
  if (!hasJupyterLab(python)) install(environment, python);
  const data = path.join(projectRoot, '.course', 'jupyter');
  writeKernelSpec(data, travellingPath(data));
  const paths = [data, ...(process.env.JUPYTER_PATH ? [process.env.JUPYTER_PATH] : [])];
  const child = spawn(python, ['-m', 'jupyterlab', ...args], {
    cwd: path.join(projectRoot, 'notebooks'),
    env: {...process.env, JUPYTER_PATH: paths.join(path.delimiter)},
    stdio: 'inherit',
  });
  // Ctrl-C reaches JupyterLab too, which asks whether it is meant.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

// pip and venv both complete what an earlier, interrupted run has left.
function install(environment: string, python: string): void {
  const system = findPython();
  if (!system) throw new Obstacle('JupyterLab needs Python 3.9 or later, and none was found.');
  console.log('Setting up JupyterLab in .venv; this takes a minute or two, once.');
  step(
    [system, '-m', 'venv', environment],
    'a Python environment could not be made (on Debian and Ubuntu: apt install python3-venv)',
  );
  step(
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'jupyterlab'],
    'pip could not fetch JupyterLab (is there a network?)',
  );
}

function step(command: string[], otherwise: string): void {
  const {status} = spawnSync(command[0], command.slice(1), {stdio: 'inherit'});
  if (status !== 0) throw new Obstacle(`JupyterLab was not installed: ${otherwise}.`);
}

function hasJupyterLab(python: string): boolean {
  return (
    fs.existsSync(python) && spawnSync(python, ['-c', 'import jupyterlab'], {stdio: 'ignore'}).status === 0
  );
}

function findPython(): string | undefined {
  const candidates = [process.env.COURSE_PYTHON, 'python3', 'python'].filter(
    (name) => name !== undefined,
  ) as string[];
  const check = 'import sys; sys.exit(sys.version_info < (3, 9))';
  return candidates.find((name) => spawnSync(name, ['-c', check], {stdio: 'ignore'}).status === 0);
}

function pythonIn(environment: string): string {
  return process.platform === 'win32'
    ? path.join(environment, 'Scripts', 'python.exe')
    : path.join(environment, 'bin', 'python');
}

// Relative to the kernelspec, so that the course's folder can be moved.
function travellingPath(data: string): string {
  const from = path.join(data, 'kernels', KERNEL_NAME);
  return `{resource_dir}/${path.relative(from, path.join(__dirname, 'kernel.js')).replaceAll('\\', '/')}`;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    if (error instanceof Obstacle) console.error(`\n${OTHER_WAYS}`);
    process.exit(1);
  },
);
