/** A model that trains on varied examples. */
import type {Augmentation} from '../data/augmentation';
import {RandomStream} from '../random';
import type {Trainable} from './autoencoder';

/**
 * Any model, to be trained on examples that are varied anew in every step. It differs from
 * {@link denoising} in the target: here the varied example is what must come back.
 */
export function augmented(model: Trainable, augmentation: Augmentation, {seed = 0} = {}): Trainable {
  const random = new RandomStream(seed).split('augmentation');
  return {
    variables: model.variables,
    state: model.state,
    players: model.players,
    losses: (x, scalars) => model.losses(augmentation(x, random), scalars),
  };
}
