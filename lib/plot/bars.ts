/** Bars: one number for each of a few names. */
import {assertOptions} from '../check';
import {CHART_OPTIONS, INVISIBLE_TICKS, legendName, type ChartOptions} from './chart';
import {figure, type PlotlyFigure} from './figure';
import {textWidth} from './fonts';
import {shortNumber} from './numbers';
import {COLOURS, INK, SIZES, WIDTH} from './template';

/** One bar. */
export interface Bar {
  name: string;
  value: number;
  /** A value from the literature: drawn in grey. Default false. */
  published?: boolean;
}

/**
 * Horizontal bars from zero, with their values, in the order given.
 * @param options.valueTitle what the values are and their unit; required
 * @throws TypeError without a bar, RangeError for a value that is not finite.
 */
export function barChart(bars: readonly Bar[], options: ChartOptions & {valueTitle: string}): PlotlyFigure {
  assertOptions('barChart', options, [...CHART_OPTIONS, 'valueTitle']);
  if (bars.length === 0) throw new TypeError('bars: expected at least one, got none');
  const bad = bars.find(({value}) => !Number.isFinite(value));
  if (bad) throw new RangeError(`bars: expected finite values, got ${bad.value} for ${bad.name}`);
  const values = bars.map(({value}) => value);
  const text = values.map(shortNumber);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  // Room for the values written beyond the ends of the bars, in parts of the axis.
  const room =
    (1.6 * Math.max(...text.map((t) => textWidth(t, {size: SIZES.tick})))) / ((options.width ?? WIDTH) * 0.6);
  const span = high - low || 1;
  const names = bars.map(({name, published}) => legendName(published ? `${name} (published)` : name));
  const lines = names.reduce((sum, name) => sum + Math.max(1.6, name.split('<br>').length), 0);
  return figure({
    data: [
      {
        type: 'bar',
        orientation: 'h',
        y: bars.map((_, i) => i),
        x: values,
        text,
        textposition: 'outside',
        textfont: {size: SIZES.tick, color: INK},
        cliponaxis: false,
        width: 0.62,
        marker: {color: bars.map(({published}) => (published ? '#a8a8a8' : COLOURS[0]))},
      },
    ],
    layout: {
      ...(options.title && {title: options.title}),
      xaxis: {
        title: options.valueTitle,
        range: [low && low - room * span, high && high + room * span],
        zeroline: low < 0,
        zerolinecolor: INK,
      },
      yaxis: {
        tickvals: bars.map((_, i) => i),
        ticktext: names,
        range: [bars.length - 0.45, -0.55],
        showgrid: false,
        ...INVISIBLE_TICKS,
      },
      showlegend: false,
    },
    alt: options.alt ?? `${options.valueTitle}: ${bars.map(({name}, i) => `${name} ${text[i]}`).join(', ')}.`,
    width: options.width,
    height: options.height ?? Math.round(120 + 24 * lines),
  });
}
