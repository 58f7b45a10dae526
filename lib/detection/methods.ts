/** The methods by name, for choosing one by a string, and for making a stored detector again. */
import {assertChoice} from '../check';
import type {StoredArray} from '../data/safetensors';
import type * as tf from '../tf';
import type {DetectionMethod, Detector} from './detector';
import {AutoencoderDetector} from './autoencoder-detector';
import {Ecod} from './ecod';
import {IsolationForest} from './isolation-forest';
import {Mahalanobis} from './mahalanobis';
import {NearestNeighbours} from './nearest-neighbours';
import {PcaDetector} from './pca-detector';
import {SvddDetector} from './svdd-detector';
import {VaeDetector} from './vae-detector';

/** Each under the name that is the `method` of its detectors. */
export const detectionMethods: Readonly<Record<string, DetectionMethod<object>>> = {
  autoencoder: AutoencoderDetector,
  vae: VaeDetector,
  'deep-svdd': SvddDetector,
  pca: PcaDetector,
  mahalanobis: Mahalanobis,
  'k-nn': NearestNeighbours,
  'isolation-forest': IsolationForest,
  ecod: Ecod,
};

/**
 * Fits the named method to normal rows x [n, d].
 * @param options the method's own
 * @throws RangeError with the known names for an unknown one, and what the method throws.
 */
export async function fitDetector(method: string, x: tf.Tensor2D, options?: object): Promise<Detector> {
  assertChoice('method', method, Object.keys(detectionMethods));
  return detectionMethods[method].fit(x, options);
}

/** The detector whose `method`, `config`, `inputDim` and `arrays()` these are. */
export function restoreDetector(
  method: string,
  config: object,
  inputDim: number,
  arrays: Record<string, StoredArray>,
): Detector {
  assertChoice('method', method, Object.keys(detectionMethods));
  return detectionMethods[method].restore(config, inputDim, arrays);
}
