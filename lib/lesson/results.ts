/** The numbers of a lesson, as they are written to results.json. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {assertChoice} from '../check';
import {projectRoot} from '../root';
import {profiles, type Profile} from './profile';

export interface Metric {
  /** Dotted, e.g. "sse.autoencoder-30". */
  name: string;
  value: number;
  /** In words, e.g. "squared error per image". */
  unit: string;
  better: 'lower' | 'higher';
  /** The number in the literature that this one stands beside. */
  published?: {value: number; source: string};
  /** True for a number that the lesson's own table shows and the README's leaves out. Default false. */
  detail?: boolean;
}

/** A figure that the lesson wrote as `<name>.svg` and `<name>.png`. */
export interface FigureEntry {
  name: string;
  /** One sentence that says what is to be seen. */
  alt: string;
}

export interface Results {
  lesson: string;
  profile: Profile;
  seed: number;
  engine: string;
  versions: Record<string, string>;
  seconds: number;
  metrics: Metric[];
  /** In the order in which the lesson shows them. */
  figures: FigureEntry[];
}

/** The text of results.json: keys in a fixed order, no dates, six significant digits. */
export function formatResults(results: Results): string {
  const {lesson, profile, seed, engine, versions, seconds, metrics, figures} = results;
  const ordered = {
    lesson,
    profile,
    seed,
    engine,
    versions: Object.fromEntries(Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1))),
    seconds: Math.round(seconds * 10) / 10,
    metrics: metrics.map(({name, value, unit, better, published, detail}) => ({
      name,
      value: Number(value.toPrecision(6)),
      unit,
      better,
      ...(published ? {published: {value: published.value, source: published.source}} : {}),
      ...(detail ? {detail} : {}),
    })),
    figures: figures.map(({name, alt}) => ({name, alt})),
  };
  return JSON.stringify(ordered, null, 2) + '\n';
}

/** Writes results.json to a temporary name and renames it when it is whole. */
export function writeResults(file: string, results: Results): void {
  fs.mkdirSync(path.dirname(file), {recursive: true});
  fs.writeFileSync(`${file}.part`, formatResults(results));
  fs.renameSync(`${file}.part`, file);
}

/** Reads a results.json. @throws Error naming the file and what is wrong with it. */
export function readResults(file: string): Results {
  let results: Results;
  try {
    results = JSON.parse(fs.readFileSync(file, 'utf8')) as Results;
  } catch (error) {
    throw new Error(
      `${file}: expected results in JSON, got ${(error as Error).message}; run the lesson again to make it anew`,
    );
  }
  if (typeof results.lesson !== 'string' || !Array.isArray(results.metrics)) {
    throw new Error(
      `${file}: expected the keys lesson and metrics, got ${Object.keys(results).join(', ') || 'none'}`,
    );
  }
  assertChoice(`${file}: profile`, results.profile, profiles);
  return {...results, figures: results.figures ?? []}; // older runs did not list them
}

/**
 * The numbers of another lesson as they are stored in figures/, by name, e.g. to set a result beside them.
 * @throws Error if the lesson has no stored run.
 */
export function storedValues(lesson: string): Record<string, number> {
  const file = path.join(projectRoot, 'figures', lesson, 'results.json');
  if (!fs.existsSync(file)) {
    throw new Error(`lesson: expected one with stored numbers, got ${lesson}; "npm run figures" stores them`);
  }
  return Object.fromEntries(readResults(file).metrics.map(({name, value}) => [name, value]));
}
