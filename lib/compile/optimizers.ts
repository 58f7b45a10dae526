/**
 * Optimizers: how a gradient changes a variable. Each is one rule, written with tensors; where a graph is
 * being recorded and TensorFlow has the same rule as one operation, that operation is recorded instead.
 */
import {assertOptions, assertPositive, assertWithin} from '../check';
import * as tf from '../tf';
import {nativeBackend} from './native';
import {currentRecorder} from './recorder';

/** What an optimizer knows besides the gradient. All are scalars. */
export interface Moment {
  learningRate: tf.Scalar;
  /** β₁ᵗ and β₂ᵗ for optimizers that have them, t = 1 in the first step; otherwise 0. */
  powers: [tf.Scalar, tf.Scalar];
}

export interface Optimizer {
  readonly kind: string;
  /** How many running values it keeps for each variable. */
  readonly slots: number;
  /** β₁ and β₂, whose powers correct the beginning of running means; 0 where there are none. */
  readonly decays: readonly [number, number];
  /** Largest norm that the gradients of all its variables may have together; infinite: no limit. */
  readonly clipNorm: number;
  /** Changes the variable and its slots. */
  update(variable: tf.Variable, gradient: tf.Tensor, slots: tf.Variable[], moment: Moment): void;
}

export interface ClipOptions {
  /**
   * Gradients whose joint norm √Σg² is larger are scaled down to it (Pascanu et al. 2013,
   * https://arxiv.org/abs/1211.5063 algorithm 1). Default Infinity.
   */
  clipNorm?: number;
}

/** Gradient descent, with momentum if it is not 0: u ← μu + g, w ← w - ηu (Polyak 1964, as in PyTorch). */
export function sgd(options: {momentum?: number} & ClipOptions = {}): Optimizer {
  assertOptions('sgd', options, ['momentum', 'clipNorm']);
  const {momentum = 0} = options;
  assertWithin('momentum', momentum, 0, 1);
  return {
    kind: 'sgd',
    slots: momentum > 0 ? 1 : 0,
    decays: [0, 0],
    clipNorm: clipNormOf(options),
    update(variable, gradient, [velocity], {learningRate}) {
      const u = velocity ? tf.add(velocity.mul(momentum), gradient) : gradient;
      velocity?.assign(u);
      variable.assign(tf.sub(variable, u.mul(learningRate)));
    },
  };
}

export interface AdamOptions extends ClipOptions {
  /** Decay of the running mean of gradients, 0 to 1. Default 0.9. */
  beta1?: number;
  /** Decay of the running mean of squared gradients, 0 to 1. Default 0.999. */
  beta2?: number;
  /** Added to the root of the second moment. Default 1e-8. */
  epsilon?: number;
}

/**
 * Adam, Kingma & Ba 2015, https://arxiv.org/abs/1412.6980 algorithm 1:
 * m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², w ← w - η (m / (1-β₁ᵗ)) / (√(v / (1-β₂ᵗ)) + ε).
 */
export function adam(options: AdamOptions = {}): Optimizer {
  assertOptions('adam', options, ['beta1', 'beta2', 'epsilon', 'clipNorm']);
  return adamLike('adam', options, 0);
}

/**
 * AdamW, Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101 algorithm 2: Adam, and before it
 * w ← w - η λ w with λ the weight decay (default 0.01).
 */
export function adamW(options: AdamOptions & {weightDecay?: number} = {}): Optimizer {
  assertOptions('adamW', options, ['beta1', 'beta2', 'epsilon', 'clipNorm', 'weightDecay']);
  const {weightDecay = 0.01} = options;
  assertWithin('weightDecay', weightDecay, 0, Infinity);
  return adamLike('adamW', options, weightDecay);
}

/**
 * RMSProp, Tieleman & Hinton 2012 (lecture 6e): v ← ρv + (1-ρ)g², w ← w - ηg / (√v + ε).
 * Defaults ρ = 0.99, ε = 1e-8, as in PyTorch.
 */
export function rmsProp(options: {decay?: number; epsilon?: number} & ClipOptions = {}): Optimizer {
  assertOptions('rmsProp', options, ['decay', 'epsilon', 'clipNorm']);
  const {decay = 0.99, epsilon = 1e-8} = options;
  assertWithin('decay', decay, 0, 1);
  assertPositive('epsilon', epsilon);
  return {
    kind: 'rmsProp',
    slots: 1,
    decays: [0, 0],
    clipNorm: clipNormOf(options),
    update(variable, gradient, [square], {learningRate}) {
      const v = tf.add(square.mul(decay), gradient.square().mul(1 - decay));
      square.assign(v);
      variable.assign(tf.sub(variable, tf.div(gradient.mul(learningRate), v.sqrt().add(epsilon))));
    },
  };
}

function adamLike(kind: string, options: AdamOptions, weightDecay: number): Optimizer {
  const {beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8} = options;
  assertWithin('beta1', beta1, 0, 1);
  assertWithin('beta2', beta2, 0, 1);
  assertPositive('epsilon', epsilon);
  const decay = (variable: tf.Variable, rate: tf.Scalar) => tf.mul(variable, rate.mul(weightDecay));
  return {
    kind,
    slots: 2,
    decays: [beta1, beta2],
    clipNorm: clipNormOf(options),
    update(variable, gradient, [m, v], {learningRate, powers: [power1, power2]}) {
      const correction = tf.sqrt(tf.sub(1, power2)); // √(1 - β₂ᵗ)
      const recorder = currentRecorder();
      if (recorder) {
        const {binding} = nativeBackend();
        const type = (name: string) => ({name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT});
        if (weightDecay > 0)
          recorder.update(
            'AssignSubVariableOp',
            [variable],
            [decay(variable, learningRate)],
            [type('dtype')],
          );
        // TensorFlow adds its ε to √v, the paper to √(v / (1 - β₂ᵗ)): so it is handed ε √(1 - β₂ᵗ)
        const decays = [tf.scalar(beta1), tf.scalar(beta2), correction.mul(epsilon)];
        const inputs = [power1, power2, learningRate, ...decays, gradient];
        recorder.update('ResourceApplyAdam', [variable, m, v], inputs, [type('T')]);
        return;
      }
      if (weightDecay > 0) variable.assign(tf.sub(variable, decay(variable, learningRate)));
      m.assign(tf.add(m.mul(beta1), gradient.mul(1 - beta1)));
      v.assign(tf.add(v.mul(beta2), gradient.square().mul(1 - beta2)));
      const mean = tf.div(m, tf.sub(1, power1));
      const root = tf.div(v.sqrt(), correction).add(epsilon);
      variable.assign(tf.sub(variable, tf.div(mean, root).mul(learningRate)));
    },
  };
}

function clipNormOf({clipNorm = Infinity}: ClipOptions): number {
  if (!(clipNorm > 0)) throw new RangeError(`clipNorm: expected a number > 0, got ${clipNorm}`);
  return clipNorm;
}
