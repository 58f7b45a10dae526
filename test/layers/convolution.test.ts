import * as assert from 'node:assert/strict';
import {
  Convolution,
  convolutionStack,
  TransposedConvolution,
  transposedStack,
} from '../../lib/layers/convolution';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

describe('Convolution', () => {
  it('sums the pixels under its filter, the edge being empty beyond', () => {
    const layer = new Convolution('layer', 1, 1, {}, new RandomStream(0));
    layer.kernel.assign(tf.ones([3, 3, 1, 1]));
    layer.bias.assign(tf.tensor1d([100]));
    const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const sums = [1 + 2 + 4 + 5, 1 + 2 + 3 + 4 + 5 + 6, 2 + 3 + 5 + 6];
    const all = 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9;
    const out = Array.from(layer.apply(image).dataSync());
    assertClose(out.slice(0, 3), sums.map((sum) => sum + 100)); // prettier-ignore
    assertClose(out[4], all + 100);
  });

  it('is not flipped: the filter lies on the image as it is written', () => {
    const layer = new Convolution('layer', 1, 1, {}, new RandomStream(0));
    layer.kernel.assign(tf.tensor4d([0, 0, 0, 0, 0, 1, 0, 0, 0], [3, 3, 1, 1])); // looks to the right
    const image = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
    assertClose(layer.apply(image).dataSync(), [2, 3, 0]);
  });

  it('applies its activation after the bias', () => {
    const layer = new Convolution('layer', 1, 1, {size: 1, activation: 'relu'}, new RandomStream(0));
    layer.kernel.assign(tf.ones([1, 1, 1, 1]));
    layer.bias.assign(tf.tensor1d([-2]));
    assertClose(layer.apply(tf.tensor4d([1, 5], [1, 1, 2, 1])).dataSync(), [0, 3]);
  });

  it('begins with weights of the variance that Glorot and Bengio ask for', () => {
    const {kernel} = new Convolution('layer', 20, 30, {}, new RandomStream(0));
    const variance = tf.moments(kernel).variance.dataSync()[0];
    assertClose(variance, 2 / (9 * 20 + 9 * 30), 3e-4);
  });

  it('names itself and what is wrong', () => {
    const random = new RandomStream(0);
    const layer = new Convolution('edges', 2, 3, {}, random);
    assert.throws(
      () => layer.apply(tf.zeros([1, 4, 4, 1])),
      /edges: expected shape \[n, m, k, 2\], got \[1, 4, 4, 1\]/,
    );
    assert.throws(
      () => new Convolution('edges', 1, 1, {stride: 0}, random),
      /edges: stride: expected a whole number >= 1, got 0/,
    );
  });
});

describe('TransposedConvolution', () => {
  for (const [height, width, stride, size] of [
    [6, 6, 2, 3],
    [7, 5, 2, 4],
    [5, 5, 1, 3],
  ]) {
    it(`is the transpose of a convolution: ${height} x ${width}, stride ${stride}, filter ${size}`, () => {
      const random = new RandomStream(1);
      const options = {size, stride};
      const there = new Convolution('there', 2, 3, options, random);
      const back = new TransposedConvolution('back', 3, 2, options, random);
      back.kernel.assign(there.kernel as unknown as tf.Tensor4D);
      const x = random.normal<tf.Rank.R4>([2, height, width, 2]);
      const low = there.apply(x);
      const y = random.normal<tf.Rank.R4>(low.shape);
      const inner = (a: tf.Tensor, b: tf.Tensor) => tf.mul(a, b).sum().dataSync()[0];
      assertClose(inner(low, y), inner(x, back.apply(y, height, width)), 1e-4); // ⟨Wx, y⟩ = ⟨x, Wᵀy⟩
    });
  }

  it('refuses a size that its stride does not lead to', () => {
    const layer = new TransposedConvolution('back', 1, 1, {stride: 2}, new RandomStream(0));
    assert.throws(
      () => layer.apply(tf.zeros([1, 3, 3, 1]), 8, 6),
      /back: expected shape \[n, 4, 3, 1\], got \[1, 3, 3, 1\]/,
    );
  });
});

describe('convolutionStack and transposedStack', () => {
  const make = () => {
    const random = new RandomStream(2);
    const down = convolutionStack('down', [28, 27, 1], [4, 8, 16], {activation: 'relu'}, random);
    return {down, up: transposedStack('up', down.shapes, {activation: 'relu'}, random)};
  };

  it('halve height and width at each layer, and come back through the same shapes', () => {
    const {down, up} = make();
    assert.deepEqual(down.shapes, [[28, 27, 1], [14, 14, 4], [7, 7, 8], [4, 4, 16]]); // prettier-ignore
    const low = down.apply(tf.ones([2, 28, 27, 1]));
    assert.deepEqual(low.shape, [2, 4, 4, 16]);
    assert.deepEqual(up.apply(low).shape, [2, 28, 27, 1]);
  });

  it('end linear: negative values come out', () => {
    const {up} = make();
    const low = new RandomStream(3).normal<tf.Rank.R4>([4, 4, 4, 16]);
    assert.ok(up.apply(low).min().dataSync()[0] < 0);
  });

  it('leave no tensor behind', async () => {
    const {down, up} = make();
    const x = tf.ones<tf.Rank.R4>([2, 28, 27, 1]);
    assert.equal(await tensorsLeaked(() => tf.tidy(() => void up.apply(down.apply(x)))), 0);
  });
});
