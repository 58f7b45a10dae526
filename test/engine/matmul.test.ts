import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const a = [1, 2, 3, 4, 5, 6]; // [2, 3], or its transpose's data as [3, 2]
const b = [1, 0, 2, -1, 3, 1]; // [3, 2]
const product = [1 + 4 + 9, -2 + 3, 4 + 10 + 18, -5 + 6]; // a b, [2, 2]

describe('matMul', () => {
  it('gives the same product whichever factors come transposed', () => {
    const turned = (values: number[], shape: [number, number]) => tf.tensor2d(values, shape).transpose();
    assertClose(tf.matMul(tf.tensor2d(a, [2, 3]), tf.tensor2d(b, [3, 2])).dataSync(), product);
    assertClose(tf.matMul(turned(a, [2, 3]), tf.tensor2d(b, [3, 2]), true, false).dataSync(), product);
    assertClose(tf.matMul(tf.tensor2d(a, [2, 3]), turned(b, [3, 2]), false, true).dataSync(), product);
    assertClose(tf.matMul(turned(a, [2, 3]), turned(b, [3, 2]), true, true).dataSync(), product);
  });

  it('transposes each matrix of a batch by itself', () => {
    const batch = tf.tensor3d([...a, ...a.map((v) => 2 * v)], [2, 3, 2]);
    const single = tf.tensor2d(a, [3, 2]);
    const square = tf.matMul(single, single, true, false).dataSync();
    assertClose(tf.matMul(batch, batch, true, false).dataSync(), [...square, ...square.map((v) => 4 * v)]);
  });

  it('leaves nothing but its result behind', async () => {
    const x = tf.tensor2d(a, [2, 3]);
    const leaked = await tensorsLeaked(() => tf.matMul(x, x, true, false).dispose());
    assertClose(leaked, 0);
  });
});
