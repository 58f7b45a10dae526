import * as assert from 'node:assert/strict';
import {atStep, RandomStream, seedEverything} from '../../lib/random';
import {philox} from '../../lib/random/philox';
import {statelessNormal, statelessUniform} from '../../lib/random/stateless';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

describe('philox', () => {
  it('gives the known answers of Random123 (kat_vectors, philox4x32 10)', () => {
    assert.deepEqual(words([0, 0, 0, 0], 0, 0), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    assert.deepEqual(
      words([ones, ones, ones, ones], ones, ones),
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    );
    assert.deepEqual(
      words([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0),
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    );
  });
});

describe('stateless draws', () => {
  it('are the numbers of TensorFlow’s own operations', function () {
    if (tf.engine.name !== 'native') this.skip();
    for (const [a, b] of [
      [0, 0],
      [1, 2],
      [-5, 7],
      [2 ** 31 - 1, -3],
    ]) {
      assertClose(native('StatelessRandomUniform', 37, a, b), statelessUniform(37, a, b), 0);
      assertClose(native('StatelessRandomNormal', 37, a, b), statelessNormal(37, a, b), 1e-6);
    }
  });

  it('have the moments of their distributions, each within five standard errors', () => {
    const n = 100000;
    const u = statelessUniform(n, 1, 2);
    const z = statelessNormal(n, 1, 2);
    assert.ok(Math.abs(mean(u) - 1 / 2) < 5 * Math.sqrt(1 / 12 / n));
    assert.ok(Math.abs(mean(z)) < 5 * Math.sqrt(1 / n));
    assert.ok(Math.abs(mean(z.map((v) => v * v)) - 1) < 5 * Math.sqrt(2 / n));
    assert.ok(u.every((v) => v >= 0 && v < 1));
  });
});

describe('RandomStream', () => {
  it('repeats itself from a seed and differs between seeds and names', () => {
    const draw = (seed: number, name: string) => Array.from(new RandomStream(seed).split(name).normals(4));
    assert.deepEqual(draw(1, 'a'), draw(1, 'a'));
    assert.notDeepEqual(draw(1, 'a'), draw(1, 'b'));
    assert.notDeepEqual(draw(1, 'a'), draw(2, 'a'));
  });

  it('splits into the same stream whatever was drawn before', () => {
    const random = new RandomStream(3);
    const before = random.split('x').uniform();
    random.permutation(100);
    random.normals(5);
    assert.equal(random.split('x').uniform(), before);
  });

  it('permutes: every place once, and not in order', () => {
    const order = Array.from(new RandomStream(0).permutation(1000));
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      Array.from({length: 1000}, (_, i) => i),
    );
    assert.notDeepEqual(order.slice(0, 5), [0, 1, 2, 3, 4]);
  });

  it('puts each element of a permutation in each place equally often, within five standard errors', () => {
    const random = new RandomStream(1);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[random.permutation(4).indexOf(2)]++;
    counts.forEach((count) =>
      assert.ok(Math.abs(count - 1000) < 5 * Math.sqrt(4000 * 0.25 * 0.75), `got ${counts}`),
    );
  });

  it('draws another tensor each time, and the same ones again from the same seed', () => {
    const draw = () => {
      const random = new RandomStream(5);
      return [random.normal([3]).arraySync(), random.normal([3]).arraySync()];
    };
    const [first, second] = draw();
    assert.notDeepEqual(first, second);
    assert.deepEqual(draw(), [first, second]);
  });

  it('keys the draws of a step by its number and their order', () => {
    const random = new RandomStream(5);
    const at = (step: number) =>
      atStep(tf.scalar(step, 'int32'), () => [
        random.normal([2]).arraySync(),
        random.normal([2]).arraySync(),
      ]);
    assert.deepEqual(at(1), at(1));
    assert.notDeepEqual(at(1), at(2));
    assert.notDeepEqual(at(1)[0], at(1)[1]);
  });

  it('masks with the probability that was asked for, within five standard errors', () => {
    const ones = new RandomStream(2).mask([100, 100], 0.3).mean().arraySync() as number;
    assert.ok(Math.abs(ones - 0.3) < 5 * Math.sqrt((0.3 * 0.7) / 10000), `got ${ones}`);
    assert.throws(
      () => new RandomStream(2).mask([1], 1.5),
      /probability: expected a number from 0 to 1, got 1.5/,
    );
  });

  it('leaves one tensor per draw', async () => {
    const random = new RandomStream(0);
    assert.equal(await tensorsLeaked(() => random.normal([4]).dispose()), 0);
  });

  it('refuses a seed that is no whole number', () => {
    assert.throws(() => new RandomStream(0.5), /seed: expected a whole number >= 0, got 0.5/);
  });
});

describe('seedEverything', () => {
  it('puts what tfjs takes from Math.random on the seed', () => {
    const draw = () => {
      seedEverything(11);
      return tf.randomNormal([4]).arraySync();
    };
    assert.deepEqual(draw(), draw());
  });
});

function words(counter: number[], k0: number, k1: number): number[] {
  const out = new Uint32Array(4);
  philox(counter, k0, k1, out);
  return Array.from(out);
}

function native(operation: string, size: number, a: number, b: number): Float32Array {
  const seeds = tf.tensor1d([a, b], 'int32');
  const types = {dtype: 'float32', T: 'int32', Tseed: 'int32'} as const;
  return tf
    .nativeOperation(operation, types, [tf.tensor1d([size], 'int32'), seeds])
    .dataSync() as Float32Array;
}

function mean(values: Float32Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
