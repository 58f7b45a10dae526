import * as assert from 'node:assert/strict';
import {adam, compileFunction, compileStep, isCompiling, sgd, type Optimizer} from '../../lib/compile';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';

// The loss is w · x, so that each step of gradient descent takes rate · x away from w.
describe('variables of a compiled step', () => {
  it('show the new numbers to whoever looks after a step', async () => {
    const {w, step, x} = setUp();
    step.run(x, rate);
    assertClose(w.dataSync(), [1 - 0.1, 2 - 0.2]);
    step.run(x, rate);
    assertClose(w.arraySync() as number[], [1 - 0.2, 2 - 0.4]);
    step.run(x, rate);
    assertClose(await w.data(), [1 - 0.3, 2 - 0.6]);
    step.run(x, rate);
    assertClose((await w.array()) as number[], [1 - 0.4, 2 - 0.8]);
    step.run(x, rate);
    assertClose(w.mul(2).dataSync(), [2 - 1, 4 - 2]);
    step.run(x, rate);
    assertClose(w.clone().dataSync(), [1 - 0.6, 2 - 1.2]);
    step.run(x, rate);
    assertClose(tf.concat([w, w.reshape([2])]).dataSync(), [1 - 0.7, 2 - 1.4, 1 - 0.7, 2 - 1.4]);
    step.run(x, rate);
    assert.match(w.toString(), /\[0\.(2|1999)\d*, 0\.(4|3999)\d*\]/);
    step.dispose();
  });

  it('show their numbers when they are looked at only after many steps', () => {
    const {w, step, x} = setUp();
    for (let i = 0; i < 5; i++) step.run(x, rate);
    assertClose(w.dataSync(), [1 - 0.5, 2 - 1]);
    assertClose(w.dataSync(), [1 - 0.5, 2 - 1]); // looking changes nothing
    for (let i = 0; i < 5; i++) step.run(x, rate);
    assertClose(w.dataSync(), [1 - 1, 2 - 2]);
    step.dispose();
  });

  it('leave copies that were taken before a step as they were', () => {
    const {w, step, x} = setUp();
    const copies: tf.Tensor[] = [];
    for (let i = 0; i < 4; i++) {
      copies.push(w.clone(), w.reshape([2, 1]), w.mul(1));
      step.run(x, rate);
    }
    copies.forEach((copy, i) => {
      const steps = Math.floor(i / 3);
      assertClose(copy.dataSync(), [1 - 0.1 * steps, 2 - 0.2 * steps]);
    });
    step.dispose();
    tf.dispose(w);
    assertClose(copies[9].dataSync(), [1 - 0.3, 2 - 0.6]);
  });

  it('leave a copy as it was that nobody looked at before the next steps', () => {
    const {w, step, x} = setUp();
    for (let i = 0; i < 5; i++) step.run(x, rate); // the next call is not one of those that check the recording
    const copy = w.clone();
    step.run(x, rate);
    step.run(x, rate);
    assertClose(copy.dataSync(), [1 - 0.5, 2 - 1]);
    assertClose(w.dataSync(), [1 - 0.7, 2 - 1.4]);
    step.dispose();
  });

  it('leave arrays that were read before a step as they were', () => {
    const {w, step, x} = setUp();
    step.run(x, rate);
    const values = w.dataSync();
    step.run(x, rate);
    step.run(x, rate);
    assertClose(values, [1 - 0.1, 2 - 0.2]);
    step.dispose();
  });

  it('take an assignment between steps as their value', () => {
    const {w, step, x} = setUp();
    step.run(x, rate);
    w.assign(tf.tensor1d([10, 20]));
    step.run(x, rate);
    assertClose(w.dataSync(), [10 - 0.1, 20 - 0.2]);
    w.assign(w.mul(2));
    step.run(x, rate);
    assertClose(w.dataSync(), [20 - 0.3, 40 - 0.6]);
    w.assign(tf.tensor1d([1, 2]));
    assertClose(w.dataSync(), [1, 2]);
    step.dispose();
  });

  it('go back to a copy that was taken before', () => {
    const {w, step, x} = setUp();
    step.run(x, rate);
    const best = w.clone();
    step.run(x, rate);
    step.run(x, rate);
    w.assign(best);
    assertClose(w.dataSync(), [1 - 0.1, 2 - 0.2]);
    step.run(x, rate);
    assertClose(w.dataSync(), [1 - 0.2, 2 - 0.4]);
    assertClose(best.dataSync(), [1 - 0.1, 2 - 0.2]);
    step.dispose();
  });

  it('are shared by two steps, each of which goes on where the other was', () => {
    const {w, step, x} = setUp();
    const other = compileStep({
      losses: (y: tf.Tensor1D) => ({total: tf.mul(w, y).sum().neg() as tf.Scalar}),
      players: {variables: [w], optimizer: sgd()},
    });
    for (let i = 1; i <= 5; i++) {
      step.run(x, rate);
      step.run(x, rate);
      other.run(x, rate);
      if (i % 2 === 0) assertClose(w.dataSync(), [1 - 0.1 * i, 2 - 0.2 * i]);
    }
    step.dispose();
    other.run(x, rate);
    assertClose(w.dataSync(), [1 - 0.4, 2 - 0.8]);
    other.dispose();
    assertClose(w.dataSync(), [1 - 0.4, 2 - 0.8]);
  });

  it('are up to date in a compiled function', () => {
    const {w, step, x} = setUp();
    const product = compileFunction((y: tf.Tensor) => [tf.mul(w, y)]);
    for (let i = 0; i < 5; i++) {
      const [y] = product(x);
      assertClose(y.dataSync(), [1 - 0.1 * i, 2 * (2 - 0.2 * i)]);
      y.dispose();
      step.run(x, rate);
    }
    product.dispose();
    step.dispose();
  });

  it('are changed by a compiled function that assigns', () => {
    const w = tf.variable(tf.scalar(1), false);
    const double = compileFunction(() => {
      w.assign(w.mul(2));
      return [w.add(0)];
    });
    const values = [1, 2, 3].map(() => tf.tidy(() => double()[0].dataSync()[0]));
    assertClose([...values, w.dataSync()[0]], [2, 4, 8, 8]);
    double.dispose();
  });

  it('keep what they have learned when the step is disposed, looked at or not', () => {
    for (const look of [false, true]) {
      const {w, step, x} = setUp();
      step.run(x, rate);
      step.run(x, rate);
      if (look) w.dataSync();
      step.dispose();
      assertClose(w.dataSync(), [1 - 0.2, 2 - 0.4]);
      w.assign(w.add(1));
      assertClose(w.dataSync(), [2 - 0.2, 3 - 0.4]);
      const again = compileStep({losses: linear(w), players: {variables: [w], optimizer: sgd()}});
      again.run(x, rate);
      assertClose(w.dataSync(), [2 - 0.3, 3 - 0.6]);
      again.dispose();
    }
  });

  it('can be disposed before the step or after it', () => {
    for (const first of ['variable', 'step']) {
      const start = tf.memory().numTensors;
      const {w, step, x} = setUp(adam());
      step.run(x, rate);
      step.run(x, rate);
      if (first === 'variable') tf.dispose(w);
      step.dispose();
      tf.dispose([w, x]);
      assert.equal(tf.memory().numTensors, start);
      assertClose(tf.scalar(2).mul(3).dataSync(), [6]);
    }
  });

  it('are missed by name when they are disposed and the step goes on', () => {
    const {w, step, x} = setUp();
    step.run(x, rate);
    step.run(x, rate);
    tf.dispose(w);
    const message = `variable ${w.name}: it has been disposed, and the step still uses it`;
    assert.throws(() => step.run(x, rate), isCompiling() ? new RegExp(message) : Error);
    step.dispose();
  });

  for (const look of [false, true]) {
    it(`cost no tensors from step to step${look ? ', also when they are looked at' : ''}`, () => {
      const start = tf.memory();
      const {w, step, x} = setUp(adam({clipNorm: 1}));
      step.run(x, rate);
      const running = tf.memory();
      for (let i = 0; i < 10; i++) {
        step.run(x, rate);
        if (look) w.dataSync();
      }
      assert.equal(tf.memory().numTensors, running.numTensors);
      assert.equal(tf.memory().numDataBuffers, running.numDataBuffers);
      step.dispose();
      tf.dispose([w, x]);
      assert.equal(tf.memory().numTensors, start.numTensors);
      assert.equal(tf.memory().numDataBuffers, start.numDataBuffers);
    });
  }

  it('stay apart when they begin as the same tensor', () => {
    const zeros = tf.zeros([2]);
    const [a, b] = [tf.variable(zeros), tf.variable(zeros)];
    const step = compileStep({
      losses: (x: tf.Tensor1D) => ({
        total: tf.add(tf.sub(a, x).square().sum(), tf.add(b, x).square().sum()) as tf.Scalar,
      }),
      players: {variables: [a, b], optimizer: sgd()},
    });
    const x = tf.tensor1d([1, 2]);
    for (let i = 0; i < 3; i++) step.run(x, {learningRate: 0.25}); // halves the way each time
    assertClose(a.dataSync(), [1 - 1 / 8, 2 - 2 / 8]);
    assertClose(b.dataSync(), [-1 + 1 / 8, -2 + 2 / 8]);
    assertClose(zeros.dataSync(), [0, 0]);
    step.dispose();
  });

  it('stay apart from the tensor that they began as, and from copies of it', () => {
    const start = tf.tensor1d([1, 2]);
    const w = tf.variable(start) as unknown as tf.Variable;
    const copy = w.clone();
    const step = compileStep({
      losses: (x: tf.Tensor1D) => ({
        total: linear(w)(x).total,
        moved: tf.sub(w, start).sum() as tf.Scalar,
        since: tf.sub(w, copy).sum() as tf.Scalar,
      }),
      players: {variables: [w], optimizer: sgd()},
    });
    const x = tf.tensor1d([1, 2]);
    for (let i = 0; i < 4; i++) {
      const {moved, since} = step.run(x, rate);
      assertClose([moved, since], [-0.3 * i, -0.3 * i]);
    }
    assertClose([...start.dataSync(), ...copy.dataSync()], [1, 2, 1, 2]);
    step.dispose();
  });

  it('follow as a moving average that began as an assigned copy', () => {
    const {w, x} = setUp();
    const average = tf.variable(tf.zeros([2]), false);
    average.assign(w);
    const step = compileStep({
      losses: (y: tf.Tensor1D) => {
        average.assign(tf.add(average.mul(0.5), w.mul(0.5)));
        return linear(w)(y);
      },
      players: {variables: [w], optimizer: sgd()},
    });
    let [weight, expected] = [1, 1];
    for (let i = 0; i < 4; i++) {
      step.run(x, rate);
      expected = 0.5 * expected + 0.5 * weight;
      weight -= 0.1;
    }
    assertClose(average.dataSync(), [expected, 2 * expected]);
    assertClose(w.dataSync(), [weight, 2 * weight]);
    step.dispose();
  });

  for (const [name, optimizer] of [
    ['sgd', sgd()],
    ['adam', adam()],
  ] as const) {
    it(`may be put in order by the losses before ${name} moves them`, () => {
      const w = tf.variable(tf.tensor1d([3, 4]));
      const step = compileStep({
        losses: (x: tf.Tensor1D) => {
          w.assign(tf.div(w, w.square().sum().sqrt())); // to length 1
          return linear(w)(x);
        },
        players: {variables: [w], optimizer},
      });
      step.run(tf.tensor1d([1, 1]), {learningRate: 0.1}); // the first step of both is 0.1
      assertClose(w.dataSync(), [3 / 5 - 0.1, 4 / 5 - 0.1]);
      step.dispose();
    });
  }

  it('may be assigned one another, and twice in a step', () => {
    const [a, b] = [tf.variable(tf.scalar(1), false), tf.variable(tf.scalar(2), false)];
    const swap = compileFunction(() => {
      const before = a.clone();
      a.assign(tf.scalar(100));
      a.assign(b);
      b.assign(before);
      return [tf.sub(a, b)];
    });
    const differences = [1, 2, 3].map(() => tf.tidy(() => swap()[0].dataSync()[0]));
    assertClose(differences, [1, -1, 1]);
    assertClose([a.dataSync()[0], b.dataSync()[0]], [2, 1]);
    swap.dispose();
  });

  it('may count in whole numbers', () => {
    const {w, x} = setUp();
    const count = tf.variable(tf.scalar(0, 'int32'), false);
    const step = compileStep({
      losses: (y: tf.Tensor1D) => {
        count.assign(tf.add(count, tf.scalar(1, 'int32')));
        return linear(w)(y);
      },
      players: {variables: [w], optimizer: sgd()},
    });
    for (let i = 0; i < 3; i++) step.run(x, rate);
    assert.deepEqual([count.dtype, count.dataSync()[0]], ['int32', 3]);
    step.dispose();
  });
});

const rate = {learningRate: 0.1};

function setUp(optimizer: Optimizer = sgd()) {
  const w = tf.tidy(() => tf.variable(tf.tensor1d([1, 2]))) as unknown as tf.Variable;
  const step = compileStep({losses: linear(w), players: {variables: [w], optimizer}});
  return {w, step, x: tf.tensor1d([1, 2])};
}

function linear(w: tf.Variable) {
  return (x: tf.Tensor1D) => ({total: tf.mul(w, x).sum() as tf.Scalar});
}
