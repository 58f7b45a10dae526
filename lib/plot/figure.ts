/**
 * A figure as a value. There are two kinds: a plotly figure, which stays interactive where a page can run
 * plotly, and a drawing, which is an SVG from the start (image grids). Both can be shown, saved and
 * rendered the same way, and both say in one sentence what is to be seen.
 */
import {assertInteger, assertOptions} from '../check';
import {wrap} from './fonts';
import {HEIGHT, PADDING, SIZES, template, WIDTH} from './template';

/** One trace of plotly: its type and whatever belongs to that type. */
export type Trace = {type: string; [attribute: string]: unknown};

/** plotly's layout; https://plotly.com/javascript/reference/layout/ */
export type Layout = Record<string, unknown>;

interface AnyFigure {
  /** One sentence that says what is to be seen: the text for those who cannot see the figure. */
  readonly alt: string;
  /** Size in pixels at scale 1. */
  readonly width: number;
  readonly height: number;
}

/** A figure that plotly draws. Its data are plain arrays and its layout carries the template. */
export interface PlotlyFigure extends AnyFigure {
  readonly kind: 'plotly';
  readonly data: readonly Trace[];
  readonly layout: Layout;
}

/** A figure drawn without plotly: an SVG document, whose PNG is drawn from it. */
export interface DrawnFigure extends AnyFigure {
  readonly kind: 'drawn';
  readonly svg: string;
}

/** What the functions of `plot` return, and what `show` and `save` take. */
export type Figure = PlotlyFigure | DrawnFigure;

/** What {@link figure} is told. */
export interface FigureOptions {
  /** The traces, in the order in which they are drawn. */
  data: readonly Trace[];
  /** Titles, axes, legend; what is said here goes before the template. */
  layout?: Layout;
  /** One sentence that says what is to be seen. */
  alt: string;
  /** Width in pixels. Default 760. */
  width?: number;
  /** Height in pixels. Default 460. */
  height?: number;
}

/** The trace types that static drawing has been seen to draw. */
export const DRAWABLE = [
  'scatter',
  'scattergl', // drawn as scatter
  'bar',
  'box',
  'violin',
  'histogram',
  'histogram2d',
  'histogram2dcontour',
  'heatmap',
  'contour',
  'pie',
  'scatterpolar',
  'sankey',
] as const;

// These need WebGL, which only a browser has: without one they come out empty, or never come out.
const BROWSER_ONLY: Record<string, string> = {
  splom: 'one scatter per pair of columns',
  parcoords: 'one scatter line per row over the columns',
  scatter3d: 'scatter of two of the three coordinates',
  surface: 'heatmap or contour',
  mesh3d: 'heatmap or contour',
  isosurface: 'heatmap or contour of a slice',
  volume: 'heatmap or contour of a slice',
  cone: 'scatter with annotations as arrows',
  streamtube: 'scatter with annotations as arrows',
  scatterpolargl: 'scatterpolar',
};

/**
 * A plotly figure with the template applied. The data are copied: typed arrays become plain ones, and
 * later changes of the arguments do not reach the figure.
 *
 * @throws RangeError when a trace type cannot be drawn without a browser, TypeError when `alt` is missing
 *   or an option is unknown.
 */
export function figure(options: FigureOptions): PlotlyFigure {
  assertOptions('figure', options, ['data', 'layout', 'alt', 'width', 'height']);
  const {data, layout = {}, width = WIDTH, height = HEIGHT} = options;
  const alt = assertAlt(options.alt);
  assertInteger('width', width, 100);
  assertInteger('height', height, 100);
  if (!Array.isArray(data)) throw new TypeError(`data: expected a list of traces, got ${typeof data}`);
  data.forEach((trace: Trace, i) => assertDrawable(i, trace));
  const polar = data.some(({type}) => type === 'scatterpolar');
  return {
    kind: 'plotly',
    alt,
    width,
    height,
    data: plain(data) as Trace[],
    layout: {
      ...laidOut(plain(layout) as Layout, width, height, polar),
      template,
      width,
      height,
      autosize: false,
    },
  };
}

/** A drawing from a whole SVG document of the given size, e.g. a scheme drawn by hand. */
export function drawing(options: {svg: string; alt: string; width: number; height: number}): DrawnFigure {
  const {svg, width, height} = options;
  const alt = assertAlt(options.alt);
  if (!/^\s*<svg[\s>]/.test(svg)) {
    throw new TypeError(
      `svg: expected a document that begins with <svg, got ${JSON.stringify(svg.slice(0, 20))}`,
    );
  }
  assertInteger('width', width);
  assertInteger('height', height);
  return {kind: 'drawn', alt, width, height, svg};
}

function assertAlt(alt: unknown): string {
  if (typeof alt === 'string' && alt.trim() !== '') return alt.trim();
  throw new TypeError(`alt: expected a sentence that says what is to be seen, got ${JSON.stringify(alt)}`);
}

function assertDrawable(index: number, trace: Trace): void {
  const type: unknown = trace?.type;
  const instead = BROWSER_ONLY[String(type)];
  if (instead !== undefined) {
    throw new RangeError(
      `data[${index}].type: ${String(type)} cannot be drawn without a browser; use ${instead} instead`,
    );
  }
  if (!DRAWABLE.includes(type as (typeof DRAWABLE)[number])) {
    const known = DRAWABLE.join(', ');
    throw new RangeError(`data[${index}].type: expected one of ${known}, got ${JSON.stringify(type)}`);
  }
}

// The top margin follows the title, which is broken into lines where it is wider than the figure.
function laidOut(layout: Layout, width: number, height: number, polar: boolean): Layout {
  const title = layout.title as {text?: string; font?: {size?: number}} | undefined;
  const size = title?.font?.size ?? SIZES.title;
  const lines = (title?.text ?? '').split('<br>').flatMap((line) => wrap(line, width - 4 * PADDING, {size}));
  const text = lines.join('<br>');
  const titleHeight = text === '' ? 0 : 1.3 * size * lines.length;
  const side = polar ? 40 : 10; // the labels of straight axes push the margins, those of polar axes do not
  return {
    ...layout,
    ...axesLaidOut(layout, width, height),
    // Anchored at the baseline of its first line: from the top, plotly lays one line and two differently.
    ...(text !== '' && {
      title: {y: 1 - (6 + 0.75 * size) / (height - 2 * PADDING), yanchor: 'bottom', ...title, text},
    }),
    margin: {l: side, r: 14, b: side, t: Math.round(14 + titleHeight), ...(layout.margin as object)},
  };
}

// The title of an axis is broken into lines where it is longer than the axis is likely to be.
function axesLaidOut(layout: Layout, width: number, height: number): Layout {
  const axes = Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name)) as [string, Layout][];
  return Object.fromEntries(
    axes.map(([name, axis]) => {
      const title = axis.title as {text?: string} | undefined;
      if (!title?.text) return [name, axis];
      const room = name.startsWith('x') ? 0.7 * width : height - 100;
      const text = title.text.split('<br>').flatMap((line) => wrap(line, room, {size: SIZES.axis}));
      return [name, {...axis, title: {...title, text: text.join('<br>')}}];
    }),
  );
}

// Copies plain objects and lists, turns typed arrays into lists and each title into the {text} form, the
// only one that all versions of plotly read.
function plain(value: unknown, key = ''): unknown {
  if (key === 'title' && typeof value === 'string') return {text: value};
  if (value instanceof Float32Array) return Array.from(value, (v) => Number(v.toPrecision(7))); // all it holds
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number>);
  }
  if (Array.isArray(value)) return value.map((v) => plain(v));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v, k)]));
}
