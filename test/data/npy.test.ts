import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {formatNpy, parseNpy} from '../../lib/data/npy';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import {randomArray} from './arrays';

interface Fixture {
  arrays: {name: string; shape: number[]; data: string[]; file: string}[];
  refused: Record<string, string>;
}

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'npy.json'), 'utf8'),
) as Fixture;

describe('parseNpy(name, bytes)', () => {
  for (const {name, shape, data, file} of fixture.arrays) {
    it(`reads what NumPy has written: ${name}`, () => {
      const array = parseNpy(name, Buffer.from(file, 'base64'));
      assert.deepEqual(array.shape, shape);
      assert.deepEqual(Array.from(array.data), data.map(numberOf));
    });
  }

  it('keeps 32-bit floats, bytes and whole numbers in arrays of their own type', () => {
    const types = ['<f4', 'i1', '>i2', '<u4', '?', '<i8'].map((name) => {
      const {file} = fixture.arrays.find((each) => each.name === name)!;
      return parseNpy(name, Buffer.from(file, 'base64')).data.constructor.name;
    });
    assert.deepEqual(types, [
      'Float32Array',
      'Int8Array',
      'Int16Array',
      'Uint32Array',
      'Uint8Array',
      'Float64Array',
    ]);
  });

  for (const [name, message] of [
    ['too large', /too large: expected whole numbers below 2\^53, .*, got 9007199254740992/],
    ['objects', /objects: expected numbers, got pickled Python objects/],
    ['text', /text: expected numbers, got text \(<U3\)/],
    ['fields', /fields: expected numbers, got a structured type/],
    ['half', /half: expected numbers of type f8, f4, .*, got "<f2"/],
    ['complex', /complex: expected numbers of type .*, got "<c16"/],
    ['dates', /dates: expected numbers of type .*, got "<M8\[D\]"/],
  ] as const) {
    it(`refuses in one sentence: ${name}`, () => {
      assert.throws(() => parseNpy(name, Buffer.from(fixture.refused[name], 'base64')), message);
    });
  }

  it('refuses a file that is cut anywhere, and one with a byte more', () => {
    const whole = formatNpy({shape: [3], data: Float32Array.of(1, 2, 3)});
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => parseNpy('cut', whole.subarray(0, length)), /^Error: cut: expected/);
    assert.throws(() => parseNpy('long', Buffer.concat([whole, Buffer.of(0)])), /long: .* longer than/);
  });

  it('refuses unknown versions, headers and types, among them names that every object has', () => {
    const with_ = (from: string, to: string) => {
      const bytes = Buffer.from(formatNpy({shape: [3], data: Int8Array.of(1, 2, 3)}));
      return Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
    };
    assert.throws(
      () => parseNpy('x', with_('\x01\x00', '\x09\x00')),
      /x: expected .npy version 1, 2 or 3, got 9/,
    );
    assert.throws(() => parseNpy('x', with_("'shape'", "'shaqe'")), /x: expected a header with descr/);
    assert.throws(() => parseNpy('x', with_("'|i1'", "'<constructor'")), /x: expected numbers of type/);
    assert.throws(() => parseNpy('x', with_('(3,)', '(-3)')), /x: expected a header/);
    assert.throws(() => parseNpy('x', with_('(3,)', '(9999999999, 9999999999)')), /truncated/);
  });
});

describe('formatNpy(array)', () => {
  it('writes what it reads, for any shape and type', () => {
    const random = new RandomStream(1);
    for (let i = 0; i < 200; i++) {
      const array = randomArray(random);
      const back = parseNpy('x', formatNpy(array));
      assert.deepEqual(back, array);
    }
  });

  it('writes the bytes that NumPy writes', () => {
    for (const name of ['<f8', '<f4', 'i1', '<i2', '<i4', 'u1', '<u2', '<u4', 'one dimension', 'nothing']) {
      const file = Buffer.from(fixture.arrays.find((each) => each.name === name)!.file, 'base64');
      assert.deepEqual(Buffer.from(formatNpy(parseNpy(name, file))), file, name);
    }
  });

  it('wants as many numbers as the shape says', () => {
    assert.throws(
      () => formatNpy({shape: [2, 2], data: Float64Array.of(1)}),
      /data: expected 4 numbers for shape \[2, 2\], got 1/,
    );
  });
});

function numberOf(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
}
