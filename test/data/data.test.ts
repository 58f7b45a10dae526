import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {gzipSync} from 'node:zlib';
import {batchPlaces, inBatches} from '../../lib/data/batches';
import {formatIdx, parseIdx, readIdx} from '../../lib/data/idx';
import {firstOfEach, labelledImages, take} from '../../lib/data/images';
import {balancedDraw, splitExamples} from '../../lib/data/split';
import {allBinaryImages, pointsOnHelix, pointsOnLine, swissRoll} from '../../lib/data/toy';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';

describe('IDX files', () => {
  const array = {shape: [2, 3], data: Uint8Array.of(0, 1, 2, 253, 254, 255)};

  it('give back any array that was written, plain and compressed', () => {
    const random = new RandomStream(4);
    for (let trial = 0; trial < 50; trial++) {
      const shape = Array.from({length: 1 + random.integer(4)}, () => random.integer(5));
      const data = Uint8Array.from({length: shape.reduce((a, b) => a * b, 1)}, () => random.integer(256));
      assert.deepEqual(plain(parseIdx('x', formatIdx({shape, data}))), {shape, data: Array.from(data)});
      assert.deepEqual(plain(readIdx(temporary(gzipSync(formatIdx({shape, data}))))), {
        shape,
        data: Array.from(data),
      });
    }
  });

  it('name the file, what was expected and what came, for every length they are cut to', () => {
    const whole = formatIdx(array);
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => parseIdx('digits', whole.subarray(0, length)), /^Error: digits: expected .*got/);
    }
    assert.throws(
      () => parseIdx('digits', whole.subarray(0, 15)),
      /digits: expected 18 bytes for shape \[2, 3\], got 15; the file is truncated/,
    );
    assert.throws(
      () => parseIdx('digits', Uint8Array.of(...whole, 0)),
      /got 19; the file is longer than its header says/,
    );
  });

  it('are refused when they are something else, of another type, or altered', () => {
    assert.throws(
      () => parseIdx('x', Uint8Array.of(80, 75, 3, 4)),
      /begins with two zero bytes, got bytes 50 4b 03 04/,
    );
    assert.throws(
      () => parseIdx('x', Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0)),
      /expected IDX type 0x08 \(unsigned bytes\), got 0x0d/,
    );
    assert.throws(
      () => readIdx(temporary(formatIdx(array)), 'abc'),
      /expected SHA-256 abc, got [0-9a-f]{64}; the file was altered, fetch it again/,
    );
    assert.throws(
      () => readIdx(temporary(gzipSync(formatIdx(array)).subarray(0, 20))),
      /expected a whole gzip file/,
    );
  });
});

describe('labelled images', () => {
  it('turn bytes into grey levels from 0 to 1', () => {
    const set = labelledImages(
      {shape: [1, 1, 3], data: Uint8Array.of(0, 51, 255)},
      {shape: [1], data: Uint8Array.of(7)},
    );
    assertClose(set.images.arraySync(), [[0, 51 / 255, 1]]);
    assert.deepEqual([set.height, set.width, set.labels[0]], [1, 3, 7]);
  });

  it('are refused when there is not one label for each', () => {
    const images = {shape: [2, 1, 1], data: Uint8Array.of(1, 2)};
    assert.throws(
      () => labelledImages(images, {shape: [1], data: Uint8Array.of(1)}),
      /labels: expected 2, one for each image, got 1/,
    );
  });

  it('can be taken by place, and places outside are refused', () => {
    const set = {images: tf.tensor2d([[1], [2], [3]]), labels: Uint8Array.of(5, 6, 7), height: 1, width: 1};
    const part = take(set, [2, 0]);
    assert.deepEqual(
      [part.images.arraySync(), Array.from(part.labels)],
      [
        [[3], [1]],
        [7, 5],
      ],
    );
    assert.throws(() => take(set, [3]), /places: expected numbers from 0 to 2, got 3/);
  });

  it('are found by class', () => {
    assert.deepEqual(firstOfEach([1, 0, 1, 0, 1], 2), [1, 3, 0, 2]);
  });
});

describe('splitExamples', () => {
  it('gives parts of the sizes asked for that never overlap', () => {
    const parts = splitExamples(100, {train: 70, validation: 20, test: 10}, new RandomStream(0));
    assert.deepEqual([parts.train.length, parts.validation.length, parts.test.length], [70, 20, 10]);
    assert.equal(new Set([...parts.train, ...parts.validation, ...parts.test]).size, 100);
  });

  it('refuses more than there is', () => {
    assert.throws(
      () => splitExamples(10, {a: 6, b: 5}, new RandomStream(0)),
      /sizes: expected at most 10 examples in all, got 11/,
    );
  });
});

describe('balancedDraw', () => {
  const labels = [1, 0, 1, 0, 1, 7, 7, 1, 0];

  it('gives the number asked for of each class, class by class, no example twice', () => {
    const places = balancedDraw(labels, 2, new RandomStream(0));
    assert.deepEqual(
      Array.from(places, (i) => labels[i]),
      [0, 0, 1, 1, 7, 7],
    );
    assert.equal(new Set(places).size, 6);
  });

  it('comes again from its seed, and gives every example its turn', () => {
    const draw = (seed: number) => Array.from(balancedDraw(labels, 1, new RandomStream(seed)));
    assert.deepEqual(draw(3), draw(3));
    const met = new Set(Array.from({length: 100}, (_, seed) => draw(seed)).flat());
    assert.equal(met.size, labels.length);
  });

  it('names the class that has too few', () => {
    assert.throws(
      () => balancedDraw(labels, 3, new RandomStream(0)),
      /perClass: expected at most 2, the examples of class 7, got 3/,
    );
  });
});

describe('batches', () => {
  it('cover everything once, the last one being smaller', () => {
    const batches = batchPlaces(
      Int32Array.from({length: 10}, (_, i) => i),
      4,
    );
    assert.deepEqual(
      batches.map((b) => Array.from(b)),
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
      ],
    );
  });

  it('give the same as the whole at once', () => {
    const x = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    assert.deepEqual(
      inBatches(x, 2, (part) => part.square() as tf.Tensor2D).arraySync(),
      x.square().arraySync(),
    );
  });
});

describe('toy data', () => {
  it('has every 3 x 3 binary image once', () => {
    const rows = allBinaryImages(3).arraySync();
    assert.equal(new Set(rows.map(String)).size, 512);
    assert.deepEqual(rows[0b101000011], [1, 0, 1, 0, 0, 0, 0, 1, 1]);
  });

  it('puts points on a line of the slope asked for', () => {
    for (const [x, y] of pointsOnLine(20, 2, 0, new RandomStream(0)).arraySync()) assertClose(y, 2 * x);
  });

  it('puts points on a helix, and tells where', () => {
    const {points, parameters} = pointsOnHelix(300, {turns: 3}, new RandomStream(0));
    const t = parameters.dataSync();
    points.arraySync().forEach((point, i) => {
      assertClose(point, [Math.cos(t[i]), Math.sin(t[i]), t[i] / (2 * Math.PI)]);
    });
    assert.ok(Math.min(...t) < 0.4 && Math.max(...t) > 6 * Math.PI - 0.4 && Math.max(...t) < 6 * Math.PI);
  });

  it('rolls a sheet up, and tells the place on it', () => {
    const {points, parameters} = swissRoll(300, {}, new RandomStream(0));
    const places = parameters.arraySync();
    points.arraySync().forEach(([x, y, z], i) => {
      const [t, h] = places[i];
      assertClose([x, y, z], [t * Math.cos(t), h, t * Math.sin(t)]);
      assert.ok(t >= 1.5 * Math.PI && t < 4.5 * Math.PI && h >= 0 && h < 21);
    });
  });

  it('has the noise asked for, the same from the same seed', () => {
    const clean = swissRoll(2000, {}, new RandomStream(1)).points;
    const noisy = swissRoll(2000, {noise: 0.5}, new RandomStream(1)).points;
    assertClose(tf.sub(noisy, clean).square().mean().dataSync(), [0.25], 0.02); // five standard errors
    const again = swissRoll(2000, {noise: 0.5}, new RandomStream(1)).points;
    assert.deepEqual(again.arraySync(), noisy.arraySync());
    assert.throws(() => swissRoll(5, {noise: -1}, new RandomStream(1)), /noise: expected a number from 0/);
    assert.throws(() => pointsOnHelix(5, {turns: 0}, new RandomStream(1)), /turns: expected a number > 0/);
  });
});

function plain(array: {shape: number[]; data: Uint8Array}): object {
  return {shape: array.shape, data: Array.from(array.data)};
}

function temporary(bytes: Uint8Array): string {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'idx-')), 'file');
  fs.writeFileSync(file, bytes);
  return file;
}
