import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {formatCsv, parseCsv, readCsv, writeCsv, type CsvOptions} from '../../../lib/data/tables/csv';
import {rowsOf} from '../../../lib/data/tables/csv-rows';
import {
  cellText,
  column,
  rowRange,
  selectRows,
  withoutColumns,
  type Table,
} from '../../../lib/data/tables/table';
import {RandomStream} from '../../../lib/random';

describe('parseCsv', () => {
  it('makes numbers of columns in which every cell is one, and text of the others', () => {
    const table = parseCsv('a,b,c,d\n1,x,007,-1e-3\n 2.5 ,y,12,.5\n');
    assert.deepEqual(
      table.columns.map(({kind}) => kind),
      ['number', 'text', 'text', 'number'],
    );
    assert.deepEqual(numbers(table, 'a'), [1, 2.5]);
    assert.deepEqual(numbers(table, 'd'), [-0.001, 0.5]);
    assert.deepEqual(texts(table, 'c'), ['007', '12']);
  });

  it('takes an empty cell, NA, N/A, NaN, null and ? as missing, in numbers and in text', () => {
    for (const cell of ['', ' ', 'NA', 'N/A', 'NaN', 'null', '?']) {
      const table = parseCsv(`a,b\n1,x\n${cell},${cell}\n`);
      assert.deepEqual(numbers(table, 'a'), [1, NaN], cell);
      assert.deepEqual([...text(table, 'b').codes], [0, -1], cell);
    }
  });

  it('makes text of a whole column when text comes late, and keeps what stood above it', () => {
    const table = parseCsv('a,b\n,1\n1.50,2\nNA,3\nlow,4\n');
    assert.deepEqual(texts(table, 'a'), ['', '1.50', '', 'low']);
    assert.deepEqual(numbers(table, 'b'), [1, 2, 3, 4]);
  });

  it('finds the delimiter and says so', () => {
    for (const [sign, name] of [
      [';', 'semicolon'],
      ['\t', 'tab'],
      ['|', 'bar'],
    ]) {
      const table = parseCsv(`a${sign}b\n1${sign}"x, y"\n2${sign}z\n`);
      assert.deepEqual(texts(table, 'b'), ['x, y', 'z']);
      assert.deepEqual(table.notes, [`separated by ${name}`]);
    }
    assert.deepEqual(parseCsv('a,b\n1,x;y\n2,z\n').notes, []);
    assert.deepEqual(parseCsv('a,"b;c"\n1,"x;y"\n').names, ['a', 'b;c']); // a semicolon would cut through quotes
  });

  it('reads \\r\\n and \\r as line ends, passes over blank lines, and needs no line end at the end', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const table = parseCsv(['', 'a,b', '1,"p"', '', '2,q'].join(end));
      assert.deepEqual(numbers(table, 'a'), [1, 2]);
      assert.deepEqual(texts(table, 'b'), ['p', 'q']);
    }
  });

  it('reads UTF-8 with and without a mark, UTF-16 with one, and Latin-1 when told', () => {
    const content = 'größe,b\nä,1\n日本,2\n';
    const utf16 = Buffer.from(`\ufeff${content}`, 'utf16le');
    for (const bytes of [
      Buffer.from(content),
      Buffer.from(`\ufeff${content}`),
      utf16,
      Buffer.from(utf16).swap16(),
    ])
      assert.deepEqual(texts(parseCsv(bytes), 'größe'), ['ä', '日本']);
    const latin1 = parseCsv(Buffer.from('größe,b\nä,1\n', 'latin1'), 'table', {encoding: 'latin1'});
    assert.deepEqual(texts(latin1, 'größe'), ['ä']);
  });

  it('reads decimal commas, a table without a header, and columns as text, when told', () => {
    const options: CsvOptions = {decimal: ',', header: false, text: ['x2']};
    const table = parseCsv('3,14;1;10\n-2;5e3;20\n', 'table', options);
    assert.deepEqual(numbers(table, 'x0'), [3.14, -2]);
    assert.deepEqual(numbers(table, 'x1'), [1, 5000]);
    assert.deepEqual(texts(table, 'x2'), ['10', '20']);
  });

  it('reads one column, with missing cells, and notes that there is one only', () => {
    const table = parseCsv('a\n1\n\n3\n');
    assert.deepEqual(numbers(table, 'a'), [1, NaN, 3]);
    assert.deepEqual(table.notes, ['has one column only']);
  });

  it('keeps 1e308 as it is', () => {
    assert.deepEqual(numbers(parseCsv('a,b\n1e308,1\n'), 'a'), [1e308]);
  });

  const refused: [string, string | Buffer, RegExp, CsvOptions?][] = [
    ['an empty file', ' \n', /t\.csv: expected a table, got an empty file/],
    ['a header only', 'a,b\n', /t\.csv: expected rows below the header, got none/],
    [
      'no header',
      '1,2\n3,4\n',
      /names in the first row, got the number 1; add a header, or .* header: false/,
    ],
    ['no header above text', 'x,2.5,y\np,3,q\n', /names in the first row, got the number 2\.5; add a header/],
    ['a row that is short', 'a,b\n1,2\n3\n', /t\.csv: expected 2 cells in every row, got 1 cell in row 2$/],
    ['a row that is long', 'a,b\n1,2\n3,4\n5,6,7\n', /expected 2 cells in every row, got 3 cells in row 3$/],
    [
      'another delimiter',
      'a,b\n1,2\n3;4\n',
      /got 1 cell in row 2, which is separated by semicolon and not by comma/,
    ],
    [
      'two delimiters',
      'a,b;c\n1,2;3\n',
      /expected one delimiter, got comma and semicolon, .* option delimiter/,
    ],
    ['an open quote', 'a,b\n1,2\n"3,4\n5,6\n', /a closing quote, .* got none for the quote opened in line 3/],
    ['text behind a quote', 'a,b\n1,"2"x\n', /got none for the quote opened in line 2/],
    ['the same name twice', 'a,a\n1,2\n', /different names of columns, got "a" more than once/],
    ['no name', 'a,,b\n1,2,3\n', /a name for every column, got none for column 2/],
    ['infinity', 'a,b\n1,2\ninf,3\n', /finite numbers in column "a", got inf in row 2/],
    ['more than a number holds', 'a,b\n1,1e400\n', /finite numbers in column "b", got 1e400 in row 1/],
    [
      'decimal commas',
      'a;b\n3,14;2\n7;4\n',
      /decimal point in column "a", got "3,14"; read it with decimal: ","$/,
    ],
    [
      'points where commas are expected',
      'a;b\n3.14;2\n7;4\n',
      /decimal comma in column "a", got "3\.14"; read it with decimal: "\."$/,
      {decimal: ','},
    ],
    [
      'commas and points in one column',
      'a;b\n3,14;2\n2.5;4\n',
      /decimal point in column "a", got "3,14" beside "2\.5"; write both with the same sign/,
    ],
    [
      'points among commas',
      'a;b\n3,14;2\n2.5;4\n',
      /decimal comma in column "a", got "2\.5" beside "3,14"; write both with the same sign/,
      {decimal: ','},
    ],
    [
      'a thousands separator',
      'a;b\n3,14;2\n1.002,5;4\n',
      /decimal comma in column "a", got "1\.002,5".* thousands separator/,
      {decimal: ','},
    ],
    [
      'a second cell in a table of one column',
      'a\n1\n2,3\n',
      /expected 1 cell in every row, got 2 cells in row 2$/,
      {delimiter: ','},
    ],
    [
      'Latin-1',
      Buffer.from('a,b\n1,x\n2,gr\u00fcn\n', 'latin1'),
      /UTF-8, got other bytes in line 3, "2,grün" if it is Latin-1; .* encoding: "latin1"$/,
    ],
    ['NUL bytes', Buffer.from('a,b\n1,\0\n'), /expected text, got a NUL byte in line 2/],
    [
      'UTF-16 without a mark',
      Buffer.from('a,b\n1,2\n', 'utf16le'),
      /NUL byte in line 1; if this is UTF-16 without a mark/,
    ],
    ['half a UTF-16 character', Buffer.from([0xff, 0xfe, 0x61]), /whole UTF-16 characters, got half a one/],
    [
      'text columns that are not there',
      'a,b\n1,2\n',
      /expected column c, got none of that name; there are a, b/,
      {text: ['c']},
    ],
    ['an unknown option', 'a,b\n1,2\n', /unknown option sep; known are delimiter/, {sep: ';'} as CsvOptions],
  ];
  for (const [what, content, message, options] of refused)
    it(`refuses ${what}`, () => assert.throws(() => parseCsv(content, 't.csv', options), {message}));

  it('says the same of a file whose parts are smaller than a row', () => {
    const content = 'a,b\n"long, ""quoted""\ncell",2\n3,"4"\n';
    const whole = [...rowsOf(content, 't', ',')];
    assert.deepEqual(whole[1], ['long, "quoted"\ncell', '2']);
    for (const part of [1, 2, 3, 7, 20]) assert.deepEqual([...rowsOf(content, 't', ',', part)], whole);
  });
});

describe('readCsv and writeCsv', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tables-'));
  after(() => fs.rmSync(folder, {recursive: true}));

  it('give any table back as it was', () => {
    for (let seed = 0; seed < 300; seed++) {
      const table = randomTable(new RandomStream(seed));
      const file = path.join(folder, 'table.csv');
      writeCsv(file, table);
      const again = readCsv(file);
      assert.deepEqual(again.names, table.names, `seed ${seed}`);
      assert.deepEqual(cells(again), cells(table), `seed ${seed}`);
      assert.deepEqual(
        again.columns.map(({kind}) => kind),
        table.columns.map(({kind}) => kind),
        `seed ${seed}`,
      );
    }
    assert.deepEqual(fs.readdirSync(folder), ['table.csv']);
  });

  it('quote what must be quoted, and write numbers in full', () => {
    const content = 'a,"b, c"\n0.1,"say ""x"""\n,\n-1e+300,y\n';
    assert.equal(formatCsv(parseCsv(content)), content);
  });

  it('name the file that is not there', () => {
    assert.throws(
      () => readCsv(path.join(folder, 'none.csv')),
      /none\.csv: expected a CSV file, got none of that name/,
    );
    assert.throws(() => readCsv(folder), /expected a CSV file, got a folder/);
  });

  it('leave nothing behind when the table cannot be written', () => {
    const broken = {names: ['a'], rows: 1, columns: [null]} as unknown as Table;
    assert.throws(() => writeCsv(path.join(folder, 'broken.csv'), broken));
    assert.ok(!fs.readdirSync(folder).some((name) => name.startsWith('broken')));
  });
});

describe('a table', () => {
  const table = parseCsv('a,b,c\n1,x,\n2,y,5\n3,x,6\n', 't.csv');

  it('gives its columns by name, and rows by place', () => {
    assert.deepEqual(numbers(table, 'a'), [1, 2, 3]);
    const some = selectRows(table, [2, 0]);
    assert.deepEqual(cells(some), [
      ['3', 'x', '6'],
      ['1', 'x', ''],
    ]);
    assert.deepEqual(cells(rowRange(table, 1, 3)), [
      ['2', 'y', '5'],
      ['3', 'x', '6'],
    ]);
    assert.deepEqual(cells(withoutColumns(table, ['a', 'c'])), [['x'], ['y'], ['x']]);
  });

  it('names columns and rows that it does not have', () => {
    assert.throws(
      () => column(table, 'd'),
      /t\.csv: expected column "d", got none of that name; there are a, b, c/,
    );
    assert.throws(() => withoutColumns(table, ['d', 'a', 'e']), /expected columns "d", "e", got none/);
    assert.throws(() => selectRows(table, [0, 3]), /places: expected whole numbers from 0 to 2, got 3/);
  });
});

function numbers(table: Table, name: string): number[] {
  const found = column(table, name);
  assert.ok(found.kind === 'number');
  return [...found.values];
}

function text(table: Table, name: string) {
  const found = column(table, name);
  assert.ok(found.kind === 'text');
  return found;
}

function texts(table: Table, name: string): string[] {
  return Array.from({length: table.rows}, (_, i) => cellText(text(table, name), i));
}

function cells(table: Table): string[][] {
  return Array.from({length: table.rows}, (_, i) => table.columns.map((from) => cellText(from, i)));
}

// Names and texts with all that could be mistaken; every column of text holds one that is no number.
function randomTable(random: RandomStream): Table {
  const rows = 1 + random.integer(20);
  const pieces = ['"', ',', ';', '\n', '\r\n', '\t', '|', 'a', '7', '日', '😀', "'", ' ', '""', '\\', 'é'];
  const word = () => {
    const inner = Array.from({length: random.integer(8)}, () => pieces[random.integer(pieces.length)]).join(
      '',
    );
    return `w${inner}e`;
  };
  const names = Array.from({length: 1 + random.integer(5)}, (_, j) => `${word()}${j}`);
  const columns = names.map(() => {
    if (random.uniform() < 0.5) {
      const values = Float64Array.from({length: rows}, () => {
        const kind = random.integer(4);
        if (kind === 0) return NaN;
        return kind === 1
          ? random.integer(1000) - 500
          : (random.uniform() - 0.5) * 10 ** (random.integer(600) - 300);
      });
      return {kind: 'number' as const, values};
    }
    const categories = [...new Set(Array.from({length: 4}, word))];
    const codes = Int32Array.from({length: rows}, (_, i) =>
      i === 0 ? 0 : random.integer(categories.length + 1) - 1,
    );
    return {kind: 'text' as const, codes, categories};
  });
  return {names, rows, columns};
}
