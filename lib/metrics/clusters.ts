/**
 * How well a grouping without labels agrees with labels. Both give each example a whole number; which number
 * a group has means nothing.
 */

/**
 * The fraction of examples that are right under the best one-to-one matching of clusters with labels, found by
 * the Hungarian method: Kuhn 1955, https://doi.org/10.1002/nav.3800020109. With as many clusters as labels, 1
 * says that they are the same grouping; a cluster too many stays without a label, and its examples are wrong.
 *
 *     clusterAccuracy([2, 2, 0, 0, 0], [5, 5, 7, 7, 5]) // 4 / 5: cluster 2 is label 5, cluster 0 is label 7
 *
 * @throws RangeError unless there are as many labels as clusters, and one at least.
 */
export function clusterAccuracy(clusters: ArrayLike<number>, labels: ArrayLike<number>): number {
  const counts = crossTable(clusters, labels);
  const matching = bestMatching(counts);
  return matching.reduce((sum, column, row) => sum + (counts[row][column] ?? 0), 0) / labels.length;
}

/**
 * Normalised mutual information: what a cluster tells about the label, as a share of the mean of both
 * entropies, 0 to 1. Strehl & Ghosh 2002, with the arithmetic mean, as in scikit-learn. It needs no matching:
 * clusters that halve each class cost a part only. 1 where both are one single group.
 * @throws RangeError unless there are as many labels as clusters, and one at least.
 */
export function normalisedMutualInformation(clusters: ArrayLike<number>, labels: ArrayLike<number>): number {
  const joint = crossTable(clusters, labels);
  const rows = joint.map(sum);
  const columns = joint[0].map((_, j) => sum(joint.map((row) => row[j])));
  const [ofClusters, ofLabels, ofBoth] = [rows, columns, joint.flat()].map(entropy);
  if (ofClusters + ofLabels === 0) return 1;
  return Math.max(0, (2 * (ofClusters + ofLabels - ofBoth)) / (ofClusters + ofLabels));
}

/**
 * For each row of a table the column that it is matched with, no column twice, such that the sum of the
 * matched numbers is largest. With fewer columns than rows some rows get a column that is not there.
 * Kuhn's method in the form with row and column prices that grows one shortest augmenting path for each row;
 * time grows with the third power of the size.
 */
export function bestMatching(gains: readonly (readonly number[])[]): number[] {
  const size = Math.max(gains.length, gains[0].length);
  const cost = (i: number, j: number) => -(gains[i]?.[j] ?? 0);
  const [rowPrice, columnPrice] = [new Float64Array(size), new Float64Array(size + 1)];
  const owner = new Int32Array(size + 1).fill(-1); // the row of each column; one more column, where a path starts
  for (let row = 0; row < size; row++) {
    const slack = new Float64Array(size + 1).fill(Infinity); // what each column costs more than the path so far
    const before = new Int32Array(size + 1).fill(size);
    const done = new Uint8Array(size + 1);
    let column = size;
    owner[size] = row;
    while (owner[column] >= 0) {
      done[column] = 1;
      let next = -1;
      for (let j = 0; j < size; j++) {
        if (done[j]) continue;
        const dearer = cost(owner[column], j) - rowPrice[owner[column]] - columnPrice[j];
        if (dearer < slack[j]) [slack[j], before[j]] = [dearer, column];
        if (next < 0 || slack[j] < slack[next]) next = j;
      }
      const least = slack[next];
      for (let j = 0; j <= size; j++) {
        if (done[j])
          [rowPrice[owner[j]], columnPrice[j]] = [rowPrice[owner[j]] + least, columnPrice[j] - least];
        else slack[j] -= least;
      }
      column = next;
    }
    for (; column !== size; column = before[column]) owner[column] = owner[before[column]];
  }
  const matching = new Array<number>(size);
  owner.subarray(0, size).forEach((row, column) => (matching[row] = column));
  return matching.slice(0, gains.length);
}

// How many examples have each pair of cluster (row) and label (column).
function crossTable(clusters: ArrayLike<number>, labels: ArrayLike<number>): number[][] {
  if (clusters.length !== labels.length || labels.length === 0)
    throw new RangeError(
      `labels: expected ${clusters.length || 'one at least'}, one for each example, got ${labels.length}`,
    );
  const [rows, columns] = [clusters, labels].map(
    (values) => new Map([...new Set(Array.from(values))].map((value, place) => [value, place])),
  );
  const table = Array.from(rows, () => new Array<number>(columns.size).fill(0));
  for (let i = 0; i < labels.length; i++) table[rows.get(clusters[i])!][columns.get(labels[i])!]++;
  return table;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function entropy(counts: readonly number[]): number {
  const total = sum(counts);
  return -sum(counts.filter((count) => count > 0).map((count) => (count / total) * Math.log(count / total)));
}
