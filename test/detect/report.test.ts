import * as assert from 'node:assert/strict';
import {parseCsv} from '../../lib/data/tables/csv';
import {column} from '../../lib/data/tables/table';
import {TableDetector, type Verdict} from '../../lib/detection/table-detector';
import {RandomStream} from '../../lib/random';
import {reportPage} from '../../tools/detect/report';
import {scoreTable} from '../../tools/detect/scores';

const COLUMNS = 60;
const longName = 'averylongnamewithoutanyblankthatwouldfitnowhereatall';
const names = [longName, ...Array.from({length: COLUMNS - 1}, (_, j) => `sensor ${j}`)];
let guard: TableDetector;
before(async () => (guard = await TableDetector.fit(numbers(1, 200), {method: 'pca'})));
after(() => guard.dispose());

describe('the report', () => {
  it('says of every column what was done with it, in a table', async () => {
    const page = await pageOf(12);
    const described = page.slice(page.indexOf('What was done with each column'));
    assert.equal(described.match(/<tr><td data-name="column"/g)?.length, COLUMNS);
    assert.match(described, /<td data-name="column">sensor 58<\/td><td data-name="what was done">numeric: /);
    assert.ok(!described.includes('…'));
  });

  it('says which part of the rows and columns it shows', async () => {
    const many = await pageOf(30, (i) => i < 15);
    assert.match(many, /<p>10 of 15 flagged rows; all are in scores\.csv\.<\/p>/);
    assert.match(many, /<p>Of the flagged rows only\. 10 of 15 columns; all are in scores\.csv\.<\/p>/);
    const few = await pageOf(30, (i) => i < 3);
    assert.match(few, /<p>10 of 30 rows, 3 flagged; all are in scores\.csv\.<\/p>/);
    assert.match(few, /<p>Of the flagged rows only\.<\/p>/);
  });

  it('draws no p-values of a single row', async () => {
    const one = await pageOf(1);
    assert.match(one, /<p>1 row, 0 flagged; all are in scores\.csv\.<\/p>/);
    assert.ok(!one.includes('<h2>p-values</h2>'));
    assert.match(await pageOf(2), /<h2>p-values<\/h2>/);
  });

  it('leaves out reasons of 0 %, breaks only words that are very long, and lets figures scroll', async () => {
    const page = await pageOf(12);
    assert.ok(!page.includes('(0 %)'));
    assert.match(page, /sensor 7 = -?[\d.]+ \(100 %\)/);
    assert.ok(page.includes(`<td data-name="column" class="long">${longName}</td>`));
    assert.match(page, /<td data-name="customer" class="word">customer-2024-0001<\/td>/);
    assert.equal(page.match(/@media/g)?.length, 1);
    assert.equal(page.match(/<div class="wide" tabindex="0"><img/g)?.length, 2);
  });
});

describe('scoreTable', () => {
  it('puts an apostrophe before what a spreadsheet would take for a formula, and before nothing else', () => {
    const ids = ['=1+1', '+cmd', '-x', '@a', 'plain', '-5', 'a=b'];
    const judged = parseCsv(`name,x\n${ids.map((id) => `${id},1`).join('\n')}\n`);
    const told = verdicts(ids.length).map((verdict) => ({...verdict, unseen: ['=x is y']}));
    const table = scoreTable(judged, told, 'name');
    const cells = column(table, 'name');
    assert.ok(cells.kind === 'text');
    assert.deepEqual(
      [...cells.codes].map((code) => cells.categories[code]),
      ["'=1+1", "'+cmd", "'-x", "'@a", 'plain', '-5', 'a=b'],
    );
    const unseen = column(table, 'unseen');
    assert.ok(unseen.kind === 'text');
    assert.deepEqual(unseen.categories, ["'=x is y"]);
  });
});

function numbers(seed: number, rows: number) {
  const random = new RandomStream(seed);
  const columns = names.map(() => ({
    kind: 'number' as const,
    values: Float64Array.from(random.normals(rows)),
  }));
  return {names, rows, columns, source: 'new.csv'};
}

function verdicts(rows: number, flagged: (i: number) => boolean = () => false): Verdict[] {
  return Array.from({length: rows}, (_, i) => ({
    score: rows - i,
    pValue: (i + 1) / rows,
    flag: flagged(i),
    reasons: [
      {column: names[(i + 8) % COLUMNS], share: 0.996},
      {column: names[0], share: 0.004},
    ],
    unseen: [],
  }));
}

function pageOf(rows: number, flagged?: (i: number) => boolean): Promise<string> {
  const table = numbers(2, rows);
  const ids = Array.from({length: rows}, (_, i) => `customer-2024-000${i}`);
  return reportPage({
    guard,
    table: {
      ...table,
      names: [...names, 'customer'],
      columns: [...table.columns, {kind: 'text', codes: Int32Array.from(ids.keys()), categories: ids}],
    },
    verdicts: verdicts(rows, flagged),
    lines: ['judged'],
    id: 'customer',
    scores: 'some/where/scores.csv',
  });
}
