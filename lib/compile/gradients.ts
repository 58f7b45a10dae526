/**
 * Gradients as TensorFlow computes them, in one operation each, while a step is recorded. tfjs writes
 * them with several, e.g. five for that of relu.
 */
import * as tf from '../tf';

/** Runs `f` with the gradients of this file in place of tfjs's own. */
export function withFusedGradients<T>(f: () => T): T {
  const own = replacements.map(({kernelName}) => tf.getGradient(kernelName));
  replacements.forEach(replace);
  try {
    return f();
  } finally {
    own.forEach(replace);
  }
}

// Registering over an old one would only warn.
function replace(config: tf.GradConfig): void {
  tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

const replacements: tf.GradConfig[] = [
  // d relu(x) = dy where x > 0, which is where relu(x) > 0
  {kernelName: 'Relu', outputsToSave: [true], gradFunc: (dy, [y]) => ({x: () => fused('ReluGrad', dy, y)})},
  // d sigmoid(x) = dy y (1 - y)
  {
    kernelName: 'Sigmoid',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({x: () => fused('SigmoidGrad', y, dy)}),
  },
  // d tanh(x) = dy (1 - y²)
  {kernelName: 'Tanh', outputsToSave: [true], gradFunc: (dy, [y]) => ({x: () => fused('TanhGrad', y, dy)})},
  // d x^(-1/2) = -dy y³ / 2
  {
    kernelName: 'Rsqrt',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({x: () => fused('RsqrtGrad', y, dy)}),
  },
  // d mean(x) = dy / n, the same for all n
  {
    kernelName: 'Mean',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const axes = tf.util.parseAxisParam((attributes as unknown as {axis: number | number[]}).axis, x.shape);
      const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const n = axes.reduce((product, axis) => product * x.shape[axis], 1);
      return {x: () => tf.broadcastTo(tf.reshape(dy as tf.Tensor, kept).mul(1 / n), x.shape)};
    },
  },
];

function fused(name: string, a: tf.Tensor | tf.Tensor[], b: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return tf.nativeOperation(name, {T: 'float32'}, [a as tf.Tensor, b as tf.Tensor]);
}
