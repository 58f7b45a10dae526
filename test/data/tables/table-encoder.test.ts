import * as assert from 'node:assert/strict';
import {moments} from '../../../lib/data/tables/column-fit';
import {parseCsv} from '../../../lib/data/tables/csv';
import {rowRange, selectRows, type Table} from '../../../lib/data/tables/table';
import {TableEncoder, type TableEncoderOptions} from '../../../lib/data/tables/table-encoder';
import {RandomStream} from '../../../lib/random';
import {assertClose, tensorsLeaked} from '../../helpers';

describe('TableEncoder', () => {
  it('takes the mean from numbers and divides by the deviation of the n training values', () => {
    // 1, 2, 6: mean 3, deviation sqrt((4 + 1 + 9) / 3)
    const deviation = Math.sqrt(14 / 3);
    assertClose(fitted('a\n1\n2\n6\n', 'a\n1\n3\n10\n'), [[-2 / deviation], [0], [7 / deviation]]);
  });

  it('puts the training median where a number is missing, and marks it, if training had missing ones', () => {
    const deviation = Math.sqrt(14 / 3);
    assertClose(fitted('a,b\n1,0\n2,1\n6,0\n,1\n', 'a,b\n,0\n3,1\n'), [
      [(2 - 3) / deviation, 1, -1],
      [0, 0, 1],
    ]);
  });

  it('makes a feature of each category, and lights another one for what training never had', () => {
    assert.deepEqual(fitted('p\ntcp\nudp\ntcp\n', 'p\nudp\ntcp\nicmp\n'), [
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 10],
    ]);
  });

  it('lets rare categories share the feature "other", and new ones with them', () => {
    const options = {minCount: 2};
    assert.deepEqual(fitted('p\ntcp\nudp\ntcp\n', 'p\ntcp\nudp\nicmp\n', options), [
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
  });

  it('leaves constants out, and lights a feature when they change', () => {
    const training = 'a,p,e,v\n5,x,,1\n5,x,,3\n';
    const encoder = TableEncoder.fit(parseCsv(training));
    assert.deepEqual(
      encoder.features.map(({name, column}) => [name, column]),
      [
        ['a differs', 'a'],
        ['p differs', 'p'],
        ['e differs', 'e'],
        ['v', 'v'],
      ],
    );
    const later = parseCsv('a,p,e,v\n5,x,,2\n5.1,y,7,2\n');
    assert.deepEqual(rows(encoder, later), [
      [0, 0, 0, 0],
      [10, 10, 10, 0],
    ]);
    assert.deepEqual(encoder.novelties(later, 0), []);
    assert.deepEqual(encoder.novelties(later, 1), ['a is 5.1', 'p is y', 'e is 7']);
  });

  it('takes 0.1 + 0.2 and 0.3 for one constant', () => {
    assert.deepEqual(fitted(`a,v\n${0.1 + 0.2},1\n0.3,3\n`, 'a,v\n0.3,2\n'), [[0, 0]]);
  });

  it('takes sign · log1p where tails are heavy and the log helps, and nowhere else', () => {
    const random = new RandomStream(1);
    const normals = random.normals(1000);
    const lines = Array.from(
      normals,
      (z, i) => `${z},${Math.exp(3 * z)},${i % 100 === 0 ? 1 : 0},${z ** 9 * 1000}`,
    );
    const table = parseCsv(`normal,lognormal,rare,signed\n${lines.join('\n')}\n`);
    assert.deepEqual(logged(table), ['lognormal', 'signed']);
    assert.deepEqual(logged(table, {heavyTails: 'never'}), []);
    assert.deepEqual(logged(table, {heavyTails: 'always'}), ['normal', 'lognormal', 'rare', 'signed']);
    assert.deepEqual(logged(table, {heavyTails: ['normal']}), ['normal']);
  });

  it('standardises log1p of the number', () => {
    const logs = [0, Math.log(2), Math.log(8)];
    const {mean, deviation} = moments(Float64Array.from(logs));
    assertClose(
      fitted('a\n0\n1\n7\n', 'a\n0\n1\n7\n-7\n', {heavyTails: 'always'}),
      [...logs, -Math.log(8)].map((log) => [(log - mean) / deviation]),
    );
  });

  it('stays finite for numbers that float32 cannot hold', () => {
    const values = fitted('a,b\n1,1e308\n2,-1e308\n3,1e308\n', 'a,b\n1e308,1e308\n-1e308,-1e308\n', {
      heavyTails: 'never',
    });
    assert.deepEqual([values[0][0], values[1][0]], [1e4, -1e4]);
    assert.ok(values.flat().every(Number.isFinite), String(values));
  });

  it('learns from the training rows only: another later row changes no other', () => {
    const random = new RandomStream(3);
    const training = randomRows(random, 50);
    const encoder = TableEncoder.fit(training, {newMissing: 'standsOut'});
    const later = randomRows(random, 20);
    const before = rows(encoder, later);
    const changed = rows(encoder, selectRows(later, [0, ...Array(18).fill(0), 19]));
    assert.deepEqual(changed[19], before[19]);
    assert.deepEqual(rows(encoder, selectRows(later, [7]))[0], before[7]);
    assert.deepEqual(rows(encoder, later), before);
  });

  it('finds columns by name, whatever their order, and lists those that it passes over', () => {
    const encoder = TableEncoder.fit(parseCsv('id,a,b\nq,1,x\nr,3,y\n'), {drop: ['id']});
    const later = parseCsv('b,extra,a\nx,5,1\n');
    assert.deepEqual(rows(encoder, later), [[-1, 1, 0, 0]]);
    assert.deepEqual(encoder.ignored(later), ['extra']);
  });

  it('takes numbers for the categories they look like', () => {
    const encoder = TableEncoder.fit(parseCsv('code\nA\n7\n'));
    assert.deepEqual(encoder.textColumns, ['code']);
    assert.deepEqual(rows(encoder, parseCsv('code\n7\n')), [[1, 0, 0]]);
  });

  it('is the same after a trip through JSON', () => {
    const random = new RandomStream(5);
    const encoder = TableEncoder.fit(randomRows(random, 50), {newMissing: 'standsOut', minCount: 3});
    const again = TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)) as object);
    const later = randomRows(random, 20);
    assert.deepEqual(rows(again, later), rows(encoder, later));
    assert.deepEqual(again.features, encoder.features);
    assert.equal(again.summary(), encoder.summary());
    assert.throws(
      () => TableEncoder.fromJSON({form: 'x'}),
      /encoder: expected the form "table-encoder 1", got "x"/,
    );
  });

  it('says in words what is done with each column', () => {
    const encoder = TableEncoder.fit(parseCsv('n,p,c,e\n1,x,5,\n3,y,5,\n,,5,\n'));
    assert.deepEqual(encoder.summary().split('\n'), [
      'n  numeric: mean 2, deviation 1, missing ones as the median 1; missing ones are a feature of their own',
      'p  categorical: 2 categories (x, y); missing ones are a feature of their own',
      'c  constant (5): dropped, but another value would be noticed',
      'e  empty: dropped, but a value would be noticed',
    ]);
  });

  it('pads no line for the sake of one long name', () => {
    const long = 'a name that is longer than a line of words may be';
    const [first, second] = TableEncoder.fit(parseCsv(`a,${long}\n1,2\n3,4\n`))
      .summary()
      .split('\n');
    assert.equal(first, `${'a'.padEnd(24)}  numeric: mean 2, deviation 1`);
    assert.equal(second, `${long}  numeric: mean 3, deviation 1`);
  });

  it('lets a missing cell stand out where training had none, when told', () => {
    assert.deepEqual(fitted('a,p\n1,x\n3,y\n', 'a,p\n,\n3,x\n', {newMissing: 'standsOut'}), [
      [10, 0, 0, 10],
      [1, 1, 0, 0],
    ]);
  });

  it('counts the rows of a part as those of the whole table', () => {
    const encoder = TableEncoder.fit(parseCsv('a\n1\n3\n'));
    const part = rowRange(rowRange(parseCsv('a\n1\n1\n1\nlow\n'), 1, 4), 1, 3);
    assert.throws(() => encoder.transform(part), /got "low" in row 4/);
  });

  const training = 'a,p,c\n1,x,k\n3,y,k\n';
  const refused: [string, string, RegExp, TableEncoderOptions?][] = [
    [
      'columns that are not there',
      'c\nk\n',
      /later\.csv: expected columns "a", "p", got none of that name; there are c/,
    ],
    [
      'text among numbers',
      'a,p,c\n1,x,k\nlow,x,k\n',
      /later\.csv: expected numbers in column "a", got "low" in row 2/,
    ],
    ['a missing number', 'a,p,c\n1,x,k\n,x,k\n', /no missing cell in column "a", .*, got one in row 2/],
    ['a missing category', 'a,p,c\n1,,k\n', /no missing cell in column "p", .*, got one in row 1/],
    [
      'a new category',
      'a,p,c\n1,z,k\n',
      /expected one of x, y in column "p", got "z" in row 1/,
      {newCategory: 'error'},
    ],
    [
      'another constant',
      'a,p,c\n1,x,l\n',
      /expected one of k in column "c", got "l" in row 1/,
      {newCategory: 'error'},
    ],
  ];
  for (const [what, later, message, options] of refused)
    it(`refuses ${what}`, () => {
      const encoder = TableEncoder.fit(parseCsv(training), options);
      assert.throws(() => encoder.transform(parseCsv(later, 'later.csv')), {message});
    });

  it('refuses no rows, for training and later', () => {
    const none = selectRows(parseCsv(training), []);
    assert.throws(() => TableEncoder.fit(none), /table: expected rows to learn from, got none/);
    assert.throws(
      () => TableEncoder.fit(parseCsv(training)).transform(none),
      /table: expected rows, got none/,
    );
  });

  it('refuses what is no category, and says what to do', () => {
    const lines = (cell: (i: number) => string) =>
      `t,a\n${Array.from({length: 60}, (_, i) => `${cell(i)},${i}`).join('\n')}\n`;
    const fit = (cell: (i: number) => string) => () => TableEncoder.fit(parseCsv(lines(cell)));
    for (const date of ['2024-01-', '2024-01-01T10:00:', '10:15:'])
      assert.throws(
        fit((i) => date + String(10 + (i % 12))),
        /column "t", got what looks like dates \(.*\); leave it out \(drop: \["t"\]\), or put numbers/,
      );
    assert.throws(
      fit((i) => `${1 + (i % 28)}/12/2024`),
      /looks like dates/,
    );
    assert.throws(
      fit((i) => `user${i}`),
      /column "t", got 60 different texts in 60 rows \("user0", "user1", …\), which/,
    );
    assert.doesNotThrow(fit((i) => `user${i % 20}`));
  });

  it('refuses a table in which nothing varies, and options out of range', () => {
    assert.throws(
      () => TableEncoder.fit(parseCsv('a,b\n1,x\n1,x\n')),
      /a column that varies, got constant ones only/,
    );
    const fit = (options: object) => () => TableEncoder.fit(parseCsv(training), options);
    assert.throws(fit({drop: ['q']}), /expected column "q", got none/);
    assert.throws(
      fit({drop: parseCsv(training).names}),
      /expected columns to learn from, got none; all \d are dropped/,
    );
    assert.throws(fit({heavyTails: ['q']}), /expected column "q", got none/);
    assert.throws(fit({heavyTails: 'some'}), /heavyTails: expected one of auto, never, always, got "some"/);
    assert.throws(fit({newCategory: 'x'}), /newCategory: expected one of standsOut, error/);
    assert.throws(fit({minCount: 0}), /minCount: expected a whole number >= 1, got 0/);
    assert.throws(fit({log: []}), /unknown option log; known are drop/);
  });

  it('makes one tensor', async () => {
    const table = parseCsv(training);
    assert.equal(await tensorsLeaked(() => TableEncoder.fit(table).transform(table).dispose()), 0);
  });
});

describe('moments', () => {
  it('are exact for numbers far from 0 and near the largest', () => {
    assertClose(moments(Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3)).deviation, Math.sqrt(2 / 3));
    const {mean, deviation} = moments(Float64Array.of(1e308, -1e308));
    assert.deepEqual([mean, deviation], [0, 1e308]);
  });

  it('have an excess kurtosis of -2 for a coin, and 0 for a constant', () => {
    assertClose(moments(Float64Array.of(0, 1, 0, 1)).kurtosis, -2);
    assert.equal(moments(Float64Array.of(4, 4)).kurtosis, 0);
  });
});

function fitted(training: string, later: string, options: TableEncoderOptions = {}): number[][] {
  return rows(TableEncoder.fit(parseCsv(training), options), parseCsv(later));
}

function rows(encoder: TableEncoder, table: Table): number[][] {
  const x = encoder.transform(table);
  const values = x.arraySync();
  x.dispose();
  return values;
}

function logged(table: Table, options: TableEncoderOptions = {}): string[] {
  const lines = TableEncoder.fit(table, options).summary().split('\n');
  return lines.filter((line) => line.includes('log1p')).map((line) => line.split(' ')[0]);
}

function randomRows(random: RandomStream, n: number): Table {
  const line = () =>
    [
      random.uniform() < 0.2 ? '' : random.uniform(),
      'abcdefgh'[random.integer(8)],
      Math.exp(10 * random.uniform()),
      random.uniform() < 0.2 ? '?' : 'pq'[random.integer(2)],
    ].join(',');
  return parseCsv(`u,v,w,x\n${Array.from({length: n}, line).join('\n')}\n`);
}
