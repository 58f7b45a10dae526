/**
 * What the steps of the set-up share: announcing themselves in one line each, and running a command
 * without letting it speak.
 */
import {spawn, type SpawnOptions} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** A way that is closed on this computer. The message is a clause for the reader: why, and what would help. */
export class Unavailable extends Error {}

/** Where the steps speak: stderr, which leaves stdout to the command that was asked for. */
export type Say = (text: string) => void;

/** Announces a step with its expected time, and closes the line with its outcome and the time it took. */
export async function step<T>(say: Say, announcement: string, work: () => Promise<T> | T): Promise<T> {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  say(`  ${announcement} ... `);
  try {
    const result = await work();
    say(`done in ${seconds()}\n`);
    return result;
  } catch (error) {
    say(`no, after ${seconds()}: ${explain(error)}\n`);
    throw error;
  }
}

/** One clause for any error; a full disk and a locked folder get what to do about them. */
export function explain(error: unknown): string {
  const {code, path: file, message} = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return 'the disk is full; free 2 GB and try again';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${file ?? 'a folder'} cannot be written to`;
  return message;
}

/** @throws Unavailable when the disk that holds `folder` has less than `bytes` left. */
export function needSpace(folder: string, bytes: number): void {
  const {bavail, bsize} = fs.statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  const gigabytes = (n: number) => (n / 1e9).toFixed(1);
  throw new Unavailable(
    `it needs ${gigabytes(bytes)} GB in ${folder}, which has ${gigabytes(bavail * bsize)} GB left; free some, ` +
      'or set COURSE_CACHE to a folder on another disk',
  );
}

/** Exit code and everything said, both streams together; code 127 when the command does not exist. */
export interface Outcome {
  code: number;
  output: string;
  /** The watcher stopped it, for this reason. */
  stopped?: string;
}

/** Options for {@link runQuietly}. */
export interface RunOptions extends SpawnOptions {
  /** Asked once a second; a reason ends the command and all that it started. */
  watch?: (output: string) => string | undefined;
}

/** Runs a command to its end and keeps what it says. */
export function runQuietly(command: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
  const {watch, ...spawnOptions} = options;
  return new Promise((resolve) => {
    let output = '';
    let stopped: string | undefined;
    // A group of its own on Unix, so that a stop reaches the grandchildren too.
    const group = watch !== undefined && process.platform !== 'win32';
    const child = spawn(command, args, {
      windowsHide: true,
      ...spawnOptions,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: group,
    });
    const end = () => {
      if (!child.pid) return;
      if (process.platform === 'win32')
        spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], {stdio: 'ignore'});
      else signalGroup(group ? -child.pid : child.pid);
    };
    const timer = setInterval(() => {
      stopped ??= watch?.(output);
      if (stopped) end();
    }, 1000);
    process.on('exit', end);
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const finish = (code: number) => {
      clearInterval(timer);
      process.off('exit', end);
      resolve({code, output, stopped});
    };
    child.on('error', () => finish(127));
    child.on('close', (code) => finish(code ?? 1));
  });
}

/** Bytes of all files below a folder; links are not followed. */
export function bytesBelow(folder: string): number {
  let sum = 0;
  try {
    for (const entry of fs.readdirSync(folder, {withFileTypes: true})) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) sum += bytesBelow(full);
      else if (entry.isFile()) sum += fs.statSync(full).size;
    }
  } catch {
    // A file that has just been renamed away counts next time.
  }
  return sum;
}

function signalGroup(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
