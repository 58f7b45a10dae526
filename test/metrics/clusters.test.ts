import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {bestMatching, clusterAccuracy, normalisedMutualInformation} from '../../lib/metrics/clusters';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import {assertClose} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'clusters.json'), 'utf8'),
) as {labels: number[]; clusters: number[]; information: number};

describe('clusterAccuracy(clusters, labels)', () => {
  it('is 1 for the same grouping under other names', () => {
    assert.equal(clusterAccuracy([3, 3, 0, 9, 0], [1, 1, 2, 0, 2]), 1);
  });

  it('counts by hand: a greedy matching would take the 3 and be left with 0, the best takes 2 + 2', () => {
    // cluster 0: three times label 0, twice label 1; cluster 1: twice label 0
    assert.equal(clusterAccuracy([0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0, 0]), 4 / 7);
  });

  it('gives a cluster too many no label, and a label too many no cluster', () => {
    assert.equal(clusterAccuracy([0, 1, 2, 2], [0, 0, 1, 1]), 3 / 4);
    assert.equal(clusterAccuracy([0, 0, 0, 0], [0, 0, 1, 2]), 2 / 4);
  });

  it('is the best over all permutations, tried one by one', () => {
    const random = new RandomStream(5);
    for (const [rows, columns] of [
      [1, 1],
      [2, 5],
      [5, 2],
      [4, 4],
      [6, 6],
      [6, 6],
      [6, 6],
    ]) {
      // prettier-ignore
      const gains = Array.from({length: rows}, () =>
        Array.from({length: columns}, () => random.integer(20)),
      );
      const gain = (matching: readonly number[]) =>
        matching.reduce((sum, column, row) => sum + (gains[row]?.[column] ?? 0), 0);
      const size = Math.max(rows, columns);
      const best = Math.max(...permutations(Array.from({length: size}, (_, i) => i)).map(gain));
      const found = bestMatching(gains);
      assert.equal(new Set(found).size, rows, 'no column twice');
      assert.equal(gain(found), best);
    }
  });

  it('answers lists of different length and no example with a sentence', () => {
    assert.throws(() => clusterAccuracy([1, 2], [1]), /labels: expected 2, one for each example, got 1/);
    assert.throws(
      () => clusterAccuracy([], []),
      /labels: expected one at least, one for each example, got 0/,
    );
  });
});

describe('normalisedMutualInformation(clusters, labels)', () => {
  it('agrees with scikit-learn', () => {
    assertClose(normalisedMutualInformation(fixture.clusters, fixture.labels), fixture.information);
  });

  it('is 1 for the same grouping, 0 for two that have nothing to do with each other', () => {
    assertClose(normalisedMutualInformation([4, 4, 6, 6], [1, 1, 0, 0]), 1);
    assertClose(normalisedMutualInformation([0, 1, 0, 1], [0, 0, 1, 1]), 0);
    assert.equal(normalisedMutualInformation([0, 0], [3, 3]), 1);
  });

  it('counts by hand: four clusters that halve two classes tell 1 bit of (2 + 1) / 2', () => {
    assertClose(normalisedMutualInformation([0, 1, 2, 3], [0, 0, 1, 1]), 1 / 1.5);
  });
});

function permutations(values: number[]): number[][] {
  if (values.length === 1) return [values];
  return values.flatMap((first, i) =>
    permutations([...values.slice(0, i), ...values.slice(i + 1)]).map((rest) => [first, ...rest]),
  );
}
