import * as assert from 'node:assert/strict';
import {gzipSync} from 'node:zlib';
import type {FetchedTable} from '../../lib/data/catalogue';
import {formatNpz} from '../../lib/data/npz';
import {convert} from '../../tools/datasets/convert';

const table: FetchedTable = {file: '1_example.npz', shape: [2, 2]};
const X = {shape: [2, 2], data: Float64Array.of(5, 0.1, -0, 1e21)};
const y = {shape: [2], data: Int32Array.of(0, 1)};

describe('convert(name, bytes, table)', () => {
  it('gives the same bytes for the same numbers, from .npz, from CSV and compressed', () => {
    const expected = 'x0,x1,anomaly\n5,0.1,0\n0,1e+21,1\n';
    const csv = '"x0","x1","anomaly"\r\n5.0,0.1000,0.0\r\n-0,1e21,"1"\r\n';
    for (const bytes of [
      formatNpz({X, y}),
      Buffer.from(csv),
      gzipSync(csv),
      Buffer.from(`\uFEFF${expected}\n`),
    ]) {
      const got = convert('x', bytes, table);
      assert.equal(got.csv.toString(), expected);
      assert.deepEqual([got.rows, got.features, got.anomalies], [2, 2, 1]);
    }
  });

  it('brings the label to the end under the name anomaly, and keeps empty cells', () => {
    const got = convert('x', Buffer.from('a,Class,b\n1,1,\n2,0,3\n'), {...table, label: 'Class'});
    assert.equal(got.csv.toString(), 'a,b,anomaly\n1,,1\n2,3,0\n');
  });

  it('gives text without a header one, and leaves its cells as they are', () => {
    const columns = ['rate', 'attack', 'difficulty'];
    const expected = 'rate,attack,difficulty\n0.00,normal,21\n1.00,neptune,18\n';
    for (const text of ['0.00,normal,21\r\n1.00,neptune,18', expected]) {
      const got = convert('x', Buffer.from(text), table, columns);
      assert.equal(got.csv.toString(), expected);
      assert.deepEqual([got.rows, got.features, got.anomalies], [2, 1, undefined]);
    }
    assert.throws(
      () => convert('x', Buffer.from('0.00,normal,21\n1.00,nep'), table, columns),
      /x, row 2: expected 3 cells, got "1.00,nep"/,
    );
  });

  for (const [what, bytes, message] of [
    [
      'a web page',
      '<!DOCTYPE html><title>Log in</title>',
      /x: expected 1_example.npz, got a web page \("Log in"\)/,
    ],
    ['binary data', '\x00\x01\x02', /x: expected a table, got unknown binary data/],
    ['nothing', '', /x: expected a header with the column anomaly and rows, got ""/],
    ['a header alone', 'x0,anomaly\n', /x: expected a header with the column anomaly and rows/],
    ['words', 'x0,anomaly\n1,0\nred,0\n', /x, line 3: expected a number for "x0", got "red"/],
    ['a short line', 'x0,x1,anomaly\n1,0\n', /x, line 2: expected 3 cells, got 2/],
    ['another label', 'x0,anomaly\n1,2\n', /x, row 1: expected a label of 0 or 1, got 2/],
    ['no label', 'x0,anomaly\n1,\n', /x, row 1: expected a label of 0 or 1, got NaN/],
    ['half a gzip file', '\x1f\x8b\x08\x00', /x: expected a whole gzip file/],
    ['half an archive', 'PK\x03\x04', /x: expected a ZIP archive, got the beginning of one/],
  ] as const) {
    it(`refuses in one sentence: ${what}`, () => {
      assert.throws(() => convert('x', Buffer.from(bytes, 'latin1'), table), message);
    });
  }

  it('shows the beginning of what came, and nothing that would control a terminal', () => {
    const title = `\x1b[2J\x9b31m\u202e${'long '.repeat(50)}`;
    const seen = [
      `<html><title>${title}</title>`,
      `${title}\n1\n`,
      `${title},anomaly\nred,0\n`,
      `x0,anomaly\n${title},0\n`,
    ].map((text) => {
      try {
        return convert('x', Buffer.from(text), table).csv.toString();
      } catch (error) {
        return (error as Error).message;
      }
    });
    for (const message of seen) {
      assert.match(message, /"\[2J31mlong long [^"]{40,60}…"/);
      assert.ok(message.length < 140 && !/[\p{Cc}\p{Cf}]/u.test(message), message);
    }
  });

  it('refuses archives whose arrays are other ones', () => {
    assert.throws(
      () => convert('x', formatNpz({X}), table),
      /x: expected arrays X \[n, d\] and y \[n\], got X \[2, 2\] and no y/,
    );
    const short = {shape: [1], data: Int8Array.of(1)};
    assert.throws(() => convert('x', formatNpz({X, y: short}), table), /got X \[2, 2\] and y \[1\]/);
  });
});
