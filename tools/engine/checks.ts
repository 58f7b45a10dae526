/** What doctor looks at: each check is a function that finds, and never throws. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {REPAIR_COMMAND} from '../../lib/engine';
import {projectRoot} from '../../lib/root';
import {cacheRoot} from './cache';
import {pythonVersion} from './python';
import {bytesBelow, runQuietly} from './steps';

/** One line of the table. */
export interface Finding {
  name: string;
  /** ok; note: the lessons run without it, or slower; lacks: they do not run. */
  state: 'ok' | 'note' | 'lacks';
  found: string;
  /** What to do, where it falls short. */
  advice?: string;
}

/** Every check, in the order of the table. */
export const ALL: (() => Finding[] | Promise<Finding[]>)[] = [
  node,
  engine,
  memory,
  disk,
  addons,
  kernel,
  kernelspec,
  python,
  jupyterLab,
];

/** The running Node against `engines` in package.json. */
export function node(): Finding[] {
  const {engines} = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    engines: {node: string};
  };
  const found = `${process.versions.node} on ${process.platform}-${process.arch}, needed: ${engines.node}`;
  return [{name: 'Node.js', state: 'ok', found}]; // an older one does not come this far: see bootstrap.mjs
}

/** Loads the engine as a lesson would, and lets it compute. */
export async function engine(): Promise<Finding[]> {
  try {
    const tf = await import('../../lib/tf');
    await tf.ready();
    const product = Array.from(tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync());
    if (product[0] !== 1 * 3 + 2 * 4)
      throw new Error(`it computes wrongly: 1 × 3 + 2 × 4 gave ${product[0]}`);
    const {description, note, name, threads} = tf.engine;
    const advice =
      note ??
      (name === 'wasm' ? 'COURSE_ENGINE=wasm asks for it; unset it for the native library' : undefined);
    const sets = name === 'native' ? 'TF_NUM_INTRAOP_THREADS sets another number' : 'WebAssembly uses one';
    return [
      {name: 'Engine', state: name === 'native' ? 'ok' : 'note', found: description, advice},
      {name: 'Threads', state: 'ok', found: `${threads} of ${os.cpus().length} processors; ${sets}`},
    ];
  } catch (error) {
    const advice = `${REPAIR_COMMAND}, or delete node_modules and run the command again`;
    return [{name: 'Engine', state: 'lacks', found: (error as Error).message, advice}];
  }
}

/** Memory of the computer, or of the container that this runs in. */
export function memory(total = usableMemory(), free = Math.min(os.freemem(), usableMemory())): Finding[] {
  const found = `${gigabytes(total)}, ${gigabytes(free)} free`;
  if (total < 1e9) return [{name: 'Memory', state: 'lacks', found, advice: 'the lessons need 2 GB'}];
  if (free < 2e9)
    return [
      {name: 'Memory', state: 'note', found, advice: 'close other programs: a lesson takes up to 2 GB'},
    ];
  return [{name: 'Memory', state: 'ok', found}];
}

/** Room for results, and what the cache of native libraries takes. */
export function disk(): Finding[] {
  const {bavail, bsize} = fs.statfsSync(projectRoot);
  const free = bavail * bsize;
  const root = cacheRoot();
  const cached = bytesBelow(root);
  const findings: Finding[] = [
    {name: 'Disk', state: 'ok', found: `${gigabytes(free)} free in ${projectRoot}`},
  ];
  if (free < 1e9)
    Object.assign(findings[0], {state: 'note', advice: 'free some: figures and checkpoints need up to 1 GB'});
  findings.push({
    name: 'Cache',
    state: 'ok',
    found: `${gigabytes(cached)} in ${root} (COURSE_CACHE moves it)`,
  });
  return findings;
}

/** Packages that hold machine code, loaded in a child process: they fail in a copied node_modules. */
export async function addons(): Promise<Finding[]> {
  const names = ['zeromq', '@napi-rs/canvas', '@resvg/resvg-js'];
  const broken: string[] = [];
  for (const name of names) {
    const {code, output} = await runQuietly(process.execPath, ['-e', `require(${JSON.stringify(name)})`], {
      cwd: projectRoot,
    });
    if (code !== 0) broken.push(`${name}: ${/^\w*Error: (.*)$/m.exec(output)?.[1] ?? 'it does not load'}`);
  }
  if (broken.length === 0) return [{name: 'Add-ons', state: 'ok', found: `${names.join(', ')} load`}];
  const advice = 'delete node_modules and run the command again; do not copy that folder between computers';
  return [{name: 'Add-ons', state: 'lacks', found: broken.join('; '), advice}];
}

/** The course kernel, as built. */
export function kernel(file = path.join(projectRoot, 'dist', 'tools', 'kernel', 'kernel.js')): Finding[] {
  if (fs.existsSync(file)) return [{name: 'Kernel', state: 'ok', found: path.relative(projectRoot, file)}];
  return [
    {
      name: 'Kernel',
      state: 'lacks',
      found: `no ${path.relative(projectRoot, file)}`,
      advice: 'npm run build',
    },
  ];
}

/** Whether other front ends, such as VS Code, can find the kernel. */
export function kernelspec(folders = jupyterFolders()): Finding[] {
  const name = 'Kernelspec';
  const file = folders
    .map((f) => path.join(f, 'kernels', 'tslab', 'kernel.json'))
    .find((f) => fs.existsSync(f));
  if (!file) {
    const advice = 'only VS Code and other front ends need one: npm run kernel -- install';
    return [{name, state: 'note', found: 'not installed for this user', advice}];
  }
  try {
    const {argv} = JSON.parse(fs.readFileSync(file, 'utf8')) as {argv: string[]};
    const inPlace = argv.map((a) => a.replace('{resource_dir}', path.dirname(file)));
    const missing = inPlace.find((a) => path.isAbsolute(a) && !fs.existsSync(a));
    if (!missing) return [{name, state: 'ok', found: file}];
    return [
      {
        name,
        state: 'note',
        found: `${file} names ${missing}, which is gone`,
        advice: 'npm run kernel -- install',
      },
    ];
  } catch {
    return [{name, state: 'note', found: `${file} cannot be read`, advice: 'npm run kernel -- install'}];
  }
}

/** Python serves JupyterLab, and the native library's download where tfjs-node's own fails. */
export async function python(): Promise<Finding[]> {
  const found = await pythonVersion();
  if (found) return [{name: 'Python', state: 'ok', found: `${found.version} (${found.command.join(' ')})`}];
  const advice = 'only JupyterLab needs it: python.org, or the system’s packages';
  return [{name: 'Python', state: 'note', found: 'not found', advice}];
}

/** JupyterLab in the project's own environment, or on the PATH. */
export async function jupyterLab(): Promise<Finding[]> {
  const bin = path.join(
    projectRoot,
    '.venv',
    process.platform === 'win32' ? 'Scripts' : 'bin',
    'jupyter-lab',
  );
  for (const command of [bin, 'jupyter-lab']) {
    const {code, output} = await runQuietly(command, ['--version']);
    const version = /^(\d+\.\S+)/m.exec(output)?.[1];
    if (code === 0 && version) return [{name: 'JupyterLab', state: 'ok', found: `${version} (${command})`}];
  }
  const advice = 'npm run lab sets one up; npm start needs none';
  return [{name: 'JupyterLab', state: 'note', found: 'not found', advice}];
}

function jupyterFolders(env = process.env, home = os.homedir()): string[] {
  const user = {
    win32: path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'jupyter'),
    darwin: path.join(home, 'Library', 'Jupyter'),
  }[process.platform as 'win32' | 'darwin'];
  const data = path.join(env.XDG_DATA_HOME || path.join(home, '.local', 'share'), 'jupyter');
  return [
    ...(env.JUPYTER_PATH ?? '').split(path.delimiter).filter(Boolean),
    env.JUPYTER_DATA_DIR || user || data,
  ];
}

// Zero and absurdly large numbers both mean that there is no limit.
function usableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
