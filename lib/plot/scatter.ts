/** Points in the plane, one look for each class. */
import {assertInteger, assertOptions} from '../check';
import type * as tf from '../tf';
import {CHART_OPTIONS, legendName, type ChartOptions} from './chart';
import {figure, type PlotlyFigure, type Trace} from './figure';
import {textWidth} from './fonts';
import {placeLabels} from './labels';
import {INK, lookOf, WIDTH} from './template';

const NAME = {size: 20, bold: true}; // as written among the points
const LONGEST_NAME = 150; // px: longer ones would hide too many points

/** What {@link scatterByLabel} can be told. */
export interface ScatterOptions extends ChartOptions {
  /** Names of the axes. Default 'code, dimension 1' and 'code, dimension 2'. */
  xTitle?: string;
  yTitle?: string;
  /** The names of the classes 0, 1, … . Default: the numbers themselves. */
  classNames?: readonly string[];
  /** Above so many points, an even selection is drawn. Default 3000. */
  maxPoints?: number;
  /** Writes a class's name where its points are densest, if a third of the points there are its own. Default true. */
  writeNames?: boolean;
}

/**
 * Points in the plane with a colour and a marker for each class.
 * @param points [n, 2]
 * @param labels n class numbers
 * @throws TypeError for wrong shapes, RangeError for a NaN.
 */
export function scatterByLabel(
  points: tf.Tensor | readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  options: ScatterOptions = {},
): PlotlyFigure {
  const own = ['xTitle', 'yTitle', 'classNames', 'maxPoints', 'writeNames'];
  assertOptions('scatterByLabel', options, [...CHART_OPTIONS, ...own]);
  const {
    xTitle = 'code, dimension 1',
    yTitle = 'code, dimension 2',
    writeNames = true,
    maxPoints = 3000,
  } = options;
  assertInteger('maxPoints', maxPoints);
  const all = pairs(points);
  if (labels.length !== all.length) {
    throw new TypeError(`labels: expected ${all.length}, one for each point, got ${labels.length}`);
  }
  const every = Math.max(1, all.length / maxPoints);
  const chosen = Array.from({length: Math.min(all.length, maxPoints)}, (_, i) => Math.floor(i * every));
  const classes = [...new Set(chosen.map((i) => labels[i]))].sort((a, b) => a - b);
  const {classNames} = options;
  const unnamed = classNames && classes.find((c) => classNames[c] === undefined);
  if (unnamed !== undefined) {
    throw new TypeError(`classNames: expected a name for class ${unnamed}, got ${classNames?.length} names`);
  }
  const nameOf = (c: number) => classNames?.[c] ?? String(c);
  const size = chosen.length > 1000 ? 5 : chosen.length > 300 ? 7 : 9;
  const groups = classes.map((c) => chosen.filter((i) => labels[i] === c).map((i) => all[i]));
  const data = groups.map((group, k): Trace => {
    return {
      type: 'scatter',
      mode: 'markers',
      name: legendName(nameOf(classes[k])),
      x: group.map(([x]) => x),
      y: group.map(([, y]) => y),
      marker: {...lookOf(k), size, opacity: 0.7},
    };
  });
  const [width, height] = [options.width ?? WIDTH, options.height ?? 580];
  const widths = classes.map((c) => textWidth(nameOf(c), NAME) + 8);
  const legend = 70 + Math.min(170, Math.max(...widths));
  // In parts of what the points span, which is some 0.88 of the axes beside the legend, over the labels.
  const room = widths.map((w): [number, number] => [
    w / (0.88 * (width - 90 - legend)),
    32 / (0.88 * (height - 130)),
  ]);
  const annotations = !writeNames
    ? []
    : placeLabels(groups, room).flatMap((place, k) => {
        if (!place || widths[k] > LONGEST_NAME) return []; // the legend has it
        const font = {size: NAME.size, color: INK};
        const text = `<b>${nameOf(classes[k])}</b>`;
        const bgcolor = 'rgba(255,255,255,0.8)';
        return [{x: place[0], y: place[1], text, font, bgcolor, borderpad: 2, showarrow: false}];
      });
  const count = `${chosen.length} points in ${classes.length} ${classes.length === 1 ? 'class' : 'classes'}`;
  return figure({
    data,
    layout: {
      ...(options.title && {title: options.title}),
      xaxis: {title: xTitle},
      yaxis: {title: yTitle},
      legend: {itemsizing: 'constant', title: {text: 'class'}},
      showlegend: true,
      annotations,
    },
    alt: options.alt ?? `${options.title ? `${options.title}: ` : ''}${count}, by ${xTitle} and ${yTitle}.`,
    width,
    height,
  });
}

function pairs(points: tf.Tensor | readonly ArrayLike<number>[]): [number, number][] {
  let list: [number, number][];
  if ('dataSync' in points) {
    const {shape} = points;
    if (shape.length !== 2 || shape[1] !== 2) {
      throw new TypeError(`points: expected shape [n, 2], got [${shape.join(', ')}]`);
    }
    const v = points.dataSync();
    list = Array.from({length: shape[0]}, (_, i) => [v[2 * i], v[2 * i + 1]]);
  } else {
    const odd = points.findIndex((p) => p.length !== 2);
    if (odd >= 0) throw new TypeError(`points[${odd}]: expected 2 numbers, got ${points[odd].length}`);
    list = points.map((p) => [p[0], p[1]]);
  }
  if (list.length === 0) throw new TypeError('points: expected at least one, got none');
  const bad = list.findIndex((p) => !p.every(Number.isFinite));
  if (bad >= 0)
    throw new RangeError(`points: expected finite numbers, got [${list[bad].join(', ')}] at point ${bad}`);
  return list.map(([x, y]) => [Number(x.toPrecision(5)), Number(y.toPrecision(5))]);
}
