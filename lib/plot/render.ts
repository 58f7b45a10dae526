/**
 * Figures as SVG and PNG, without a browser. The same figure gives the same bytes, in this process and
 * in the next one, and drawing neither uses nor changes the process's Math.random.
 */
import {createRequire} from 'node:module';
import type * as resvg from '@resvg/resvg-js';
import {assertPositive} from '../check';
import type {Figure, PlotlyFigure} from './figure';
import {fontFiles} from './fonts';
import {openPage, type Page} from './page';
import {escapeXml} from './xml';

/** How {@link toPng} draws. */
export interface PngOptions {
  /**
   * Pixels of the picture per pixel of the figure. Default 2: sharp on a projector. For drawings it is
   * rounded to a whole number, so that an image's pixels stay squares of one size.
   */
  scale?: number;
}

/** The figure as an SVG document, for slides and print; its sentence goes along as a label. */
export async function toSvg(figure: Figure): Promise<string> {
  if (figure.kind === 'drawn') return labelled(figure.svg, figure.alt);
  let svg = drawn.get(figure);
  if (!svg) drawn.set(figure, (svg = draw(figure)));
  return labelled(await svg, figure.alt);
}

/** The figure as a PNG file, on white. */
export async function toPng(figure: Figure, {scale = 2}: PngOptions = {}): Promise<Buffer> {
  assertPositive('scale', scale);
  const zoom = figure.kind === 'drawn' ? Math.max(1, Math.round(scale)) : scale;
  const {Resvg} = createRequire(__filename)('@resvg/resvg-js') as typeof resvg;
  const svg = forResvg(await toSvg(figure));
  const picture = new Resvg(svg, {
    fitTo: {mode: 'zoom', value: zoom},
    font: {fontFiles: fontFiles(), loadSystemFonts: EAST_ASIAN.test(svg), defaultFontFamily: 'DejaVu Sans'},
    background: 'white',
  });
  return picture.render().asPng();
}

// DejaVu Sans lacks these letters: where a figure has some, and only there, the machine's fonts help out.
const EAST_ASIAN = /[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]/;

// A figure that is saved and shown is drawn once; it is forgotten together with the figure.
const drawn = new WeakMap<PlotlyFigure, Promise<string>>();
let page: Promise<Page> | undefined;
let last: Promise<unknown> = Promise.resolve();

// One figure after the other: they share the page and its seed.
function draw(figure: PlotlyFigure): Promise<string> {
  const turn = last.then(async () => {
    page ??= openPage();
    const data = figure.data.map((trace) =>
      trace.type === 'scattergl' ? {...trace, type: 'scatter'} : trace,
    );
    return (await page).draw({...figure, data});
  });
  last = turn.catch(() => undefined); // the next figure is not to blame
  return turn;
}

function labelled(svg: string, alt: string): string {
  return svg.replace(/<svg\b/, `<svg role="img" aria-label="${escapeXml(alt)}"`);
}

// resvg smooths images unless told not to in the words of SVG 1.1: heat maps and digits would be blurred.
function forResvg(svg: string): string {
  return svg.replace(/image-rendering:\s*(?:pixelated|crisp-edges)/g, 'image-rendering: optimizeSpeed');
}
