/** A table of numbers as coloured cells. */
import {assertOptions} from '../check';
import {CHART_OPTIONS, INVISIBLE_TICKS, type ChartOptions} from './chart';
import {figure, type Layout, type PlotlyFigure, type Trace} from './figure';
import {shortNumber} from './numbers';
import {AMOUNTS, FAINT, INK, SIZES} from './template';

/** What {@link matrix} can be told. */
export interface MatrixOptions extends ChartOptions {
  /** What the numbers are, with their unit: the title of the colour bar. */
  valueTitle: string;
  rowLabels?: readonly string[];
  columnLabels?: readonly string[];
  rowTitle?: string;
  columnTitle?: string;
  /** Writes the numbers into the cells. Default: up to 200 cells. */
  writeValues?: boolean;
}

/**
 * A matrix as coloured cells, first row on top. With negative numbers the colours run from vermilion over
 * white, at zero, to blue.
 * @throws TypeError for rows of different length, RangeError for a value that is not finite.
 */
export function matrix(values: readonly ArrayLike<number>[], options: MatrixOptions): PlotlyFigure {
  const own = ['valueTitle', 'rowLabels', 'columnLabels', 'rowTitle', 'columnTitle', 'writeValues'];
  assertOptions('matrix', options, [...CHART_OPTIONS, ...own]);
  const z = values.map((row) => Array.from(row));
  const [rows, columns] = [z.length, z[0]?.length ?? 0];
  if (columns === 0) throw new TypeError('values: expected at least one row and one column, got none');
  const odd = z.findIndex((row) => row.length !== columns);
  if (odd >= 0) throw new TypeError(`values[${odd}]: expected ${columns} numbers, got ${z[odd].length}`);
  const bad = z.flat().find((v) => !Number.isFinite(v));
  if (bad !== undefined) throw new RangeError(`values: expected finite numbers, got ${bad}`);
  const {rowLabels, columnLabels, writeValues = rows * columns <= 200} = options;
  const [low, high] = [Math.min(0, ...z.flat()), Math.max(0, ...z.flat())];
  const reach = Math.max(-low, high) || 1;
  const [zmin, zmax] = low < 0 ? [-reach, reach] : [0, reach];
  const labelled = (labels: readonly string[] | undefined, length: number, name: string): Layout => {
    if (!labels) return {dtick: Math.ceil(length / 20)};
    if (labels.length !== length) throw new TypeError(`${name}: expected ${length}, got ${labels.length}`);
    return {tickvals: labels.map((_, i) => i), ticktext: labels};
  };
  const whole = z.flat().every(Number.isInteger);
  const decimals = whole ? 0 : Math.max(0, 2 - Math.floor(Math.log10(reach)));
  const cells = z.flatMap((row, y) => row.map((v, x) => ({x, y, v})));
  const written: Trace = {
    type: 'scatter',
    mode: 'text',
    x: cells.map(({x}) => x),
    y: cells.map(({y}) => y),
    text: cells.map(({v}) => v.toFixed(decimals).replace('-', '−')),
    textfont: {size: SIZES.note, color: cells.map(({v}) => (Math.abs(v) > 0.6 * reach ? '#ffffff' : INK))},
    hoverinfo: 'skip',
  };
  const quiet = {showgrid: false, showline: false, ...INVISIBLE_TICKS};
  return figure({
    data: [
      {
        type: 'heatmap',
        z,
        zmin,
        zmax,
        xgap: 1,
        ygap: 1,
        colorscale: low < 0 ? DIVERGING : AMOUNTS,
        colorbar: {
          title: {text: options.valueTitle, side: 'right', font: {size: SIZES.tick}},
          len: 1,
          lenmode: 'fraction',
        },
      },
      ...(writeValues ? [written] : []),
    ],
    layout: {
      ...(options.title && {title: options.title}),
      xaxis: {title: options.columnTitle ?? '', ...labelled(columnLabels, columns, 'columnLabels'), ...quiet},
      yaxis: {
        title: options.rowTitle ?? '',
        ...labelled(rowLabels, rows, 'rowLabels'),
        ...quiet,
        range: [rows - 0.5, -0.5],
      },
      plot_bgcolor: FAINT, // shows between the cells as thin lines
      showlegend: false,
    },
    alt:
      options.alt ??
      `${options.title ?? 'Matrix'}: ${rows} rows and ${columns} columns of ${options.valueTitle}, ` +
        `from ${shortNumber(Math.min(...z.flat()))} to ${shortNumber(Math.max(...z.flat()))}.`,
    width: options.width,
    height: options.height ?? Math.min(700, Math.max(260, 130 + 38 * rows)),
  });
}

const DIVERGING = [
  ...[...AMOUNTS]
    .reverse()
    .map(([at], i) => [(1 - at) / 2, ['#8a3a00', '#d55e00', '#eb9a5c', '#f8dcc6', '#ffffff'][i]]),
  ...AMOUNTS.slice(1).map(([at, colour]) => [(1 + at) / 2, colour]),
];
