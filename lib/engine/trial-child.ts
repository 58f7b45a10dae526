/**
 * Run by trial.ts in a process of its own: loads the binding below the folder given, multiplies two
 * matrices through it, and prints TensorFlow's version when the product is right.
 */
import * as path from 'node:path';

interface Binding {
  TF_Version: string;
  TF_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_TYPE: number;
  createTensor(shape: number[], dtype: number, values: Float32Array): number;
  executeOp(name: string, attributes: object[], inputs: number[], outputs: number): {id: number}[];
  tensorDataSync(id: number): Float32Array;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const tf = require(path.join(process.argv[2], 'lib', 'napi-v8', 'tfjs_binding.node')) as Binding;
const a = tf.createTensor([2, 2], tf.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
const attributes = [
  {name: 'transpose_a', type: tf.TF_ATTR_BOOL, value: false},
  {name: 'transpose_b', type: tf.TF_ATTR_BOOL, value: false},
  {name: 'T', type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT},
];
const [product] = tf.executeOp('MatMul', attributes, [a, a], 1);
const got = Array.from(tf.tensorDataSync(product.id)).join(', ');
if (got !== '7, 10, 15, 22') {
  console.error(`COURSE-ENGINE-ERROR: it computes wrongly: expected 7, 10, 15, 22, got ${got}`);
  process.exit(1);
}
console.log(`COURSE-ENGINE ${tf.TF_Version}`);
