/** The figures of a report: scores, p-values, and the columns that are most often to blame. */
import type {TableDetector, Verdict} from '../../lib/detection/table-detector';
import {barChart} from '../../lib/plot/bars';
import {figure, type Figure} from '../../lib/plot/figure';
import {scoreHistogram} from '../../lib/plot/score-histogram';
import {COLOURS, MUTED} from '../../lib/plot/template';

const POINTS = 200;
const MOST_COLUMNS = 10;

/** How often which score occurs, among calibration rows and new ones, and where flags begin. */
export function scoreFigure(guard: TableDetector, verdicts: readonly Verdict[], threshold: number): Figure {
  const groups = [
    {name: 'calibration', scores: guard.calibration},
    {name: 'new rows', scores: verdicts.map(({score}) => score)},
  ];
  return scoreHistogram(groups, {
    scoreTitle: 'score',
    threshold,
    alt: `Scores of ${guard.calibration.length} calibration rows and ${verdicts.length} new rows; flags begin above ${threshold.toPrecision(4)}.`,
  });
}

/** The share of new rows with at most each p-value. Where all new rows are normal it is the diagonal. */
export function pValueFigure(verdicts: readonly Verdict[]): Figure {
  const rising = Float64Array.from(verdicts, ({pValue}) => pValue).sort();
  const n = rising.length;
  // Evenly spaced on a logarithmic axis: the small p-values are the ones that count.
  const places = [
    ...new Set(Array.from({length: POINTS}, (_, i) => Math.round(n ** (i / (POINTS - 1))) - 1)),
  ];
  const line = (name: string, x: number[], y: number[], color: string, dash: string) => ({
    type: 'scatter',
    mode: 'lines',
    name,
    x,
    y,
    line: {color, dash, width: 2},
  });
  return figure({
    data: [
      line('all normal', [rising[0], 1], [rising[0], 1], MUTED, 'dash'),
      line(
        'new rows',
        places.map((i) => rising[i]),
        places.map((i) => (i + 1) / n),
        COLOURS[0],
        'solid',
      ),
    ],
    layout: {
      xaxis: {title: 'p-value', type: 'log'},
      yaxis: {title: 'share of rows with at most this', type: 'log'},
    },
    alt: `The share of the ${n} new rows with at most each p-value, beside the diagonal of normal rows.`,
    height: 400,
  });
}

/**
 * In how many flagged rows which column is the first reason, of the columns that are it most often; `columns` counts
 * all of them. Undefined where none is.
 */
export function blameFigure(
  verdicts: readonly Verdict[],
): {drawn: Figure; shown: number; columns: number} | undefined {
  const counts = new Map<string, number>();
  for (const {flag, reasons} of verdicts)
    if (flag && reasons.length > 0) counts.set(reasons[0].column, (counts.get(reasons[0].column) ?? 0) + 1);
  const bars = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_COLUMNS);
  if (bars.length === 0) return undefined;
  const drawn = barChart(
    bars.map(([name, value]) => ({name: plain(name), value})),
    {valueTitle: 'flagged rows in which the column is the first reason'},
  );
  return {drawn, shown: bars.length, columns: counts.size};
}

// Plotly reads tags and TeX in texts: the signs that begin them are put as look-alikes.
function plain(name: string): string {
  const short = name.length > 30 ? `${name.slice(0, 29)}…` : name;
  return short.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('$', '＄').replaceAll('&', '＆');
}
