import * as assert from 'node:assert/strict';
import {barChart} from '../../lib/plot/bars';
import {errorByCodeSize, lossCurve} from '../../lib/plot/curves';
import type {PlotlyFigure} from '../../lib/plot/figure';
import {placeLabels} from '../../lib/plot/labels';
import {vectorField} from '../../lib/plot/field';
import {lineChart} from '../../lib/plot/lines';
import {matrix} from '../../lib/plot/matrix';
import {logTicks, shortNumber, wholeStep} from '../../lib/plot/numbers';
import {scatterByLabel} from '../../lib/plot/scatter';
import {COLOURS, MARKERS} from '../../lib/plot/template';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';
import {history} from './examples';

describe('lossCurve(history, options)', () => {
  it('draws training and validation of the total by epoch, and says so', () => {
    const {data, layout, alt} = lossCurve(history(3), {unit: 'nats per image'});
    assert.deepEqual(data.map(({name, x, y}) => [name, x, y]), [
      ['training', [1, 2, 3], [64, 32, 16]],
      ['validation', [1, 2, 3], [96, 48, 24]],
    ]); // prettier-ignore
    assert.deepEqual([titleOf(layout.xaxis), titleOf(layout.yaxis)], ['epoch', 'loss (nats per image)']);
    assert.equal(alt, 'Loss over 3 epochs: training from 64 to 16, validation from 96 to 24.');
  });

  it('draws one curve where nothing was validated, without a legend', () => {
    const epochs = history(3).epochs.map(({validation: _, ...epoch}) => epoch);
    const {data, layout} = lossCurve({epochs});
    assert.deepEqual([data.length, layout.showlegend], [1, false]);
  });

  it('leaves a gap where an epoch has no validation', () => {
    const {epochs} = history(3);
    const gap = epochs.map((epoch, i) => (i === 1 ? {...epoch, validation: undefined} : epoch));
    assert.deepEqual(lossCurve({epochs: gap}).data[1].y, [96, null, 24]);
  });

  it('draws the terms asked for, one colour each, validation dashed', () => {
    const {data} = lossCurve(history(2), {terms: ['reconstruction', 'kl']});
    assert.deepEqual(
      data.map(({name, y, line}) => [name, y, line]),
      [
        ['training: reconstruction', [48, 24], {color: COLOURS[0], dash: 'solid'}],
        ['validation: reconstruction', [72, 36], {color: COLOURS[0], dash: 'dash'}],
        ['training: kl', [16, 8], {color: COLOURS[1], dash: 'solid'}],
        ['validation: kl', [24, 12], {color: COLOURS[1], dash: 'dash'}],
      ],
    );
  });

  it('puts whole epochs on the axis', () => {
    const step = (n: number) => (lossCurve(history(n)).layout.xaxis as {dtick: number}).dtick;
    assert.deepEqual([1, 10, 11, 30, 200].map(step), [1, 1, 2, 5, 20]);
  });

  it('answers an unknown term, an empty history and a zero on a logarithmic axis with a sentence', () => {
    assert.throws(
      () => lossCurve(history(2), {terms: ['kld']}),
      /terms: expected some of total, reconstruction, kl, got kld/,
    );
    assert.throws(
      () => lossCurve({epochs: []}),
      /history: expected at least one epoch, got none; train first/,
    );
    const {epochs} = history(2);
    epochs[1].train.total = 0;
    assert.throws(
      () => lossCurve({epochs}, {log: true}),
      /log: expected losses > 0 for a logarithmic axis, got 0; leave out log/,
    );
  });
});

describe('errorByCodeSize(series, options)', () => {
  it('uses logarithmic axes around the data, with ticks at the code sizes', () => {
    const {layout, data} = errorByCodeSize([{name: 'PCA', codeSize: [2, 8, 30], error: [44, 27, 13.87]}]);
    const [x, y] = [layout.xaxis, layout.yaxis] as {type: string; range: number[]; tickvals: number[]}[];
    assert.deepEqual([x.type, y.type, x.tickvals], ['log', 'log', [2, 8, 30]]);
    assertClose(x.range, [Math.log10(2 / 1.3), Math.log10(30 * 1.3)]);
    assertClose(y.range, [Math.log10(13.87 / 1.3), Math.log10(44 * 1.3)]);
    assert.deepEqual(
      [titleOf(x), titleOf(y)],
      ['code size (numbers per image)', 'squared error per image (sum over pixels)'],
    );
    assert.equal(data[0].mode, 'lines+markers');
  });

  it('draws published values hollow and says that they are', () => {
    const {data} = errorByCodeSize([
      {name: 'ours', codeSize: [30], error: [4]},
      {name: 'theirs', codeSize: [30], error: [3], published: true},
    ]);
    assert.deepEqual(data.map(({name}) => name), ['ours', 'theirs (published)']); // prettier-ignore
    assert.deepEqual(data.map(({marker}) => (marker as {symbol: string}).symbol), ['circle', 'circle-open']); // prettier-ignore
  });

  it('answers lists of different length and values without a logarithm with a sentence', () => {
    const of = (codeSize: number[], error: number[]) => () =>
      errorByCodeSize([{name: 'PCA', codeSize, error}]);
    assert.throws(
      of([1, 2], [3]),
      /PCA: expected as many errors as code sizes, at least one, got 2 sizes and 1 errors/,
    );
    assert.throws(of([1], [0]), /PCA: expected numbers > 0 for logarithmic axes, got 0/);
    assert.throws(of([1], [NaN]), /PCA: .* got NaN/);
  });
});

describe('scatterByLabel(points, labels, options)', () => {
  before(() => tf.ready());

  it('groups points by class, in the order of the classes', () => {
    const points = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const {data} = scatterByLabel(points, [7, 2, 7]);
    points.dispose();
    assert.deepEqual(data.map(({name, x, y}) => [name, x, y]), [['2', [3], [4]], ['7', [1, 5], [2, 6]]]); // prettier-ignore
  });

  it('gives each of ten classes a colour and a marker of its own', () => {
    const points = Array.from({length: 10}, (_, i) => [i, i]);
    const {data} = scatterByLabel(
      points,
      Array.from({length: 10}, (_, i) => i),
    );
    const markers = data.map(({marker}) => marker as {color: string; symbol: string});
    assert.equal(new Set(markers.map(({color}) => color)).size, 10);
    assert.equal(new Set(markers.map(({symbol}) => symbol)).size, 10);
    assert.deepEqual([COLOURS.length, MARKERS.length], [10, 10]);
  });

  it('draws an even selection of very many points', () => {
    const points = Array.from({length: 10_000}, (_, i) => [i, -i]);
    const {data} = scatterByLabel(points, new Uint8Array(10_000), {maxPoints: 4});
    assert.deepEqual(data[0].x, [0, 2500, 5000, 7500]);
  });

  it('answers wrong shapes, a NaN and a missing name with a sentence', () => {
    const wide = tf.zeros([4, 3]);
    assert.throws(() => scatterByLabel(wide, [0, 0, 0, 0]), /points: expected shape \[n, 2\], got \[4, 3\]/);
    wide.dispose();
    assert.throws(() => scatterByLabel([[1, 2], [3]], [0, 0]), /points\[1\]: expected 2 numbers, got 1/);
    assert.throws(
      () => scatterByLabel([[1, NaN]], [0]),
      /points: expected finite numbers, got \[1, NaN\] at point 0/,
    );
    assert.throws(() => scatterByLabel([[1, 2]], [0, 1]), /labels: expected 1, one for each point, got 2/);
    const names = {classNames: ['a']};
    assert.throws(
      () => scatterByLabel([[1, 2]], [1], names),
      /classNames: expected a name for class 1, got 1 names/,
    );
  });
});

describe('placeLabels(groups, sizes)', () => {
  it('writes a name where its group is dense and pure, and names apart', () => {
    const cluster = (x: number, y: number) =>
      Array.from({length: 20}, (_, i) => [x + (i % 5) / 50, y + i / 500] as const);
    const groups = [
      [...cluster(0, 0), [5, 5] as const, [1, 1] as const],
      [...cluster(0.05, 0), ...cluster(5, 0)],
    ];
    const [first, second] = placeLabels(groups, [[0.1, 0.1], [0.1, 0.1]]); // prettier-ignore
    assert.ok(first![0] < 0.2 && second![0] >= 5, `${first} and ${second}`);
  });

  it('leaves out a name whose group is lost among others', () => {
    const crowd = Array.from({length: 30}, (_, i) => [i / 10, 0] as const);
    const few = Array.from({length: 5}, (_, i) => [i / 2 + 0.01, 0] as const);
    const [, lost] = placeLabels([[...crowd, ...crowd, ...crowd], few], [[0.01, 0.01], [0.01, 0.01]]); // prettier-ignore
    assert.equal(lost, undefined);
  });

  it('leaves out a name for which there is no room', () => {
    const groups = [[[0, 0]], [[0.1, 0], [1, 1]]] as [number, number][][]; // prettier-ignore
    assert.deepEqual(placeLabels(groups, [[3, 3], [3, 3]]), [[0, 0], undefined]); // prettier-ignore
  });
});

describe('barChart(bars, options)', () => {
  it('draws bars downwards in the order given, values written at their ends', () => {
    const bars = [{name: 'a', value: 3}, {name: 'b', value: -1.5, published: true}]; // prettier-ignore
    const {data, layout, alt} = barChart(bars, {valueTitle: 'error (nats)'});
    const y = layout.yaxis as {ticktext: string[]; range: number[]};
    assert.deepEqual(
      [data[0].x, data[0].text, y.ticktext],
      [
        [3, -1.5],
        ['3', '−1.50'],
        ['a', 'b (published)'],
      ],
    );
    assert.ok(y.range[0] > y.range[1]);
    assert.equal(alt, 'error (nats): a 3, b −1.50.');
  });

  it('begins at zero', () => {
    const {layout} = barChart([{name: 'a', value: 100}, {name: 'b', value: 101}], {valueTitle: 'v'}); // prettier-ignore
    assert.equal((layout.xaxis as {range: number[]}).range[0], 0);
  });

  it('answers no bars and a NaN with a sentence', () => {
    assert.throws(() => barChart([], {valueTitle: 'v'}), /bars: expected at least one, got none/);
    assert.throws(
      () => barChart([{name: 'a', value: NaN}], {valueTitle: 'v'}),
      /bars: expected finite values, got NaN for a/,
    );
  });
});

describe('matrix(values, options)', () => {
  const textOf = ({data}: PlotlyFigure) => data[1].text;

  it('puts the first row on top and writes whole numbers whole', () => {
    const figure = matrix([[1, 20], [300, 4]], {valueTitle: 'images'}); // prettier-ignore
    const range = (figure.layout.yaxis as {range: number[]}).range;
    assert.deepEqual(
      [range, textOf(figure)],
      [
        [1.5, -0.5],
        ['1', '20', '300', '4'],
      ],
    );
    assert.deepEqual([figure.data[1].x, figure.data[1].y], [[0, 1, 0, 1], [0, 0, 1, 1]]); // prettier-ignore
  });

  it('writes fractions with as many decimals as the largest asks for, and centres colours on zero', () => {
    const figure = matrix([[0.5, -0.027]], {valueTitle: 'correlation'});
    assert.deepEqual(
      [textOf(figure), figure.data[0].zmin, figure.data[0].zmax],
      [['0.500', '−0.027'], -0.5, 0.5],
    );
  });

  it('answers ragged rows, a NaN and wrong labels with a sentence', () => {
    assert.throws(() => matrix([[1, 2], [3]], {valueTitle: 'v'}), /values\[1\]: expected 2 numbers, got 1/);
    assert.throws(() => matrix([[NaN]], {valueTitle: 'v'}), /values: expected finite numbers, got NaN/);
    assert.throws(() => matrix([[1]], {valueTitle: 'v', rowLabels: []}), /rowLabels: expected 1, got 0/);
    assert.throws(
      () => matrix([], {valueTitle: 'v'}),
      /values: expected at least one row and one column, got none/,
    );
  });
});

describe('Numbers in figures', () => {
  it('have three significant digits, or their whole part', () => {
    const numbers = [0, 3, 3.444, 13.86, 1234.5, 0.02134, -7.5, 0.00001, 1e7, NaN];
    const expected = ['0', '3', '3.44', '13.9', '1235', '0.0213', '−7.50', '1.0e−5', '1.0e+7', 'NaN'];
    assert.deepEqual(numbers.map(shortNumber), expected);
  });

  it('mark a logarithmic axis at 1, 2, 5 of each decade, decades alone where there are many', () => {
    assert.deepEqual(logTicks(3, 120).tickvals, [5, 10, 20, 50, 100]);
    assert.deepEqual(logTicks(0.001, 1000).ticktext, ['0.001', '0.01', '0.1', '1', '10', '100', '1000']);
    assert.deepEqual(logTicks(11, 19).tickvals, [15]);
  });

  it('step by 1, 2 or 5 times a power of ten', () => {
    assert.deepEqual([1, 10, 11, 21, 100, 101, 999].map((span) => wholeStep(span)), [1, 1, 2, 5, 10, 20, 100]); // prettier-ignore
  });
});

function titleOf(axis: unknown): string {
  return (axis as {title: {text: string}}).title.text;
}

describe('lineChart(lines, options)', () => {
  it('has a tick for each of a few whole numbers in a row', () => {
    const tick = (x: number[]) =>
      (lineChart([{name: 'a', x, y: x}], {xTitle: 'x', yTitle: 'y'}).layout.xaxis as {dtick?: number}).dtick;
    assert.deepEqual([tick([0, 1, 2]), tick([0, 2]), tick([0.5, 1.5]), tick([...Array(21).keys()])], [1, undefined, undefined, undefined]); // prettier-ignore
  });

  it('draws more than a hundred points as a thin line without markers', () => {
    const line = (n: number) => ({name: `${n}`, x: [...Array(n).keys()], y: Array<number>(n).fill(1)});
    const {data} = lineChart([line(100), line(101), line(1)], {xTitle: 'x', yTitle: 'y'});
    assert.deepEqual(data.map(({mode}) => mode), ['lines+markers', 'lines', 'markers']); // prettier-ignore
  });

  const axes = {xTitle: 'level (%)', yTitle: 'right (%)'};
  const line = {name: 'ours', x: [0, 50], y: [80, 90]};

  it('draws each line in its colour with its spread, and published ones hollow and grey', () => {
    const theirs = {name: 'theirs', x: [25], y: [85], published: true};
    const {data, alt} = lineChart([{...line, spread: [1, 2]}, theirs], axes);
    assert.deepEqual(
      data.map(({x, y, mode, error_y}) => [x, y, mode, (error_y as {array: number[]} | undefined)?.array]),
      [
        [[0, 50], [80, 90], 'lines+markers', [1, 2]],
        [[25], [85], 'markers', undefined],
      ],
    );
    const [own, published] = data.map(({marker}) => marker as {color: string; symbol: string});
    assert.equal(own.color, COLOURS[0]);
    assert.match(published.symbol, /-open$/);
    assert.equal(alt, 'right (%) against level (%): ours from 80 at 0 to 90 at 50; theirs 85 at 25.');
  });

  it('names the line whose lists do not fit or hold no number', () => {
    assert.throws(
      () => lineChart([{...line, y: [1]}], axes),
      /ours: expected as many x as y, at least one, got 2 x, 1 y/,
    );
    assert.throws(() => lineChart([{...line, spread: [1]}], axes), /got 2 x, 2 y and 1 spreads/);
    assert.throws(() => lineChart([{...line, y: [1, NaN]}], axes), /ours: expected finite numbers, got NaN/);
    assert.throws(() => lineChart([], axes), /lines: expected at least one, got none/);
  });
});

describe('vectorField(from, to, options)', () => {
  it('draws an arrow from each start to its end, on axes of one scale', () => {
    const {layout, alt} = vectorField([[0, 0], [1, 1]], [[3, 4], [1, 1]], {points: [[9, 9]]}); // prettier-ignore
    const arrows = layout.annotations as {x: number; y: number; ax: number; ay: number}[];
    assert.deepEqual(arrows.map(({ax, ay, x, y}) => [ax, ay, x, y]), [[0, 0, 3, 4], [1, 1, 1, 1]]); // prettier-ignore
    assert.equal((layout.yaxis as {scaleanchor: string}).scaleanchor, 'x');
    assert.equal(alt, '2 arrows of mean length 2.5 over 1 points.');
  });

  it('refuses lists of different length and what is no number', () => {
    assert.throws(
      () => vectorField([[0, 0]], []),
      /to: expected as many ends as starts, at least one, got 0 and 1/,
    );
    assert.throws(() => vectorField([[0, NaN]], [[1, 1]]), /from: expected finite numbers, got NaN/);
  });
});
