/**
 * The one way from lib to the notebook page: a bundle of MIME types shown in the cell that runs, and
 * replaced later by its id. Outside a notebook there is no page, and nothing is shown.
 */
import {EventEmitter} from 'node:events';
import * as path from 'node:path';

/** MIME type → content; images as base64. */
export type Bundle = Record<string, unknown>;

interface Page {
  lastWriteDisplayData:
    ((content: {data: Bundle; metadata: object; transient: object}, update?: boolean) => void) | null;
}

/** Machine-readable progress beside the text; the headless runner draws its bar from it. */
export const PROGRESS_MIME = 'application/vnd.autoencoder-course.progress+json';

/** What {@link PROGRESS_MIME} carries. */
export interface Progress {
  /** What is going on, e.g. "training". */
  label: string;
  /** Units done and in all, e.g. epochs with fractions. */
  done: number;
  total: number;
  unit: string;
  /** The latest total loss, if there is one. */
  loss?: number;
  /** Estimated seconds left. */
  secondsLeft?: number;
}

/** True inside a running notebook cell. */
export function inNotebook(): boolean {
  return page() !== undefined;
}

let shown = 0;

/**
 * Shows a bundle in the running cell and returns the id under which {@link update} can replace it.
 * `metadata` goes by MIME type, e.g. `{'image/png': {width, height}}`, the size meant in pixels.
 */
export function show(data: Bundle, metadata: object = {}): string {
  const id = `course-${process.pid}-${shown++}`;
  page()?.lastWriteDisplayData?.({data, metadata, transient: {display_id: id}}, false);
  return id;
}

/** Replaces what was shown under `id`, from this cell or from a later one. */
export function update(id: string, data: Bundle, metadata: object = {}): void {
  page()?.lastWriteDisplayData?.({data, metadata, transient: {display_id: id}}, true);
}

/** The kernel emits 'interrupt' here when its stop button is pressed; `fit` listens while it trains. */
export const interrupts: EventEmitter = sharedEmitter();

// The kernel and the notebook's lib may be two copies of this module in one process.
function sharedEmitter(): EventEmitter {
  const key = Symbol.for('autoencoder-course.interrupts');
  const shared = globalThis as {[key: symbol]: EventEmitter | undefined};
  return (shared[key] ??= new EventEmitter());
}

// tslab keeps the writer of the running cell in its own module: look among the modules already loaded,
// so that lib works under stock tslab too and loads nothing of it elsewhere.
function page(): Page | undefined {
  const tail = path.join('tslab', 'dist', 'jupyter.js');
  const loaded = Object.keys(require.cache).filter((file) => file.endsWith(tail));
  const pages = loaded.map((file) => require.cache[file]?.exports as Page | undefined);
  return pages.find((candidate) => candidate?.lastWriteDisplayData);
}
