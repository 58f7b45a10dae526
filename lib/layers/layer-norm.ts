/** Layer normalisation. Ba, Kiros & Hinton 2016, https://arxiv.org/abs/1607.06450 (eq. 4). */
import {assertInteger, assertShape} from '../check';
import * as tf from '../tf';
import {constantVariable} from './glorot';

/** y = scale · (x - mean) / sqrt(variance + 1e-5) + shift, mean and variance (dividing by width) of each row; x [n, width]. */
export class LayerNorm {
  readonly scale: tf.Variable<tf.Rank.R1>; // [width], begins at 1
  readonly shift: tf.Variable<tf.Rank.R1>; // [width], begins at 0

  constructor(
    readonly name: string,
    readonly width: number,
  ) {
    assertInteger(`${name}: width`, width);
    this.scale = constantVariable(width, 1);
    this.shift = constantVariable(width);
  }

  apply(x: tf.Tensor2D): tf.Tensor2D {
    assertShape(this.name, x, [null, this.width]);
    const {mean, variance} = tf.moments(x, 1, true);
    const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(normal, this.scale), this.shift) as tf.Tensor2D;
  }

  get variables(): tf.Variable[] {
    return [this.scale, this.shift] as tf.Variable[];
  }
}
