/**
 * How every figure looks: one font in sizes that carry to the last row, quiet axes, and colours that
 * readers with any colour vision can tell apart (Okabe & Ito 2008, https://jfly.uni-koeln.de/color/).
 */
import {FONT_FAMILY} from './fonts';

/** Ink of text and axes. */
export const INK = '#222222';
/** Grey of grids and frames: seen when looked for. */
export const FAINT = '#e4e4e4';
/** Grey of what is set beside the figure's own subject, e.g. published values. */
export const MUTED = '#6b6b6b';

/** Sizes of text in pixels, for a figure {@link WIDTH} pixels wide. */
export const SIZES = {title: 19, axis: 16, tick: 14, note: 13};

/** The default size of a plotly figure, in pixels. */
export const WIDTH = 760;
export const HEIGHT = 460;

/** White around what plotly draws, in pixels: it sets the titles of axes at the very edge. */
export const PADDING = 10;

/**
 * The colours of Okabe and Ito, those that show best on white first. Their yellow is left out, as lines
 * in it are lost on a projector; a grey and a brown stand in, so that ten classes have ten colours.
 */
export const COLOURS = [
  '#0072b2', // blue
  '#d55e00', // vermilion
  '#009e73', // bluish green
  '#cc79a7', // reddish purple
  '#e69f00', // orange
  '#56b4e9', // sky blue
  '#222222', // black
  '#8c5a2b', // brown
  '#999999', // grey
  '#7a3e9d', // violet
];

/** Shapes of markers, in the order of {@link COLOURS}: class and colour never rest on hue alone. */
export const MARKERS = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'x',
  'star',
  'pentagon',
  'hexagram',
];

/** From white to the palette's blue, for amounts in heat maps; its lightness falls evenly. */
export const AMOUNTS: [number, string][] = [
  [0, '#ffffff'],
  [0.25, '#cfe3f1'],
  [0.5, '#8fbfde'],
  [0.75, '#3f93c4'],
  [1, '#00497a'],
];

/** The class with index `i` is drawn in this colour and shape; after ten, both begin again. */
export function lookOf(i: number): {color: string; symbol: string} {
  return {color: COLOURS[i % COLOURS.length], symbol: MARKERS[i % MARKERS.length]};
}

const axis = {
  automargin: true, // tick labels and titles push the margins, so none is cut
  showline: true,
  linecolor: INK,
  linewidth: 1,
  ticks: 'outside',
  ticklen: 5,
  tickcolor: INK,
  tickfont: {size: SIZES.tick},
  title: {font: {size: SIZES.axis}, standoff: 12},
  gridcolor: FAINT,
  zeroline: false,
  exponentformat: 'power',
};

const amounts = {colorscale: AMOUNTS, colorbar: {outlinewidth: 0, tickfont: {size: SIZES.tick}}};

/** plotly's `layout.template`: what a figure says itself goes before it. */
export const template = {
  layout: {
    font: {family: FONT_FAMILY, size: SIZES.tick, color: INK},
    paper_bgcolor: '#ffffff', // with its own background a figure is readable on dark pages too
    plot_bgcolor: '#ffffff',
    colorway: COLOURS,
    title: {x: 0, xref: 'container', xanchor: 'left', pad: {l: 10}, font: {size: SIZES.title}},
    xaxis: axis,
    yaxis: axis,
    // Outside, to the right: a legend never lies over data, and pushes the margin by its own width.
    legend: {x: 1.02, xanchor: 'left', y: 1, yanchor: 'top', font: {size: SIZES.tick}},
    hovermode: 'closest',
  },
  data: {
    scatter: [{line: {width: 2.5}, marker: {size: 8}}],
    bar: [{marker: {line: {width: 0}}}],
    heatmap: [amounts],
    contour: [amounts],
    histogram2d: [amounts],
    histogram2dcontour: [amounts],
  },
};
