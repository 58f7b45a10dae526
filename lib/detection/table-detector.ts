/**
 * A detector for a table of one's own: from normal rows to verdicts on later ones.
 *
 *     const guard = await TableDetector.fit(readCsv('normal.csv'), {falseAlarms: 0.01});
 *     const verdicts = guard.judge(readCsv('new.csv')); // for each row: score, pValue, flag, reasons
 *
 *   normal rows ─┬─ training 75 % ────► TableEncoder ─► detector
 *                └─ calibration 25 % ─► their scores ─► p-value of a new score, by rank
 *
 * Of new rows that are as normal as those, a share of at most `falseAlarms` is flagged, whatever the method; see
 * conformal.ts.
 */
import {assertOptions, assertWithin} from '../check';
import {readArrays, writeArrays, type StoredArray} from '../data/safetensors';
import {rowRange, selectRows, source, type Table} from '../data/tables/table';
import {TableEncoder, type TableEncoderOptions} from '../data/tables/table-encoder';
import {RandomStream} from '../random';
import * as tf from '../tf';
import {benjaminiHochberg, conformalPValues, conformalThreshold} from './conformal';
import type {Detector} from './detector';
import {fitDetector, restoreDetector} from './methods';
import {reasonsOf, type Reason} from './reasons';

export interface TableDetectorOptions {
  /** One of {@link detectionMethods}. Default "autoencoder". */
  method?: string;
  /** The method's own options. */
  options?: object;
  /** The share of normal rows that may be flagged. Default 0.01; smaller needs more rows. */
  falseAlarms?: number;
  /** The share of the normal rows that is kept for calibration. Default 0.25. */
  calibration?: number;
  /** How columns become features. Default: a missing cell that training never had stands out. */
  encoder?: TableEncoderOptions;
  /** Fixes which rows are for calibration, and the method's draws. Default 0. */
  seed?: number;
}

/** What is said about a row. */
export interface Verdict {
  /** The larger the stranger; the unit is the method's. */
  score: number;
  /** The share of normal rows at least as strange: from 1 / (m + 1) to 1 with m calibration rows. */
  pValue: number;
  /** Whether it is taken for an anomaly. */
  flag: boolean;
  /** The three columns that give it away most. */
  reasons: Reason[];
  /** What in it training had never seen, e.g. "protocol is icmp". */
  unseen: string[];
}

export interface JudgeOptions {
  /**
   * Flags so that this share of the flagged rows is expected to be normal (Benjamini & Hochberg), instead of a
   * fixed share of the normal rows.
   */
  falseDiscoveries?: number;
  /** Told after each part how many rows are done. */
  onProgress?: (rows: number) => void;
}

const KNOWN = ['method', 'options', 'falseAlarms', 'calibration', 'encoder', 'seed'];
const KIND = 'table-detector';
const VERSION = 1;
/** Fewer rows than this teach no method anything. */
const LEAST_TRAINING = 50;
/** A larger share of false alarms is no advice. */
const MOST_ALARMS = 0.1;
/** Methods that draw nothing, and so know no seed. */
const WITHOUT_SEED = ['pca', 'mahalanobis', 'ecod'];
const ROWS_AT_ONCE = 8192;

export class TableDetector {
  private constructor(
    readonly encoder: TableEncoder,
    readonly detector: Detector,
    /** Scores of the m normal rows that were kept for calibration. */
    readonly calibration: Float32Array,
    readonly falseAlarms: number,
  ) {}

  /**
   * Learns from normal rows; the tensors are freed by {@link dispose}.
   * @throws RangeError for too few rows or options out of range, and what TableEncoder and the method throw.
   */
  static async fit(normal: Table, options: TableDetectorOptions = {}): Promise<TableDetector> {
    assertOptions('options', options, KNOWN);
    const {method = 'autoencoder', falseAlarms = 0.01, calibration = 0.25, seed = 0} = options;
    if (!(falseAlarms > 0 && falseAlarms < 1))
      throw new RangeError(`falseAlarms: expected a share between 0 and 1, got ${falseAlarms}`);
    assertWithin('calibration', calibration, 0, 0.9);
    const fewest = Math.ceil(1 / falseAlarms) - 1; // so that the smallest p-value is small enough
    const forTraining = Math.ceil(LEAST_TRAINING / (1 - calibration) - 1e-6);
    const least = Math.max(fewest + LEAST_TRAINING, forTraining);
    if (normal.rows < least) {
      // the smallest rate that these rows allow, where they are enough to learn from
      const rate = Math.ceil(1000 / (normal.rows - LEAST_TRAINING + 1)) / 1000;
      const more = normal.rows >= forTraining && rate <= MOST_ALARMS ? `, or allow a rate of ${rate}` : '';
      throw new RangeError(
        `${source(normal)}: expected at least ${least} normal rows for a false-alarm rate of ${falseAlarms}, got ${normal.rows}; collect more${more}`,
      );
    }
    const forCalibration = Math.max(fewest, Math.floor(calibration * normal.rows));
    const order = new RandomStream(seed).split('calibration').permutation(normal.rows);
    const training = selectRows(normal, order.subarray(forCalibration).sort());
    const encoder = TableEncoder.fit(training, {newMissing: 'standsOut', ...options.encoder});
    const x = encoder.transform(training);
    try {
      const own = WITHOUT_SEED.includes(method) ? options.options : {seed, ...options.options};
      const detector = await fitDetector(method, x, own);
      const kept = selectRows(normal, order.subarray(0, forCalibration).sort());
      const scores = new Float32Array(kept.rows);
      inParts(kept, encoder, (part, from) => scores.set(detector.score(part), from));
      return new TableDetector(encoder, detector, scores, falseAlarms);
    } finally {
      x.dispose();
    }
  }

  /** A row is flagged when it scores above this. */
  get threshold(): number {
    return conformalThreshold(this.calibration, this.falseAlarms);
  }

  /**
   * A verdict for each row, in order.
   * @throws RangeError and Error as {@link TableEncoder.transform}.
   */
  judge(table: Table, {falseDiscoveries, onProgress}: JudgeOptions = {}): Verdict[] {
    const verdicts: Verdict[] = [];
    inParts(table, this.encoder, (x, from) => {
      const scores = this.detector.score(x);
      const pValues = conformalPValues(this.calibration, scores);
      const explanation = this.detector.explain(x);
      const reasons = reasonsOf(explanation, this.encoder.features);
      explanation.dispose();
      for (let i = 0; i < scores.length; i++) {
        verdicts.push({
          score: scores[i],
          pValue: pValues[i],
          flag: pValues[i] <= this.falseAlarms,
          reasons: reasons[i],
          unseen: this.encoder.novelties(table, from + i),
        });
      }
      onProgress?.(verdicts.length);
    });
    if (falseDiscoveries !== undefined) {
      const pValues = verdicts.map(({pValue}) => pValue);
      benjaminiHochberg(pValues, falseDiscoveries).forEach((flag, i) => (verdicts[i].flag = flag === 1));
    }
    return verdicts;
  }

  /** Writes all of it to one file; an existing file is replaced only by a whole new one. */
  save(file: string): void {
    const {method, config, inputDim} = this.detector;
    const own = Object.entries(this.detector.arrays()).map(([name, array]) => [`detector.${name}`, array]);
    const calibration: StoredArray = {shape: [this.calibration.length], data: this.calibration};
    writeArrays(file, {
      metadata: {
        version: String(VERSION),
        kind: KIND,
        encoder: JSON.stringify(this.encoder),
        detector: JSON.stringify({method, config, inputDim, falseAlarms: this.falseAlarms}),
        versions: JSON.stringify({tfjs: tf.version_core, ...tf.engine.versions}),
      },
      arrays: {calibration, ...(Object.fromEntries(own) as Record<string, StoredArray>)},
    });
  }

  /** @throws Error naming the file, if it is damaged, of a newer version, or holds something else. */
  static load(file: string): TableDetector {
    const {metadata, arrays} = readArrays(file, 'table detector');
    if (metadata.kind !== KIND)
      throw new Error(`${file}: expected a table detector, got ${metadata.kind ?? 'other arrays'}`);
    if (Number(metadata.version) !== VERSION)
      throw new Error(
        `${file}: expected table detector version ${VERSION}, got ${metadata.version}; update the course, or fit it again`,
      );
    const own = Object.entries(arrays).flatMap(([name, array]) =>
      name.startsWith('detector.') ? [[name.slice('detector.'.length), array] as const] : [],
    );
    try {
      const {method, config, inputDim, falseAlarms} = JSON.parse(metadata.detector) as Detector & {
        falseAlarms: number;
      };
      return new TableDetector(
        TableEncoder.fromJSON(JSON.parse(metadata.encoder) as object),
        restoreDetector(method, config, inputDim, Object.fromEntries(own)),
        arrays.calibration.data,
        falseAlarms,
      );
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}; update the course, or fit the detector again`);
    }
  }

  dispose(): void {
    this.detector.dispose();
  }
}

function inParts(table: Table, encoder: TableEncoder, f: (x: tf.Tensor2D, from: number) => void): void {
  for (let from = 0; from < Math.max(1, table.rows); from += ROWS_AT_ONCE) {
    const x = encoder.transform(rowRange(table, from, Math.min(from + ROWS_AT_ONCE, table.rows)));
    f(x, from);
    x.dispose();
  }
}
