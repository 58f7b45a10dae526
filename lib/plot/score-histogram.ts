/** How often which score occurs in each of several groups of rows. */
import {assertOptions} from '../check';
import {CHART_OPTIONS, legendName, type ChartOptions} from './chart';
import {figure, type PlotlyFigure} from './figure';
import {COLOURS, INK} from './template';

/** Rows whose scores are drawn together. */
export interface ScoreGroup {
  name: string;
  scores: ArrayLike<number>;
}

/** What {@link scoreHistogram} is told. */
export interface ScoreHistogramOptions extends ChartOptions {
  /** What the score is, with its unit. */
  scoreTitle: string;
  /** A dashed line at this score. */
  threshold?: number;
}

const BINS = 60;

/** Scores whose largest is so many times their smallest are drawn on a logarithmic axis. */
const WIDE = 50;

/**
 * Shares of each group's rows by score, as steps over common bins; both axes are logarithmic where the scores reach
 * far, so that few strange rows are seen beside many normal ones.
 * @throws TypeError for no group or an empty one, RangeError for a score that is not finite.
 */
export function scoreHistogram(groups: readonly ScoreGroup[], options: ScoreHistogramOptions): PlotlyFigure {
  assertOptions('scoreHistogram', options, [...CHART_OPTIONS, 'scoreTitle', 'threshold']);
  const {title, scoreTitle, threshold} = options;
  if (groups.length === 0) throw new TypeError('groups: expected at least one, got none');
  let [low, high] = [Infinity, -Infinity];
  for (const {name, scores} of groups) {
    if (scores.length === 0) throw new TypeError(`${name}: expected at least one score, got none`);
    for (let i = 0; i < scores.length; i++) {
      if (!Number.isFinite(scores[i]))
        throw new RangeError(`${name}: expected finite scores, got ${scores[i]}`);
      [low, high] = [Math.min(low, scores[i]), Math.max(high, scores[i])];
    }
  }
  const log = low > 0 && high / low > WIDE;
  const scale = (score: number) => (log ? Math.log10(score) : score);
  const unscale = (value: number) => (log ? 10 ** value : value);
  const width = (scale(high) - scale(low)) / BINS || 1;
  const x = Array.from({length: BINS}, (_, i) => unscale(scale(low) + (i + 0.5) * width));
  const shares = (scores: ArrayLike<number>) => {
    const counts = new Array<number>(BINS).fill(0);
    for (let i = 0; i < scores.length; i++)
      counts[Math.min(BINS - 1, Math.floor((scale(scores[i]) - scale(low)) / width))]++;
    return counts.map((count) => (count > 0 ? count / scores.length : null)); // a logarithm has no zero
  };
  const steps = groups.map(({name, scores}, i) => ({
    type: 'scatter',
    mode: 'lines+markers',
    name: legendName(name),
    x,
    y: shares(scores),
    line: {shape: 'hvh', color: COLOURS[i], width: 2},
    marker: {color: COLOURS[i], size: 4},
  }));
  const longest = Math.max(...groups.map(({scores}) => scores.length));
  const line = {
    type: 'scatter',
    mode: 'lines',
    name: 'threshold',
    x: [threshold, threshold],
    y: [0.5 / longest, 1],
    line: {color: INK, width: 1.5, dash: 'dash'},
  };
  const said = groups.map(({name, scores}) => `${scores.length} of ${name}`).join(', ');
  return figure({
    data: threshold === undefined ? steps : [...steps, line],
    layout: {
      ...(title && {title}),
      xaxis: {title: scoreTitle, type: log ? 'log' : 'linear'},
      yaxis: {title: 'share of the rows', type: 'log'},
    },
    alt: options.alt ?? `${title ? `${title}: ` : ''}scores ${said}.`,
    width: options.width,
    height: options.height ?? 400,
  });
}
