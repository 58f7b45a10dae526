import * as assert from 'node:assert/strict';
import {activations} from '../../lib/layers/activations';
import {Dense, denseStack} from '../../lib/layers/dense';
import {DenseAutoencoder} from '../../lib/models/dense-autoencoder';
import {reconstruct} from '../../lib/models/autoencoder';
import {Pca} from '../../lib/models/pca';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

describe('Dense', () => {
  it('computes activation(x W + b)', () => {
    const layer = new Dense('layer', 2, 1, 'relu', new RandomStream(0));
    layer.kernel.assign(tf.tensor2d([[2], [-3]]));
    layer.bias.assign(tf.tensor1d([0.5]));
    assertClose(
      layer
        .apply(
          tf.tensor2d([
            [1, 1],
            [2, 1],
          ]),
        )
        .arraySync(),
      [[0], [2 * 2 - 3 + 0.5]],
    );
  });

  it('begins with weights inside the Glorot bound and of its variance', () => {
    const weights = Array.from(new Dense('layer', 300, 200, 'linear', new RandomStream(0)).kernel.dataSync());
    const bound = Math.sqrt(6 / 500);
    assert.ok(weights.every((w) => Math.abs(w) <= bound));
    assertClose(weights.reduce((s, w) => s + w * w, 0) / weights.length, bound ** 2 / 3, 1e-4);
  });

  it('knows its activations by name', () => {
    const at = (name: (typeof activations)[number]) => {
      const layer = new Dense('layer', 1, 1, name, new RandomStream(0));
      layer.kernel.assign(tf.tensor2d([[1]]));
      return layer.apply(tf.tensor2d([[-2]])).dataSync()[0];
    };
    const sigmoid = 1 / (1 + Math.exp(2));
    assertClose(activations.map(at), [-2, 0, -2 * sigmoid, Math.tanh(-2), sigmoid]);
    assert.throws(
      () => at('rellu' as 'relu'),
      /activation: expected one of linear, relu, silu, tanh, sigmoid, got "rellu"/,
    );
  });

  it('names itself and both shapes when the width is wrong', () => {
    const stack = denseStack('encoder', [4, 3, 2], {hidden: 'tanh'}, new RandomStream(0));
    assert.throws(() => stack.apply(tf.zeros([5, 3])), /encoder\/0: expected shape \[n, 4\], got \[5, 3\]/);
  });
});

describe('DenseAutoencoder', () => {
  const small = {inputDim: 6, hiddenDims: [5], latentDim: 2, seed: 7};
  const x = () => tf.randomUniform<tf.Rank.R2>([16, 6], 0, 1, 'float32', 1) as tf.Tensor2D;

  it('maps [n, d] to [n, k] and back', () => {
    const model = new DenseAutoencoder(small);
    assert.deepEqual(
      [model.encode(x()).shape, reconstruct(model, x()).shape],
      [
        [16, 2],
        [16, 6],
      ],
    );
  });

  it('has the loss of its own reconstruction', () => {
    const model = new DenseAutoencoder(small);
    const error = tf.sub(x(), reconstruct(model, x())).square().sum().div(16);
    assertClose(model.losses(x()).total.arraySync(), error.arraySync() as number);
  });

  it('squashes its output if it is asked to, in the loss as in the reconstruction', () => {
    const plain = new DenseAutoencoder(small);
    const squashed = new DenseAutoencoder({...small, output: 'sigmoid'});
    assertClose(reconstruct(squashed, x()).dataSync(), tf.sigmoid(reconstruct(plain, x())).dataSync());
    const error = tf.sub(x(), reconstruct(squashed, x())).square().sum().div(16);
    assertClose(squashed.losses(x()).total.arraySync(), error.arraySync() as number);
  });

  it('decodes to probabilities under the Bernoulli likelihood', () => {
    const p = reconstruct(new DenseAutoencoder({...small, reconstruction: 'bernoulli'}), x()).dataSync();
    assert.ok(p.every((v) => v > 0 && v < 1));
  });

  it('begins with the same weights from the same seed, and with others from another', () => {
    const first = (seed: number) => new DenseAutoencoder({...small, seed}).variables[0].arraySync();
    assert.deepEqual(first(1), first(1));
    assert.notDeepEqual(first(1), first(2));
  });

  it('leaves no tensor behind', async () => {
    assert.equal(await tensorsLeaked(() => new DenseAutoencoder(small).dispose()), 0);
  });

  it('answers a wrong shape, an unknown option and a bad number with a sentence', () => {
    const model = new DenseAutoencoder(small);
    assert.throws(() => model.encode(tf.zeros([4, 5])), /x: expected shape \[n, 6\], got \[4, 5\]/);
    assert.throws(() => model.decode(tf.zeros([4, 5])), /z: expected shape \[n, 2\], got \[4, 5\]/);
    assert.throws(
      () => new DenseAutoencoder({...small, widths: [3]} as never),
      /unknown option widths; known are inputDim, hiddenDims/,
    );
    assert.throws(
      () => new DenseAutoencoder({...small, latentDim: 0}),
      /latentDim: expected a whole number >= 1, got 0/,
    );
  });
});

describe('Pca', () => {
  // Points on y = 2x: the first direction is (1, 2)/√5 and the second has no variance.
  let line: tf.Tensor2D;
  before(() => {
    line = tf.tensor2d([
      [-1, -2],
      [0, 0],
      [1, 2],
    ]);
  });

  it('finds the direction and the variances of points on a line', () => {
    const pca = Pca.fit(line, 2);
    assertClose(pca.components.slice([0, 0], [2, 1]).dataSync(), [1 / Math.sqrt(5), 2 / Math.sqrt(5)]);
    assertClose(Array.from(pca.variances), [(5 + 0 + 5) / 3, 0]);
    assertClose(pca.encode(line).slice([0, 0], [3, 1]).dataSync(), [-Math.sqrt(5), 0, Math.sqrt(5)]);
  });

  it('gives back its input when it keeps every direction', () => {
    const x = tf.randomNormal<tf.Rank.R2>([50, 8], 3, 2, 'float32', 1);
    assertClose(reconstruct(Pca.fit(x, 8), x).dataSync(), x.dataSync(), 1e-4);
  });

  it('loses exactly the variance of the directions that it drops', () => {
    const x = tf.randomNormal<tf.Rank.R2>([200, 6], 0, 1, 'float32', 2);
    const pca = Pca.fit(x, 2);
    const lost = tf.sub(x, reconstruct(pca, x)).square().sum(1).mean().dataSync()[0];
    assertClose(
      lost,
      pca.variances.slice(2).reduce((a, b) => a + b),
      1e-4,
    );
  });

  it('has orthonormal directions', () => {
    const {components} = Pca.fit(tf.randomNormal<tf.Rank.R2>([40, 5], 0, 1, 'float32', 3), 4);
    assertClose(tf.matMul(components, components, true).dataSync(), tf.eye(4).dataSync(), 1e-5);
  });

  it('truncated is the one fitted with fewer', () => {
    const x = tf.randomNormal<tf.Rank.R2>([40, 5], 0, 1, 'float32', 3);
    assertClose(Pca.fit(x, 4).truncate(2).encode(x).dataSync(), Pca.fit(x, 2).encode(x).dataSync());
  });

  it('keeps features that never vary as they are', () => {
    const x = tf.tensor2d([1, 7, -1, 2, 7, 0, 4, 7, 3], [3, 3]); // the middle one is always 7
    const pca = Pca.fit(x, 3);
    assertClose(reconstruct(pca, x).dataSync(), x.dataSync(), 1e-4);
    assertClose(pca.variances[2], 0);
    assertClose(pca.components.slice([0, 2], [3, 1]).dataSync(), [0, 1, 0]);
    assertClose(
      reconstruct(Pca.fit(tf.ones([4, 2]), 1), tf.ones([4, 2])).dataSync(),
      [1, 1, 1, 1, 1, 1, 1, 1],
    );
  });

  it('refuses more components than features', () => {
    assert.throws(() => Pca.fit(line, 3), /components: expected at most 2, the number of features, got 3/);
  });
});
