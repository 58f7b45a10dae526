import * as assert from 'node:assert/strict';
import {deformation} from '../../lib/data/deformation';
import {squaredError} from '../../lib/losses/reconstruction';
import {CategoricalAutoencoder} from '../../lib/models/categorical-autoencoder';
import {neighbouring} from '../../lib/models/neighbouring';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {inputDim: 6, hiddenDims: [8], symbols: 3, seed: 7};
const weights = {styleDim: 2, beta: 0.5, agreement: 3, balance: 7};

describe('CategoricalAutoencoder', () => {
  it('encodes the most probable symbol as one-hot, and the style beside it', () => {
    const model = new CategoricalAutoencoder({...small, styleDim: 2});
    const p = model.probabilities(examples()).arraySync();
    const z = model.encode(examples()).arraySync();
    const assigned = model.assign(examples());
    p.forEach((row, i) => {
      assertClose(row.reduce((a, b) => a + b), 1); // prettier-ignore
      assert.equal(row.indexOf(Math.max(...row)), assigned[i]);
      assert.deepEqual(
        z[i].slice(0, 3),
        [0, 1, 2].map((c) => (c === assigned[i] ? 1 : 0)),
      );
      assert.equal(z[i].length, 5);
    });
  });

  it('sums the terms with their weights', () => {
    const model = new CategoricalAutoencoder({...small, ...weights});
    const terms = model.losses(examples(), {}, examples(2));
    const {total, reconstruction, kl, agreement, imbalance} = Object.fromEntries(
      Object.entries(terms).map(([name, value]) => [name, value.arraySync()]),
    );
    assertClose(total, reconstruction + 0.5 * kl + 3 * agreement + 7 * imbalance);
  });

  it('agreement and imbalance: 0 and log K if all is one symbol, log K and 0 if nothing is known', () => {
    const terms = (bias: number[]) => {
      const model = new CategoricalAutoencoder({...small, hiddenDims: [], ...weights});
      model.variables[0].assign(tf.zeros([6, 3]));
      model.variables[1].assign(tf.tensor1d(bias));
      const {agreement, imbalance} = model.losses(examples(), {}, examples(2));
      return [agreement.arraySync(), imbalance.arraySync()];
    };
    assertClose(terms([50, 0, 0]), [0, Math.log(3)]);
    assertClose(terms([0, 0, 0]), [Math.log(3), 0]);
    const p = [0.5, 0.25, 0.25]; // -log Σ p² = log(8/3); log 3 - 1.5 log 2
    assertClose(terms(p.map(Math.log)), [Math.log(8 / 3), Math.log(3) - 1.5 * Math.log(2)]);
  });

  it('hard: charges what one of its pictures costs; at a low temperature soft does, too', () => {
    const one = examples().slice([0, 0], [1, 6]) as tf.Tensor2D;
    for (const options of [{hard: true}, {temperature: 1e-3}]) {
      const model = new CategoricalAutoencoder({...small, ...options});
      const pictures = tf.split(model.decode(tf.eye(3)), 3);
      const costs = pictures.map((picture) => squaredError(one, picture as tf.Tensor2D).arraySync());
      const charged = model.losses(one).reconstruction.arraySync();
      assert.ok(
        costs.some((cost) => Math.abs(cost - charged) < 1e-4),
        `${charged} among ${costs}`,
      );
    }
  });

  it('takes the temperature from the scalars', () => {
    const loss = (config: object, scalars = {}) =>
      new CategoricalAutoencoder({...small, ...config}).losses(examples(), scalars).total.arraySync();
    assertClose(loss({temperature: 0.3}), loss({}, {temperature: tf.scalar(0.3)}));
    assert.notEqual(loss({}), loss({}, {temperature: tf.scalar(0.3)}));
  });

  it('without style draws the means of its groups, as k-means does', async () => {
    const middles = tf.tensor2d([[0, 0], [4, 0], [0, 4]]); // prettier-ignore
    const x = tf.tidy(() =>
      tf.tile(middles, [60, 1]).add(new RandomStream(1).normal<tf.Rank.R2>([180, 2]).mul(0.1)),
    ) as tf.Tensor2D;
    const model = new CategoricalAutoencoder({
      inputDim: 2,
      hiddenDims: [16],
      symbols: 3,
      balance: 10,
      seed: 1,
    });
    const scalars = {temperature: (done: number) => Math.max(0.2, 2 * (1 - done))};
    await fit(model, x, {epochs: 120, batchSize: 180, learningRate: 2e-2, scalars, progress: false});
    const groups = model.assign(x);
    assert.equal(new Set(groups.slice(0, 3)).size, 3);
    assert.ok(groups.every((group, i) => group === groups[i % 3]));
    const drawn = model.decode(tf.eye(3)).arraySync();
    middles.arraySync().forEach((middle, i) => assertClose(drawn[groups[i]], middle, 0.1));
  });

  it('takes convolutions, the same again from the same seed, leaves no tensor behind, and frees its own', async () => {
    const before = tf.memory().numTensors;
    const config = {height: 4, width: 4, filters: [2], symbols: 3, ...weights, seed: 1};
    const [a, b] = [1, 2].map(() => new CategoricalAutoencoder(config));
    const x = new RandomStream(1).uniformTensor<tf.Rank.R2>([5, 16]);
    const totals = tf.tidy(() => [a, b].map((model) => model.losses(x).total.arraySync()));
    assert.equal(totals[0], totals[1]);
    assert.equal(await tensorsLeaked(() => tf.dispose(a.losses(x))), 0);
    assert.equal(await tensorsLeaked(() => tf.dispose(a.encode(x))), 0);
    tf.dispose(x);
    [a, b].forEach((model) => model.dispose());
    assert.ok(tf.memory().numTensors - before <= 8);
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new CategoricalAutoencoder({...small, ...config});
    assert.throws(make({symbols: 1}), /symbols: expected a whole number >= 2, got 1/);
    assert.throws(make({temperature: 0}), /temperature: expected a number > 0, got 0/);
    assert.throws(make({balance: -1}), /balance: expected a number from 0 to Infinity, got -1/);
    assert.throws(make({styleDim: 0.5}), /styleDim: expected a whole number >= 0, got 0.5/);
    assert.throws(make({bits: 2}), /unknown option bits; known are inputDim/);
    assert.throws(
      () => make({styleDim: 2})().decode(tf.zeros([1, 3])),
      /z: expected shape \[n, 5\], got \[1, 3\]/,
    );
  });
});

describe('neighbouring(model, x, {vary})', () => {
  it('shows a neighbour and asks for the example itself: rows of places, its own first', () => {
    const x = tf.tensor2d([[0], [1], [2], [3]]);
    const seen: number[][] = [];
    const losses = (shown: tf.Tensor2D, _?: object, target?: tf.Tensor2D) => {
      seen.push([...shown.dataSync()], [...target!.dataSync()]);
      return {total: tf.scalar(0)};
    };
    const pairs = neighbouring({losses, variables: []}, x, {vary: (images) => images.mul(10)});
    const rows = Array.from({length: 200}, () => [2, 0, 3]);
    pairs.losses(tf.tensor2d(rows, [200, 3], 'int32'), {});
    assert.deepEqual(new Set(seen[0]), new Set([0, 30]));
    assert.deepEqual(new Set(seen[1]), new Set([20]));
    const share = seen[0].filter((value) => value === 30).length / 200;
    assert.ok(Math.abs(share - 0.5) < 0.15, `${share}: four deviations are 4 sqrt(0.25 / 200) = 0.14`);
    assert.throws(() => pairs.losses(tf.tensor2d([[1]], [1, 1], 'int32'), {}), /places: expected its own and at least one/); // prettier-ignore
  });

  it('trains a model inside a compiled step, with deformations', async () => {
    const x = new RandomStream(1).uniformTensor<tf.Rank.R2>([40, 16]);
    const model = new CategoricalAutoencoder({inputDim: 16, hiddenDims: [8], symbols: 3, ...weights});
    const near = tf.tensor2d(Array.from({length: 40}, (_, i) => [i, (i + 1) % 40]), [40, 2], 'int32'); // prettier-ignore
    const pairs = neighbouring(model, x, {vary: deformation({height: 4, width: 4})});
    const {epochs} = await fit(pairs, near, {epochs: 20, batchSize: 20, learningRate: 1e-2, progress: false});
    assert.ok(epochs[19].train.total < epochs[0].train.total);
  });
});

function examples(seed = 1): tf.Tensor2D {
  return new RandomStream(seed).uniformTensor<tf.Rank.R2>([16, 6]);
}
