/** Choosing among restorers. */
import type {Restorer} from '../models/filters';
import type * as tf from '../tf';
import {psnr} from './reconstruction';

/**
 * The restorer with the highest PSNR on validation images. Choose here, measure on the test images.
 * @param candidates at least one; for one filter in several settings, or for several filters
 * @param validation corrupted images [n, d] and the same images clean
 * @returns the best one, and the PSNR of each in decibels by its label.
 */
export function tuned<R extends Restorer>(
  candidates: readonly R[],
  {corrupted, clean}: {corrupted: tf.Tensor2D; clean: tf.Tensor2D},
): {best: R; psnr: Record<string, number>} {
  if (candidates.length === 0) throw new RangeError('candidates: expected at least one restorer, got none');
  const decibels = candidates.map((candidate) => {
    const restored = candidate.restore(corrupted);
    const value = psnr(clean, restored);
    restored.dispose();
    return value;
  });
  return {
    best: candidates[decibels.indexOf(Math.max(...decibels))],
    psnr: Object.fromEntries(candidates.map(({label}, i) => [label, decibels[i]])),
  };
}
