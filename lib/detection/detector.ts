/**
 * Anomaly detection (异常检测) with normal data only: a detector is fitted to normal rows and gives every row
 * a score, the larger the stranger. All methods share this one interface:
 *
 *     const detector = await IsolationForest.fit(normal, {seed: 1}); // rows [n, d]
 *     const scores = detector.score(rows); // m numbers
 *     const shares = detector.explain(rows); // [m, d]: which feature gave the row away
 */
import type {StoredArray} from '../data/safetensors';
import type * as tf from '../tf';

/** A detector that has been fitted. */
export interface Detector {
  /** The method's name among {@link detectionMethods}, e.g. "isolation-forest". */
  readonly method: string;
  /** All options, the defaults filled in; JSON. */
  readonly config: object;
  /** d: features per row. */
  readonly inputDim: number;
  /**
   * One number for each row of x [m, d], the larger the stranger; the unit is the method's own.
   * @throws TypeError unless x has d features.
   */
  score(x: tf.Tensor2D): Float32Array;
  /**
   * What each feature adds to the score of each row of x [m, d], in the unit of the score where the score is a
   * sum over features: [m, d], the larger the more it gave the row away.
   */
  explain(x: tf.Tensor2D): tf.Tensor2D;
  /** What was learned, by name: with `config` enough to make the detector again. */
  arrays(): Record<string, StoredArray>;
  dispose(): void;
}

/** A method: fits a detector, and makes one again from what was stored. */
export interface DetectionMethod<Options extends object> {
  /**
   * Fits to normal rows x [n, d].
   * @throws RangeError for too few rows, numbers that are not finite, or options out of range.
   */
  fit(x: tf.Tensor2D, options?: Options): Detector | Promise<Detector>;
  /** The detector whose `config`, `inputDim` and `arrays()` these are. */
  restore(config: Required<Options>, inputDim: number, arrays: Record<string, StoredArray>): Detector;
}
