/** Curves: the loss during training, and the error against the size of the code. */
import {assertOptions} from '../check';
import type {History} from '../train/history';
import {CHART_OPTIONS, type ChartOptions} from './chart';
import {figure, type PlotlyFigure, type Trace} from './figure';
import {lineTraces} from './lines';
import {logAxis, shortNumber, wholeStep} from './numbers';
import {lookOf} from './template';

/** What {@link lossCurve} can be told. */
export interface LossCurveOptions extends ChartOptions {
  /** The loss terms to draw. Default ['total']. */
  terms?: readonly string[];
  /** Logarithmic loss axis. Default false. */
  log?: boolean;
  /** What a loss of 1 is. Default 'per example'; e.g. 'nats per image'. */
  unit?: string;
}

/**
 * Training and, where there is one, validation loss by epoch.
 * @throws RangeError when a term is not in the history, or not positive on a logarithmic axis.
 */
export function lossCurve(history: Pick<History, 'epochs'>, options: LossCurveOptions = {}): PlotlyFigure {
  assertOptions('lossCurve', options, [...CHART_OPTIONS, 'terms', 'log', 'unit']);
  const {epochs} = history;
  const {terms = ['total'], log = false, unit = 'per example', title = 'Loss while training'} = options;
  if (epochs.length === 0)
    throw new RangeError('history: expected at least one epoch, got none; train first');
  const known = Object.keys(epochs[0].train);
  const unknown = terms.find((term) => !known.includes(term));
  if (unknown !== undefined || terms.length === 0) {
    throw new RangeError(`terms: expected some of ${known.join(', ')}, got ${unknown ?? 'none'}`);
  }
  const validated = epochs.some(({validation}) => validation !== undefined);
  const curves = terms.flatMap((term, i) => {
    const named = (part: string) => (terms.length > 1 ? `${part}: ${term}` : part);
    const one = terms.length === 1;
    const curve = (part: string, y: (number | null)[], colour: number, dash: string) => {
      return {part, term, name: named(part), y, color: lookOf(colour).color, dash};
    };
    const training = curve(
      'training',
      epochs.map(({train}) => train[term]),
      i,
      'solid',
    );
    if (!validated) return [training];
    const values = epochs.map(({validation}) => validation?.[term] ?? null);
    return [training, curve('validation', values, one ? 1 : i, one ? 'solid' : 'dash')];
  });
  const x = epochs.map(({epoch}) => epoch);
  const mode = epochs.length <= 30 ? 'lines+markers' : 'lines';
  const data: Trace[] = curves.map(({name, y, color, dash}) => {
    return {type: 'scatter', mode, name, x, y, line: {color, dash}, marker: {color, size: 7}};
  });
  const values = curves.flatMap(({y}) => y).filter((v): v is number => v !== null && Number.isFinite(v));
  const flat = values.find((v) => v <= 0);
  if (log && flat !== undefined) {
    throw new RangeError(`log: expected losses > 0 for a logarithmic axis, got ${flat}; leave out log`);
  }
  const described = curves.map(
    ({name, y}) => `${name} from ${shortNumber(Number(y[0]))} to ${shortNumber(Number(y.at(-1)))}`,
  );
  const span = `over ${epochs.length} ${epochs.length === 1 ? 'epoch' : 'epochs'}`;
  return figure({
    data,
    layout: {
      title,
      xaxis: {title: 'epoch', tick0: 0, dtick: wholeStep(epochs.length)},
      yaxis: {title: `loss (${unit})`, ...(log && values.length > 0 ? logAxis(values) : fromZero(values))},
      showlegend: curves.length > 1,
    },
    alt: options.alt ?? `Loss ${span}: ${described.join(', ')}.`,
    width: options.width,
    height: options.height,
  });
}

// Zero belongs to the axis of a loss that comes near to it.
function fromZero(values: readonly number[]): object {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low >= 0 && low < high / 2 ? {rangemode: 'tozero'} : {};
}

/** One method in {@link errorByCodeSize}: an error for each size of the code. */
export interface ErrorSeries {
  name: string;
  codeSize: readonly number[];
  error: readonly number[];
  /** A value from the literature: drawn hollow and grey, behind our own. Default false. */
  published?: boolean;
}

/** What {@link errorByCodeSize} can be told. */
export interface ErrorByCodeSizeOptions extends ChartOptions {
  /** Default 'code size (numbers per image)'. */
  codeTitle?: string;
  /** Default 'squared error per image (sum over pixels)'. */
  errorTitle?: string;
}

/**
 * Error against code size, both on logarithmic axes.
 * @throws TypeError for lists of different length, RangeError for a value that is not positive.
 */
export function errorByCodeSize(
  series: readonly ErrorSeries[],
  options: ErrorByCodeSizeOptions = {},
): PlotlyFigure {
  assertOptions('errorByCodeSize', options, [...CHART_OPTIONS, 'codeTitle', 'errorTitle']);
  const {
    codeTitle = 'code size (numbers per image)',
    errorTitle = 'squared error per image (sum over pixels)',
  } = options;
  if (series.length === 0) throw new TypeError('series: expected at least one, got none');
  for (const {name, codeSize, error} of series) {
    if (codeSize.length !== error.length || error.length === 0) {
      const got = `${codeSize.length} sizes and ${error.length} errors`;
      throw new TypeError(`${name}: expected as many errors as code sizes, at least one, got ${got}`);
    }
    const bad = [...codeSize, ...error].find((v) => !(v > 0 && Number.isFinite(v)));
    if (bad !== undefined)
      throw new RangeError(`${name}: expected numbers > 0 for logarithmic axes, got ${bad}`);
  }
  const data = lineTraces(series.map(({codeSize, error, ...line}) => ({...line, x: codeSize, y: error})));
  const sizes = [...new Set(series.flatMap(({codeSize}) => codeSize))].sort((a, b) => a - b);
  const apart = sizes.every(
    (size, i) => i === 0 || Math.log(size / sizes[i - 1]) > Math.log(sizes.at(-1)! / sizes[0]) / 14,
  );
  const few = apart && {tickvals: sizes, ticktext: sizes.map(String)}; // the sizes themselves, if they have room
  const described = series.map(({name, codeSize, error}) => {
    const points = codeSize.map((size, i) => `${shortNumber(error[i])} at ${size}`);
    return `${name} with ${points.length > 2 ? `${points[0]} to ${points.at(-1)}` : points.join(' and ')}`;
  });
  return figure({
    data,
    layout: {
      title: options.title ?? 'Error by size of the code',
      xaxis: {title: codeTitle, ...logAxis(sizes, 1.3), ...few},
      yaxis: {
        title: errorTitle,
        ...logAxis(
          series.flatMap(({error}) => error),
          1.3,
        ),
      },
      showlegend: true,
    },
    alt: options.alt ?? `Error by code size: ${described.join('; ')}.`,
    width: options.width ?? 820,
    height: options.height,
  });
}
