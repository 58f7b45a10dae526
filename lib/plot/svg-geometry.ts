/**
 * Where things are in an SVG document: the boxes that a browser would report, from the numbers in the
 * elements and the metrics of the font. plotly asks for them while it lays out a figure, jsdom has no answer.
 */
import {ASCENT, DESCENT, textWidth, type TextStyle} from './fonts';
import {pathPoints} from './svg-path';

/** What is needed of an element or a text node. */
export interface SvgNode {
  readonly nodeType: number;
  readonly localName?: string;
  readonly data?: string;
  readonly namespaceURI?: string | null;
  readonly parentNode: SvgNode | null;
  readonly childNodes: Iterable<SvgNode>;
  readonly style?: {getPropertyValue(name: string): string};
  getAttribute?(name: string): string | null;
}

/** An affine map: x' = a x + c y + e, y' = b x + d y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A rectangle that grows around what is put into it; empty at first. */
export class Box {
  x0 = Infinity;
  y0 = Infinity;
  x1 = -Infinity;
  y1 = -Infinity;

  get empty(): boolean {
    return this.x0 > this.x1;
  }

  include(x: number, y: number): this {
    this.x0 = Math.min(this.x0, x);
    this.y0 = Math.min(this.y0, y);
    this.x1 = Math.max(this.x1, x);
    this.y1 = Math.max(this.y1, y);
    return this;
  }

  includeBox(box: Box, m: Matrix = IDENTITY): this {
    if (box.empty) return this;
    for (const x of [box.x0, box.x1]) {
      for (const y of [box.y0, box.y1]) this.include(m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]);
    }
    return this;
  }
}

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];
const ELEMENT = 1;
const TEXT = 3;
const WITHOUT_BOX = ['defs', 'clipPath', 'style', 'title', 'desc', 'linearGradient', 'pattern', 'marker'];

/** The map that does `inner` first, then `outer`. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

/** The map of a `transform` attribute such as `translate(3,4)rotate(-90,10,20)`. */
export function transformOf(attribute: string | null | undefined): Matrix {
  let m = IDENTITY;
  for (const [, name, list] of (attribute ?? '').matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    const v = (list.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    if (name === 'translate') m = multiply(m, [1, 0, 0, 1, v[0] ?? 0, v[1] ?? 0]);
    else if (name === 'scale') m = multiply(m, [v[0] ?? 1, 0, 0, v[1] ?? v[0] ?? 1, 0, 0]);
    else if (name === 'matrix' && v.length === 6) m = multiply(m, v as unknown as Matrix);
    else if (name === 'rotate') {
      const [cos, sin] = [Math.cos((v[0] * Math.PI) / 180), Math.sin((v[0] * Math.PI) / 180)];
      const [cx, cy] = [v[1] ?? 0, v[2] ?? 0];
      const turned = multiply([cos, sin, -sin, cos, cx, cy], [1, 0, 0, 1, -cx, -cy]);
      m = multiply(m, turned);
    }
  }
  return m;
}

/** The map from an element's own coordinates to those of the outermost svg. */
export function toRoot(node: SvgNode): Matrix {
  let m = IDENTITY;
  for (let n: SvgNode | null = node; n && isSvg(n); n = n.parentNode) m = multiply(ownMap(n), m);
  return m;
}

/** The box of an element in its own coordinates, as getBBox gives it: strokes and clips do not count. */
export function boxOf(node: SvgNode): Box {
  const box = new Box();
  if (hidden(node) || WITHOUT_BOX.includes(node.localName ?? '')) return box;
  const n = (name: string) => numberOf(node, name);
  switch (node.localName) {
    case 'text':
    case 'tspan':
      return textBox(node);
    case 'rect':
    case 'image':
    case 'foreignObject':
      return box.include(n('x'), n('y')).include(n('x') + n('width'), n('y') + n('height'));
    case 'line':
      return box.include(n('x1'), n('y1')).include(n('x2'), n('y2'));
    case 'circle':
      return box.include(n('cx') - n('r'), n('cy') - n('r')).include(n('cx') + n('r'), n('cy') + n('r'));
    case 'ellipse':
      return box.include(n('cx') - n('rx'), n('cy') - n('ry')).include(n('cx') + n('rx'), n('cy') + n('ry'));
    case 'path':
      for (const p of pathPoints(node.getAttribute?.('d') ?? '')) box.include(p.x, p.y);
      return box;
    case 'polygon':
    case 'polyline': {
      const v = (node.getAttribute?.('points')?.match(/[-+.\de]+/g) ?? []).map(Number);
      for (let i = 0; i + 1 < v.length; i += 2) box.include(v[i], v[i + 1]);
      return box;
    }
    default:
      for (const child of node.childNodes) if (isSvg(child)) box.includeBox(boxOf(child), ownMap(child));
      return box;
  }
}

/** The box of an element in the coordinates of the outermost svg. */
export function boxInRoot(node: SvgNode): Box {
  return new Box().includeBox(boxOf(node), toRoot(node));
}

/** Length of the text in an element, all its pieces set one after the other, in pixels. */
export function lengthOfText(node: SvgNode): number {
  let length = 0;
  for (const child of node.childNodes) {
    length += child.nodeType === TEXT ? textWidth(child.data ?? '', styleOf(node)) : lengthOfText(child);
  }
  return length;
}

// SVG's text layout, as far as plotly uses it: chunks that begin at an absolute x and are anchored as a
// whole, and shifts dx, dy in px or em.
function textBox(text: SvgNode): Box {
  interface Run {
    from: number;
    to: number;
    baseline: number;
    size: number;
  }
  interface Chunk {
    x: number;
    anchor: string;
    width: number;
    runs: Run[];
  }
  const begin = (node: SvgNode, x: number): Chunk => {
    return {x, anchor: inherited(node, 'text-anchor') || 'start', width: 0, runs: []};
  };
  const chunks = [begin(text, numberOf(text, 'x'))];
  let baseline = numberOf(text, 'y') + shift(text, 'dy');
  chunks[0].width = shift(text, 'dx');
  const walk = (node: SvgNode) => {
    for (const child of node.childNodes) {
      const chunk = chunks[chunks.length - 1];
      if (child.nodeType === TEXT && child.data) {
        const style = styleOf(node);
        const to = chunk.width + textWidth(child.data, style);
        chunk.runs.push({from: chunk.width, to, baseline, size: style.size});
        chunk.width = to;
      } else if (child.nodeType === ELEMENT && !hidden(child)) {
        if (child.getAttribute?.('x') != null) chunks.push(begin(child, numberOf(child, 'x')));
        if (child.getAttribute?.('y') != null) baseline = numberOf(child, 'y');
        baseline += shift(child, 'dy');
        chunks[chunks.length - 1].width += shift(child, 'dx');
        walk(child);
      }
    }
  };
  walk(text);
  const box = new Box();
  for (const {x, anchor, width, runs} of chunks) {
    const left = x - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
    for (const run of runs) {
      box.include(left + run.from, run.baseline - ASCENT * run.size);
      box.include(left + run.to, run.baseline + DESCENT * run.size);
    }
  }
  return box.empty ? box.include(chunks[0].x, baseline) : box;
}

function styleOf(node: SvgNode): TextStyle {
  const weight = inherited(node, 'font-weight');
  return {
    size: fontSize(node),
    bold: weight === 'bold' || Number(weight) >= 600,
    italic: inherited(node, 'font-style') === 'italic',
  };
}

function fontSize(node: SvgNode): number {
  for (let n: SvgNode | null = node; n && n.nodeType === ELEMENT; n = n.parentNode) {
    const size = own(n, 'font-size');
    if (size.endsWith('em')) return parseFloat(size) * (n.parentNode ? fontSize(n.parentNode) : 12);
    if (size.endsWith('%')) return (parseFloat(size) / 100) * (n.parentNode ? fontSize(n.parentNode) : 12);
    if (size) return parseFloat(size);
  }
  return 12;
}

function shift(node: SvgNode, name: 'dx' | 'dy'): number {
  const value = node.getAttribute?.(name) ?? '';
  return (parseFloat(value) || 0) * (value.endsWith('em') ? fontSize(node) : 1);
}

function ownMap(node: SvgNode): Matrix {
  const m = transformOf(node.getAttribute?.('transform'));
  if (node.localName !== 'svg') return m;
  return multiply(m, [1, 0, 0, 1, numberOf(node, 'x'), numberOf(node, 'y')]);
}

function own(node: SvgNode, property: string): string {
  return node.style?.getPropertyValue(property) || node.getAttribute?.(property) || '';
}

function inherited(node: SvgNode, property: string): string {
  for (let n: SvgNode | null = node; n && n.nodeType === ELEMENT; n = n.parentNode) {
    const value = own(n, property);
    if (value) return value;
  }
  return '';
}

function hidden(node: SvgNode): boolean {
  return own(node, 'display') === 'none';
}

function isSvg(node: SvgNode): boolean {
  return node.nodeType === ELEMENT && (node.namespaceURI ?? '').endsWith('/svg');
}

function numberOf(node: SvgNode, name: string): number {
  return parseFloat(node.getAttribute?.(name) ?? '') || 0;
}
