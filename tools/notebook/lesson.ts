/** Lessons by name, and the run of one lesson with all that it leaves behind. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type {Profile} from '../../lib/lesson/profile';
import {projectRoot} from '../../lib/root';
import {checkKernel, formatNotebook, parseNotebook, type Notebook} from './notebook';
import {LessonLine, type Terminal} from './progress';
import {failureText} from './report';
import {runNotebook, type RunOptions, type RunResult} from './run';

export interface LessonOptions extends Pick<RunOptions, 'spec' | 'timeout' | 'env' | 'signal' | 'force'> {
  /** Sets COURSE_PROFILE for the kernel. Default: what the environment says. */
  profile?: Profile;
  /** The folder that gets one folder per lesson. Default "out" in the current folder. */
  out?: string;
  /** Where progress and failures are written. Default: standard output. */
  terminal?: Terminal;
}

export interface LessonResult extends Omit<RunResult, 'notebook'> {
  ok: boolean;
  /** The file's name without its ending, e.g. "01-autoencoder". */
  lesson: string;
  /** The file of the executed notebook. */
  notebook: string;
  /** All files that this run has written below the lesson's folder, the notebook included, sorted. */
  files: string[];
}

/** The lessons of the course in order, as absolute paths. */
export function lessonPaths(folder: string = path.join(projectRoot, 'notebooks')): string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  return names
    .sort((a, b) => a.localeCompare(b, 'en', {numeric: true}))
    .map((name) => path.join(folder, name));
}

/**
 * The lesson that a reader means: by number ("1", "01"), by stem or the beginning of one, or the path of any
 * notebook. @throws RangeError listing the known lessons.
 */
export function findLesson(name: string, known: readonly string[] = lessonPaths()): string {
  if (name.endsWith('.ipynb')) {
    if (fs.existsSync(name)) return path.resolve(name);
    const inCourse = known.find((file) => path.basename(file) === path.basename(name));
    if (inCourse && !/[\\/]/.test(name)) return inCourse;
    throw new RangeError(`lesson: expected a notebook's path, got ${name}, which does not exist`);
  }
  const stems = known.map(lessonName);
  const byNumber = /^\d+$/.test(name)
    ? stems.filter((stem) => Number(/^\d+/.exec(stem)?.[0] ?? NaN) === Number(name))
    : stems.filter((stem) => stem === name);
  const fitting = byNumber.length > 0 ? byNumber : stems.filter((stem) => stem.startsWith(name));
  if (fitting.length === 1) return known[stems.indexOf(fitting[0])];
  const list = (fitting.length > 1 ? fitting : stems).join(', ') || 'none yet';
  throw new RangeError(
    `lesson: expected one of ${list}, or the path of a notebook, got ${JSON.stringify(name)}`,
  );
}

/** Reads a notebook file that this runner can run. @throws Error naming the file and what is wrong with it. */
export function readNotebook(file: string): Notebook {
  const notebook = parseNotebook(fs.readFileSync(file, 'utf8'), file);
  checkKernel(notebook, file);
  return notebook;
}

/**
 * Runs one lesson, shows its progress and, if it fails, the failing cell. The executed notebook is written
 * to `<out>/<lesson>/<lesson>.ipynb` however the run ends; lib writes figures and results beside it.
 */
export async function runLesson(file: string, options: LessonOptions = {}): Promise<LessonResult> {
  const {profile, timeout, spec, signal, force, terminal = process.stdout} = options;
  const notebook = readNotebook(file);
  const lesson = lessonName(file);
  const out = path.resolve(options.out ?? 'out');
  const folder = path.join(out, lesson);
  const executedFile = path.join(folder, `${lesson}.ipynb`);
  const began = Date.now();
  fs.mkdirSync(folder, {recursive: true}); // before the minutes of work, not after
  const {notebook: executed, ...result} = await runNotebook(notebook, {
    cwd: path.dirname(path.resolve(file)),
    env: {...options.env, COURSE_OUT: out, ...(profile ? {COURSE_PROFILE: profile} : {})},
    timeout,
    spec,
    signal,
    force,
    onEvent: new LessonLine(lesson, terminal).take,
  });
  writeWhole(executedFile, formatNotebook(executed));
  const ok = result.status === 'ok';
  const seconds = result.seconds.toFixed(1);
  terminal.write(ok ? `${lesson}: done in ${seconds} s\n` : '');
  if (result.failure)
    terminal.write(`${failureText(lesson, result.failure)}\n${lesson}: ended after ${seconds} s\n`);
  return {...result, ok, lesson, notebook: executedFile, files: writtenSince(folder, began)};
}

/** The file's name without its ending. */
export function lessonName(file: string): string {
  return path.basename(file, '.ipynb');
}

/** Writes to a temporary name and renames, so that a reader never sees half a file. */
export function writeWhole(file: string, text: string): void {
  fs.writeFileSync(`${file}.part`, text);
  fs.renameSync(`${file}.part`, file);
}

// Earlier runs may have left figures that this one did not draw. Some file systems keep only seconds.
function writtenSince(folder: string, began: number): string[] {
  return fs
    .readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => fs.statSync(file).mtimeMs >= began - 2000)
    .sort();
}
