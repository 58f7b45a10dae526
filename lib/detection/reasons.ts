/** From what each feature adds to a score to the columns that give a row away. */
import type {Feature} from '../data/tables/table-encoder';
import type * as tf from '../tf';

/** A column and the share of the score that it answers for, from 0 to 1. */
export interface Reason {
  column: string;
  share: number;
}

/**
 * For each row of a detector's explanation [m, d] the `most` columns that add most, the largest share first. What a
 * column adds is the sum over its features; those that make a row look more usual add nothing, and shares are of
 * the sum of what is added.
 */
export function reasonsOf(explanation: tf.Tensor2D, features: readonly Feature[], most = 3): Reason[][] {
  const values = explanation.dataSync();
  const d = features.length;
  const columns = [...new Set(features.map(({column}) => column))];
  const places = Int32Array.from(features, ({column}) => columns.indexOf(column));
  const sums = new Float64Array(columns.length);
  return Array.from({length: explanation.shape[0]}, (_, row) => {
    sums.fill(0);
    for (let j = 0; j < d; j++) sums[places[j]] += values[row * d + j];
    let total = 0;
    for (const sum of sums) total += Math.max(0, sum);
    const reasons: Reason[] = [];
    while (reasons.length < Math.min(most, columns.length)) {
      let best = 0;
      for (let j = 1; j < sums.length; j++) if (sums[j] > sums[best]) best = j;
      if (!(sums[best] > 0)) break;
      reasons.push({column: columns[best], share: sums[best] / total});
      sums[best] = -Infinity;
    }
    return reasons;
  });
}
