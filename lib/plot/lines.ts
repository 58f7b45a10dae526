/** Lines: one number against another, for a few methods. */
import {assertOptions} from '../check';
import {CHART_OPTIONS, legendName, type ChartOptions} from './chart';
import {figure, type PlotlyFigure, type Trace} from './figure';
import {shortNumber} from './numbers';
import {lookOf, MUTED} from './template';

/** One line of {@link lineChart}. */
export interface Line {
  name: string;
  x: readonly number[];
  y: readonly number[];
  /** Half the height of a bar at each point, e.g. the standard error of several draws. */
  spread?: readonly number[];
  /** Values from the literature: drawn hollow and grey, behind our own. Default false. */
  published?: boolean;
}

/** Lines of more points than this are thin and have no markers. */
const MANY = 100;

/** What {@link lineChart} is told. */
export interface LineChartOptions extends ChartOptions {
  xTitle: string;
  yTitle: string;
}

/**
 * Lines over a common axis.
 * @throws TypeError for lists of different length, RangeError for a value that is not finite.
 */
export function lineChart(lines: readonly Line[], options: LineChartOptions): PlotlyFigure {
  assertOptions('lineChart', options, [...CHART_OPTIONS, 'xTitle', 'yTitle']);
  if (lines.length === 0) throw new TypeError('lines: expected at least one, got none');
  for (const {name, x, y, spread = y} of lines) {
    if (x.length !== y.length || spread.length !== y.length || y.length === 0) {
      const got = `${x.length} x, ${y.length} y${spread === y ? '' : ` and ${spread.length} spreads`}`;
      throw new TypeError(`${name}: expected as many x as y, at least one, got ${got}`);
    }
    const bad = [...x, ...y, ...spread].find((v) => !Number.isFinite(v));
    if (bad !== undefined) throw new RangeError(`${name}: expected finite numbers, got ${bad}`);
  }
  const {title, xTitle, yTitle} = options;
  const said = lines.map(({name, x, y}) => {
    const ends = [0, y.length - 1].map((i) => `${shortNumber(y[i])} at ${shortNumber(x[i])}`);
    return `${name} ${y.length > 1 ? `from ${ends.join(' to ')}` : ends[0]}`;
  });
  return figure({
    data: lineTraces(lines),
    layout: {
      ...(title && {title}),
      xaxis: {title: xTitle, ...(areConsecutive(lines.flatMap(({x}) => x)) && {dtick: 1})},
      yaxis: {title: yTitle},
      showlegend: lines.length > 1,
    },
    alt: options.alt ?? `${title ? `${title}: ` : ''}${yTitle} against ${xTitle}: ${said.join('; ')}.`,
    width: options.width ?? 820,
    height: options.height,
  });
}

/** The lines as plotly draws them: our own in the palette, published ones hollow and grey. */
export function lineTraces(lines: readonly Line[]): Trace[] {
  let [ours, theirs] = [0, 0];
  return lines.map(({name, x, y, spread, published = false}): Trace => {
    const look = lookOf(published ? theirs++ : ours++);
    const color = published ? MUTED : look.color;
    return {
      type: 'scatter',
      mode: y.length === 1 ? 'markers' : y.length > MANY ? 'lines' : 'lines+markers',
      name: legendName(published ? `${name} (published)` : name),
      x,
      y,
      ...(spread && {error_y: {type: 'data', array: spread, color, thickness: 1.5}}),
      line: {color, width: published || y.length > MANY ? 1.5 : 2.5, dash: published ? 'dot' : 'solid'},
      marker: {
        symbol: published ? `${look.symbol}-open` : look.symbol,
        size: 10,
        color,
        line: {color, width: 2},
      },
    };
  });
}

// Whether the values are a few whole numbers in a row, such as digits: then each has its tick.
function areConsecutive(values: readonly number[]): boolean {
  const places = [...new Set(values)].sort((a, b) => a - b);
  return (
    places.length > 1 &&
    places.length <= 20 &&
    places.every((value, i) => Number.isInteger(value) && value === places[0] + i)
  );
}
