import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tfjs from '@tensorflow/tfjs';
import {compileFunction, compileStep, isCompiling, RecordingError, sgd, type Player} from '../../lib/compile';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';

type Losses = (x: tf.Tensor1D) => Record<string, tf.Tensor>;

describe('a step that cannot be recorded', () => {
  beforeEach(function () {
    if (!isCompiling()) this.skip();
  });

  const reading =
    /dataSync, arraySync, data, array or print: this reads the value of a tensor inside a step that is being recorded, where it would be frozen\. Return it among the named losses; choose by value with tf\.where; hand numbers that change to the step as scalars/;
  const random = (name: string) =>
    new RegExp(
      `^RecordingError: tf\\.${name}\\w*: its numbers are drawn in JavaScript and would be the same in every step\\. Draw them from a RandomStream instead: random\\.normal\\(shape\\)`,
    );
  const refused: [string, Losses, RegExp][] = [
    ['dataSync of a loss', (x) => ({total: product(x).mul(product(x).dataSync()[0])}), reading],
    ['arraySync of the batch', (x) => ({total: product(x).mul(x.arraySync()[0])}), reading],
    ['arraySync of a variable', (x) => ({total: product(x).mul((w.arraySync() as number[])[0])}), reading],
    ['print', (x) => (product(x).print(), {total: product(x)}), reading],
    [
      'an if on a value',
      (x) => ({total: x.max().dataSync()[0] > 0 ? product(x) : product(x).neg()}),
      reading,
    ],
    ['tf.randomNormal', (x) => ({total: product(x.add(tf.randomNormal([2])))}), random('randomNormal')],
    ['tf.randomUniform', (x) => ({total: product(x.add(tf.randomUniform([2])))}), random('randomUniform')],
    [
      'tf.truncatedNormal',
      (x) => ({total: product(x.add(tf.truncatedNormal([2])))}),
      random('truncatedNormal'),
    ],
    ['tf.dropout', (x) => ({total: product(tf.dropout(x, 0.5))}), random('dropout')],
    [
      'tf.multinomial',
      (x) => ({total: product(x).add(tf.multinomial(tf.reshape(x, [1, 2]) as never, 1).sum())}),
      random('multinomial'),
    ],
    [
      'a variable that is made in it',
      (x) => ({total: product(x).add(tf.variable(tf.scalar(1)))}),
      /tf\.variable: the step makes 1 variable\(s\) while it is recorded, .*make them before the step, once/,
    ],
    [
      'an operation without a TensorFlow node',
      (x) => ({total: product(tfjs.engine().runKernel('InJavaScript', {x}) as tf.Tensor)}),
      /InJavaScript: this operation has no TensorFlow node, so that its result would be frozen\. Do it before the step, write it with other operations, or train with COURSE_COMPILE=off/,
    ],
  ];
  for (const [what, losses, message] of refused) {
    it(`is refused with what to write instead: ${what}`, () => {
      tfjs.registerKernel({
        kernelName: 'InJavaScript',
        backendName: 'tensorflow',
        kernelFunc: () => tf.tensor1d([1, 2]),
      });
      try {
        const error = leavesAllAsItWas(losses);
        assert.match(String(error), message);
        assert.ok(error instanceof RecordingError);
      } finally {
        tfjs.unregisterKernel('InJavaScript', 'tensorflow');
      }
    });
  }

  it('is no other one when the names of its batch are written in another order, and refused when they differ', () => {
    const step = compileStep({
      losses: ({a, b}: {a: tf.Tensor; b: tf.Tensor}) => ({total: tf.mul(w, a.sub(b)).sum() as tf.Scalar}),
      players: {variables: [w], optimizer: sgd()},
    });
    const [a, b] = [tf.fill(w.shape, 3), tf.fill(w.shape, 1)];
    const still = {learningRate: 0};
    const first = step.run({a, b}, still).total;
    assert.notEqual(first, 0);
    assert.equal(step.run({b, a}, still).total, first);
    assert.throws(
      () => step.run({a, c: b} as never, still),
      /batch: expected tensors named a, b as in the first step, got tensors named a, c/,
    );
    assert.throws(() => step.run([a, b] as never, still), /as in the first step, got a list of 2 tensors/);
    step.dispose();
    tf.dispose([a, b]);
  });

  it('is refused for data() and array(), even if nobody waits for them', () => {
    for (const look of [(x: tf.Tensor) => x.data(), (x: tf.Tensor) => x.array() as Promise<unknown>]) {
      const step = stepOf((x) => {
        void look(product(x));
        return {total: product(x)};
      });
      assert.throws(() => step.run(batch(), rate), reading);
      step.dispose();
    }
  });

  it('is refused at its second call when a number in it has changed', () => {
    let n = 1;
    const step = stepOf((x) => ({total: product(x).mul(n)}));
    step.run(batch(), rate);
    n = 2;
    assert.throws(
      () => step.run(batch(), rate),
      /step: after 1 call, a tensor that is made here from JavaScript values \(then 1, now 2\) would stay as it was at first\. Hand numbers that change to the step as scalars and tensors as part of the batch/,
    );
    step.dispose();
  });

  it('is refused at its second call when it takes another way', () => {
    let first = true;
    const step = stepOf((x) => ({total: first ? product(x).sin() : product(x).cos()}));
    step.run(batch(), rate);
    first = false;
    assert.throws(
      () => step.run(batch(), rate),
      /step: after 1 call, it takes another way now than when it was recorded \(then Sin, now Cos\), as a JavaScript if or loop on changing values does/,
    );
    step.dispose();
  });

  it('is refused when it ends earlier or later than it did', () => {
    for (const [before, after] of [
      [1, 2],
      [2, 1],
    ]) {
      let times = before;
      const f = compileFunction((x: tf.Tensor) => {
        for (let i = 0; i < times; i++) x = x.sin();
        return [x];
      });
      tf.dispose(f(w));
      times = after;
      assert.throws(() => f(w), /compiled function: after 1 call, it takes another way now/);
      f.dispose();
    }
  });

  for (const size of [2, 100]) {
    it(`is refused at its second call when a tensor of ${size} numbers from outside is another one`, () => {
      const outside = [1, 2].map((value) => tf.tidy(() => tf.fill([size], value).mul(1))); // made by an operation
      let k = 0;
      const step = stepOf((x) => ({total: product(x).mul(outside[k].mean())}));
      step.run(batch(), rate);
      k = 1;
      assert.throws(() => step.run(batch(), rate), /step: after 1 call, .*tensors as part of the batch/);
      step.dispose();
      tf.dispose(outside);
    });
  }

  it('is looked at again when it is asked for', () => {
    let n = 1;
    const step = stepOf((x) => ({total: product(x).mul(n)}));
    for (let i = 0; i < 3; i++) step.run(batch(), rate);
    n = 2;
    step.checkNext();
    assert.throws(() => step.run(batch(), rate), /then 1, now 2/);
    step.dispose();
  });

  it('shows the line where the number that changes is made', () => {
    let n = 1;
    function theGuiltyOne(x: tf.Tensor) {
      return x.mul(n);
    }
    const step = stepOf((x) => ({total: theGuiltyOne(product(x))}));
    step.run(batch(), rate);
    n = 2;
    assert.throws(
      () => step.run(batch(), rate),
      ({stack}: Error) => /theGuiltyOne/.test(stack!),
    );
    step.dispose();
  });

  it('leaves the variables as the last good step left them', () => {
    let n = 1;
    const step = stepOf((x) => ({total: product(x).mul(n)}));
    step.run(batch(), rate);
    const after = Array.from(w.dataSync());
    const tensors = tf.memory().numTensors;
    n = 2;
    assert.throws(() => step.run(batch(), rate), RecordingError);
    assert.deepEqual(Array.from(w.dataSync()), after);
    assert.equal(tf.memory().numTensors, tensors);
    n = 1;
    step.run(batch(), rate); // and goes on
    assertClose(
      w.dataSync(),
      after.map((v, i) => v - 0.1 * batchValues[i]),
    );
    step.dispose();
  });

  it('cannot be written where the folder for temporary files is none, and runs once there is one', () => {
    const step = stepOf((x) => ({total: product(x)}));
    const tensors = tf.memory().numTensors;
    withTemporaryFolder(`${__filename}/below`, () =>
      assert.throws(
        () => step.run(batch(), rate),
        /compile: expected to write a graph of \d+ bytes below .*errors\.test\.js.below, got ENOTDIR.*; make room there, let TMPDIR name a folder that can be written, or train with COURSE_COMPILE=off/,
      ),
    );
    assert.deepEqual(Array.from(w.dataSync()), [1, 2]);
    assert.equal(tf.memory().numTensors, tensors);
    step.run(batch(), rate);
    assertClose(w.dataSync(), [1 - 0.1 * 3, 2 - 0.1 * 4]);
    step.dispose();
  });
});

describe('a step', () => {
  it('leaves nothing in the folder for temporary files', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'course-test-'));
    const step = stepOf((x) => ({total: product(x)}));
    withTemporaryFolder(folder, () => step.run(batch(), rate));
    assert.deepEqual(fs.readdirSync(folder), []);
    fs.rmdirSync(folder);
    step.dispose();
  });

  const refused: [string, Losses, RegExp, Partial<Player>?][] = [
    [
      'a loss that is no scalar',
      (x) => ({total: tf.mul(w, x)}),
      /TypeError: loss total: expected a scalar, got shape \[2\]/,
    ],
    [
      'another term that is no scalar',
      (x) => ({total: product(x), other: tf.mul(w, x)}),
      /TypeError: loss other: expected a scalar, got shape \[2\]/,
    ],
    [
      'a loss that is not there',
      (x) => ({total: product(x), kl: product(x)}),
      /TypeError: losses: expected one named "adversarial" to minimise, got total, kl/,
      {minimizes: 'adversarial'},
    ],
    ['no losses', () => ({}), /TypeError: losses: expected one named "total" to minimise, got none/],
    [
      'a loss of the batch alone',
      (x) => ({total: x.sum()}),
      /Error: variable \S+ \[2\], number 0: the loss "total" does not depend on it; leave it out of the variables, or use it/,
    ],
    [
      'a term that its variables do not reach',
      (x) => ({total: product(x), other: x.sum()}),
      /Error: variable \S+ \[2\], number 0: the loss "other" does not depend on it/,
      {minimizes: 'other'},
    ],
  ];
  for (const [what, losses, message, player] of refused) {
    it(`refuses ${what}, and leaves all as it was`, () =>
      assert.match(String(leavesAllAsItWas(losses, player)), message));
  }

  it('names the variable that the loss does not reach', () => {
    const idle = tf.variable(tf.zeros([3, 1]), true, 'idle');
    const step = compileStep({
      losses: (x: tf.Tensor1D) => ({total: product(x)}),
      players: {variables: [w, idle], optimizer: sgd()},
    });
    assert.throws(
      () => step.run(batch(), rate),
      /variable idle \[3, 1\], number 1: the loss "total" does not depend on it/,
    );
    step.dispose();
    tf.dispose(idle);
  });

  it('refuses to train no variables, and one that two players claim', () => {
    const losses = (x: tf.Tensor1D) => ({total: product(x)});
    const player = {variables: [w], optimizer: sgd({momentum: 0.9})};
    const before = tf.memory().numTensors;
    assert.throws(
      () => compileStep({losses, players: {...player, variables: []}}),
      /variables: expected at least one that training may change, got none/,
    );
    assert.throws(
      () => compileStep({losses, players: [player, player]}),
      new RegExp(`variable ${w.name} \\[2\\]: expected one optimizer, got two that claim it`),
    );
    assert.equal(tf.memory().numTensors, before);
  });

  it('refuses to run without one of its numbers', () => {
    const step = compileStep({
      losses: (x: tf.Tensor1D, {weight}) => ({total: product(x).mul(weight) as tf.Scalar}),
      players: {variables: [w], optimizer: sgd()},
      scalars: ['weight'],
    });
    const missing = (scalars: object) => () => step.run(batch(), scalars as never);
    assert.throws(
      missing({weight: 1}),
      /TypeError: learningRate: expected a number among the scalars, got undefined/,
    );
    assert.throws(
      missing({learningRate: 1}),
      /TypeError: weight: expected a number among the scalars, got undefined/,
    );
    assert.deepEqual([Array.from(w.dataSync()), step.count], [[1, 2], 0]);
    step.dispose();
  });

  it('is of no use after it has been disposed, and may be disposed again', () => {
    const step = stepOf((x) => ({total: product(x)}));
    step.run(batch(), rate);
    step.dispose();
    step.dispose();
    assert.throws(() => step.run(batch(), rate), /step: it has been disposed; make a new one/);
  });

  it('passes on the model’s own message for a batch of a wrong shape, and goes on afterwards', () => {
    const step = stepOf((x) => ({total: product(x)}));
    step.run(batch(), rate);
    const tensors = tf.memory().numTensors;
    const wrong = tf.tensor1d([1, 2, 3]);
    assert.throws(() => step.run(wrong as never, rate), /shapes/);
    tf.dispose(wrong);
    assert.equal(tf.memory().numTensors, tensors);
    step.run(batch(), rate);
    assertClose(w.dataSync(), [1 - 0.2 * 3, 2 - 0.2 * 4]);
    assert.deepEqual([step.count, step.graphs], [2, isCompiling() ? 1 : 0]);
    step.dispose();
  });

  it('goes on after an error of TensorFlow in the middle of a step', function () {
    if (!isCompiling()) this.skip();
    const step = compileStep({
      losses: (i: tf.Tensor1D) => ({total: tf.gather(w, i).sum() as tf.Scalar}),
      players: {variables: [w], optimizer: sgd({momentum: 0.5})},
    });
    const [second, none] = [tf.tensor1d([1], 'int32'), tf.tensor1d([7], 'int32')];
    for (let i = 0; i < 3; i++) step.run(second, rate);
    const moved = 0.1 * (1 + 1.5 + 1.75);
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) {
      assert.throws(() => step.run(none, rate), /= 7 is (not in|out of range) \[0, 2\)/);
      assertClose(w.dataSync(), [1, 2 - moved]);
    }
    assert.equal(tf.memory().numTensors, tensors);
    step.run(second, rate);
    assertClose(w.dataSync(), [1, 2 - moved - 0.1 * 1.875]); // the momentum is that of the three good steps
    assert.equal(step.count, 4);
    step.dispose();
    tf.dispose([second, none]);
  });

  it('passes on an error of the losses themselves, and goes on afterwards', () => {
    let broken = true;
    const step = stepOf((x) => {
      const total = product(x);
      if (broken) throw new RangeError('model: expected nothing');
      return {total};
    });
    const tensors = tf.memory().numTensors;
    assert.throws(() => step.run(batch(), rate), /RangeError: model: expected nothing/);
    assert.equal(tf.memory().numTensors, tensors);
    broken = false;
    step.run(batch(), rate);
    assertClose(w.dataSync(), [1 - 0.1 * 3, 2 - 0.1 * 4]);
    step.dispose();
  });
});

const rate = {learningRate: 0.1};
const batchValues = [3, 4];
let x: tf.Tensor1D;
let w: tf.Variable;

beforeEach(() => {
  x = tf.tensor1d(batchValues);
  w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]))) as unknown as tf.Variable;
});

afterEach(() => tf.dispose([x, w]));

function batch(): tf.Tensor1D {
  return x;
}

function product(t: tf.Tensor): tf.Scalar {
  return tf.mul(w, t).sum();
}

function stepOf(losses: Losses, player: Partial<Player> = {}) {
  return compileStep({
    losses: losses as never,
    players: {variables: [w], optimizer: sgd(), ...player},
  });
}

function withTemporaryFolder(folder: string, f: () => unknown): void {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    f();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/** Runs one step of these losses and returns its error; afterwards tfjs and the variables are as they were. */
function leavesAllAsItWas(losses: Losses, player?: Partial<Player>): unknown {
  const values = Array.from(w.dataSync());
  const {dataId} = w;
  const before = tf.memory();
  const variables = Object.keys(tfjs.engine().registeredVariables);
  const step = stepOf(losses, player);
  let error: unknown;
  try {
    step.run(batch() as never, rate);
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error, 'expected an error, got none');
  assert.deepEqual([step.count, step.graphs], [0, 0]);
  step.dispose();
  assert.equal(w.dataId, dataId);
  assert.deepEqual(Array.from(w.dataSync()), values);
  const after = tf.memory();
  assert.deepEqual([after.numTensors, after.numDataBuffers], [before.numTensors, before.numDataBuffers]);
  assert.deepEqual(Object.keys(tfjs.engine().registeredVariables), variables);
  worksNormally();
  return error;
}

function worksNormally(): void {
  tf.tidy(() => {
    assert.equal(tf.randomNormal([3]).dataSync().length, 3);
    assert.equal(tf.dropout(tf.ones([3]), 0.5).shape[0], 3);
    assertClose(
      tf
        .grad((t) => t.relu().square().sum())(tf.tensor1d([-1, 3]))
        .dataSync(),
      [0, 6],
    );
    assertClose(
      tf
        .grads((a, b) => tf.tanh(a.mul(b)))([tf.scalar(2), tf.scalar(0)])[1]
        .dataSync(),
      [2],
    );
    assertClose(tf.variableGrads(() => product(batch())).grads[w.name].dataSync(), batchValues);
    const random = new RandomStream(1);
    assert.notEqual(random.normal<tf.Rank.R0>([]).dataSync()[0], random.normal<tf.Rank.R0>([]).dataSync()[0]);
  });
}
