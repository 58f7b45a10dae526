/**
 * Pictures in rows and columns with captions, as one SVG document. Every place is a whole pixel and each
 * image pixel a square of whole size, so nothing is blurred at any whole-number zoom.
 */
import {drawing, type DrawnFigure} from './figure';
import {FONT_FAMILY, textWidth, wrap, type TextStyle} from './fonts';
import {imageBytes, type ImageStack} from './images';
import {encodePng} from './png';
import {INK, MUTED, SIZES} from './template';
import {escapeXml} from './xml';

/** One picture of a grid. */
export interface Cell {
  stack: ImageStack;
  index: number;
  /** Set under the picture. */
  label?: string;
}

/** A row of pictures. */
export interface Row {
  cells: readonly Cell[];
  label?: string;
  /** A second, quieter line under the row's label, e.g. what the numbers under the pictures are. */
  note?: string;
}

/** What {@link drawGrid} lays out. */
export interface Grid {
  rows: readonly Row[];
  columnLabels?: readonly string[];
  title?: string;
  /** Figure pixels per image pixel, a whole number. Default: what suits a slide. */
  scale?: number;
  /** How the value 1 is drawn in images of one channel: ink is black, light is white. */
  one: 'ink' | 'light';
  alt: string;
}

const MARGIN = 20;
const GAP = 6; // between pictures
const WIDEST = 780; // the default scale keeps a grid within it where it can
const LARGEST = 96; // and a picture within this
const ROW_LABEL_WIDTH = 150;
const LINE = 1.35; // line height per pixel of size
const LABEL: TextStyle = {size: SIZES.tick};
const NOTE: TextStyle = {size: SIZES.note};
const TITLE: TextStyle = {size: SIZES.title};

/** Lays out and draws a grid; all pictures have one size. */
export function drawGrid({rows, columnLabels, title, scale, one, alt}: Grid): DrawnFigure {
  const {height, width} = rows[0].cells[0].stack;
  const columns = Math.max(...rows.map(({cells}) => cells.length));
  const zoom = scale ?? suitableScale(columns, Math.max(height, width));
  const [pictureWidth, pictureHeight] = [zoom * width, zoom * height];

  const captions = [
    ...(columnLabels ?? []),
    ...rows.flatMap(({cells}) => cells.map(({label}) => label ?? '')),
  ];
  const widestCaption = Math.max(0, ...captions.map((text) => textWidth(text, NOTE)));
  const columnWidth = Math.max(pictureWidth, Math.ceil(widestCaption) + 4);
  const labels = rows.map(({label, note}) => [
    ...(label ? wrap(label, ROW_LABEL_WIDTH, LABEL).map((text) => ({text, style: LABEL, colour: INK})) : []),
    ...(note ? wrap(note, ROW_LABEL_WIDTH, NOTE).map((text) => ({text, style: NOTE, colour: MUTED})) : []),
  ]);
  const widestLabel = Math.max(0, ...labels.flat().map(({text, style}) => textWidth(text, style)));
  const left = MARGIN + (widestLabel > 0 ? Math.ceil(widestLabel) + 14 : 0);
  const gridWidth = columns * columnWidth + (columns - 1) * GAP;
  const words = (title ?? '').split(' ').map((word) => Math.ceil(textWidth(word, TITLE)));
  const total = Math.max(
    left + gridWidth + MARGIN,
    title ? Math.max(360, ...words.map((w) => w + 2 * MARGIN)) : 0,
  );

  const parts: string[] = [];
  let y = MARGIN;
  const lines = title ? wrap(title, total - 2 * MARGIN, TITLE) : [];
  for (const text of lines) {
    parts.push(textAt(text, MARGIN, y + 0.93 * TITLE.size, 'start', TITLE, INK));
    y += Math.round(1.3 * TITLE.size);
  }
  if (lines.length > 0) y += 8;
  const columnX = (c: number) => left + c * (columnWidth + GAP);
  if (columnLabels) {
    columnLabels.forEach((text, c) => {
      parts.push(textAt(text, columnX(c) + columnWidth / 2, y + NOTE.size, 'middle', NOTE, INK));
    });
    y += Math.round(LINE * NOTE.size) + 4;
  }
  rows.forEach(({cells}, r) => {
    const textHeight = labels[r].reduce((sum, {style}) => sum + LINE * style.size, 0);
    const captioned = cells.some(({label}) => label) ? Math.round(LINE * NOTE.size) + 2 : 0;
    const rowHeight = Math.max(pictureHeight + captioned, Math.ceil(textHeight));
    let baseline = y + Math.max(0, (pictureHeight - textHeight) / 2);
    for (const {text, style, colour} of labels[r]) {
      parts.push(textAt(text, left - 14, baseline + style.size, 'end', style, colour));
      baseline += LINE * style.size;
    }
    cells.forEach((cell, c) => {
      const x = columnX(c) + Math.floor((columnWidth - pictureWidth) / 2);
      parts.push(picture(cell, x, y, zoom, one));
      if (cell.label) {
        const middle = columnX(c) + columnWidth / 2;
        parts.push(textAt(cell.label, middle, y + pictureHeight + 2 + NOTE.size, 'middle', NOTE, INK));
      }
    });
    y += rowHeight + (captioned ? GAP + 2 : GAP);
  });
  const size = {width: total, height: y - GAP + MARGIN};
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${size.width}" ` +
    `height="${size.height}" viewBox="0 0 ${size.width} ${size.height}" font-family="${FONT_FAMILY}">` +
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>${parts.join('')}</svg>`;
  return drawing({svg, alt, ...size});
}

function suitableScale(columns: number, side: number): number {
  const room = (WIDEST - (columns - 1) * GAP) / columns;
  return Math.max(1, Math.floor(Math.min(room, LARGEST) / side));
}

// The picture is enlarged before it goes into the document: slide programs smooth what they enlarge.
function picture({stack, index}: Cell, x: number, y: number, zoom: number, one: Grid['one']): string {
  const {height, width, channels} = stack;
  const bytes = imageBytes(stack, index, channels === 1 && one === 'ink');
  const [w, h] = [zoom * width, zoom * height];
  const large = new Uint8Array(w * h * channels);
  for (let i = 0, row = 0; row < h; row++) {
    for (let column = 0; column < w; column++) {
      const from = (Math.floor(row / zoom) * width + Math.floor(column / zoom)) * channels;
      for (let c = 0; c < channels; c++) large[i++] = bytes[from + c];
    }
  }
  const png = encodePng(large, w, h, channels).toString('base64');
  return (
    `<rect x="${x - 0.5}" y="${y - 0.5}" width="${w + 1}" height="${h + 1}" fill="none" stroke="#c4c4c4"/>` +
    `<image x="${x}" y="${y}" width="${w}" height="${h}" style="image-rendering: pixelated" ` +
    `xlink:href="data:image/png;base64,${png}"/>`
  );
}

function textAt(
  text: string,
  x: number,
  y: number,
  anchor: string,
  style: TextStyle,
  colour: string,
): string {
  const place = `x="${x}" y="${Math.round(10 * y) / 10}" text-anchor="${anchor}"`;
  return `<text ${place} font-size="${style.size}" fill="${colour}">${escapeXml(text)}</text>`;
}
