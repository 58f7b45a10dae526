import * as assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import * as path from 'node:path';
import {createCanvas, loadImage} from '@napi-rs/canvas';
import {JSDOM} from 'jsdom';
import {barChart} from '../../lib/plot/bars';
import {figure, type Figure} from '../../lib/plot/figure';
import {toPng, toSvg} from '../../lib/plot/render';
import {boxInRoot, type Box, type SvgNode} from '../../lib/plot/svg-geometry';
import {assertClose} from '../helpers';
import {drawn, plotly} from './examples';

const all: Record<string, Figure> = {...plotly, ...drawn};

for (const [name, example] of Object.entries(all)) {
  describe(`${name}, drawn`, () => {
    it('keeps every text inside the view, clear of every other', async () => {
      const {texts, view} = read(await toSvg(example));
      assert.ok(texts.length >= 5, `only ${texts.length} texts`);
      for (const {text, box} of texts) {
        const inside = box.x0 >= view[0] && box.y0 >= view[1] && box.x1 <= view[2] && box.y1 <= view[3];
        assert.ok(inside, `${text} lies at ${show(box)} in ${view.join(' ')}`);
      }
      texts.forEach((a, i) => {
        for (const b of texts.slice(i + 1)) {
          assert.ok(
            !overlap(a.box, b.box),
            `${a.text} at ${show(a.box)} lies on ${b.text} at ${show(b.box)}`,
          );
        }
      });
    });

    it('leaves the edge of the picture white: nothing is cut', async () => {
      const {pixel, width, height} = await decode(await toPng(example, {scale: 1}));
      assert.deepEqual([width, height], [example.width, example.height]);
      for (let i = 0; i < Math.max(width, height); i++) {
        for (const depth of [0, 3]) {
          const [x, y] = [Math.min(i, width - 1), Math.min(i, height - 1)];
          for (const at of [
            pixel(x, depth),
            pixel(x, height - 1 - depth),
            pixel(depth, y),
            pixel(width - 1 - depth, y),
          ]) {
            assert.deepEqual(at, [255, 255, 255, 255], `near ${x}, ${y}`);
          }
        }
      }
    });
  });
}

describe('toSvg(figure)', () => {
  it('writes each title, tick and name of the legend', async () => {
    const texts = read(await toSvg(plotly['a loss curve'])).texts.map(({text}) => text);
    const wanted = [
      'Loss while training',
      'epoch',
      'loss (squared error per image)',
      'training',
      'validation',
      '1',
      '6',
    ];
    for (const text of wanted) assert.ok(texts.includes(text), `${text} is not among ${texts.join(', ')}`);
  });

  it('puts the legend beside the data', async () => {
    for (const example of ['a loss curve', 'points by class', 'error by code size']) {
      const {document} = read(await toSvg(plotly[example]));
      const legend = boxInRoot(document.querySelector('g.legend')!);
      const data = boxInRoot(document.querySelector('g.gridlayer')!);
      assert.ok(legend.x0 > data.x1, `${example}: legend from ${legend.x0}, data to ${data.x1}`);
    }
  });

  it('puts points where the axes say', async () => {
    const data = [{type: 'scatter', mode: 'markers', x: [1, 2, 4], y: [10, 30, 20]}];
    const layout = {xaxis: {tickvals: [1, 2, 4]}, yaxis: {tickvals: [10, 20, 30]}};
    const {document, texts} = read(await toSvg(figure({data, layout, alt: 'Three points.'})));
    const points = Array.from(document.querySelectorAll('path.point'), (p) => middle(boxInRoot(p)));
    const tick = (text: string) => middle(texts.find((t) => t.text === text)!.box);
    assertClose(points.map(([x]) => x), ['1', '2', '4'].map((t) => tick(t)[0]), 2e-3); // prettier-ignore
    assertClose(points.map(([, y]) => y), ['10', '30', '20'].map((t) => tick(t)[1]), 1e-2); // prettier-ignore
  });

  it('ends bars where the axis says, beginning at zero', async () => {
    const bars = [40, 20].map((value, i) => ({name: `bar ${i}`, value}));
    const {document} = read(await toSvg(barChart(bars, {valueTitle: 'nats per image'})));
    const boxes = Array.from(document.querySelectorAll('g.barlayer path'), (p) => boxInRoot(p));
    const ticks = Array.from(document.querySelectorAll('g.xtick text'));
    const at = (value: string) => middle(boxInRoot(ticks.find((tick) => textOf(tick) === value)!))[0];
    assertClose(boxes.flatMap(({x0, x1}) => [x0, x1]), [at('0'), at('40'), at('0'), at('20')], 2e-3); // prettier-ignore
  });

  it('draws scattergl as scatter', async () => {
    const of = (type: string) => toSvg(figure({data: [{type, y: [1, 3, 2]}], alt: 'A line.'}));
    assert.equal(await of('scattergl'), await of('scatter'));
  });

  it('carries the sentence as a label', async () => {
    const svg = await toSvg(figure({data: [{type: 'bar', y: [1]}], alt: 'One "bar" & no more <.'}));
    assert.match(svg, /^<svg role="img" aria-label="One &quot;bar&quot; &amp; no more &lt;\."/);
  });

  it('names an attribute or a value that plotly does not know, and draws the next figure', async () => {
    const of = (trace: object, layout = {}) =>
      toSvg(figure({data: [{type: 'scatter', y: [1, 2], ...trace}], layout, alt: 'A line.'}));
    const known = of({mode: 'lines'}); // together with the faulty ones: each is answered for itself
    await Promise.all([
      assert.rejects(of({mode: 'line'}), {
        message: 'data[0].mode: expected a value that plotly knows, got "line"',
      }),
      assert.rejects(of({}, {xaxis: {titel: 'x'}}), /layout\.xaxis\.titel: plotly knows no such attribute/),
    ]);
    assert.match(await known, /class="js-line"/);
  });
});

describe('toPng(figure, options)', () => {
  it('has scale times the pixels of the figure, by default twice', async () => {
    const example = figure({data: [{type: 'bar', y: [1]}], alt: 'A bar.', width: 200, height: 150});
    const sizes = await Promise.all([undefined, 1, 1.5].map((scale) => toPng(example, {scale}).then(decode)));
    assert.deepEqual(sizes.map(({width, height}) => [width, height]), [[400, 300], [200, 150], [300, 225]]); // prettier-ignore
  });

  it('refuses a scale that is not positive', async () => {
    await assert.rejects(toPng(plotly.bars, {scale: 0}), /scale: expected a number > 0, got 0/);
  });

  it('paints bars and heat maps in the colours of the template', async () => {
    const {pixel} = await decode(
      await toPng(barChart([{name: 'a', value: 1}], {valueTitle: 'nats'}), {scale: 1}),
    );
    assert.deepEqual(pixel(300, 50), [0x00, 0x72, 0xb2, 255]);
    const data = [{type: 'heatmap', z: [[0, 1]], showscale: false}];
    const map = await decode(
      await toPng(figure({data, alt: 'Two cells.', width: 300, height: 200}), {scale: 1}),
    );
    assert.deepEqual([map.pixel(100, 80), map.pixel(220, 80)], [[255, 255, 255, 255], [0x00, 0x49, 0x7a, 255]]); // prettier-ignore
  });

  it('paints the colour bar of a matrix in its colours, not in black', async () => {
    const {pixel, width, height} = await decode(await toPng(plotly['a matrix'], {scale: 1}));
    let [black, blue] = [0, 0];
    for (let x = Math.floor(0.8 * width); x < width; x++) {
      for (let y = 0; y < height; y++) {
        const [r, g, b] = pixel(x, y);
        if (r + g + b === 0) black++; // ink is #222222
        if (r < 8 && Math.abs(g - 0x49) < 8 && Math.abs(b - 0x7a) < 8) blue++; // the scale ends in #00497a
      }
    }
    assert.ok(black === 0 && blue > 20, `${black} black and ${blue} blue pixels`);
  });
});

describe('Drawing figures', () => {
  it('gives the same bytes in another process, whatever was drawn before', async () => {
    const script = `
      const {plotly, drawn} = require(${JSON.stringify(path.join(__dirname, 'examples'))});
      const {toPng, toSvg} = require(${JSON.stringify(path.join(__dirname, '../../lib/plot/render'))});
      const {createHash} = require('node:crypto');
      (async () => {
        for (const name of ['reconstructions', 'error by code size', 'a matrix', 'a loss curve']) {
          const f = {...plotly, ...drawn}[name];
          console.log(name, createHash('sha256').update(await toSvg(f)).update(await toPng(f)).digest('hex'));
        }
      })();`;
    const theirs = execFileSync(process.execPath, ['-e', script], {encoding: 'utf8'}).trim().split('\n');
    const {createHash} = await import('node:crypto');
    const ours = ['reconstructions', 'error by code size', 'a matrix', 'a loss curve'].map(async (name) => {
      const fresh = {...all[name]}; // not the copy that was drawn above
      const [svg, png] = [await toSvg(fresh), await toPng(fresh)];
      return `${name} ${createHash('sha256').update(svg).update(png).digest('hex')}`;
    });
    assert.deepEqual(theirs, await Promise.all(ours));
  });

  it('neither draws from Math.random of the process nor changes it', () => {
    // In a process of its own, so that loading jsdom and plotly is seen as well.
    const script = `
      let calls = 0;
      const mine = () => (calls++, 0.5);
      Math.random = mine;
      const {plotly, drawn} = require(${JSON.stringify(path.join(__dirname, 'examples'))});
      const {toPng} = require(${JSON.stringify(path.join(__dirname, '../../lib/plot/render'))});
      (async () => {
        for (const f of [plotly['a loss curve'], plotly['a matrix'], drawn.reconstructions]) await toPng(f);
        console.log(calls, Math.random === mine);
      })();`;
    assert.equal(execFileSync(process.execPath, ['-e', script], {encoding: 'utf8'}).trim(), '0 true');
  });
});

interface Document {
  documentElement: SvgNode;
  querySelector(selector: string): SvgNode | null;
  querySelectorAll(selector: string): ArrayLike<SvgNode> & Iterable<SvgNode>;
}

function read(svg: string) {
  const document = new JSDOM(svg, {contentType: 'image/svg+xml'}).window.document as unknown as Document;
  const [x, y, width, height] = document.documentElement.getAttribute!('viewBox')!.split(' ').map(Number);
  const texts = Array.from(document.querySelectorAll('text'), (node) => ({
    text: textOf(node),
    box: boxInRoot(node),
  }));
  const written = texts.filter(({text}) => text.trim() !== '');
  return {document, view: [x, y, x + width, y + height], texts: written};
}

function textOf(node: SvgNode): string {
  return node.data ?? Array.from(node.childNodes, textOf).join('');
}

function middle({x0, y0, x1, y1}: Box): [number, number] {
  return [(x0 + x1) / 2, (y0 + y1) / 2];
}

// Boxes reach from the font's ascent to its descent, more than any letter needs: 2 px may be shared.
function overlap(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 + 2 < b.y1 && b.y0 + 2 < a.y1;
}

function show({x0, y0, x1, y1}: Box): string {
  return [x0, y0, x1, y1].map((v) => v.toFixed(1)).join(' ');
}

async function decode(png: Buffer) {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const {data, width, height} = context.getImageData(0, 0, image.width, image.height);
  const pixel = (x: number, y: number) =>
    Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4));
  return {width, height, pixel};
}
