import * as assert from 'node:assert/strict';
import {adam, compileFunction, compileStep, sgd, type Losses} from '../../lib/compile';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';
import {constructs, eagerly} from './constructs';

const STEPS = 20;
const SIZE = 1000;

describe('random draws in a step', () => {
  it('differ from step to step and from place to place', () => {
    const draws = drawn(1, (random) => ({
      first: random.normal<tf.Rank.R0>([]),
      second: random.normal<tf.Rank.R0>([]),
      uniform: random.uniformTensor<tf.Rank.R0>([]),
    }));
    const all = draws.flatMap((row) => Object.values(row));
    assert.equal(new Set(all).size, 3 * STEPS);
  });

  it('come again from the same seed, and others from another', () => {
    const draw = (random: RandomStream) => ({z: random.normal<tf.Rank.R0>([])});
    assert.deepEqual(drawn(1, draw), drawn(1, draw));
    const [a, b] = [drawn(1, draw), drawn(2, draw)];
    assert.ok(a.every(({z}, i) => z !== b[i].z));
  });

  it('are the same compiled and eager', () => {
    const run = () =>
      drawn(3, (random) => ({
        z: random.normal<tf.Rank.R0>([]),
        u: random.uniformTensor<tf.Rank.R0>([]),
        kept: random.mask<tf.Rank.R1>([SIZE], 0.3).sum() as tf.Scalar,
        split: random.split('other').normal<tf.Rank.R0>([]),
      }));
    const [compiled, eager] = [run(), eagerly(run)];
    compiled.forEach((row, i) => assertClose(Object.values(row), Object.values(eager[i]), 1e-6));
  });

  it('have the moments of their distributions over the steps, within five standard errors', () => {
    const p = 0.3;
    const draws = drawn(4, (random) => {
      const z = random.normal<tf.Rank.R1>([SIZE]);
      const u = random.uniformTensor<tf.Rank.R1>([SIZE]);
      const kept = random.mask<tf.Rank.R1>([SIZE], p);
      const [meanZ, squareZ] = [z.mean(), z.square().mean()];
      return {meanZ, squareZ, meanU: u.mean(), squareU: u.square().mean(), kept: kept.mean()} as never;
    });
    const mean = (name: string) => draws.reduce((sum, row) => sum + row[name], 0) / STEPS;
    const n = STEPS * SIZE;
    const moments: [string, expected: number, variance: number][] = [
      ['meanZ', 0, 1],
      ['squareZ', 1, 3 - 1], // E z⁴ = 3
      ['meanU', 1 / 2, 1 / 12],
      ['squareU', 1 / 3, 1 / 5 - 1 / 9],
      ['kept', p, p * (1 - p)],
    ];
    for (const [name, expected, variance] of moments) {
      const error = Math.abs(mean(name) - expected) / Math.sqrt(variance / n);
      assert.ok(error < 5, `${name}: expected ${expected}, got ${mean(name)}, ${error} standard errors away`);
    }
  });

  it('are not correlated from one step to the next, within five standard errors', () => {
    let last: Float32Array | undefined;
    const random = new RandomStream(6);
    const draw = compileFunction(() => [random.normal<tf.Rank.R1>([SIZE])]);
    let sum = 0;
    for (let i = 0; i < STEPS; i++) {
      const z = tf.tidy(() => draw()[0].dataSync<'float32'>());
      z.forEach((v, j) => (sum += last ? v * last[j] : 0));
      last = z;
    }
    draw.dispose();
    const n = (STEPS - 1) * SIZE;
    assert.ok(Math.abs(sum / n) < 5 / Math.sqrt(n), `correlation ${sum / n}`);
  });

  it('make two trainings with dropout the same, bit for bit', () => {
    const run = () => {
      const {variables, batch, losses} = constructs.dropout();
      const players = {variables: Object.values(variables), optimizer: adam()};
      const step = compileStep({losses: losses as never, players});
      const totals = Array.from({length: 30}, () => step.run(batch as never, {learningRate: 0.05}).total);
      step.dispose();
      return [totals, Object.values(variables).map((v) => Array.from(v.dataSync()))];
    };
    assert.deepEqual(run(), run());
  });

  it('differ from call to call of a compiled function', () => {
    const random = new RandomStream(1);
    const noisy = compileFunction((x: tf.Tensor) => [tf.add(x, random.normal(x.shape))]);
    const draws = [1, 2, 3].map(() => tf.tidy(() => noisy(tf.scalar(0))[0].dataSync()[0]));
    assert.equal(new Set(draws).size, 3);
    noisy.dispose();
  });
});

/** What the losses of a step draw in each of {@link STEPS} steps. */
function drawn(seed: number, draw: (random: RandomStream) => Losses): Record<string, number>[] {
  const random = new RandomStream(seed);
  const w = tf.variable(tf.scalar(1));
  const step = compileStep({
    losses: (x: tf.Scalar) => ({total: tf.mul(w, x) as tf.Scalar, ...draw(random)}),
    players: {variables: [w], optimizer: sgd()},
  });
  const x = tf.scalar(0);
  const rows = Array.from({length: STEPS}, () => {
    const {total, ...drawn} = step.run(x, {learningRate: 1});
    assert.equal(total, 0);
    return drawn;
  });
  step.dispose();
  tf.dispose([w, x]);
  return rows;
}
