/**
 * A lesson while it runs: its profile, its seed, and the numbers and figures that it leaves behind in
 * `out/<lesson>/` (the folder can be moved by the environment variable COURSE_OUT).
 */
import * as path from 'node:path';
import {show} from '../display';
import {save, show as showFigure} from '../plot/show';
import type {Figure} from '../plot/figure';
import {seedEverything, type RandomStream} from '../random';
import {projectRoot} from '../root';
import * as tf from '../tf';
import {currentProfile, type Profile} from './profile';
import {writeResults, type FigureEntry, type Metric} from './results';
import {resultsTable} from './table';

export class Lesson {
  /** Where everything about this lesson is drawn from; split it by name. */
  readonly random: RandomStream;
  readonly folder: string;
  private readonly metrics: Metric[] = [];
  private readonly figures: FigureEntry[] = [];
  private readonly began = Date.now();

  constructor(
    readonly name: string,
    readonly seed: number,
    readonly profile: Profile,
  ) {
    this.random = seedEverything(seed);
    this.folder = path.join(process.env.COURSE_OUT || path.join(projectRoot, 'out'), name);
  }

  /** The value for this run's profile. */
  choose<T>(values: Record<Profile, T>): T {
    return values[this.profile];
  }

  /** Records a number and gives it back; the same name again replaces it. */
  record(metric: Metric): number {
    if (!Number.isFinite(metric.value))
      throw new RangeError(`${metric.name}: expected a finite number, got ${metric.value}`);
    put(this.metrics, metric);
    return metric.value;
  }

  /**
   * Writes a figure as SVG and PNG under its name, shows it in the notebook, and lists it with its sentence
   * in results.json; the same name again replaces it.
   */
  async figure(name: string, figure: Figure): Promise<void> {
    await save(figure, path.join(this.folder, name));
    put(this.figures, {name, alt: figure.alt});
    await showFigure(figure);
  }

  /** Writes results.json and shows the table: ours, published, source. */
  finish(): void {
    writeResults(path.join(this.folder, 'results.json'), {
      lesson: this.name,
      profile: this.profile,
      seed: this.seed,
      engine: tf.engine.name,
      versions: {node: process.versions.node, tfjs: tf.version_core, ...tf.engine.versions},
      seconds: (Date.now() - this.began) / 1000,
      metrics: this.metrics,
      figures: this.figures,
    });
    const markdown = resultsTable(this.metrics);
    show({'text/markdown': markdown, 'text/plain': markdown});
  }
}

/**
 * Begins a lesson: readies the engine, puts every source of randomness on the seed, and says in one line
 * what runs where.
 */
export async function startLesson(name: string, {seed}: {seed: number}): Promise<Lesson> {
  await tf.ready();
  const lesson = new Lesson(name, seed, currentProfile());
  console.log(
    `${tf.engine.description} · Node ${process.versions.node} · profile ${lesson.profile} · seed ${seed}`,
  );
  return lesson;
}

// An entry in the place of the one with its name, or behind all others.
function put<T extends {name: string}>(entries: T[], entry: T): void {
  const place = entries.findIndex(({name}) => name === entry.name);
  if (place >= 0) entries[place] = entry;
  else entries.push(entry);
}
