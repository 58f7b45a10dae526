/**
 * Learning from neighbours: in place of an example alone, the model gets it together with one of its nearest
 * neighbours, drawn anew in every step, as two views of one thing.
 * Van Gansbeke et al. 2020, https://arxiv.org/abs/2005.12320 (section 2.2)
 *
 *   place i ─► x_i ─ vary ─► target;   one of its neighbours j ─► x_j ─ vary ─► what the model sees
 */
import {assertShape} from '../check';
import type {Augmentation} from '../data/augmentation';
import {RandomStream} from '../random';
import * as tf from '../tf';
import type {Autoencoder, Trainable} from './autoencoder';

/**
 * A model, to be trained on rows of places, [n, 1 + k]: an example's own place among x, then those of its k
 * neighbours (nearestNeighbours(x, x, 1 + k) gives such rows, itself being nearest, or one with the same code):
 *
 *     const near = tf.tensor2d(nearestNeighbours(codes, codes, 1 + k), [n, 1 + k], 'int32');
 *     await fit(neighbouring(model, images, {vary: deformation(size)}), near, {epochs: 5});
 *
 * @param x [n, d]
 * @param vary each of the two by itself. Default: both stay as they are.
 */
export function neighbouring(
  model: Pick<Autoencoder, 'losses' | 'variables'>,
  x: tf.Tensor2D,
  {vary = (same) => same, seed = 0}: {vary?: Augmentation; seed?: number} = {},
): Trainable {
  const random = new RandomStream(seed).split('neighbours');
  return {
    variables: model.variables,
    losses: (places, scalars) => {
      assertShape('places', places, [null, null]);
      const [n, columns] = places.shape;
      if (columns < 2)
        throw new TypeError('places: expected its own and at least one neighbour in each row, got one');
      const near = tf.slice(places, [0, 1]);
      const column = tf.floor(tf.mul(random.uniformTensor<tf.Rank.R2>([n, 1]), columns - 1));
      const chosen = tf.equal(tf.range(0, columns - 1), column).cast('int32'); // [n, k], a single 1 in each row
      const one = tf.mul(near, chosen).sum(1).toInt() as tf.Tensor1D;
      const own = tf.reshape(tf.slice(places, [0, 0], [n, 1]), [n]).toInt() as tf.Tensor1D;
      const view = (which: tf.Tensor1D) => vary(tf.gather(x, which), random);
      return model.losses(view(one), scalars, view(own));
    },
  };
}
