/** A detector's score over the plane, as a heat map with the points it was fitted to. */
import {assertOptions} from '../check';
import {CHART_OPTIONS, type ChartOptions} from './chart';
import {figure, type PlotlyFigure, type Trace} from './figure';
import {COLOURS, INK} from './template';

/** What {@link scoreMap} is told. */
export interface ScoreMapOptions extends ChartOptions {
  /** The side of the square that is drawn, from -reach to reach. */
  reach: number;
  /** What the score is, with its unit: the title of the colour bar. */
  valueTitle: string;
  /** [n, 2]: the points it was fitted to, in grey. */
  points?: readonly (readonly number[])[];
  /** [m, 2]: points to look at, as crosses. */
  marked?: readonly (readonly number[])[];
  /** A score: the map says by a line where it is passed. */
  threshold?: number;
}

/** White where a score is small, through blue to black. */
const SHADES: [number, string][] = [
  [0, '#ffffff'],
  [0.4, '#8fbfde'],
  [0.75, '#0072b2'],
  [1, '#10253a'],
];

/**
 * Draws a square grid of scores, [rows][columns], the lowest x₂ in the first row. High scores are cut at ten times
 * the threshold, or where there is none at their 90th percentile, so that the low ones can be told apart.
 * @throws TypeError unless the grid is square; RangeError for a score that is not finite.
 */
export function scoreMap(grid: readonly ArrayLike<number>[], options: ScoreMapOptions): PlotlyFigure {
  const own = ['reach', 'valueTitle', 'points', 'marked', 'threshold'];
  assertOptions('scoreMap', options, [...CHART_OPTIONS, ...own]);
  const {reach, valueTitle, points = [], marked = [], threshold, title} = options;
  const z = grid.map((row) => Array.from(row));
  const side = z.length;
  const odd = z.find((row) => row.length !== side);
  if (side < 2 || odd)
    throw new TypeError(`grid: expected as many columns as rows, at least 2, got ${side} x ${z[0]?.length}`);
  const bad = z.flat().find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`grid: expected finite scores, got ${bad}`);
  const rising = z.flat().sort((a, b) => a - b);
  const most = threshold === undefined ? rising[Math.floor(0.9 * rising.length)] : 10 * threshold;
  const axis = Array.from({length: side}, (_, i) => -reach + (2 * reach * i) / (side - 1));
  const data: Trace[] = [
    {
      type: 'heatmap',
      x: axis,
      y: axis,
      z,
      zmin: 0,
      zmax: most,
      colorscale: SHADES,
      colorbar: {title: {text: valueTitle, side: 'right'}, thickness: 14},
    },
  ];
  if (threshold !== undefined)
    data.push({
      type: 'contour',
      x: axis,
      y: axis,
      z,
      contours: {start: threshold, end: threshold, size: 1, coloring: 'none'},
      line: {color: COLOURS[1], width: 2.5},
      showscale: false,
      name: 'threshold',
      showlegend: true,
    });
  const dots = (list: readonly (readonly number[])[], name: string, marker: object): Trace => ({
    type: 'scatter',
    mode: 'markers',
    name,
    x: list.map((point) => point[0]),
    y: list.map((point) => point[1]),
    marker,
  });
  if (points.length > 0) data.push(dots(points, 'normal points', {color: COLOURS[4], size: 4}));
  if (marked.length > 0)
    data.push(
      dots(marked, 'looked at', {color: INK, symbol: 'x', size: 11, line: {color: '#fff', width: 1}}),
    );
  return figure({
    data,
    layout: {
      ...(title && {title}),
      xaxis: {title: 'x₁', range: [-reach, reach], constrain: 'domain'},
      yaxis: {title: 'x₂', range: [-reach, reach], scaleanchor: 'x', constrain: 'domain'},
      legend: {orientation: 'h', x: 0, y: -0.16},
    },
    alt:
      options.alt ??
      `${title ? `${title}: ` : ''}scores over the plane, from ${rising[0].toPrecision(2)} to ${rising[rising.length - 1].toPrecision(2)}.`,
    width: options.width ?? 620,
    height: options.height ?? 580,
  });
}
