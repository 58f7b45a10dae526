/**
 * Compiles tfjs-node's binding in one call of the C++ compiler. It is an N-API module: its headers come
 * from the package node-api-headers, so that neither node-gyp nor Node's own headers are needed, and what
 * is built here serves every Node from 20 on.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {BINDING_FOLDER, LIBRARY_FOLDER} from '../../lib/engine/seen';
import {projectRoot} from '../../lib/root';
import {Unavailable, runQuietly} from './steps';

/** The compiler as words of a command line: CXX if it is set, else the first of the usual names that runs. */
export async function findCompiler(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const candidates = env.CXX ? [env.CXX.trim().split(/\s+/)] : [['c++'], ['g++'], ['clang++']];
  for (const [command, ...rest] of candidates) {
    if ((await runQuietly(command, [...rest, '--version'])).code === 0) return [command, ...rest];
  }
  const tried = candidates.map((words) => words.join(' ')).join(', ');
  const remedy =
    process.platform === 'darwin'
      ? 'xcode-select --install'
      : 'sudo apt install g++ (Debian, Ubuntu), sudo dnf install gcc-c++ (Fedora)';
  throw new Unavailable(`no C++ compiler was found (tried ${tried}); install one: ${remedy}`);
}

/**
 * Compiles into `folder`/lib/napi-v8 against `folder`/deps/lib and the headers in `include`.
 * @throws Unavailable with the compiler's first error.
 */
export async function compileBinding(folder: string, include: string, packageFolder: string): Promise<void> {
  const compiler = await findCompiler();
  const output = path.join(folder, BINDING_FOLDER);
  fs.mkdirSync(output, {recursive: true});
  const napi = path.dirname(require.resolve('node-api-headers/package.json'));
  const shared = [
    '-shared',
    '-fPIC',
    '-O2',
    '-std=c++17',
    '-DNAPI_VERSION=8',
    '-I',
    path.join(napi, 'include'),
  ];
  if (process.platform === 'darwin') shared.push('-undefined', 'dynamic_lookup'); // Node itself has the rest
  const call = async (args: string[]) => {
    const {code, output: said} = await runQuietly(compiler[0], [...compiler.slice(1), ...shared, ...args]);
    if (code === 0) return;
    const first = said.split('\n').find((line) => /error/i.test(line)) ?? said.trim().split('\n').pop();
    throw new Unavailable(`the compiler ${compiler.join(' ')} failed: ${first}`);
  };
  await call([
    ...['-I', path.dirname(packageFolder), '-I', packageFolder, '-I', include],
    path.join(packageFolder, 'binding', 'tfjs_backend.cc'),
    path.join(packageFolder, 'binding', 'tfjs_binding.cc'),
    ...tensorflowLibraries(path.join(folder, LIBRARY_FOLDER)),
    `-Wl,-rpath,${process.platform === 'darwin' ? '@loader_path' : '$ORIGIN'}/../../deps/lib`,
    ...['-o', path.join(output, 'tfjs_binding.node')],
  ]);
  const mute = path.join(projectRoot, 'tools', 'engine', 'mute-stderr.cc');
  await call([mute, '-o', path.join(output, 'mute_stderr.node')]);
}

/** The two libraries to link, by their full names: the wheel's and tfjs-node's download differ in these. */
export function tensorflowLibraries(folder: string): string[] {
  const ending = process.platform === 'darwin' ? '.2.dylib' : '.so.2';
  return [['libtensorflow_cc', 'libtensorflow'], ['libtensorflow_framework']].map((names) => {
    const found = names.map((name) => path.join(folder, name + ending)).find((file) => fs.existsSync(file));
    if (!found) throw new Unavailable(`expected ${names.join(' or ')}${ending} in ${folder}, got neither`);
    return found;
  });
}
