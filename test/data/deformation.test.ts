import * as assert from 'node:assert/strict';
import {deformation} from '../../lib/data/deformation';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const size = {height: 5, width: 4};
const still = {...size, shift: 0, stretch: 0, slant: 0};

describe('deformation({shift, stretch, slant})', () => {
  it('leaves images as they are where nothing may change', () => {
    const x = images(3);
    assertClose(deformation(still)(x, new RandomStream(1)).dataSync(), x.dataSync());
  });

  it('takes each value from where its formula says: a ramp stays a ramp, moved, stretched or slanted', () => {
    // grey level = a + b row + c column is kept by linear interpolation, wherever it comes from inside
    const ramp = (of: (row: number, column: number) => number) =>
      tf.tensor2d(Array.from({length: 200}, () => Array.from({length: 81}, (_, i) => of(Math.floor(i / 9) - 4, (i % 9) - 4)))); // prettier-ignore
    const at = (y: tf.Tensor2D, row: number, column: number) =>
      y.slice([0, 9 * (row + 4) + column + 4], [200, 1]).dataSync();
    const only = (option: object) => deformation({...still, height: 9, width: 9, ...option});
    const range = (values: ArrayLike<number>) => [
      Math.min(...Array.from(values)),
      Math.max(...Array.from(values)),
    ];

    const shifted = range(
      at(
        only({shift: 2})(
          ramp((row) => row),
          new RandomStream(1),
        ),
        0,
        0,
      ),
    );
    assertClose(shifted, [-2, 2], 0.05); // 200 draws come within 4 / 200 of the ends, or nearly so
    const columns = ramp((_, column) => column);
    assertClose(range(at(only({stretch: 0.5})(columns, new RandomStream(1)), 0, 2)), [1, 3], 0.05);
    const slanted = only({slant: 0.5})(columns, new RandomStream(1));
    assertClose(range(at(slanted, 2, 0)), [-1, 1], 0.05);
    assertClose(
      at(slanted, -2, 0),
      at(slanted, 2, 0).map((v) => -v),
    ); // one slant for the whole image
    assertClose(at(slanted, 0, 1), new Float32Array(200).fill(1)); // the middle row stays
  });

  it('lets paper in at the edge', () => {
    const y = deformation({...still, shift: 5})(tf.ones([50, 20]), new RandomStream(2)).dataSync();
    assert.ok(y.includes(0) && y.every((v) => v >= 0 && v <= 1 + 1e-6));
  });

  it('varies each image by itself, anew at each call, the same again from the same seed', () => {
    const vary = deformation(size);
    const x = tf.tile(images(1), [2, 1]);
    const random = new RandomStream(3);
    const [a, b] = [vary(x, random).arraySync(), vary(x, random).arraySync()];
    assert.notDeepEqual(a[0], a[1]);
    assert.notDeepEqual(a, b);
    assert.deepEqual(vary(x, new RandomStream(3)).arraySync(), a);
  });

  it('leaves no tensor behind, and says what it expected', async () => {
    const x = images(2);
    const random = new RandomStream(1);
    assert.equal(await tensorsLeaked(() => deformation(size)(x, random).dispose()), 0);
    assert.throws(() => deformation({...size, shift: -1}), /shift: expected a number from 0 to 5, got -1/);
    assert.throws(() => deformation({...size, slant: 2}), /slant: expected a number from 0 to 1, got 2/);
    assert.throws(() => deformation({...size, stretch: 2}), /stretch: expected a number from 0 to 1, got 2/);
    assert.throws(
      () => deformation(size)(tf.zeros([1, 19]), random),
      /x: expected shape \[n, 20\], got \[1, 19\]/,
    );
  });
});

function images(n: number): tf.Tensor2D {
  return new RandomStream(9).uniformTensor<tf.Rank.R2>([n, 20]);
}
