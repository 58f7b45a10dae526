import * as assert from 'node:assert/strict';
import {gaussianNoise, masking, type Corruption} from '../../lib/data/corruption';
import {squaredError} from '../../lib/losses/reconstruction';
import {DenseAutoencoder} from '../../lib/models/dense-autoencoder';
import {denoising} from '../../lib/models/denoising';
import {reconstruct} from '../../lib/models/autoencoder';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit} from '../../lib/train/fit';
import {assertClose} from '../helpers';

const small = {inputDim: 4, hiddenDims: [], latentDim: 2, seed: 7};

describe('denoising(model, corruption)', () => {
  it('shows the model the corrupted example and compares with the clean one', () => {
    const model = new DenseAutoencoder(small);
    const halved: Corruption = (x) => x.mul(0.5);
    const x = examples();
    const expected = squaredError(x, reconstruct(model, x.mul(0.5))).arraySync();
    assertClose(denoising(model, halved).losses(x, {}).total.arraySync(), expected);
  });

  it('trains the model itself', () => {
    const model = new DenseAutoencoder(small);
    assert.deepEqual(denoising(model, masking(0.5)).variables, model.variables);
  });

  it('draws its noise anew at each call, and the same again from the same seed', () => {
    const model = new DenseAutoencoder(small);
    const three = (seed: number) => {
      const trainable = denoising(model, gaussianNoise(1), {seed});
      return [1, 2, 3].map(() => trainable.losses(examples(), {}).total.arraySync());
    };
    const [a, b] = [three(1), three(1)];
    assert.deepEqual(a, b);
    assert.equal(new Set([...a, ...three(2)]).size, 6);
  });

  it('finds the best linear guess of a hidden number: for two equal pixels, the one that is left', async () => {
    // x = (t, t), t normal; one of two pixels is lost half the time. Without noise the best answer is to copy;
    // with it, E[x | x̃] for x̃ = m t with m1, m2 in {0, 1}: the linear x̂_i = w (x̃1 + x̃2) with the least error
    // has w = E[t (x̃1 + x̃2)] / E[(x̃1 + x̃2)²] = 1 / (4/4 + 2/4) = 2/3.
    const t = new RandomStream(5).split('t').normals(4000);
    const x = tf.tensor2d(Float32Array.from({length: 8000}, (_, i) => t[i >> 1]), [4000, 2]); // prettier-ignore
    const model = new DenseAutoencoder({inputDim: 2, hiddenDims: [], latentDim: 1, seed: 1});
    const options = {epochs: 40, learningRate: 2e-2, schedule: 'cosine', progress: false} as const;
    await fit(denoising(model, masking(0.5), {seed: 3}), x, options);
    const w = reconstruct(model, tf.tensor2d([[1, 0], [0, 1]])).arraySync(); // prettier-ignore
    const zero = reconstruct(model, tf.zeros([1, 2])).arraySync()[0];
    w.flatMap((row) => row.map((value, i) => value - zero[i])).forEach((weight) =>
      assertClose(weight, 2 / 3, 0.06),
    );
  });
});

function examples(): tf.Tensor2D {
  return new RandomStream(1).uniformTensor<tf.Rank.R2>([16, 4]);
}
