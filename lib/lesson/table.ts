/** Results as a Markdown table. */
import type {Metric} from './results';

/** One row per metric: name, ours, published and its source. */
export function resultsTable(metrics: readonly Metric[]): string {
  const rows = metrics.map(
    ({name, value, unit, better, published}) =>
      `| ${name} | ${formatValue(value)} | ${published ? formatValue(published.value) : '–'} | ${unit}, ${better} is better | ${published?.source ?? ''} |`,
  );
  return ['| metric | ours | published | unit | source |', '|---|--:|--:|---|---|', ...rows].join('\n');
}

/** Four significant digits, e.g. 13.87, 0.9412, 60000. */
export function formatValue(value: number): string {
  return String(Number(value.toPrecision(4)));
}
