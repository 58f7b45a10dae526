import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {squaredError} from '../../lib/losses/reconstruction';
import {reconstruct} from '../../lib/models/autoencoder';
import {denoising} from '../../lib/models/denoising';
import {VectorQuantizedAutoencoder, type VectorQuantizedAutoencoderConfig} from '../../lib/models/vq-vae'; // prettier-ignore
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {loadCheckpoint, saveCheckpoint} from '../../lib/train/checkpoint';
import {evaluate} from '../../lib/train/evaluation';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const shape = {height: 8, width: 6, filters: [3, 4], seed: 7};
const kinds: Record<string, VectorQuantizedAutoencoderConfig> = {
  'moving average': {...shape, symbols: 5, symbolDim: 2},
  gradient: {...shape, symbols: 5, symbolDim: 2, codebook: 'gradient'},
  levels: {...shape, levels: [3, 4]},
};

for (const [name, config] of Object.entries(kinds)) {
  const make = (more: object = {}) => new VectorQuantizedAutoencoder({...config, ...more});

  describe(`VectorQuantizedAutoencoder, ${name}`, () => {
    it('makes a grid of symbols, and the same image of the symbols as of the vectors they stand for', () => {
      const model = make();
      const symbols = model.symbols(images());
      assert.deepEqual(model.grid, {rows: 2, columns: 2, places: 4}); // 8 x 6 pixels, halved twice and rounded up
      assert.deepEqual([symbols.shape, symbols.dtype], [[16, 4], 'int32']); // prettier-ignore
      const back = reconstruct(model, images());
      assert.deepEqual(model.fromSymbols(symbols).arraySync(), back.arraySync());
      assert.deepEqual(model.encode(images()).shape, [16, 8]);
    });

    it('charges the squared error of what its symbols make, against the target if there is one', () => {
      const model = make(name === 'levels' ? {} : {start: 'normal', revival: 0});
      const [x, target] = [images(), images(2)];
      const back = reconstruct(model, x);
      const before = evaluate(model, x);
      assertClose(before.reconstruction, squaredError(x, back).arraySync());
      assert.deepEqual(evaluate(model, x), before); // measuring changes nothing
      assertClose(
        model.losses(x, {}, target).reconstruction.arraySync(),
        squaredError(target, back).arraySync(),
      );
    });

    it('learns: the error on one batch falls to less than half', async () => {
      const {epochs} = await fit(make(), images(), {...steps, epochs: 150});
      const [first, last] = [epochs[0], epochs[149]].map(({train}) => train.reconstruction);
      assert.ok(last < first / 2, `from ${first} to ${last}`);
    });

    it('can be saved and loaded, codebook and all', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'course-'));
      const file = path.join(folder, 'model.safetensors');
      const [model, other] = [make(), make()];
      await fit(model, images(), {...steps, epochs: 3});
      saveCheckpoint(file, model);
      loadCheckpoint(file, other);
      assert.deepEqual(reconstruct(other, images()).arraySync(), reconstruct(model, images()).arraySync());
      // and goes on as the first one does
      const next = (m: VectorQuantizedAutoencoder) => evaluate(m, images()).total;
      assert.equal(next(other), next(model));
      fs.rmSync(folder, {recursive: true});
    });

    it('is the same again from the same seed, leaves no tensor behind, and frees its own', async () => {
      const before = tf.memory().numTensors;
      const x = images();
      const run = async () => {
        const model = make();
        const {epochs} = await fit(model, x, {...steps, epochs: 3});
        const made = model.state.length + model.variables.length;
        assert.ok(made >= 12);
        assert.equal(await tensorsLeaked(() => tf.dispose(model.losses(x))), 0);
        tf.dispose(model.symbols(x));
        model.dispose();
        return epochs.map(({train}) => train.total);
      };
      assert.deepEqual(await run(), await run());
      x.dispose();
      assert.equal(tf.memory().numTensors, before);
    });
  });
}

describe('VectorQuantizedAutoencoder', () => {
  const make = (config: object = {}) =>
    new VectorQuantizedAutoencoder({...kinds['moving average'], ...config});

  it('sums its terms over the places of an image: total = reconstruction + β commitment', () => {
    const model = make({commitmentCost: 0.5, start: 'normal', revival: 0});
    const x = images();
    const {total, reconstruction, commitment} = evaluate(model, x);
    assertClose(total, reconstruction + 0.5 * commitment);
    const [entries, codes] = [model.quantizer.vectors(tf.reshape(model.symbols(x), [-1]) as tf.Tensor1D), model.encode(x)]; // prettier-ignore
    assert.deepEqual(tf.reshape(entries, codes.shape).arraySync(), codes.arraySync());
    assert.ok(commitment > 0);
  });

  it('adds the distance of the codebook if that learns by gradient', () => {
    const model = make({codebook: 'gradient', start: 'normal', revival: 0});
    const {total, reconstruction, commitment, codebook} = evaluate(model, images());
    assertClose(commitment, codebook); // the same distance, seen from its two ends
    assertClose(total, reconstruction + 1.25 * codebook);
  });

  it('gives fit the best codebook back, not only the best weights', async () => {
    const model = make();
    const schedule = (done: number) => (done < 0.5 ? 1 : 300);
    const options = {...steps, schedule, epochs: 40, patience: 40, validation: images(2)};
    const {epochs} = await fit(model, images(), options);
    const best = Math.min(...epochs.map(({validation}) => validation!.total));
    assertClose(evaluate(model, images(2)).total, best, 1e-4);
    assert.ok(epochs[39].validation!.total > 1.001 * best, 'the last epoch was not the best by itself');
  });

  it('can be trained to denoise, its codebook coming along', () => {
    const model = make();
    assert.deepEqual(denoising(model, (x) => x).state, model.state);
  });

  it('says what it was given and what it expected', () => {
    assert.throws(() => make({symbols: 1}), /quantizer: symbols: expected a whole number >= 2, got 1/);
    assert.throws(
      () => make({commitmentCost: -1}),
      /commitmentCost: expected a number from 0 to Infinity, got -1/,
    );
    assert.throws(() => make({levels: [3, 2]}), /unknown option symbols, symbolDim; known are height, width/);
    assert.throws(() => make({entries: 3}), /unknown option entries; known are height, width/);
    const model = make();
    assert.throws(() => model.symbols(tf.zeros([1, 49])), /x: expected shape \[n, 48\], got \[1, 49\]/);
    assert.throws(() => model.decode(tf.zeros([1, 4])), /z: expected shape \[n, 8\], got \[1, 4\]/);
    assert.throws(
      () => model.fromSymbols(tf.tensor2d([[0, 1, 2, 3], [0, 5, 1, 1]], [2, 4], 'int32')), // prettier-ignore
      /symbols: expected symbols, whole numbers from 0 to 4, got 5 at place 1 of row 1/,
    );
    assert.throws(
      () => model.fromSymbols(tf.zeros([2, 3])),
      /symbols: expected shape \[n, 4\], got \[2, 3\]/,
    );
  });
});

const steps = {batchSize: 16, learningRate: 1e-2, progress: false};

function images(seed = 1): tf.Tensor2D {
  return new RandomStream(seed).uniformTensor<tf.Rank.R2>([16, 48]);
}
