/** A field of arrows in the plane, over points. */
import {assertOptions} from '../check';
import {CHART_OPTIONS, type ChartOptions} from './chart';
import {figure, type PlotlyFigure} from './figure';
import {COLOURS, MUTED} from './template';

/** What {@link vectorField} is told. */
export interface VectorFieldOptions extends ChartOptions {
  /** [n, 2]: points drawn behind the arrows, e.g. the data. */
  points?: readonly (readonly number[])[];
  /** Default 'x₁' and 'x₂'. */
  xTitle?: string;
  yTitle?: string;
}

/**
 * Arrows from `from` to `to`, both lists of n points in the plane, on axes of the same scale.
 * @throws TypeError for lists of different length, RangeError for a number that is not finite.
 */
export function vectorField(
  from: readonly (readonly number[])[],
  to: readonly (readonly number[])[],
  options: VectorFieldOptions = {},
): PlotlyFigure {
  assertOptions('vectorField', options, [...CHART_OPTIONS, 'points', 'xTitle', 'yTitle']);
  const {points = [], title, xTitle = 'x₁', yTitle = 'x₂'} = options;
  if (from.length !== to.length || from.length === 0)
    throw new TypeError(
      `to: expected as many ends as starts, at least one, got ${to.length} and ${from.length}`,
    );
  const bad = [...from, ...to, ...points].flat().find((v) => !Number.isFinite(v));
  if (bad !== undefined) throw new RangeError(`from: expected finite numbers, got ${bad}`);
  const arrows = from.map((start, i) => ({
    x: to[i][0],
    y: to[i][1],
    ax: start[0],
    ay: start[1],
    xref: 'x',
    yref: 'y',
    axref: 'x',
    ayref: 'y',
    showarrow: true,
    arrowhead: 2,
    arrowsize: 1,
    arrowwidth: 1.4,
    arrowcolor: COLOURS[0],
    text: '',
  }));
  const lengths = from.map((start, i) => Math.hypot(to[i][0] - start[0], to[i][1] - start[1]));
  const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
  const said = `${from.length} arrows of mean length ${mean.toPrecision(2)}`;
  const drawn = (list: readonly (readonly number[])[], axis: number) => list.map((point) => point[axis]);
  return figure({
    data: [
      // the ends, invisible, so that the axes reach as far as the arrows
      {
        type: 'scatter',
        mode: 'markers',
        x: [...drawn(from, 0), ...drawn(to, 0)],
        y: [...drawn(from, 1), ...drawn(to, 1)],
        marker: {opacity: 0},
        hoverinfo: 'skip',
      },
      {
        type: 'scatter',
        mode: 'markers',
        x: drawn(points, 0),
        y: drawn(points, 1),
        marker: {color: MUTED, size: 3},
      },
    ],
    layout: {
      ...(title && {title}),
      xaxis: {title: xTitle},
      yaxis: {title: yTitle, scaleanchor: 'x', scaleratio: 1},
      annotations: arrows,
      showlegend: false,
    },
    alt:
      options.alt ??
      `${title ? `${title}: ` : ''}${said}${points.length > 0 ? ` over ${points.length} points` : ''}.`,
    width: options.width ?? 620,
    height: options.height ?? 580,
  });
}
