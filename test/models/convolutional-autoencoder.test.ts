import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {squaredError} from '../../lib/losses/reconstruction';
import {reconstruct} from '../../lib/models/autoencoder';
import {ConvolutionalAutoencoder} from '../../lib/models/convolutional-autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {loadCheckpoint, saveCheckpoint} from '../../lib/train/checkpoint';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {height: 8, width: 6, filters: [3, 4], latentDim: 5, seed: 7};

describe('ConvolutionalAutoencoder', () => {
  it('maps images to codes and back', () => {
    const model = new ConvolutionalAutoencoder(small);
    const z = model.encode(images());
    assert.deepEqual([z.shape, model.decode(z).shape], [[16, 5], [16, 48]]); // prettier-ignore
  });

  it('can have a code that is itself an image: latentChannels numbers at each place of the last maps', () => {
    const model = new ConvolutionalAutoencoder({...small, latentDim: undefined, latentChannels: 2});
    assert.equal(model.latentDim, 2 * 2 * 2); // 8 x 6 pixels, halved twice and rounded up: 2 x 2 places
    const z = model.encode(images());
    assert.deepEqual([z.shape, model.decode(z).shape], [[16, 8], [16, 48]]); // prettier-ignore
  });

  it('knows neighbours: an image moved by a whole stride has its code maps moved by one place', () => {
    const model = new ConvolutionalAutoencoder({height: 16, width: 16, filters: [3], latentChannels: 2});
    const spot = (row: number) =>
      tf.buffer([1, 16, 16], 'float32').toTensor().add(at(row, 7)).reshape([1, 256]) as tf.Tensor2D;
    const at = (row: number, column: number) => tf.oneHot([16 * row + column], 256).reshape([1, 16, 16]);
    const maps = (x: tf.Tensor2D) => model.encode(x).reshape([8, 8, 2]).slice([2, 0, 0], [4, 8, 2]);
    const moved = model.encode(spot(9)).reshape([8, 8, 2]).slice([3, 0, 0], [4, 8, 2]);
    assertClose(moved.dataSync(), maps(spot(7)).dataSync());
  });

  it('charges the squared error of its reconstruction, against the target if there is one', () => {
    const model = new ConvolutionalAutoencoder({...small, output: 'sigmoid'});
    const [x, target] = [images(), images(2)];
    const back = reconstruct(model, x);
    assertClose(model.losses(x).total.arraySync(), squaredError(x, back).arraySync());
    assertClose(model.losses(x, {}, target).total.arraySync(), squaredError(target, back).arraySync());
  });

  it('learns: the loss on one batch falls to less than half', async () => {
    const model = new ConvolutionalAutoencoder(small);
    const options = {epochs: 60, batchSize: 16, learningRate: 1e-2, progress: false};
    const {epochs} = await fit(model, images(), options);
    const [first, last] = [epochs[0], epochs[59]].map(({train}) => train.total);
    assert.ok(last < first / 2, `from ${first} to ${last}`);
  });

  it('can be saved and loaded', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'course-'));
    const [model, other] = [1, 2].map((seed) => new ConvolutionalAutoencoder({...small, seed}));
    saveCheckpoint(path.join(folder, 'model.safetensors'), model);
    const seeded = new ConvolutionalAutoencoder({...small, seed: 1});
    other.variables.forEach((variable) => variable.assign(tf.zerosLike(variable)));
    loadCheckpoint(path.join(folder, 'model.safetensors'), seeded);
    assert.deepEqual(reconstruct(seeded, images()).arraySync(), reconstruct(model, images()).arraySync());
    fs.rmSync(folder, {recursive: true});
  });

  it('is the same again from the same seed, leaves no tensor behind, and frees its own', async () => {
    const before = tf.memory().numTensors;
    const [a, b] = [1, 2].map(() => new ConvolutionalAutoencoder(small));
    const x = images();
    assert.deepEqual(a.encode(x).arraySync(), b.encode(x).arraySync());
    assert.equal(await tensorsLeaked(() => tf.dispose(a.losses(x))), 0);
    x.dispose();
    [a, b].forEach((model) => model.dispose());
    assert.ok(tf.memory().numTensors - before <= 2, 'the two codes of this test alone are left');
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new ConvolutionalAutoencoder({...small, ...config});
    const model = new ConvolutionalAutoencoder(small);
    assert.throws(() => model.encode(tf.zeros([1, 49])), /x: expected shape \[n, 48\], got \[1, 49\]/);
    assert.throws(() => model.decode(tf.zeros([1, 4])), /z: expected shape \[n, 5\], got \[1, 4\]/);
    assert.throws(make({filters: []}), /filters: expected at least one convolution, got none/);
    assert.throws(make({latentChannels: 2}), /code: expected either latentDim or latentChannels, got both/);
    assert.throws(
      make({latentDim: undefined}),
      /code: expected either latentDim or latentChannels, got neither/,
    );
    assert.throws(make({latentDim: 0}), /latentDim: expected a whole number >= 1, got 0/);
    assert.throws(make({stride: 3}), /unknown option stride; known are height, width/);
    assert.throws(make({output: 'relu'}), /output: expected one of linear, sigmoid, got "relu"/);
  });
});

function images(seed = 1): tf.Tensor2D {
  return new RandomStream(seed).uniformTensor<tf.Rank.R2>([16, 48]);
}
