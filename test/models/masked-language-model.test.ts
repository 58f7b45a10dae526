import * as assert from 'node:assert/strict';
import {MaskedLanguageModel} from '../../lib/models/masked-language-model';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {vocabularySize: 5, context: 8, width: 16, heads: 2, blocks: 1, seed: 3};

describe('MaskedLanguageModel', () => {
  it('hides 15 % of the places: 80 % of them under the mask, 10 % under some token, 10 % in the open', () => {
    const {mask, shares} = hiding({});
    // 100,000 places: 4 deviations of a share p are 4 sqrt(p (1 - p) / 100,000), at most 0.005
    assertClose(shares.hidden, 0.15, 0.005);
    assertClose(shares.covered, 0.15 * 0.8, 0.005);
    assertClose(shares.swapped, 0.15 * 0.1 * (4 / 5), 0.005); // one swap in five draws the token itself
    assert.equal(shares.changedElsewhere, 0);
    assert.equal(mask, 5);
  });

  it('hides by other rules if asked', () => {
    const {shares} = hiding({hidden: 0.5, rule: {mask: 1, random: 0}});
    assertClose([shares.hidden, shares.covered, shares.swapped], [0.5, 0.5, 0], 0.01);
  });

  it('knows nothing at first: where all logits are equal, a hidden token costs log(vocabulary) nats', () => {
    const model = new MaskedLanguageModel(small);
    const last = model.variables.slice(-2); // of the layer that makes the logits
    last.forEach((variable) => variable.assign(tf.zerosLike(variable)));
    assertClose(model.losses(tokens(50)).total.arraySync(), Math.log(5));
  });

  it('charges hidden places only: none hidden, nothing to pay', () => {
    assert.equal(new MaskedLanguageModel({...small, hidden: 0}).losses(tokens(4)).total.arraySync(), 0);
  });

  it('gives probabilities for each place, which sum to 1', () => {
    const model = new MaskedLanguageModel(small);
    const p = model.probabilities(tokens(3));
    assert.deepEqual(p.shape, [3, 8, 5]);
    assertClose(p.sum(2).dataSync(), Array(24).fill(1));
  });

  it('fills the masked places of a window with the probabilities there', () => {
    const model = new MaskedLanguageModel(small);
    const window = [1, 5, 2, 5, 0, 1, 2, 3]; // 5 is the mask
    const filled = model.fill(window);
    const p = model.probabilities(tf.tensor2d([window], [1, 8], 'int32')).arraySync()[0];
    assert.deepEqual([...filled.keys()], [1, 3]);
    for (const [place, own] of filled) assertClose(own, p[place]);
  });

  it('learns to count: in 0 1 2 3 4 0 1 … a hidden token follows from its neighbours', async () => {
    const model = new MaskedLanguageModel({...small, hidden: 0.2});
    const rows = Array.from({length: 200}, (_, n) => Array.from({length: 8}, (_, i) => (n + i) % 5));
    const options = {epochs: 30, batchSize: 50, learningRate: 1e-2, progress: false};
    const {epochs} = await fit(model, tf.tensor2d(rows, [200, 8], 'int32'), options);
    assert.ok(epochs[29].train.total < 0.5, `${epochs[29].train.total} nats, guessing costs ${Math.log(5)}`);
    const shown = tf.tensor2d([[1, 2, 5, 4, 0, 1, 2, 3]], [1, 8], 'int32'); // 5 is the mask
    assert.equal(model.probabilities(shown).argMax(2).arraySync()[0 as never][2], 3);
  });

  it('is the same again from the same seed, and leaves no tensor behind', async () => {
    const loss = () => new MaskedLanguageModel(small).losses(tokens(4)).total.arraySync();
    assert.equal(loss(), loss());
    const model = new MaskedLanguageModel(small);
    const x = tokens(4);
    assert.equal(await tensorsLeaked(() => tf.dispose(model.losses(x))), 0);
    assert.equal(await tensorsLeaked(() => model.probabilities(x).dispose()), 0);
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new MaskedLanguageModel({...small, ...config});
    assert.throws(make({hidden: 1.5}), /hidden: expected a number from 0 to 1, got 1.5/);
    assert.throws(
      make({rule: {mask: 0.8, random: 0.5}}),
      /rule: expected mask and random to be 1 at most together, got 1.3/,
    );
    assert.throws(make({heads: 3}), /expected a width that 3 heads divide, got 16/);
    assert.throws(make({layers: 3}), /unknown option layers; known are vocabularySize, context/);
    const model = make({})();
    assert.throws(
      () => model.probabilities(tf.tensor2d([[0, 6]], [1, 2], 'int32')),
      /tokens: expected whole numbers from 0 to 5, the mask, got 6 at place 1 of sequence 0/,
    );
    assert.throws(
      () => model.probabilities(tf.zeros([1, 9], 'int32')),
      /expected at most 8 places, the context, got 9/,
    );
  });
});

function tokens(n: number): tf.Tensor2D {
  const random = new RandomStream(1);
  return tf.tensor2d(
    Int32Array.from({length: 8 * n}, () => random.integer(5)),
    [n, 8],
    'int32',
  );
}

function hiding(config: object) {
  const model = new MaskedLanguageModel({...small, ...config});
  const x = tokens(12500); // 100,000 places
  const {shown, hidden} = model.hide(x);
  const [before, after, asked] = [x, shown, hidden].map((t) => t.dataSync());
  const share = (f: (i: number) => boolean) => Array.from(before.keys()).filter(f).length / before.length;
  const shares = {
    hidden: share((i) => asked[i] === 1),
    covered: share((i) => after[i] === model.mask),
    swapped: share((i) => after[i] !== model.mask && after[i] !== before[i]),
    changedElsewhere: share((i) => asked[i] === 0 && after[i] !== before[i]),
  };
  return {mask: model.mask, shares};
}
