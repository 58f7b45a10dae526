import * as assert from 'node:assert/strict';
import {parseCsv} from '../../../lib/data/tables/csv';
import {dataFrame, describeTable, showTable, summarize} from '../../../lib/data/tables/frame';
import {assertClose, tensorsLeaked} from '../../helpers';

describe('dataFrame', () => {
  it('keeps a fraction below fifty whole numbers, a leading zero, and what is missing', () => {
    const lines = Array.from({length: 50}, (_, i) => `${i},0${i}`);
    const frame = dataFrame(parseCsv(`a,b\n${lines.join('\n')}\n0.5,\n`));
    assert.deepEqual(
      [frame.shape, frame.dtypes],
      [
        [51, 2],
        ['float32', 'string'],
      ],
    );
    const values = frame.values as unknown[][];
    assert.deepEqual(
      [values[49], values[50]],
      [
        [49, '049'],
        [0.5, null],
      ],
    );
    const x = frame.loc({columns: ['a']}).tensor;
    assertClose(x.dataSync()[50], 0.5);
    x.dispose();
  });

  it('makes no tensor', async () => {
    assert.equal(await tensorsLeaked(() => dataFrame(parseCsv('a\n1\n2\n'))), 0);
  });
});

describe('summarize', () => {
  it('counts, averages and finds the extremes of what is there', () => {
    const [a, b, c] = summarize(parseCsv('a,b,c\n1,x,\n2,y,\n6,x,\n,,\n'));
    assert.deepEqual([a.missing, a.mean, a.min, a.max], [1, 3, 1, 6]);
    assertClose(a.deviation, Math.sqrt(14 / 3));
    assert.deepEqual([b.missing, b.categories, b.commonest, b.commonestCount], [1, 2, 'x', 2]);
    assert.deepEqual([c.missing, c.mean, c.max], [4, NaN, NaN]);
  });
});

describe('showTable', () => {
  const table = parseCsv('a,b\n1,p|q\n2,<b>\n3,"two\nlines"\n');

  it('shows the first rows and a line for each column, the signs of Markdown as they stand', () => {
    const lines = describeTable(table, {rows: 2}).split('\n');
    assert.equal(lines[0], '3 rows, 2 columns');
    assert.deepEqual(lines.slice(2, 6), [
      '| row | a | b |',
      '|---|---|---|',
      '| 1 | 1 | p\\|q |',
      '| 2 | 2 | \\<b\\> |',
    ]);
    assert.equal(lines[9], '| a | 0 | 2 | 0.8165 | 1 | 3 |  |  |');
    assert.equal(lines[10], '| b | 0 |  |  |  |  | 3 | p\\|q (1) |');
    assert.match(describeTable(table), /\| 3 \| 3 \| two lines \|/);
  });

  it('shows nothing outside of a notebook, and names a number of rows that is none', () => {
    assert.equal(showTable(table), undefined);
    assert.throws(() => showTable(table, {rows: -1}), /rows: expected a whole number >= 0, got -1/);
  });
});
