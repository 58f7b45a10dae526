/**
 * Tries a native library in a child process: a truncated, altered or foreign file may crash it, and only it.
 */
import {spawnSync} from 'node:child_process';
import * as path from 'node:path';
import type {NativeLibrary} from './seen';

/** Milliseconds that a trial may take: the first reading of 850 MB from a slow disk is most of it. */
const TIME_LIMIT = 120_000;

/** Loads `folder`/lib/napi-v8/tfjs_binding.node in a child process and multiplies two matrices with it. */
export function tryLibrary(folder: string): NativeLibrary {
  const env: NodeJS.ProcessEnv = {...process.env, TF_CPP_MIN_LOG_LEVEL: '2'};
  delete env.NODE_OPTIONS; // an inspector port or a loader of the parent must not decide the outcome
  const child = spawnSync(process.execPath, [path.join(__dirname, 'trial-child.js'), folder], {
    env,
    encoding: 'utf8',
    timeout: TIME_LIMIT,
    windowsHide: true,
  });
  const answer = /^COURSE-ENGINE (.*)$/m.exec(child.stdout ?? '')?.[1];
  if (child.status === 0 && answer) return {ok: true, tensorflow: answer};
  if (child.error && 'code' in child.error && child.error.code === 'ETIMEDOUT') {
    return {ok: false, reason: `it did not answer within ${TIME_LIMIT / 1000} seconds`};
  }
  if (child.error) return {ok: false, reason: `it could not be tried: ${child.error.message}`};
  if (child.signal)
    return {ok: false, reason: `loading it crashed a trial process (${child.signal}); its files are damaged`};
  return {ok: false, reason: explainLoadError(child.stderr ?? '', process.platform)};
}

/** What a failed load means to a reader, in a clause that can follow "because". */
export function explainLoadError(stderr: string, platform: NodeJS.Platform): string {
  const error =
    /^(?:\w*Error|COURSE-ENGINE-ERROR): (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split('\n').pop() ?? '';
  if (
    /invalid ELF header|wrong ELF class|not a mach-o|incompatible architecture|not a valid Win32/i.test(error)
  ) {
    return (
      'it was built for another system, or is damaged: if node_modules was copied from another ' +
      `computer, delete that folder and run the command again (${error})`
    );
  }
  if (/file too short|truncated|beyond end of file|ELF (load|file)|cannot read file data/i.test(error)) {
    return `its file is damaged or cut short (${error})`;
  }
  if (/ld-linux|GLIBC_|GLIBCXX_|symbol not found.*musl/i.test(error)) {
    return `this system's C library is too old for it, or is musl (Alpine), for which there is none (${error})`;
  }
  if (/specified module could not be found|cannot open shared object file|Library not loaded/i.test(error)) {
    return platform === 'win32'
      ? `a library that it needs is missing; install the Microsoft Visual C++ Redistributable (${error})`
      : `a library that it needs is missing (${error})`;
  }
  return error || 'it failed without a word';
}
