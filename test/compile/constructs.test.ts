import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {adam, compileStep, isCompiling, sgd, type Optimizer} from '../../lib/compile';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';
import {constructs, eagerly, wave, weight, type Construct} from './constructs';

type Named = Record<string, number[]>;

describe('compiled steps', () => {
  for (const name of Object.keys(constructs)) {
    it(`train ${name} as eager ones do, for 50 steps`, () => {
      const run = () => train(constructs[name](), 50, 0.01, adam());
      const compiled = run();
      const eager = eagerly(run);
      assertClose(compiled.losses, eager.losses, 1e-4);
      for (const group of ['variables', 'state'] as const) {
        for (const key of Object.keys(eager[group])) assertRelative(compiled[group][key], eager[group][key]);
      }
      assert.ok(compiled.losses[49] < compiled.losses[0], `loss went from ${compiled.losses[0]}`);
    });
  }

  const file = path.join(projectRoot, 'test', 'fixtures', 'constructs.json');
  const {source, rate, networks} = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    source: string;
    rate: number;
    networks: Record<string, ReturnType<typeof train>>;
  };
  for (const [name, expected] of Object.entries(networks)) {
    it(`train ${name} as ${source} does`, () => {
      const actual = train(constructs[name](), 5, rate, sgd());
      assertClose(actual.losses, expected.losses);
      for (const group of ['variables', 'state'] as const) {
        assert.deepEqual(Object.keys(actual[group]), Object.keys(expected[group]));
        for (const [key, values] of Object.entries(expected[group])) assertClose(actual[group][key], values);
      }
    });
  }

  it('leave a frozen variable as it is, bit for bit, though the loss depends on it', () => {
    const network = constructs.dense();
    const {w1, b1, ...free} = network.variables;
    const before = read({w1, b1});
    const {variables} = train({...network, variables: free}, 20, 0.1, adam());
    assert.deepEqual(read({w1, b1}), before);
    assert.notDeepEqual(variables.w2, Array.from(wave([5, 2], 5).dataSync()));
  });

  it('move each variable by the gradient of its own player’s loss alone', () => {
    const gan = adversaries();
    const generator = eagerGradients(() => gan.losses(gan.batch).generator, gan.generator);
    const discriminator = eagerGradients(() => gan.losses(gan.batch).discriminator, gan.discriminator);
    // each loss reaches the other's variables, too: there is something to keep apart
    const crossed = eagerGradients(() => gan.losses(gan.batch).generator, gan.discriminator);
    assert.ok(crossed.flat().some((g) => Math.abs(g) > 0.01));
    const variables = [...gan.generator, ...gan.discriminator];
    const before = variables.map((v) => v.dataSync().slice());
    const step = compileStep({
      losses: gan.losses,
      players: [
        {variables: gan.generator, optimizer: sgd(), minimizes: 'generator'},
        {variables: gan.discriminator, optimizer: sgd(), minimizes: 'discriminator', rate: 2},
      ],
    });
    step.run(gan.batch, {learningRate: 0.5});
    const moved = variables.map((v, i) => Array.from(v.dataSync(), (x, j) => before[i][j] - x));
    assertClose(moved, [
      ...generator.map((g) => g.map((x) => 0.5 * x)),
      ...discriminator.map((g) => g.map((x) => 0.5 * 2 * x)),
    ]);
    step.dispose();
  });

  it('record a second graph for a smaller last batch, and go on from the same weights and running values', () => {
    const run = () => {
      const {variables, losses} = rows();
      const step = compileStep({losses, players: {variables, optimizer: adam()}});
      const totals = [5, 5, 2, 5, 2, 5].map((n, i) => {
        return step.run(wave<tf.Rank.R2>([n, 3], i, 2), {learningRate: 0.1}).total;
      });
      const [graphs, count] = [step.graphs, step.count];
      step.dispose();
      return {totals, graphs, count, weights: variables.map((v) => Array.from(v.dataSync()))};
    };
    const [compiled, eager] = [run(), eagerly(run)];
    assert.deepEqual([compiled.graphs, compiled.count], [isCompiling() ? 2 : 0, 6]);
    assert.deepEqual([eager.graphs, eager.count], [0, 6]);
    assertClose(compiled.totals, eager.totals);
    assertClose(compiled.weights, eager.weights);
  });

  it('take batches as one tensor, as a list and by name', () => {
    const [a, b] = [tf.scalar(3), tf.scalar(5)];
    const total = (x: tf.Tensor, y: tf.Tensor) => ({total: tf.mul(w, tf.sub(x, y)) as tf.Scalar});
    const w = tf.variable(tf.scalar(2));
    const player = {variables: [w], optimizer: sgd()};
    const still = {learningRate: 0};
    const listed = compileStep({losses: ([x, y]: tf.Tensor[]) => total(x, y), players: player});
    const named = compileStep({
      losses: ({x, y}: Record<'x' | 'y', tf.Tensor>) => total(x, y),
      players: player,
    });
    const single = compileStep({losses: (x: tf.Tensor) => total(x, tf.scalar(0)), players: player});
    assertClose(listed.run([a, b], still).total, 2 * (3 - 5));
    assertClose(named.run({y: b, x: a}, still).total, 2 * (3 - 5));
    assertClose(single.run(a, still).total, 2 * 3);
    [listed, named, single].forEach((step) => step.dispose());
  });

  it('hand the losses the numbers of each step', () => {
    const w = tf.variable(tf.scalar(2));
    const step = compileStep({
      losses: (x: tf.Scalar, {pull, learningRate}) => ({
        total: tf.mul(w, tf.mul(x, pull)) as tf.Scalar,
        rate: learningRate,
      }),
      players: {variables: [w], optimizer: sgd()},
      scalars: ['pull'],
    });
    assertClose(Object.values(step.run(tf.scalar(3), {learningRate: 0.1, pull: 1})), [2 * 3, 0.1]);
    const second = 2 - 0.1 * 3;
    assertClose(Object.values(step.run(tf.scalar(3), {learningRate: 0.2, pull: -1})), [second * -3, 0.2]);
    assertClose(w.dataSync(), [second + 0.2 * 3]);
    step.dispose();
  });
});

function train(
  {variables, state = {}, batch, losses}: Construct,
  steps: number,
  rate: number,
  optimizer: Optimizer,
) {
  const step = compileStep({
    losses: losses as never,
    players: {variables: Object.values(variables), optimizer},
  });
  const totals = Array.from({length: steps}, () => step.run(batch as never, {learningRate: rate}).total);
  step.dispose();
  return {losses: totals, variables: read(variables), state: read(state)};
}

function read(variables: Record<string, tf.Variable>): Named {
  return Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, Array.from(v.dataSync())]));
}

function assertRelative(actual: number[], expected: number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  assertClose(
    actual.map((v) => v / scale),
    expected.map((v) => v / scale),
    1e-4,
  );
}

function eagerGradients(loss: () => tf.Scalar, variables: tf.Variable[]): number[][] {
  const {grads} = tf.variableGrads(loss, variables);
  return variables.map(({name}) => Array.from(grads[name].dataSync()));
}

// Goodfellow et al. 2014 with the generator's loss -log D(G(z)).
function adversaries() {
  const generator = [weight([2, 4], 1), weight([4, 3], 2)] as unknown as tf.Variable<tf.Rank.R2>[];
  const discriminator = [weight([3, 4], 3), weight([4, 1], 4, 2)] as unknown as tf.Variable<tf.Rank.R2>[];
  const two = (x: tf.Tensor2D, [a, b]: tf.Variable<tf.Rank.R2>[]) => tf.matMul(tf.tanh(tf.matMul(x, a)), b);
  return {
    generator: generator as unknown as tf.Variable[],
    discriminator: discriminator as unknown as tf.Variable[],
    batch: {x: wave<tf.Rank.R2>([5, 3], 5, 2), z: wave<tf.Rank.R2>([5, 2], 6, 2)},
    losses({x, z}: Record<'x' | 'z', tf.Tensor2D>) {
      const real = two(x, discriminator);
      const fake = two(two(z, generator) as tf.Tensor2D, discriminator);
      return {
        generator: tf.softplus(tf.neg(fake)).mean() as tf.Scalar,
        discriminator: tf.add(tf.softplus(tf.neg(real)), tf.softplus(fake)).mean() as tf.Scalar,
      };
    },
  };
}

function rows() {
  const w = weight<tf.Rank.R2>([3, 3], 3);
  return {
    variables: [w] as unknown as tf.Variable[],
    losses: (x: tf.Tensor2D) => ({
      total: tf.squaredDifference(tf.tanh(tf.matMul(x, w)), x).mean() as tf.Scalar,
    }),
  };
}
