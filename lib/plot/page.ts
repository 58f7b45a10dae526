/**
 * A page without a browser in which plotly draws: jsdom, with the measurements that it lacks. jsdom knows
 * elements but not where they lie; plotly asks for boxes of texts to place titles, ticks and legends.
 */
import {createRequire} from 'node:module';
import * as fs from 'node:fs';
import type * as canvases from '@napi-rs/canvas';
import type {Layout, Trace} from './figure';
import {Box, boxInRoot, boxOf, lengthOfText, toRoot, type SvgNode} from './svg-geometry';
import {pathPoints, pointAt, runningLength} from './svg-path';
import {PADDING} from './template';

/** What plotly needs to draw one figure. */
export interface Drawable {
  data: readonly Trace[];
  layout: Layout;
  width: number;
  height: number;
}

/** The page: it draws one figure at a time. */
export interface Page {
  /**
   * The figure as an SVG document; the same figure gives the same text.
   * @throws TypeError for an attribute or a value that plotly does not know.
   */
  draw(figure: Drawable): Promise<string>;
}

const LONGEST_DRAWING = 120_000; // ms; a figure takes 0.03 to 2 s, a browser-only feature for ever

// The parts of the window that are used. The DOM's own types are not wanted in a library without a DOM.
interface Window {
  Math: {random: () => number};
  JSON: typeof JSON;
  URL: Record<string, unknown>;
  TextDecoder: unknown;
  TextEncoder: unknown;
  matchMedia: unknown;
  Plotly: {
    toImage(figure: object, options: object): Promise<string>;
    validate(data: unknown, layout: unknown): Fault[] | undefined;
    PlotSchema: {get(): object};
  };
  SVGElement: {prototype: object};
  HTMLElement: {prototype: object};
  HTMLCanvasElement: {prototype: object};
  eval(source: string): void;
}

// What plotly's own check finds in a figure.
interface Fault {
  code: string;
  container: 'data' | 'layout';
  trace: number | null;
  path: (string | number)[];
}

/** Opens a page and loads plotly into it: about 1.5 s and 200 MB, once per process. */
export async function openPage(): Promise<Page> {
  const {JSDOM, VirtualConsole} = await import('jsdom');
  const faults = new VirtualConsole(); // plotly's warnings stay here, its errors reject the drawing
  let fail: (error: Error) => void = () => {};
  faults.on('jsdomError', (error: Error) => fail(error));
  const dom = new JSDOM('<!doctype html><html><body></body></html>', {
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    virtualConsole: faults,
  });
  const window = dom.window as unknown as Window;
  supplyGlobals(window);
  supplyMeasurements(window);
  supplyCanvas(window);
  const reseed = supplyRandom(window);
  window.eval(fs.readFileSync(require.resolve('plotly.js-dist-min/plotly.min.js'), 'utf8'));

  const schema = window.Plotly.PlotSchema.get(); // 0.3 s: validate would ask for it again at every figure
  window.Plotly.PlotSchema.get = () => schema;

  return {
    async draw({data, layout, width, height}) {
      const figure = window.JSON.parse(JSON.stringify({data, layout})) as Pick<Drawable, 'data' | 'layout'>;
      assertKnown(figure, window.Plotly.validate(figure.data, figure.layout) ?? []);
      reseed();
      let timer: NodeJS.Timeout | undefined;
      const fault = new Promise<never>((_, reject) => {
        fail = reject;
        const late = new Error(`the figure was not drawn within ${LONGEST_DRAWING / 1000} s`);
        timer = setTimeout(() => reject(late), LONGEST_DRAWING);
      });
      try {
        const drawing = window.Plotly.toImage(
          {...figure, config: {staticPlot: true}},
          {format: 'svg', width: width - 2 * PADDING, height: height - 2 * PADDING},
        );
        const url = await Promise.race([drawing, fault]);
        return padded(decodeURIComponent(url.slice(url.indexOf(',') + 1)), width, height);
      } finally {
        clearTimeout(timer);
        fail = () => {};
      }
    },
  };
}

// plotly ignores what it does not know: a misspelt option would be silently without effect.
function assertKnown(figure: Pick<Drawable, 'data' | 'layout'>, faults: readonly Fault[]): void {
  for (const {code, container, trace, path} of faults) {
    if (code !== 'schema' && code !== 'value') continue; // others are harmless, e.g. unused
    const name = [container === 'data' ? `data[${trace}]` : 'layout', ...path].join('.');
    const owner: unknown = container === 'data' ? figure.data[trace ?? 0] : figure.layout;
    const value = path.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | undefined)?.[key],
      owner,
    );
    throw code === 'schema'
      ? new TypeError(`${name}: plotly knows no such attribute; see https://plotly.com/javascript/reference/`)
      : new TypeError(`${name}: expected a value that plotly knows, got ${JSON.stringify(value)}`);
  }
}

// The document, drawn smaller by the padding, in a view of the full size.
function padded(svg: string, width: number, height: number): string {
  const root = svg.slice(0, svg.indexOf('>') + 1);
  const box = `width="${width}" height="${height}" viewBox="${-PADDING} ${-PADDING} ${width} ${height}"`;
  const bare = root.replace(/ (?:width|height|viewBox)="[^"]*"/g, '');
  const paper = `<rect x="${-PADDING}" y="${-PADDING}" width="${width}" height="${height}"`;
  return (
    bare.replace('<svg', `<svg ${box}`) +
    svg.slice(root.length).replace(/<rect x="0" y="0" width="\d+" height="\d+"/, paper)
  );
}

// plotly names clips and gradients at random. The page has a Math of its own: the process's stream of
// random numbers, from which training draws, is neither used nor changed.
function supplyRandom(window: Window): () => void {
  let state = 1;
  window.Math.random = () => (state = (state * 16807) % 2147483647) / 2147483647; // Park & Miller 1988
  return () => {
    state = 1;
  };
}

// What plotly's maps look for while plotly loads, though no map is drawn.
function supplyGlobals(window: Window): void {
  window.TextDecoder = TextDecoder;
  window.TextEncoder = TextEncoder;
  window.URL.createObjectURL = () => 'blob:none';
  window.URL.revokeObjectURL = () => {};
  window.matchMedia = () => ({
    matches: false,
    addListener() {},
    addEventListener() {},
    removeEventListener() {},
  });
}

function supplyMeasurements(window: Window): void {
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: SvgNode) {
      return rectangle(boxOf(this));
    },
    getBoundingClientRect(this: SvgNode) {
      const isRoot = this.localName === 'svg' && this.parentNode?.localName !== 'svg';
      return isRoot ? sizeOf(this) : rectangle(boxInRoot(this));
    },
    getComputedTextLength(this: SvgNode) {
      return lengthOfText(this);
    },
    getCTM: matrixOf,
    getScreenCTM: matrixOf,
    getTotalLength(this: SvgNode) {
      return runningLength(outlineOf(this)).at(-1) ?? 0;
    },
    getPointAtLength(this: SvgNode, distance: number) {
      return pointAt(outlineOf(this), distance);
    },
  });
  Object.assign(window.HTMLElement.prototype, {
    getBoundingClientRect(this: SvgNode) {
      const size = (name: string) => parseFloat(this.style?.getPropertyValue(name) ?? '') || 0;
      return rectangle(new Box().include(0, 0).include(size('width'), size('height')));
    },
  });
}

interface CanvasElement {
  width: number;
  height: number;
}

// Heat maps are painted on a canvas and put into the SVG as a PNG.
function supplyCanvas(window: Window): void {
  const drawn = new WeakMap<CanvasElement, canvases.Canvas>();
  const canvasOf = (element: CanvasElement): canvases.Canvas => {
    let canvas = drawn.get(element);
    if (canvas?.width !== element.width || canvas.height !== element.height) {
      const {createCanvas} = createRequire(__filename)('@napi-rs/canvas') as typeof canvases;
      canvas = createCanvas(element.width, element.height);
      drawn.set(element, canvas);
    }
    return canvas;
  };
  Object.assign(window.HTMLCanvasElement.prototype, {
    getContext(this: CanvasElement, kind: string) {
      return kind === '2d' ? canvasOf(this).getContext('2d') : null; // no WebGL
    },
    toDataURL(this: CanvasElement) {
      return canvasOf(this).toDataURL('image/png');
    },
  });
}

let outline: {d: string; points: ReturnType<typeof pathPoints>} = {d: '', points: []};

// plotly asks for many points of one path in a row.
function outlineOf(path: SvgNode): ReturnType<typeof pathPoints> {
  const d = path.getAttribute?.('d') ?? '';
  if (d !== outline.d) outline = {d, points: pathPoints(d)};
  return outline.points;
}

function sizeOf(svg: SvgNode): object {
  const size = (name: string) => parseFloat(svg.getAttribute?.(name) ?? '') || 0;
  return rectangle(new Box().include(0, 0).include(size('width'), size('height')));
}

function rectangle(box: Box): object {
  const {x0, y0, x1, y1} = box.empty ? {x0: 0, y0: 0, x1: 0, y1: 0} : box;
  return {x: x0, y: y0, width: x1 - x0, height: y1 - y0, left: x0, top: y0, right: x1, bottom: y1};
}

function matrixOf(this: SvgNode): object {
  const [a, b, c, d, e, f] = toRoot(this);
  const k = 1 / (a * d - b * c);
  const inverse = () => {
    return {a: d * k, b: -b * k, c: -c * k, d: a * k, e: (c * f - d * e) * k, f: (b * e - a * f) * k};
  };
  return {a, b, c, d, e, f, inverse};
}
