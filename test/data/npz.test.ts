import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {formatNpy, type NpyArray} from '../../lib/data/npy';
import {formatNpz, parseNpz} from '../../lib/data/npz';
import {unzip, zip} from '../../lib/data/zip';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import {randomArray} from './arrays';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'npy.json'), 'utf8'),
) as {stored: string; deflated: string};

describe('parseNpz(name, bytes)', () => {
  for (const kind of ['stored', 'deflated'] as const) {
    it(`reads what NumPy has written, ${kind}`, () => {
      const {X, y} = parseNpz(kind, Buffer.from(fixture[kind], 'base64'));
      assert.deepEqual(X, {shape: [4, 2], data: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7)});
      assert.deepEqual(y, {shape: [4], data: Float64Array.of(0, 1, 0, 1)});
    });
  }

  it('reads what formatNpz writes, stored or deflated, for any names, shapes and types', () => {
    const random = new RandomStream(2);
    for (let i = 0; i < 50; i++) {
      const names = ['X', 'y', 'ünïcode', 'folder/deep', 'arr_0'].slice(0, random.integer(6));
      const arrays: Record<string, NpyArray> = {};
      for (const name of names) arrays[name] = randomArray(random);
      assert.deepEqual(parseNpz('x', formatNpz(arrays, i % 2 === 0)), arrays);
    }
  });

  it('refuses an archive that is cut anywhere', () => {
    const whole = formatNpz({X: {shape: [2], data: Float32Array.of(1, 2)}});
    for (let length = 0; length < whole.length; length++)
      assert.throws(() => parseNpz('cut', whole.subarray(0, length)), /^Error: cut(, X.npy)?: expected/);
  });

  it('refuses, or reads as it was, an archive with one changed byte', () => {
    const arrays = {X: {shape: [2], data: Float32Array.of(1, 2)}};
    for (const compress of [false, true]) {
      const whole = formatNpz(arrays, compress);
      for (let at = 0; at < whole.length; at++) {
        const changed = Uint8Array.from(whole);
        changed[at] ^= 0x55;
        let read: object;
        try {
          read = parseNpz('x', changed);
        } catch (error) {
          assert.match(String(error), /^Error: x.*: expected .*, got/, `byte ${at}`);
          continue;
        }
        // bytes that carry no meaning, and those of the name
        assert.deepEqual(Object.values(read), Object.values(arrays), `byte ${at}`);
      }
    }
  });

  it('refuses members that are no arrays, and what is no archive', () => {
    const member = (name: string) => zip(new Map([[name, formatNpy({shape: [], data: Int8Array.of(1)})]]));
    assert.throws(
      () => parseNpz('x', member('readme.txt')),
      /x: expected .npy members only, got "readme.txt"/,
    );
    assert.throws(
      () => parseNpz('x', Buffer.from('hello, I am text')),
      /x: expected a ZIP archive, got something else/,
    );
    assert.throws(() => parseNpz('x', new Uint8Array()), /x: expected a ZIP archive/);
  });
});

describe('unzip(name, bytes)', () => {
  const text = Buffer.from('some text, some text, some text');

  for (const name of ['../x', 'a/../../x', '/etc/x', '\\x', 'a\\..\\..\\x', 'C:x', 'C:\\x', 'x\0y']) {
    it(`refuses a name that leads out of its folder: ${JSON.stringify(name)}`, () => {
      const message = `bad: expected names inside its folder, got ${JSON.stringify(name)}`;
      assert.throws(() => unzip('bad', zip(new Map([[name, text]]))), {message});
    });
  }

  it('takes names with dots in them', () => {
    assert.deepEqual([...unzip('x', zip(new Map([['a..b/.c', text]]))).keys()], ['a..b/.c']);
  });

  it('refuses links, encrypted members, unknown methods and two of one name', () => {
    const bytes = zip(new Map([['x', text]]));
    const central = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(bytes);
      copy[central + at] = value;
      return copy;
    };
    assert.throws(() => unzip('z', changed(41, 0xa1)), /z, x: expected a file, got a link/);
    assert.throws(() => unzip('z', changed(8, 1)), /z, x: expected plain data, got an encrypted member/);
    assert.throws(
      () => unzip('z', changed(10, 12)),
      /z, x: expected a member stored or deflated .* method 12/,
    );
    const two = Buffer.from(
      zip(
        new Map([
          ['x', text],
          ['y', text],
        ]),
      ),
    );
    const last = two.lastIndexOf('y');
    two[last] = 'x'.charCodeAt(0);
    assert.throws(() => unzip('z', two), /z: expected each name once, got two x/);
  });

  it('refuses a wrong checksum', () => {
    const stored = Buffer.from(zip(new Map([['x', text]]), false));
    stored[stored.indexOf('some')] = 'S'.charCodeAt(0);
    assert.throws(() => unzip('z', stored), /z, x: expected CRC-32 [0-9a-f]{8}, got [0-9a-f]{8}/);
  });

  it('refuses what unpacks to more than the limit, before it is unpacked', () => {
    const bomb = zip(new Map([['zeros', Buffer.alloc(1_000_000)]]));
    assert.ok(bomb.length < 5000);
    assert.throws(
      () => unzip('z', bomb, 10_000),
      /z: expected an archive of at most 10000 bytes, got one that declares 1000000/,
    );
  });

  it('refuses what unpacks to more than it declares', () => {
    const bomb = Buffer.from(zip(new Map([['zeros', Buffer.alloc(1_000_000)]])));
    const central = bomb.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bomb.writeUInt32LE(1000, central + 24);
    assert.throws(() => unzip('z', bomb), /z, zeros: expected 1000 bytes as declared, got more/);
    bomb.writeUInt32LE(2_000_000, central + 24);
    assert.throws(() => unzip('z', bomb), /z, zeros: expected 2000000 bytes as declared, got 1000000/);
  });
});
