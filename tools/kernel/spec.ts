/** `npm run kernel -- install|uninstall|path`: the kernelspec for VS Code, JupyterLab and other front ends. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {describeInstalled, installKernelSpec, uninstallKernelSpec} from './install';
import {userDataFolder} from './kernelspec';

const HELP = `npm run kernel -- install     makes the course's kernel known to VS Code, JupyterLab and nbgrader
npm run kernel -- uninstall   takes that back
npm run kernel -- path        where the kernel is, and where front ends find it`;

function main(args: string[]): number {
  const folder = userDataFolder();
  const [command, ...rest] = args;
  if (rest.length > 0) return complain(`kernel: expected one command, got ${args.join(' ')}`);
  switch (command) {
    case 'install':
      console.log(installKernelSpec(folder));
      console.log(
        'In VS Code: reload the window, then choose the kernel "TypeScript (auto-encoder course)".',
      );
      return 0;
    case 'uninstall':
      console.log(uninstallKernelSpec(folder));
      return 0;
    case 'path':
      console.log(`kernel      ${path.join(__dirname, 'kernel.js')}`);
      console.log(`kernelspec  ${describeInstalled(folder)}`);
      return fs.existsSync(path.join(__dirname, 'kernel.js')) ? 0 : 1;
    case '--help':
    case '-h':
      console.log(HELP);
      return 0;
    default:
      return complain(
        `kernel: expected one of install, uninstall, path, got ${command ?? 'nothing'}\n\n${HELP}`,
      );
  }
}

function complain(text: string): number {
  console.error(text);
  return 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.exitCode = complain((error as Error).message);
}
