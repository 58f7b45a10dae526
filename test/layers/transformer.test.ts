import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {attend, causal, SelfAttention} from '../../lib/layers/attention';
import {LayerNorm} from '../../lib/layers/layer-norm';
import {TransformerBlock, TransformerEncoder} from '../../lib/layers/transformer';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

// made by test/fixtures/layers.py with PyTorch
const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'layers.json'), 'utf8'),
) as Record<'attention' | 'causal' | 'block', number[]>;

const [N, T, WIDTH, HEADS, UP] = [2, 5, 8, 2, 12];

describe('LayerNorm', () => {
  it('gives each row the mean 0 and the variance 1', () => {
    const norm = new LayerNorm('norm', 2);
    const rows = norm.apply(tf.tensor2d([[1, 3], [-10, 30]])); // prettier-ignore
    assertClose(rows.arraySync(), [[-1, 1], [-1, 1]], 1e-5); // prettier-ignore
  });

  it('then multiplies by its scale and adds its shift', () => {
    const norm = new LayerNorm('norm', 2);
    norm.scale.assign(tf.tensor1d([2, 3]));
    norm.shift.assign(tf.tensor1d([10, 20]));
    assertClose(norm.apply(tf.tensor2d([[1, 3]])).arraySync(), [[10 - 2, 20 + 3]], 1e-5);
  });

  it('keeps a constant row finite', () => {
    assertClose(new LayerNorm('norm', 3).apply(tf.tensor2d([[7, 7, 7]])).arraySync(), [[0, 0, 0]]);
  });
});

describe('attend(q, k, v)', () => {
  it('is the mean of all values where all keys are alike', () => {
    const same = tf.ones<tf.Rank.R4>([1, 1, 3, 1]);
    const v = tf.tensor4d([1, 2, 6], [1, 1, 3, 1]);
    assertClose(attend(same, same, v).gathered.dataSync(), [3, 3, 3]);
  });

  it('weighs by softmax(q·k / √d)', () => {
    const q = tf.tensor4d([2, 0, 0, 0], [1, 1, 1, 4]);
    const k = tf.tensor4d([Math.log(3), 0, 0, 0, 0, 0, 0, 0], [1, 1, 2, 4]); // scores log 3 and 0
    const {gathered, weights} = attend(q, k, tf.tensor4d([4, 8], [1, 1, 2, 1]));
    assertClose(weights.dataSync(), [3 / 4, 1 / 4]);
    assertClose(gathered.dataSync(), [(3 * 4 + 8) / 4]);
  });

  it('turns with the sequence: another order of the places, the same answers in that order', () => {
    const random = new RandomStream(3);
    const [q, k, w] = [0, 1, 2].map(() => random.normal<tf.Rank.R4>([1, 2, 3, 4]));
    const turned = (x: tf.Tensor4D) => tf.gather(x, tf.tensor1d([2, 0, 1], 'int32'), 2);
    const after = attend(turned(q), turned(k), turned(w)).gathered;
    assertClose(after.dataSync(), turned(attend(q, k, w).gathered).dataSync());
  });
});

describe('SelfAttention', () => {
  it('agrees with PyTorch, with a bias for each distance', () => {
    assertClose(attention().apply(input(), T).dataSync(), fixture.attention, 1e-4);
  });

  it('agrees with PyTorch where each place sees only what came before', () => {
    assertClose(attention().apply(input(), T, causal(T)).dataSync(), fixture.causal, 1e-4);
  });

  it('does not see what is hidden: a change there changes nothing elsewhere', () => {
    const layer = attention();
    const before = layer.apply(input(), T, causal(T)).arraySync();
    const changed = input().arraySync();
    changed[T - 1] = changed[T - 1].map((value) => value + 5); // the last place of the first sequence
    const after = layer.apply(tf.tensor2d(changed), T, causal(T)).arraySync();
    assertClose(after.slice(0, T - 1), before.slice(0, T - 1));
    assert.notDeepEqual(after[T - 1], before[T - 1]);
  });

  it('looks with weights that sum to 1, and with none at what is hidden', () => {
    const weights = attention().weights(input(), T, causal(T)); // [n, heads, T, T]
    assertClose(weights.sum(3).dataSync(), Array(N * HEADS * T).fill(1));
    assert.equal(tf.mul(weights, tf.sub(1, causal(T))).max().dataSync()[0], 0); // prettier-ignore
  });

  it('serves shorter sequences with the same distances', () => {
    const layer = attention();
    const short = layer.weights(tf.slice(input(), [0, 0], [2, WIDTH]), 2).arraySync();
    const long = layer.weights(tf.slice(input(), [0, 0], [T, WIDTH]), T).arraySync();
    const ratio = (w: number[]) => w[1] / w[0]; // of two softmax weights: the others cancel
    assertClose(ratio(short[0][1][0]), ratio(long[0][1][0]), 1e-4);
  });

  it('refuses heads that do not divide the width, another width, and a sequence beyond its context', () => {
    const random = new RandomStream(0);
    assert.throws(
      () => new SelfAttention('a', 8, 3, 4, random),
      /a: expected a width that 3 heads divide, got 8/,
    );
    const layer = new SelfAttention('a', 8, 2, 4, random);
    assert.throws(() => layer.apply(tf.zeros([4, 6]), 4), /a: expected shape \[n, 8\], got \[4, 6\]/);
    assert.throws(() => layer.apply(tf.zeros([5, 8]), 5), /a: expected at most 4 places, the context, got 5/);
  });
});

describe('TransformerBlock', () => {
  it('agrees with PyTorch', () => {
    const config = {width: WIDTH, heads: HEADS, blocks: 1, feedForward: UP, activation: 'relu' as const};
    const block = new TransformerBlock('block', T, config, new RandomStream(0));
    const norms = [0, 1, 2, 3].map((i) => tf.add(wave([WIDTH], 11 + i), i % 2 === 0 ? 1 : 0));
    const values = [...norms, ...attentionWeights(), ...[7, 8, 9, 10].map(feedForwardWeight)];
    block.variables.forEach((variable, i) => variable.assign(values[i]));
    assertClose(block.apply(input(), T).dataSync(), fixture.block, 1e-4);
  });
});

describe('TransformerEncoder', () => {
  const encoder = () => new TransformerEncoder('encoder', 7, 6, {width: 8, heads: 2}, new RandomStream(4));
  const tokens = () => tf.tensor2d([[1, 2, 3, 4], [6, 0, 0, 5]], [2, 4], 'int32'); // prettier-ignore

  it('maps tokens [n, T] to [n T, width], normalised', () => {
    const x = encoder().apply(tokens());
    assert.deepEqual(x.shape, [8, 8]);
    assertClose(x.mean(1).dataSync(), Array(8).fill(0), 1e-5);
  });

  it('tells places apart: the same token answers differently from place to place', () => {
    const x = encoder()
      .apply(tf.tensor2d([[1, 1, 2]], [1, 3], 'int32'))
      .arraySync();
    assert.ok(Math.abs(x[0][0] - x[1][0]) > 1e-3, `${x[0][0]} and ${x[1][0]}`);
  });

  it('is the same again from the same seed, and leaves no tensor behind', async () => {
    assert.deepEqual(encoder().apply(tokens()).arraySync(), encoder().apply(tokens()).arraySync());
    const one = encoder();
    assert.equal(await tensorsLeaked(() => tf.tidy(() => void one.apply(tokens()))), 0);
  });

  it('refuses a sequence beyond its context', () => {
    assert.throws(
      () => encoder().apply(tf.zeros([1, 7], 'int32')),
      /encoder\/0\/attention: expected at most 6 places, the context, got 7/,
    );
  });
});

function attention(): SelfAttention {
  const layer = new SelfAttention('attention', WIDTH, HEADS, T, new RandomStream(0));
  const values = attentionWeights();
  layer.variables.forEach((variable, i) => variable.assign(values[i]));
  return layer;
}

function attentionWeights(): tf.Tensor[] {
  return [
    wave([WIDTH, 3 * WIDTH], 2),
    wave([3 * WIDTH], 3),
    wave([WIDTH, WIDTH], 4),
    wave([WIDTH], 5),
    wave([2 * T - 1, HEADS], 6, 2),
  ];
}

function feedForwardWeight(phase: number): tf.Tensor {
  return wave({7: [WIDTH, UP], 8: [UP], 9: [UP, WIDTH], 10: [WIDTH]}[phase]!, phase);
}

function input(): tf.Tensor2D {
  return wave([N * T, WIDTH], 1, 1.5) as tf.Tensor2D;
}

/** scale · sin(1.3 i + phase), as in the script. */
function wave(shape: number[], phase: number, scale = 0.5): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Array.from({length: size}, (_, i) => scale * Math.sin(1.3 * i + phase)),
    shape,
  );
}
