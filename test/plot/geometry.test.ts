import * as assert from 'node:assert/strict';
import {Resvg} from '@resvg/resvg-js';
import {JSDOM} from 'jsdom';
import {fontFiles, textWidth, wrap} from '../../lib/plot/fonts';
import {
  boxInRoot,
  boxOf,
  lengthOfText,
  multiply,
  transformOf,
  type Box,
  type SvgNode,
} from '../../lib/plot/svg-geometry';
import {pathPoints, pointAt, runningLength} from '../../lib/plot/svg-path';
import {assertClose} from '../helpers';

describe('pathPoints(d)', () => {
  it('follows lines, absolute and relative, and closes', () => {
    const points = pathPoints('M1,2h3v4l-3 0z').map(({x, y}) => [x, y]);
    assert.deepEqual(points, [[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]); // prettier-ignore
  });

  it('reads numbers that touch, exponents and repeated pairs', () => {
    assert.deepEqual(ends('M.5-1e1 2,3L4 5 6 7'), [0.5, -10, 6, 7]);
    assert.equal(pathPoints('M.5-1e1 2,3L4 5 6 7').length, 4);
  });

  it('goes round a circle of arcs: circumference 2πr, every point r from the centre', () => {
    const circle = pathPoints('M10,0A10,10 0 1,1 0,-10A10,10 0 0,1 10,0Z');
    assertClose(runningLength(circle).at(-1)!, 2 * Math.PI * 10, 1e-3);
    assertClose(circle.map(({x, y}) => Math.hypot(x, y)), circle.map(() => 10), 1e-9); // prettier-ignore
  });

  it('enlarges the radii of an arc that is too small for its ends', () => {
    assertClose(runningLength(pathPoints('M0,0A1,1 0 0,1 20,0')).at(-1)!, Math.PI * 10, 1e-3);
  });

  it('gives a straight curve the length of its chord, and a quadratic curve its middle point', () => {
    assertClose(runningLength(pathPoints('M0,0C1,1 2,2 3,3')).at(-1)!, 3 * Math.SQRT2);
    const parabola = pathPoints('M0,0Q10,20 20,0'); // y = x (20 - x) / 10
    assertClose(parabola.map(({y}) => y), parabola.map(({x}) => (x * (20 - x)) / 10), 1e-9); // prettier-ignore
  });

  it('mirrors the control point for S and T', () => {
    const wave = pathPoints('M0,0Q5,10 10,0T20,0');
    assertClose(wave.find(({x}) => Math.abs(x - 15) < 1e-9)!.y, -5);
    const smooth = pathPoints('M0,0C0,5 10,5 10,0S20,-5 20,0');
    assertClose(smooth.find(({x}) => Math.abs(x - 15) < 1e-9)!.y, -3.75); // ¾ of the control points' -5
  });

  it('finds the point some way along, and stays within the ends', () => {
    const corner = pathPoints('M0,0H10V10');
    assert.deepEqual([-1, 4, 13, 99].map((s) => pointAt(corner, s)), [{x: 0, y: 0}, {x: 4, y: 0}, {x: 10, y: 3}, {x: 10, y: 10}]); // prettier-ignore
  });
});

describe('SVG geometry', () => {
  it('applies transforms from the right', () => {
    assertClose(transformOf('translate(3,4) scale(2)'), [2, 0, 0, 2, 3, 4]);
    assertClose(transformOf('rotate(-90,10,20)'), [0, -1, 1, 0, -10, 30]); // (10, 20) stays where it is
    assertClose(multiply(transformOf('scale(2)'), transformOf('translate(1,0)')), [2, 0, 0, 2, 2, 0]);
  });

  it('boxes shapes, groups and nested drawings in the coordinates of the root', () => {
    const root = parse(
      '<g transform="translate(5,5)"><circle cx="10" cy="10" r="3"/><svg x="20"><rect width="4" height="2"/></svg></g>',
    );
    assert.deepEqual(corners(boxOf(root.querySelector('g')!)), [7, 0, 24, 13]);
    assert.deepEqual(corners(boxInRoot(root.querySelector('rect')!)), [25, 5, 29, 7]);
  });

  it('does not count what is not displayed', () => {
    const root = parse(
      '<g><rect width="1" height="1"/><rect width="9" height="9" style="display: none"/></g>',
    );
    assert.deepEqual(corners(boxOf(root.querySelector('g')!)), [0, 0, 1, 1]);
  });

  it('anchors text, adds its pieces and knows sizes in em', () => {
    const root = parse(
      '<text x="100" y="50" text-anchor="end" font-size="20">ab<tspan font-size="0.5em" dy="1em">cd</tspan></text>',
    );
    const width = textWidth('ab', {size: 20}) + textWidth('cd', {size: 10});
    const text = root.querySelector('text')!;
    assertClose(corners(boxOf(text)), [100 - width, 50 - 0.928 * 20, 100, 60 + 0.236 * 10]);
    assertClose(lengthOfText(text), width);
  });
});

describe('textWidth(text, style)', () => {
  // resvg has another shaper and reports the ink: from the left edge of the first stem to the last.
  for (const [text, style] of [
    ['Hhnm squared error llH', {size: 40}],
    ['Hhnm squared error llH', {size: 40, bold: true}],
    ['H 0.1 × 28 AVAToH', {size: 40, italic: true}],
  ] as const) {
    it(`agrees with resvg on ${JSON.stringify(style)}`, () => {
      const weight = 'bold' in style ? 'bold' : 'normal';
      const slant = 'italic' in style ? 'italic' : 'normal';
      const ink = (t: string) => {
        const attributes = `font-family="DejaVu Sans" font-size="40" font-weight="${weight}" font-style="${slant}"`;
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="99"><text x="9" y="60" ${attributes}>${t}</text></svg>`;
        return new Resvg(svg, {font: {fontFiles: fontFiles(), loadSystemFonts: false}}).innerBBox()!.width;
      };
      // Bearings cancel in the difference to the text without its middle.
      assertClose(textWidth(text, style) - textWidth('HH', style), ink(text) - ink('HH'), 2e-3);
    });
  }

  it('wraps at blanks, and keeps a word that is too long', () => {
    const width = textWidth('two words', {size: 14});
    assert.deepEqual(wrap('two words incomprehensibilities a b', width, {size: 14}), ['two words', 'incomprehensibilities', 'a b']); // prettier-ignore
  });
});

function ends(d: string): number[] {
  const points = pathPoints(d);
  return [points[0].x, points[0].y, points.at(-1)!.x, points.at(-1)!.y];
}

function corners({x0, y0, x1, y1}: Box): number[] {
  return [x0, y0, x1, y1];
}

function parse(inner: string): {querySelector(selector: string): SvgNode | null} {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">${inner}</svg>`;
  const {document} = new JSDOM(svg, {contentType: 'image/svg+xml'}).window;
  return document as unknown as {querySelector(selector: string): SvgNode | null};
}
