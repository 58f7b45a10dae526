/** The kernelspec: what front ends read to find and start the kernel. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What Jupyter reads from kernel.json, and the folder that the file lies in. */
export interface KernelSpec {
  argv: string[];
  env?: Record<string, string>;
  interrupt_mode?: 'signal' | 'message';
  /** Stands for {resource_dir} in argv. */
  folder: string;
}

/** The folder's name, by which notebooks name their kernel; stock tslab's is the same. */
export const KERNEL_NAME = 'tslab';

const KERNEL_FILE = path.join(__dirname, 'kernel.js');

/** The contents of kernel.json, with the kernel's own file named by `kernelFile`. */
export function kernelJson(
  kernelFile: string = KERNEL_FILE,
): Omit<KernelSpec, 'folder'> & Record<string, unknown> {
  return {
    argv: ['node', kernelFile, '--config-path', '{connection_file}'],
    display_name: 'TypeScript (auto-encoder course)',
    language: 'typescript',
    // Windows has no signal that Node could receive; there the kernel is told by a message.
    interrupt_mode: process.platform === 'win32' ? 'message' : 'signal',
    env: {TF_CPP_MIN_LOG_LEVEL: '2', NODE_NO_WARNINGS: '1'},
    metadata: {debugger: false},
  };
}

/** The course's kernel for programs of this project, which need no file. */
export function kernelSpec(): KernelSpec {
  return {...kernelJson(), folder: __dirname};
}

/**
 * Writes the kernelspec below `dataFolder` (a folder of Jupyter's data path) and returns its folder. An
 * equal one is left alone.
 */
export function writeKernelSpec(dataFolder: string, kernelFile?: string): string {
  const folder = path.join(dataFolder, 'kernels', KERNEL_NAME);
  const file = path.join(folder, 'kernel.json');
  const text = JSON.stringify(kernelJson(kernelFile), null, 1) + '\n';
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    fs.mkdirSync(folder, {recursive: true});
    fs.writeFileSync(`${file}.part`, text);
    fs.renameSync(`${file}.part`, file);
  }
  return folder;
}

/** The folder where Jupyter and VS Code look for what belongs to this user. */
export function userDataFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const home = os.homedir();
  if (platform === 'darwin') return path.join(home, 'Library', 'Jupyter');
  if (platform === 'win32') return path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'jupyter');
  return path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'jupyter');
}
