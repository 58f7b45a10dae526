/** How verdicts compare with what is known of the rows. */
import {column, counted, source, type Table} from '../../lib/data/tables/table';
import {falseAlarmSpread} from '../../lib/detection/conformal';
import type {TableDetector, Verdict} from '../../lib/detection/table-detector';
import {auroc, averagePrecision} from '../../lib/metrics/detection';

/** A number of false alarms that chance brings less often than this says that something has changed. */
const UNLIKELY = 0.001;
/** Smaller probabilities say no more. */
const LEAST_SHOWN = 1e-9;

/** Which rows are anomalies. @throws Error naming the first cell that is neither 0 nor 1. */
export function labelsOf(table: Table, name: string): Uint8Array {
  const cells = column(table, name);
  const wrong = (got: string, row: number): never => {
    throw new Error(
      `${source(table)}: expected 0 or 1 in the label column "${name}", got ${got} in row ${row + 1}`,
    );
  };
  if (cells.kind === 'text') {
    const row = cells.codes.findIndex((code) => code >= 0);
    return wrong(JSON.stringify(cells.categories[cells.codes[row]]), row);
  }
  return Uint8Array.from(cells.values, (value, row) => {
    if (value !== 0 && value !== 1) wrong(Number.isNaN(value) ? 'a missing cell' : String(value), row);
    return value;
  });
}

/** Sentences about how well the labels were met, and whether the promise is kept as far as chance allows. */
export function qualityText(
  guard: TableDetector,
  verdicts: readonly Verdict[],
  labels: Uint8Array,
  atFixedRate: boolean,
): string[] {
  const normal = verdicts.filter((_, i) => labels[i] === 0);
  const anomalous = verdicts.filter((_, i) => labels[i] === 1);
  const lines: string[] = [];
  const scores = (of: readonly Verdict[]) => of.map(({score}) => score);
  const flagged = (of: readonly Verdict[]) => of.filter(({flag}) => flag).length;
  if (normal.length > 0 && anomalous.length > 0) {
    const [area, precision] = [auroc, averagePrecision].map((f) => f(scores(normal), scores(anomalous)));
    lines.push(`AUROC ${area.toFixed(4)}, average precision ${precision.toFixed(4)}`);
  } else {
    lines.push(
      `AUROC: expected rows of both labels, got only ${normal.length > 0 ? 'normal' : 'anomalous'} ones`,
    );
  }
  if (anomalous.length > 0)
    lines.push(
      `found ${flagged(anomalous)} of ${anomalous.length} ${anomalous.length === 1 ? 'anomaly' : 'anomalies'} (${percent(flagged(anomalous) / anomalous.length)})`,
    );
  if (normal.length === 0) return lines;
  const share = flagged(normal) / normal.length;
  const alarms = `false alarms: ${percent(share)} of ${counted(normal.length, 'normal row')}`;
  if (!atFixedRate) return [...lines, alarms];
  const m = guard.calibration.length;
  const {mean, deviation} = falseAlarmSpread(m, normal.length, guard.falseAlarms);
  const chance = chanceOfSoMany(flagged(normal), m, normal.length, Math.round(mean * (m + 1)));
  const probability = chance < LEAST_SHOWN ? `below ${LEAST_SHOWN}` : `of ${Number(chance.toPrecision(2))}`;
  lines.push(
    `${alarms}; promised ${percent(guard.falseAlarms)}, by chance ${percent(mean)} ± ${percent(deviation)}: ` +
      `${chance < UNLIKELY ? 'outside of' : 'within'} chance (so many or more with a probability ${probability})` +
      (chance < UNLIKELY ? ', so these normal rows differ from the training ones' : ''),
  );
  return lines;
}

/**
 * The probability of at least `alarms` alarms among n normal rows, where a row raises one above the k-th largest
 * of m calibration scores: Beta-Binomial with a = k and b = m + 1 - k, see falseAlarmSpread.
 */
export function chanceOfSoMany(alarms: number, m: number, n: number, k: number): number {
  const b = m + 1 - k;
  let log = 0; // of the probability of i alarms, at first of none
  for (let j = 0; j < n; j++) log += Math.log((b + j) / (m + 1 + j));
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    if (i >= alarms) sum += Math.exp(log);
    log += Math.log(((n - i) * (i + k)) / ((i + 1) * (n - i - 1 + b)));
  }
  return sum;
}

/** 0.01234 → "1.23 %". */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
