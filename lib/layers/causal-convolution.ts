/**
 * Convolutions in which a place of an image sees only what comes before it, reading row by row. Two stacks side by
 * side, because one stack of masked filters has a blind spot, above and to the right, that it never sees:
 * van den Oord et al. 2016, https://arxiv.org/abs/1606.05328 (section 2.2), with relu in place of their gates.
 *
 *   above   what stands in the rows above        rows i - reach … i - 1 (later i), columns j - reach … j + reach
 *   left    … and, in its own row, on the left   row i, columns j - reach … j - 1 (later j)
 *
 * The first layer (mask A of https://arxiv.org/abs/1601.06759) leaves the place itself out. Later ones (mask B)
 * may look at it: nothing of it is left there.
 */
import {assertInteger} from '../check';
import type {RandomStream} from '../random';
import * as tf from '../tf';
import {constantVariable, glorotUniform} from './glorot';

/** What is known at each place, [n, rows, columns, width] each. */
export interface Known {
  above: tf.Tensor4D;
  left: tf.Tensor4D;
}

export class CausalLayer {
  private readonly above: Filter;
  private readonly left: Filter;
  private readonly between: Filter; // from above to left, place by place
  private readonly project: Filter;

  /**
   * @param first whether the place itself is hidden: true for the first layer of a stack, which reads symbols.
   * @param reach how far a filter looks up, left and right, in places.
   */
  constructor(
    name: string,
    width: number,
    readonly first: boolean,
    reach: number,
    random: RandomStream,
  ) {
    assertInteger(`${name}: width`, width);
    assertInteger(`${name}: reach`, reach);
    const itself = first ? 0 : 1;
    const look = {up: reach, left: reach};
    this.above = new Filter(`${name}/above`, width, [reach + itself, 2 * reach + 1], look, random);
    this.left = new Filter(`${name}/left`, width, [1, reach + itself], {up: 0, left: reach}, random);
    const place: [number, number] = [1, 1];
    this.between = new Filter(`${name}/between`, width, place, {up: 0, left: 0}, random);
    this.project = new Filter(`${name}/project`, width, place, {up: 0, left: 0}, random);
  }

  apply({above, left}: Known): Known {
    const up = this.above.apply(above);
    const all = tf.add(this.left.apply(left), this.between.apply(up)) as tf.Tensor4D;
    const news = {above: tf.relu(up), left: this.project.apply(tf.relu(all))};
    if (this.first) return news; // what came in is the place itself
    return {above: tf.add(above, news.above), left: tf.add(left, news.left)};
  }

  get variables(): tf.Variable[] {
    return [this.above, this.left, this.between, this.project].flatMap((filter) => filter.variables);
  }
}

// [n, rows, columns, width] -> the same shape; the first column and row of the filter lie `left` and `up` of the place.
class Filter {
  private readonly kernel: tf.Variable<tf.Rank.R4>;
  private readonly bias: tf.Variable<tf.Rank.R1>;

  constructor(
    name: string,
    width: number,
    private readonly size: readonly [rows: number, columns: number],
    private readonly look: {up: number; left: number},
    random: RandomStream,
  ) {
    const fan = size[0] * size[1] * width;
    this.kernel = glorotUniform<tf.Rank.R4>([...size, width, width], fan, fan, random.split(name));
    this.bias = constantVariable(width);
  }

  apply(x: tf.Tensor4D): tf.Tensor4D {
    const [n, rows, columns, width] = x.shape;
    const {up, left} = this.look;
    const right = Math.max(0, this.size[1] - 1 - left);
    const framed = up + left > 0 ? tf.pad(x, [[0, 0], [up, 0], [left, right], [0, 0]]) : x; // prettier-ignore
    const seen = tf.conv2d(framed as tf.Tensor4D, this.kernel, 1, 'valid');
    return tf.add(tf.slice(seen, [0, 0, 0, 0], [n, rows, columns, width]), this.bias) as tf.Tensor4D;
  }

  get variables(): tf.Variable[] {
    return [this.kernel, this.bias] as tf.Variable[];
  }
}
