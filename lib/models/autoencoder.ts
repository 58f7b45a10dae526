/** What training and metrics may know of a model. */
import type {Player} from '../compile';
import type * as tf from '../tf';

/** Scalars by name; `total` is what is minimised. */
export interface LossTerms {
  total: tf.Scalar;
  [term: string]: tf.Scalar;
}

/** A model that `fit` can train on batches of x. */
export interface Trainable {
  /**
   * The terms of the loss for a batch x [n, d], each a scalar averaged over the batch; `scalars` are the
   * numbers that `fit` was asked to change from step to step. `fit` records the function once and runs the
   * recording: what JavaScript does in it besides calling tf is done only then.
   */
  losses(x: tf.Tensor2D, scalars: Record<string, tf.Scalar>): LossTerms;
  /** What the optimizer may change. Without this list tfjs would update all that the loss reaches. */
  readonly variables: tf.Variable[];
  /** What `losses` itself assigns to, such as a codebook that follows moving averages. Default none. */
  readonly state?: tf.Variable[];
  /** For a model with several players, who of them changes what to make which loss smaller; default: all for `total`. */
  readonly players?: readonly Omit<Player, 'optimizer'>[];
}

/** Encoder and decoder. */
export interface Codec {
  /** x [n, d] -> z [n, k]. */
  encode(x: tf.Tensor2D): tf.Tensor2D;
  /** z [n, k] -> x̂ [n, d]. */
  decode(z: tf.Tensor2D): tf.Tensor2D;
  dispose(): void;
}

/** A model as it is kept in a checkpoint. */
export interface Storable {
  /** The kind of model, e.g. "DenseAutoencoder"; a checkpoint of another kind is refused. */
  readonly kind: string;
  readonly config: object;
  readonly variables: tf.Variable[];
  /** Saved behind the variables; as in {@link Trainable}. */
  readonly state?: tf.Variable[];
}

export interface Autoencoder extends Trainable, Codec, Storable {
  /** As for {@link Trainable}; the reconstruction of x is compared with the target [n, d], by default x itself. */
  losses(x: tf.Tensor2D, scalars?: Record<string, tf.Scalar>, target?: tf.Tensor2D): LossTerms;
}

/** x [n, d] through the code and back, [n, d]. */
export function reconstruct(model: Pick<Codec, 'encode' | 'decode'>, x: tf.Tensor2D): tf.Tensor2D {
  const z = model.encode(x);
  const back = model.decode(z);
  z.dispose();
  return back;
}
