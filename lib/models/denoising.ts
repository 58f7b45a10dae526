/**
 * The denoising auto-encoder (去噪自编码器): the model sees a corrupted x and is compared with the clean one.
 * Vincent, Larochelle, Bengio & Manzagol 2008, https://doi.org/10.1145/1390156.1390294
 *
 *   x ─ corrupt ─► x̃ ─ encode ─► z ─ decode ─► x̂,  compared with x
 */
import type {Corruption} from '../data/corruption';
import {RandomStream} from '../random';
import type {Autoencoder, Trainable} from './autoencoder';

/**
 * Any auto-encoder, to be trained on corrupted examples; the corruption is drawn anew in every step. What is
 * trained is the model itself: encode and decode with it afterwards.
 *
 *     await fit(denoising(model, gaussianNoise(0.5), {seed}), images, {epochs: 5});
 *     const restored = reconstruct(model, noisy);
 */
export function denoising(model: Autoencoder, corruption: Corruption, {seed = 0} = {}): Trainable {
  const random = new RandomStream(seed).split('corruption');
  return {
    variables: model.variables,
    state: model.state,
    losses: (x, scalars) => model.losses(corruption(x, random), scalars, x),
  };
}
