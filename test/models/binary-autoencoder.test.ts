import * as assert from 'node:assert/strict';
import {bernoulliNll, squaredError} from '../../lib/losses/reconstruction';
import {reconstruct} from '../../lib/models/autoencoder';
import {BinaryAutoencoder} from '../../lib/models/binary-autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {inputDim: 6, hiddenDims: [8], bits: 3, seed: 7};
const ways = ['straight-through', 'noise'] as const;

describe('BinaryAutoencoder', () => {
  it('encodes as zeros and ones: 1 where the logit is above 0', () => {
    const model = new BinaryAutoencoder(small);
    const bits = model.encode(examples()).dataSync();
    assert.deepEqual(bits, model.logits(examples()).dataSync().map((l) => (l > 0 ? 1 : 0))); // prettier-ignore
    assert.deepEqual(new Set(bits), new Set([0, 1]));
    assert.equal(model.bits, 3);
  });

  it('straight-through: charges what the bits themselves draw, against the target if there is one', () => {
    const model = new BinaryAutoencoder(small);
    const [x, target] = [examples(), examples(2)];
    assertClose(model.losses(x, {}, target).reconstruction.arraySync(), squaredError(target, reconstruct(model, x)).arraySync()); // prettier-ignore
    const bernoulli = new BinaryAutoencoder({...small, reconstruction: 'bernoulli'});
    const p = reconstruct(bernoulli, x);
    assertClose(bernoulli.losses(x).reconstruction.arraySync(), bernoulliNll(x, tf.log(tf.div(p, tf.sub(1, p))) as tf.Tensor2D).arraySync(), 1e-4); // prettier-ignore
  });

  it('straight-through: the encoder gets the gradient of the sigmoid', () => {
    // one feature, one bit, no hidden layer: logit = w x, x̂ = v (2 b - 1), loss = (x - x̂)²
    const model = new BinaryAutoencoder({inputDim: 1, hiddenDims: [], bits: 1, balance: 0});
    const [w, , v] = model.variables;
    [w, v].forEach((variable, i) => variable.assign(tf.tensor2d([[i === 0 ? 0.5 : 2]])));
    const {grads} = tf.variableGrads(() => model.losses(tf.tensor2d([[3]])).total, [w]);
    const s = 1 / (1 + Math.exp(-1.5)); // b = 1, x̂ = 2: d loss / d b = -2 (3 - 2) · 2 · 2 = -8
    assertClose(grads[w.name].dataSync(), [-8 * s * (1 - s) * 3]);
  });

  it('noise: blurs the bit in training, more the stronger it is, and not afterwards', () => {
    const loss = (deviation: number) => new BinaryAutoencoder({...small, learning: 'noise', deviation}).losses(examples()).total.arraySync(); // prettier-ignore
    assert.notEqual(loss(1e-6), loss(4));
    const model = new BinaryAutoencoder({...small, learning: 'noise'});
    const draws = [1, 2].map(() => model.losses(examples()).total.arraySync());
    assert.notEqual(draws[0], draws[1]);
    assert.deepEqual(model.encode(examples()).arraySync(), model.encode(examples()).arraySync());
  });

  it('imbalance: log 2 for a bit that never changes, 0 for one that is as often 1 as 0', () => {
    const model = new BinaryAutoencoder({inputDim: 1, hiddenDims: [], bits: 2, balance: 3});
    model.variables[0].assign(tf.tensor2d([[50, 0]])); // logits 50 x and 50, for x = 1 and -1
    model.variables[1].assign(tf.tensor1d([0, 50]));
    const {total, reconstruction, imbalance} = model.losses(tf.tensor2d([[1], [-1]]));
    assertClose(imbalance.arraySync(), Math.LN2);
    assertClose(total.arraySync(), reconstruction.arraySync() + 3 * Math.LN2);
  });

  for (const learning of ways) {
    it(`learns to count in binary: eight patterns fit into three bits (${learning})`, async () => {
      const patterns = tf.tile(tf.eye(8), [16, 1]) as tf.Tensor2D;
      const losses = async (bits: number) => {
        const model = new BinaryAutoencoder({inputDim: 8, hiddenDims: [32], bits, learning, seed: 1});
        const options = {epochs: 200, batchSize: 128, learningRate: 2e-2, progress: false};
        await fit(model, patterns, options);
        return squaredError(tf.eye(8), reconstruct(model, tf.eye(8))).arraySync();
      };
      // two bits name four of the eight patterns; the others share: 4 pairs cost 1/2 each
      assert.ok((await losses(2)) > 0.45);
      assert.ok((await losses(4)) < 0.3, 'with one bit to spare nearly all are told apart');
    });

    it(`takes convolutions, the same again from the same seed, and leaves no tensor behind (${learning})`, async () => {
      const config = {height: 4, width: 4, filters: [2], bits: 3, learning, seed: 1};
      const [a, b] = [1, 2].map(() => new BinaryAutoencoder(config));
      const x = new RandomStream(1).uniformTensor<tf.Rank.R2>([5, 16]);
      assert.equal(a.losses(x).total.arraySync(), b.losses(x).total.arraySync());
      assert.equal(await tensorsLeaked(() => tf.dispose(a.losses(x))), 0);
      assert.equal(await tensorsLeaked(() => reconstruct(a, x).dispose()), 0);
    });
  }

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new BinaryAutoencoder({...small, ...config});
    assert.throws(make({bits: 0}), /bits: expected a whole number >= 1, got 0/);
    assert.throws(make({learning: 'luck'}), /learning: expected one of straight-through, noise, got "luck"/);
    assert.throws(make({deviation: 0}), /deviation: expected a number > 0, got 0/);
    assert.throws(make({balance: -1}), /balance: expected a number from 0 to Infinity, got -1/);
    assert.throws(make({latentDim: 2}), /unknown option latentDim; known are inputDim/);
    assert.throws(() => make({})().encode(tf.zeros([1, 5])), /x: expected shape \[n, 6\], got \[1, 5\]/);
    assert.throws(() => make({})().decode(tf.zeros([1, 2])), /z: expected shape \[n, 3\], got \[1, 2\]/);
  });
});

function examples(seed = 1): tf.Tensor2D {
  return new RandomStream(seed).uniformTensor<tf.Rank.R2>([16, 6]);
}
