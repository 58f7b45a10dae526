import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {figure} from '../../lib/plot/figure';
import {imageGrid} from '../../lib/plot/image-grid';
import {toPng, toSvg} from '../../lib/plot/render';
import {save, show} from '../../lib/plot/show';

const line = figure({
  data: [{type: 'scatter', y: new Float32Array([1, 2])}],
  layout: {title: 'T'},
  alt: 'A line.',
});
const picture = imageGrid([[0, 1, 1, 0]], {alt: 'One image.'});

describe('show(figure)', () => {
  // What display.ts looks for: the loaded module of tslab that holds the writer of the running cell.
  const module = path.join(path.sep, 'fake', 'tslab', 'dist', 'jupyter.js');
  const written: {data: Record<string, unknown>; metadata: unknown}[] = [];

  beforeEach(() => {
    written.length = 0;
    const lastWriteDisplayData = (content: (typeof written)[number]) => void written.push(content);
    require.cache[module] = {exports: {lastWriteDisplayData}} as NodeJS.Module;
  });
  afterEach(() => void delete require.cache[module]);

  it('writes one bundle: plotly, a PNG of twice the size, and the sentence', async () => {
    await show(line);
    const [{data, metadata}] = written;
    assert.deepEqual(Object.keys(data), ['application/vnd.plotly.v1+json', 'image/png', 'text/plain']);
    assert.equal(data['text/plain'], 'A line.');
    assert.equal(data['image/png'], (await toPng(line, {scale: 2})).toString('base64'));
    assert.deepEqual(metadata, {'image/png': {width: 760, height: 460}});
    const sent = JSON.parse(JSON.stringify(data['application/vnd.plotly.v1+json'])) as {
      data: unknown;
      layout: {title: object};
      config: {modeBarButtonsToRemove: string[]};
    };
    assert.ok(
      sent.config.modeBarButtonsToRemove.includes('sendChartToCloud'),
      'a figure stays on the machine',
    );
    assert.deepEqual(sent.data, [{type: 'scatter', y: [1, 2]}]);
    assert.ok('text' in sent.layout.title && sent.layout.title.text === 'T');
    assert.equal(written.length, 1);
  });

  it('writes a drawing as PNG and sentence, without SVG or HTML', async () => {
    await show(picture);
    assert.deepEqual(Object.keys(written[0].data), ['image/png', 'text/plain']);
  });

  it('does nothing outside a notebook', async () => {
    delete require.cache[module];
    await show(line);
    assert.deepEqual(written, []);
  });
});

describe('save(figure, stem)', () => {
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'figures with blanks '))));
  afterEach(() => fs.rmSync(folder, {recursive: true}));

  it('writes SVG and PNG into folders that it makes, and leaves nothing else', async () => {
    const files = await save(line, path.join(folder, '01-autoencoder', 'v1.0 loss'));
    const inside = path.join(folder, '01-autoencoder');
    assert.deepEqual(fs.readdirSync(inside).sort(), ['v1.0 loss.png', 'v1.0 loss.svg']);
    assert.equal(fs.readFileSync(files.svg, 'utf8'), await toSvg(line));
    assert.deepEqual(fs.readFileSync(files.png), await toPng(line));
  });

  it('keeps the older files when the figure cannot be drawn', async () => {
    const stem = path.join(folder, 'figure');
    const {svg} = await save(picture, stem);
    const before = fs.readFileSync(svg, 'utf8');
    const broken = figure({data: [{type: 'scatter', y: [1], mode: 'dots'}], alt: 'Dots.'});
    await assert.rejects(
      save(broken, stem),
      /data\[0\]\.mode: expected a value that plotly knows, got "dots"/,
    );
    assert.equal(fs.readFileSync(svg, 'utf8'), before);
    assert.deepEqual(fs.readdirSync(folder).sort(), ['figure.png', 'figure.svg']);
  });

  it('removes its partial file when the place is taken by a folder', async () => {
    fs.mkdirSync(path.join(folder, 'figure.svg'));
    await assert.rejects(save(picture, path.join(folder, 'figure')));
    assert.deepEqual(fs.readdirSync(folder), ['figure.svg']);
  });

  it('wants a path without extension', async () => {
    await assert.rejects(
      save(picture, path.join(folder, 'a.PNG')),
      /stem: expected a path without extension, .* got .*a\.PNG/,
    );
  });
});
