/**
 * Files on their way. Each belongs to one process, whose number is in its name, so that two runs never write to
 * the same one: FILE.PID-N.part, and beside it FILE.PID-N.part.json with what tells this state of the file from
 * another. A run takes over what an ended one has left.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What was downloaded from where, and how the server names this state of the file. */
export interface Origin {
  url: string;
  etag?: string;
  lastModified?: string;
}

const active = new Set<string>();
let count = 0;

/** A part for `file`, with what an ended run has left of it. To be given to {@link releasePart} at the end. */
export function claimPart(file: string): string {
  const own = `${file}.${process.pid}-${count++}.part`;
  active.add(own);
  const folder = path.dirname(file);
  for (const name of fs.readdirSync(folder)) {
    const left = path.join(folder, name);
    const pid = /\.(\d+)-\d+\.part$/.exec(name)?.[1];
    if (pid === undefined || !name.startsWith(`${path.basename(file)}.`) || active.has(left)) continue;
    if (Number(pid) !== process.pid && isRunning(Number(pid))) continue;
    if (moved(left, own)) moved(`${left}.json`, `${own}.json`);
  }
  return own;
}

/** Leaves a part to the next run; it is gone already when it became a whole file. */
export function releasePart(part: string): void {
  active.delete(part);
}

/** Makes a folder. @returns what removes it again, with those above that were made for it, while empty. */
export function makeFolder(folder: string): () => void {
  const first = fs.mkdirSync(folder, {recursive: true}) ?? folder;
  return () => {
    try {
      for (let here = folder; here.length >= first.length; here = path.dirname(here)) fs.rmdirSync(here);
    } catch {
      // not empty, or removed by another run
    }
  };
}

export function removePart(part: string): void {
  for (const file of [part, `${part}.json`]) fs.rmSync(file, {force: true});
}

export function sizeOf(part: string): number {
  return fs.statSync(part, {throwIfNoEntry: false})?.size ?? 0;
}

export function readOrigin(part: string): Origin | undefined {
  try {
    return JSON.parse(fs.readFileSync(`${part}.json`, 'utf8')) as Origin;
  } catch {
    return undefined; // none, or half written: the file is fetched from its beginning
  }
}

export function writeOrigin(part: string, origin: Origin): void {
  fs.writeFileSync(`${part}.json`, JSON.stringify(origin));
}

// Of two runs that want the same one, the rename of one fails.
function moved(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
