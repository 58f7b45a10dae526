import * as assert from 'node:assert/strict';
import {createCanvas, loadImage} from '@napi-rs/canvas';
import {imageGrid, reconstructions} from '../../lib/plot/image-grid';
import {imageBytes, imageStack} from '../../lib/plot/images';
import {encodePng} from '../../lib/plot/png';
import {toPng} from '../../lib/plot/render';
import * as tf from '../../lib/tf';
import {ramps} from './examples';

before(() => tf.ready());

describe('imageGrid(images, options)', () => {
  it('draws each image pixel as a square of one grey, ink on paper', async () => {
    const images = [
      [0, 0.2, 0.4, 0.6, 0.8, 1],
      [1, 0.5, 0, 0, 0.5, 1],
    ];
    const scale = 4;
    const figure = imageGrid(images, {height: 2, width: 3, scale});
    for (const zoom of [1, 2, 3]) {
      const {grey} = await decode(await toPng(figure, {scale: zoom}));
      images.forEach((image, n) => {
        image.forEach((value, i) => {
          const [left, top] = [20 + n * (3 * scale + 6) + scale * (i % 3), 20 + scale * Math.floor(i / 3)];
          for (const [dx, dy] of [
            [0, 0],
            [scale * zoom - 1, 0],
            [1, scale * zoom - 1],
          ]) {
            // prettier-ignore
            const got = grey(left * zoom + dx, top * zoom + dy);
            assert.equal(
              got,
              Math.round(255 * (1 - value)),
              `image ${n}, pixel ${i}, ${dx}, ${dy}, zoom ${zoom}`,
            );
          }
        });
      });
    }
  });

  it('draws light on black when told so', async () => {
    const {grey} = await decode(
      await toPng(imageGrid([[0, 0.2, 0.4, 1]], {scale: 5, one: 'light'}), {scale: 1}),
    );
    assert.deepEqual([grey(22, 22), grey(27, 22), grey(22, 27), grey(27, 27)], [0, 51, 102, 255]);
  });

  it('clips values outside [0, 1] for display', () => {
    const stack = imageStack('x', [[-3, 0, 1, 7]]);
    assert.deepEqual(Array.from(imageBytes(stack, 0, false)), [0, 0, 255, 255]);
  });

  it('draws three channels in colour', async () => {
    const x = tf.tensor4d([[[[1, 0, 0.2]]]]); // one pixel
    const {pixel} = await decode(await toPng(imageGrid(x, {scale: 6}), {scale: 1}));
    x.dispose();
    assert.deepEqual(pixel(23, 23), [255, 0, 51]);
  });

  it('takes the same images in every form', () => {
    const rows = ramps(3);
    const flat = Float32Array.from(rows.flatMap((row) => Array.from(row)));
    const expected = imageGrid(rows).svg;
    const tensors = [
      tf.tensor2d(flat, [3, 784]),
      tf.tensor3d(flat, [3, 28, 28]),
      tf.tensor4d(flat, [3, 28, 28, 1]),
    ];
    for (const source of [...tensors, flat, Array.from(flat)]) {
      assert.equal(imageGrid(source, {height: 28, width: 28}).svg, expected);
    }
    assert.equal(imageGrid(tensors[0]).svg, expected); // 784 = 28²
    tf.dispose(tensors);
  });

  it('leaves out what does not fit the rows asked for, and says how many it shows', () => {
    const {alt, svg} = imageGrid(ramps(20), {columns: 4, rows: 2, title: 'Ramps'});
    assert.equal(alt, 'Ramps: 8 images of 28 × 28 pixels in 2 rows of 4.');
    assert.equal(svg.match(/<image /g)?.length, 8);
  });

  it('enlarges small images and keeps many within the width of a slide', () => {
    assert.equal(imageGrid([[0, 1, 0, 1, 0, 1, 0, 1, 0]]).width, 20 + 96 + 20);
    assert.equal(imageGrid(ramps(12), {columns: 12}).width, 20 + 12 * 56 + 11 * 6 + 20);
  });

  const mistakes: [string, () => unknown, RegExp][] = [
    ['a NaN', () => imageGrid([[0, 1, 0, NaN], [0, 0, 0, 0]]), /^RangeError: images: expected finite numbers, got NaN at pixel 3 of image 0$/], // prettier-ignore
    ['an odd image', () => imageGrid([[0, 1, 0, 1], [0, 1]]), /^TypeError: images\[1\]: expected 4 numbers, got 2$/], // prettier-ignore
    ['no square', () => imageGrid([[0, 1, 1]]), /^TypeError: images: expected height and width, as 3 numbers are no square image$/], // prettier-ignore
    ['another size', () => imageGrid(ramps(1), {height: 10, width: 10}), /^TypeError: images: expected images of 10 × 10 pixels, got 784 numbers for each$/], // prettier-ignore
    ['half an image', () => imageGrid([0, 1, 0], {height: 2, width: 1}), /^TypeError: images: expected a multiple of 2 × 1 = 2 numbers, got 3$/], // prettier-ignore
    ['no size', () => imageGrid([0, 1, 0, 1]), /^TypeError: images: expected height and width beside one flat array of 4 numbers$/], // prettier-ignore
    ['nothing', () => imageGrid([]), /^TypeError: images: /],
    ['two channels', () => imageGrid(tf.zeros([1, 2, 2, 2])), /^TypeError: images: expected 1 or 3 channels, got shape \[1, 2, 2, 2\]$/], // prettier-ignore
    ['a vector', () => imageGrid(tf.zeros([4])), /^TypeError: images: expected shape \[n, height, width\] or \[n, height \* width\], got \[4\]$/], // prettier-ignore
    ['too few labels', () => imageGrid(ramps(3), {labels: [1, 2]}), /^TypeError: labels: expected 3, one for each image, got 2$/], // prettier-ignore
    ['a row label too many', () => imageGrid(ramps(3), {rowLabels: ['a', 'b']}), /^TypeError: rowLabels: expected 1, one for each row, got 2$/], // prettier-ignore
    ['half a pixel', () => imageGrid(ramps(3), {scale: 1.5}), /^RangeError: scale: expected a whole number >= 1, got 1.5$/], // prettier-ignore
    ['an unknown option', () => imageGrid(ramps(3), {colums: 2} as never), /^TypeError: imageGrid: unknown option colums; known are /], // prettier-ignore
    ['an unknown look', () => imageGrid(ramps(3), {one: 'dark'} as never), /^RangeError: one: expected one of ink, light, got "dark"$/], // prettier-ignore
  ];
  for (const [what, f, message] of mistakes) {
    it(`answers ${what} with a sentence`, () =>
      assert.throws(f, (error) => message.test(String(error)) || fail(error)));
  }
});

describe('reconstructions(options)', () => {
  const originals = [
    [0, 0, 1, 1],
    [1, 0, 0, 0],
  ];

  it('draws the originals on top and each row below them', async () => {
    const figure = reconstructions({originals, rows: {a: [[1, 1, 1, 1], [0, 0, 0, 0]]}, scale: 10}); // prettier-ignore
    const left = figure.width - 20 - 2 * 20 - 6;
    const {grey} = await decode(await toPng(figure, {scale: 1}));
    assert.deepEqual([grey(left + 5, 25), grey(left + 5, 35), grey(left + 31, 25)], [255, 0, 0]);
    assert.deepEqual([grey(left + 5, 51), grey(left + 31, 51)], [0, 255]); // 20 + 20 + 6 px down
  });

  it('writes the squared error under each reconstruction, from the values before clipping', () => {
    const {svg, alt} = reconstructions({originals, rows: {a: [[0.5, 0, 1, 3], [1, 0, 0, 0.1]]}, squaredError: true}); // prettier-ignore
    const texts = Array.from(svg.matchAll(/<text[^>]*>([^<]*)</g), ([, text]) => text);
    assert.deepEqual(texts, ['original', 'a', 'squared error', '4.25', '0.0100']); // 0.5² + 2² and 0.1²
    assert.equal(alt, '2 images and below them a, mean of the squared error 2.13.');
  });

  it('writes numbers of the caller, with their name', () => {
    const numbers = {name: 'PSNR (dB)', values: {a: [20.04, 31]}};
    const {svg} = reconstructions({originals, rows: {a: originals}, numbers, columnLabels: ['3', '7']});
    for (const text of ['PSNR (dB)', '20.0', '31', '3', '7'])
      assert.ok(svg.includes(`>${text}</text>`), text);
  });

  it('answers rows of another length or size with a sentence', () => {
    const few = () => reconstructions({originals, rows: {a: [[0, 0, 0, 0]]}});
    assert.throws(few, /rows\["a"\]: expected at least 2 images of 1 channel, got 1 of 1/);
    const large = () => reconstructions({originals, rows: {a: ramps(2)}});
    assert.throws(large, /rows\["a"\]: expected images of 2 × 2 pixels, got 784 numbers for each/);
    assert.throws(
      () => reconstructions({originals, rows: {}}),
      /rows: expected at least one row of reconstructions, got none/,
    );
    const many = () => reconstructions({originals, rows: {a: originals}, columns: 3});
    assert.throws(many, /columns: expected at most 2, the number of originals, got 3/);
  });
});

describe('encodePng(bytes, width, height, channels)', () => {
  it('writes what another reader reads back', async () => {
    const bytes = Uint8Array.from({length: 5 * 3 * 3}, (_, i) => (37 * i) % 256);
    const {pixel} = await decode(encodePng(bytes, 5, 3, 3));
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 5; x++)
        assert.deepEqual(pixel(x, y), Array.from(bytes.subarray(3 * (5 * y + x), 3 * (5 * y + x) + 3)));
    }
  });
});

function fail(error: unknown): never {
  throw new Error(`another message: ${String(error)}`);
}

async function decode(png: Buffer) {
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, image.width, image.height);
  const pixel = (x: number, y: number) =>
    Array.from(data.subarray(4 * (y * image.width + x), 4 * (y * image.width + x) + 3));
  const grey = (x: number, y: number) => {
    const [r, g, b] = pixel(x, y);
    assert.deepEqual([g, b], [r, r], `at ${x}, ${y} there is colour`);
    return r;
  };
  return {pixel, grey};
}
