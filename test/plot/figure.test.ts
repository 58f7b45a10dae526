import * as assert from 'node:assert/strict';
import {DRAWABLE, drawing, figure} from '../../lib/plot/figure';
import {textWidth} from '../../lib/plot/fonts';
import {SIZES, template} from '../../lib/plot/template';
import {assertClose} from '../helpers';

describe('figure(options)', () => {
  it('puts the template under what the figure says itself', () => {
    const {layout, width, height} = figure({...line, layout: {font: {size: 30}}});
    assert.equal(layout.template, template);
    assert.deepEqual([width, height, layout.width, layout.height], [760, 460, 760, 460]);
    assert.deepEqual(layout.font, {size: 30});
  });

  it('turns every title into the form {text}, in layout and data, and leaves other text alone', () => {
    const colorbar = {title: 'nats'};
    const layout = {title: 'T', xaxis: {title: 'x'}, yaxis2: {title: {text: 'y'}}, legend: {title: 'L'}};
    const {data, layout: got} = figure({
      ...line,
      data: [{type: 'heatmap', z: [[1]], colorbar, name: 'title'}],
      layout,
    });
    assert.equal((got.title as {text: string}).text, 'T');
    assert.deepEqual(
      [got.xaxis, got.yaxis2, got.legend],
      [{title: {text: 'x'}}, {title: {text: 'y'}}, {title: {text: 'L'}}],
    );
    assert.deepEqual([data[0].colorbar, data[0].name], [{title: {text: 'nats'}}, 'title']);
  });

  it('copies the data into plain lists, so that later changes do not reach the figure', () => {
    const y = new Float32Array([0.1, 2]);
    const {data} = figure({...line, data: [{type: 'scatter', y, x: new Int32Array([1, 2])}]});
    y[0] = 9;
    assert.deepEqual(data, [{type: 'scatter', y: [0.1, 2], x: [1, 2]}]); // 0.1, not 0.10000000149011612
  });

  it('breaks a title that is wider than the figure, and makes room for its lines', () => {
    const short = figure({...line, layout: {title: 'short'}}).layout;
    const long = figure({...line, layout: {title: 'many words '.repeat(8).trim()}}).layout;
    const lines = (long.title as {text: string}).text.split('<br>');
    assert.equal(lines.length, 2);
    for (const text of lines) assert.ok(textWidth(text, {size: SIZES.title}) <= 760 - 40);
    const top = (layout: typeof long) => (layout.margin as {t: number}).t;
    assertClose(top(long) - top(short), 1.3 * SIZES.title, 0.03); // whole pixels
  });

  it('breaks the title of an axis that is longer than the axis', () => {
    const title = 'squared error per image, summed over the pixels and averaged over the batch';
    const {layout} = figure({...line, layout: {yaxis: {title}}});
    const lines = (layout.yaxis as {title: {text: string}}).title.text.split('<br>');
    assert.equal(lines.join(' '), title);
    assert.equal(lines.length, 2);
  });

  for (const type of ['splom', 'parcoords', 'scatter3d', 'surface', 'mesh3d']) {
    it(`refuses ${type} by name and says what to use instead`, () => {
      const wrong = () => figure({...line, data: [{type: 'bar'}, {type}]});
      assert.throws(
        wrong,
        new RegExp(`RangeError: data\\[1\\]\\.type: ${type} cannot be drawn without a browser; use `),
      );
    });
  }

  it('answers an unknown trace type with the known ones', () => {
    const wrong = () => figure({...line, data: [{type: 'scater'}]});
    assert.throws(wrong, {
      name: 'RangeError',
      message: `data[0].type: expected one of ${DRAWABLE.join(', ')}, got "scater"`,
    });
  });

  it('wants a sentence that says what is to be seen', () => {
    const message = 'alt: expected a sentence that says what is to be seen, got " "';
    assert.throws(() => figure({...line, alt: ' '}), {name: 'TypeError', message});
    assert.throws(() => figure({data: []} as never), /alt: expected a sentence .*, got undefined/);
  });

  it('names an unknown option', () => {
    assert.throws(
      () => figure({...line, titel: 'x'} as never),
      /figure: unknown option titel; known are data, layout/,
    );
  });
});

describe('drawing(options)', () => {
  it('wants a document that begins with <svg', () => {
    const wrong = () => drawing({svg: '<html>', alt: 'A page.', width: 10, height: 10});
    assert.throws(wrong, {message: 'svg: expected a document that begins with <svg, got "<html>"'});
  });
});

const line = {data: [{type: 'scatter', y: [1, 2]}], alt: 'A line from 1 to 2.'};
