/**
 * The one font of all figures, DejaVu Sans from its npm package, and the widths of texts set in it.
 * Nothing is taken from the fonts of the machine, so a figure has the same bytes everywhere.
 */
import {createRequire} from 'node:module';
import * as path from 'node:path';
import type * as canvas from '@napi-rs/canvas';

/** How a piece of text is set; the size is in pixels. */
export interface TextStyle {
  size: number;
  bold?: boolean;
  italic?: boolean;
}

/**
 * The family as figures name it. Verdana has nearly the same widths: it stands in where a slide program
 * or a browser shows an SVG on a machine without DejaVu Sans.
 */
export const FONT_FAMILY = 'DejaVu Sans, Verdana, sans-serif';

/** Height of a line above its baseline, per pixel of size (from the font's table hhea). */
export const ASCENT = 0.928;
/** Depth of a line below its baseline, per pixel of size (from the font's table hhea). */
export const DESCENT = 0.236;

const FACES = ['DejaVuSans', 'DejaVuSans-Bold', 'DejaVuSans-Oblique', 'DejaVuSans-BoldOblique'];

/** The font files: regular, bold, oblique, bold oblique. */
export function fontFiles(): string[] {
  const folder = path.dirname(require.resolve('dejavu-fonts-ttf/package.json'));
  return FACES.map((face) => path.join(folder, 'ttf', `${face}.ttf`));
}

/** Width in pixels of one line of text, kerning included. */
export function textWidth(text: string, style: TextStyle): number {
  const key = `${face(style)} ${style.size} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    measurer ??= loadMeasurer();
    measurer.font = `${style.size}px "course ${face(style)}"`;
    width = measurer.measureText(text).width;
    if (widths.size >= 10_000) widths.clear(); // figures of a long session must not add up
    widths.set(key, width);
  }
  return width;
}

/** Breaks a text at blanks into lines at most `width` pixels wide; a longer word keeps its own line. */
export function wrap(text: string, width: number, style: TextStyle): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : undefined;
    if (longer !== undefined && textWidth(longer, style) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

const widths = new Map<string, number>();
let measurer: canvas.SKRSContext2D | undefined;

function face({bold, italic}: TextStyle): string {
  return FACES[(bold ? 1 : 0) + (italic ? 2 : 0)];
}

// Loaded at the first text, not with lib: it takes 0.1 s that a lesson without figures need not wait.
function loadMeasurer(): canvas.SKRSContext2D {
  const {createCanvas, GlobalFonts} = createRequire(__filename)('@napi-rs/canvas') as typeof canvas;
  // Under names of our own: the machine may have another version of "DejaVu Sans".
  fontFiles().forEach((file, i) => GlobalFonts.registerFromPath(file, `course ${FACES[i]}`));
  return createCanvas(8, 8).getContext('2d');
}
