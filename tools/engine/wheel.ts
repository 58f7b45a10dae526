/**
 * TensorFlow's libraries out of a Python wheel, through pip and so through whatever index or mirror pip
 * is set up for. Python only fetches and unpacks: any Python that has pip will do, and nothing is
 * installed into it. Of the wheel, two libraries and the C headers are kept.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {LIBRARY_FOLDER} from '../../lib/engine/seen';
import {findPython} from './python';
import {Unavailable, needSpace, runQuietly} from './steps';

/** The wheel's TensorFlow. The binding of tfjs-node 4.22 was tried with this one. */
export const WHEEL_TENSORFLOW = '2.21.0';

/** Bytes that the wheel and its contents take together while they are unpacked. */
const SPACE = 1.5e9;

/** A wheel by package name and the platform tags that will do. */
export interface WheelName {
  name: string;
  platforms: string[];
}

/** The wheel for a system, or undefined where none serves. */
export function wheelFor(platform: NodeJS.Platform, arch: string): WheelName | undefined {
  if (platform === 'linux' && arch === 'x64') {
    return {name: 'tensorflow-cpu', platforms: ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64']};
  }
  if (platform === 'linux' && arch === 'arm64') {
    return {name: 'tensorflow', platforms: ['manylinux_2_27_aarch64', 'manylinux_2_17_aarch64']};
  }
  if (platform === 'darwin' && arch === 'arm64')
    return {name: 'tensorflow', platforms: ['macosx_12_0_arm64']};
  return undefined;
}

/** Downloads the wheel into `folder` and returns the file. */
export async function fetchWheel(wheel: WheelName, folder: string): Promise<string> {
  needSpace(folder, SPACE);
  const python = await findPython();
  const temporary = path.join(folder, 'tmp');
  fs.mkdirSync(temporary);
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir'];
  args.push(
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar',
    'off',
    '--retries',
    '1',
    '--timeout',
    '20',
  );
  // One fixed Python: the wheels for the others hold the same libraries.
  args.push('--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311');
  args.push(...wheel.platforms.flatMap((p) => ['--platform', p]), '--dest', folder);
  args.push(`${wheel.name}==${WHEEL_TENSORFLOW}`);
  const env = {...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary};
  const {code, output} = await runQuietly(python[0], [...python.slice(1), ...args], {
    env,
    watch: () => undefined,
  });
  if (code !== 0) throw new Unavailable(explainPip(output, `${wheel.name} ${WHEEL_TENSORFLOW}`));
  const file = fs.readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!file) throw new Unavailable('pip reported success and left no wheel');
  fs.rmSync(temporary, {recursive: true, force: true});
  return path.join(folder, file);
}

/** What pip's complaint means to a reader. */
export function explainPip(output: string, wanted: string): string {
  if (/No space left on device/i.test(output)) return 'the disk is full; free 2 GB and try again';
  if (/No matching distribution|Could not find a version/i.test(output)) {
    const offline = /NewConnectionError|Name or service not known|getaddrinfo|timed out/i.test(output);
    return offline
      ? 'pip could not reach its package index; connect to the network, or set PIP_INDEX_URL to a mirror'
      : `pip's package index has no ${wanted} for this system`;
  }
  if (/SSL|CERTIFICATE/i.test(output))
    return "pip does not trust the index's certificate; set PIP_CERT to your proxy's";
  const last = output
    .split('\n')
    .filter((line) => /^ERROR/.test(line))
    .pop();
  return `pip failed: ${last ?? output.trim().split('\n').pop()}`;
}

/** Unpacks the libraries into `folder`/deps/lib and the headers into `folder`/include, then drops the wheel. */
export async function unpackWheel(wheel: string, folder: string): Promise<{include: string}> {
  const python = await findPython();
  const libraries = path.join(folder, LIBRARY_FOLDER);
  const include = path.join(folder, 'include');
  const {code, output} = await runQuietly(python[0], [
    ...python.slice(1),
    '-c',
    UNPACK,
    wheel,
    libraries,
    include,
  ]);
  if (code !== 0) {
    throw new Unavailable(`the wheel could not be unpacked: ${output.trim().split('\n').pop()}`);
  }
  fs.rmSync(wheel);
  return {include};
}

// Of 13,000 headers the binding reads about 40, which lie below these folders. zipfile checks each CRC.
const UNPACK = `
import os, re, shutil, sys, zipfile
wheel, libraries, include = sys.argv[1:]
headers = ('absl/', 'tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/')
with zipfile.ZipFile(wheel) as z:
    for info in z.infolist():
        library = re.fullmatch(r'tensorflow/(libtensorflow_(?:cc|framework)\\.(?:so\\.2|2\\.dylib))', info.filename)
        header = re.fullmatch(r'tensorflow/include/(.*\\.(?:h|inc))', info.filename)
        if library:
            target = os.path.join(libraries, library[1])
        elif header and header[1].startswith(headers):
            target = os.path.join(include, *header[1].split('/'))
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with z.open(info) as source, open(target, 'wb') as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
`;
