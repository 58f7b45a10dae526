import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {adam, adamW, compileStep, rmsProp, sgd, type Optimizer} from '../../lib/compile';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';
import {wave, weight} from './constructs';

interface Case {
  kind: keyof typeof makers;
  options: Record<string, number>;
  rates: number[];
  steps: {loss: number; w: number[]; b: number[]}[];
  clipped?: boolean[];
}

const makers = {sgd, adam, adamW, rmsProp} as Record<string, (options: object) => Optimizer>;
const file = path.join(projectRoot, 'test', 'fixtures', 'optimizers.json');
const {source, cases} = JSON.parse(fs.readFileSync(file, 'utf8')) as {source: string; cases: Case[]};

describe('optimizers', () => {
  for (const {kind, options, rates, steps} of cases) {
    const rate = rates[0] === rates[1] ? `rate ${rates[0]}` : `falling rates from ${rates[0]}`;
    it(`${kind} ${JSON.stringify(options)} at ${rate} moves as in ${source}, step by step`, () => {
      const problem = tanhRegression();
      const step = compileStep({
        losses: problem.losses,
        players: {variables: problem.variables, optimizer: makers[kind](options)},
      });
      const [w, b] = problem.variables;
      steps.forEach((expected, i) => {
        assertClose(step.run(problem.x, {learningRate: rates[i]}).total, expected.loss);
        assertClose(w.dataSync(), expected.w);
        assertClose(b.dataSync(), expected.b);
      });
      step.dispose();
    });
  }

  it('are looked at with gradients on both sides of the limit', () => {
    const clipped = cases.flatMap((c) => c.clipped ?? []);
    assert.ok(clipped.includes(true) && clipped.includes(false));
  });

  it('do not look at one another: a player’s limit leaves the other’s gradients alone', () => {
    const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
    const step = compileStep({
      losses: (x: tf.Scalar) => ({first: tf.mul(a, x) as tf.Scalar, second: tf.mul(b, x) as tf.Scalar}),
      players: [
        {variables: [a], optimizer: sgd({clipNorm: 0.5}), minimizes: 'first'},
        {variables: [b], optimizer: sgd({clipNorm: 100}), minimizes: 'second'},
      ],
    });
    step.run(tf.scalar(10), {learningRate: 0.1});
    assertClose([a.dataSync()[0], b.dataSync()[0]], [1 - 0.1 * 0.5, 1 - 0.1 * 10]);
    step.dispose();
  });

  it('move by the learning rate times the rate of their player', () => {
    const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(1))];
    const step = compileStep({
      losses: (x: tf.Scalar) => ({total: tf.mul(tf.add(a, b), x) as tf.Scalar}),
      players: [
        {variables: [a], optimizer: sgd()},
        {variables: [b], optimizer: adam(), rate: 0.5},
      ],
    });
    step.run(tf.scalar(2), {learningRate: 0.1});
    assertClose([a.dataSync()[0], b.dataSync()[0]], [1 - 0.1 * 2, 1 - 0.1 * 0.5]); // Adam's first step is its rate
    step.dispose();
  });

  const refused: [string, () => Optimizer, RegExp][] = [
    ['an unknown option', () => adam({beta: 1} as never), /adam: unknown option beta; known are beta1/],
    ['a momentum above 1', () => sgd({momentum: 2}), /momentum: .*got 2/],
    ['a limit of 0', () => sgd({clipNorm: 0}), /clipNorm: expected a number > 0, got 0/],
    ['an epsilon of 0', () => rmsProp({epsilon: 0}), /epsilon: .*got 0/],
    ['a negative weight decay', () => adamW({weightDecay: -1}), /weightDecay: .*got -1/],
  ];
  for (const [what, make, message] of refused) {
    it(`refuse ${what}`, () => assert.throws(make, message));
  }
});

// The problem of optimizers.py.
function tanhRegression() {
  const [x, y] = [wave<tf.Rank.R2>([4, 3], 1, 2), wave<tf.Rank.R2>([4, 2], 2, 2)];
  const [w, b] = [weight<tf.Rank.R2>([3, 2], 3), weight<tf.Rank.R1>([2], 4)];
  return {
    x,
    variables: [w, b] as unknown as tf.Variable[],
    losses: (batch: tf.Tensor2D) => ({
      total: tf
        .squaredDifference(tf.tanh(tf.add(tf.matMul(batch, w), b)), y)
        .sum(1)
        .mean() as tf.Scalar,
    }),
  };
}
