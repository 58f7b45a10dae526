/**
 * How well scores tell anomalies from normal rows, whatever the threshold. A score is the larger the stranger.
 * All of it follows from one list: the distinct scores, falling, with the number of normal rows and of anomalies
 * at each. Fawcett 2006, "An introduction to ROC analysis", https://doi.org/10.1016/j.patrec.2005.10.010
 */

/** At each distinct score, the highest first: how many rows of each kind have it. */
interface Counts {
  normal: number[];
  anomalous: number[];
}

/**
 * Area under the ROC curve (曲线下面积): the probability that an anomaly scores above a normal row, equal scores
 * counting one half; Mann & Whitney's U over the number of pairs. 0.5 for chance, 1 when every anomaly scores
 * above every normal row.
 * @throws RangeError for no scores, or one that is not finite.
 */
export function auroc(normal: ArrayLike<number>, anomalous: ArrayLike<number>): number {
  const counts = counted(normal, anomalous);
  let above = 0; // anomalies that score higher
  let pairs = 0;
  counts.normal.forEach((rows, i) => {
    pairs += rows * (above + counts.anomalous[i] / 2);
    above += counts.anomalous[i];
  });
  return pairs / (normal.length * anomalous.length);
}

/**
 * Average precision (平均精度): Σ (R_i - R_{i-1}) P_i over the thresholds, the highest first, where of the rows at or
 * above threshold i a share P_i are anomalies, which are a share R_i of all anomalies. Not interpolated. By chance
 * about the share of anomalies among the rows.
 * @throws RangeError for no scores, or one that is not finite.
 */
export function averagePrecision(normal: ArrayLike<number>, anomalous: ArrayLike<number>): number {
  const counts = counted(normal, anomalous);
  let [alarms, hits, sum] = [0, 0, 0];
  counts.normal.forEach((rows, i) => {
    const found = counts.anomalous[i];
    hits += found;
    alarms += rows + found;
    sum += (found * hits) / alarms;
  });
  return sum / anomalous.length;
}

/**
 * The share of normal rows that raise an alarm at the highest threshold at which at least the share `detection`
 * of the anomalies does; a row raises one when it scores at or above the threshold. 0.95 is usual.
 * @throws RangeError unless detection is above 0 and at most 1; for no scores, or one that is not finite.
 */
export function falseAlarmsAt(
  detection: number,
  normal: ArrayLike<number>,
  anomalous: ArrayLike<number>,
): number {
  if (!(detection > 0 && detection <= 1))
    throw new RangeError(`detection: expected a share above 0 and at most 1, got ${detection}`);
  const counts = counted(normal, anomalous);
  let [hits, falseAlarms] = [0, 0];
  for (let i = 0; hits / anomalous.length < detection; i++) {
    hits += counts.anomalous[i];
    falseAlarms += counts.normal[i];
  }
  return falseAlarms / normal.length;
}

/**
 * The ROC curve: share of normal rows and share of anomalies that raise an alarm, from (0, 0) to (1, 1) as the
 * threshold falls. Points on the straight line between their neighbours are left out: the area stays as it is.
 * @throws RangeError for no scores, or one that is not finite.
 */
export function rocCurve(
  normal: ArrayLike<number>,
  anomalous: ArrayLike<number>,
): {falseAlarms: number[]; detections: number[]} {
  const counts = counted(normal, anomalous);
  const corners: [number, number][] = [[0, 0]];
  counts.normal.forEach((rows, i) => {
    const [right, up] = [rows, counts.anomalous[i]];
    const [x, y] = corners[corners.length - 1];
    const before = corners[corners.length - 2];
    // whole numbers: the comparison of the two directions is exact
    if (before && (x - before[0]) * up === (y - before[1]) * right) corners.pop();
    corners.push([x + right, y + up]);
  });
  return {
    falseAlarms: corners.map(([x]) => x / normal.length),
    detections: corners.map(([, y]) => y / anomalous.length),
  };
}

/**
 * The scores, rising.
 * @throws RangeError naming them, for none or one that is not finite.
 */
export function risingScores(name: string, scores: ArrayLike<number>): Float64Array {
  if (scores.length === 0) throw new RangeError(`${name}: expected at least one score, got none`);
  const rising = Float64Array.from(scores).sort();
  const bad = [rising[0], rising[rising.length - 1]].find((score) => !Number.isFinite(score)); // NaN sorts last
  if (bad !== undefined) throw new RangeError(`${name}: expected finite scores, got ${bad}`);
  return rising;
}

function counted(normal: ArrayLike<number>, anomalous: ArrayLike<number>): Counts {
  const [n, a] = [risingScores('normal', normal), risingScores('anomalous', anomalous)];
  const counts: Counts = {normal: [], anomalous: []};
  let [i, j] = [n.length - 1, a.length - 1];
  while (i >= 0 || j >= 0) {
    const score = j < 0 || n[i] > a[j] ? n[i] : a[j];
    const [fromNormal, fromAnomalous] = [i, j];
    while (i >= 0 && n[i] === score) i--;
    while (j >= 0 && a[j] === score) j--;
    counts.normal.push(fromNormal - i);
    counts.anomalous.push(fromAnomalous - j);
  }
  return counts;
}
