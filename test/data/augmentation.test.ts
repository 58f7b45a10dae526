import * as assert from 'node:assert/strict';
import {randomShift} from '../../lib/data/augmentation';
import {squaredError} from '../../lib/losses/reconstruction';
import {augmented} from '../../lib/models/augmented';
import {DenseAutoencoder} from '../../lib/models/dense-autoencoder';
import {reconstruct} from '../../lib/models/autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const size = {height: 5, width: 4};

describe('randomShift', () => {
  it('of 0 pixels leaves an image as it is', () => {
    const x = new RandomStream(1).uniformTensor<tf.Rank.R2>([3, 20]);
    assertClose(randomShift({...size, pixels: 0})(x, new RandomStream(2)).dataSync(), x.dataSync());
  });

  it('shares a spot among the pixels it lies on: no ink is lost inside, and the middle moves by the distance', () => {
    const spot = tf.tensor2d(
      Float32Array.from({length: 20000}, (_, i) => (i % 20 === 9 ? 1 : 0)),
      [1000, 20],
    ); // row 2, column 1
    const images = randomShift({...size, pixels: 1})(spot, new RandomStream(3)).reshape([1000, 5, 4]);
    assertClose(images.sum([1, 2]).dataSync(), Array(1000).fill(1));
    const middle = (axis: 1 | 2, length: number) =>
      images
        .sum(axis === 1 ? 2 : 1)
        .mul(tf.range(0, length))
        .sum(1);
    const [down, right] = [tf.sub(middle(1, 5), 2), tf.sub(middle(2, 4), 1)];
    for (const distance of [down, right]) {
      const {mean, variance} = tf.moments(distance);
      assert.ok(distance.abs().max().dataSync()[0] <= 1.0001);
      // uniform on [-1, 1]: variance 1/3; four deviations of the mean of 1,000 are 0.073, of the variance 0.038
      assertClose([mean.dataSync()[0], variance.dataSync()[0]], [0, 1 / 3], 0.075);
    }
    assert.ok(
      Math.abs(tf.mul(down, right).mean().dataSync()[0]) < 0.045,
      'the two directions are independent',
    );
  });

  it('lets paper in at the edge', () => {
    const x = tf.ones<tf.Rank.R2>([200, 20]);
    const images = randomShift({...size, pixels: 1})(x, new RandomStream(4)).reshape([200, 5, 4]);
    assertClose(images.slice([0, 1, 1], [200, 3, 2]).dataSync(), Array(1200).fill(1));
    assert.ok(images.slice([0, 0, 0], [200, 1, 4]).min().dataSync()[0] < 0.5);
  });

  it('is the same again from the same seed, and leaves no tensor behind', async () => {
    const x = new RandomStream(1).uniformTensor<tf.Rank.R2>([3, 20]);
    const shift = randomShift({...size, pixels: 0.5});
    const once = () => shift(x, new RandomStream(7)).arraySync();
    assert.deepEqual(once(), once());
    const random = new RandomStream(8);
    assert.equal(await tensorsLeaked(() => shift(x, random).dispose()), 0);
  });

  it('says what it was given and what it expected', () => {
    assert.throws(() => randomShift({...size, pixels: 2}), /pixels: expected a number from 0 to 1, got 2/);
    const shift = randomShift({...size, pixels: 1});
    assert.throws(
      () => shift(tf.zeros([1, 21]), new RandomStream(0)),
      /x: expected shape \[n, 20\], got \[1, 21\]/,
    );
  });
});

describe('augmented(model, augmentation)', () => {
  it('shows the varied example and asks for the varied example', () => {
    const model = new DenseAutoencoder({inputDim: 4, hiddenDims: [], latentDim: 2});
    const x = new RandomStream(1).uniformTensor<tf.Rank.R2>([5, 4]);
    const doubled = augmented(model, (y) => y.mul(2));
    const expected = squaredError(x.mul(2), reconstruct(model, x.mul(2))).arraySync();
    assertClose(doubled.losses(x, {}).total.arraySync(), expected);
    assert.deepEqual(doubled.variables, model.variables);
  });
});
