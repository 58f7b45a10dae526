import * as assert from 'node:assert/strict';
import {adam, compileStep} from '../../lib/compile';
import {ringOfGaussians} from '../../lib/data/toy';
import {negativeLogLikelihood} from '../../lib/metrics/likelihood';
import {Gan} from '../../lib/models/gan';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {inputDim: 2, hiddenDims: [8], latentDim: 3, output: 'linear', seed: 7} as const;

describe('Gan', () => {
  it('charges 2 log 2 to a discriminator that cannot tell, and log 2 to its generator', () => {
    const model = new Gan(small);
    blind(model);
    const {discriminator, generator, total} = numbers(model.losses(points()));
    assertClose([discriminator, generator, total], [2 * Math.log(2), Math.log(2), 3 * Math.log(2)]);
  });

  it('charges -log D(x) - log(1 - D(x̂)) and -log D(x̂), worked out from its own judgement', () => {
    const model = new Gan(small);
    const noise = new RandomStream(small.seed).split('noise').normal<tf.Rank.R2>([16, 3]);
    const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
    const [real, generated] = [points(), model.decode(noise)].map((x) => Array.from(model.judge(x).dataSync(), sigmoid)); // prettier-ignore
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    const {discriminator, generator} = numbers(model.losses(points()));
    const expected = mean(real.map((p) => -Math.log(p))) + mean(generated.map((p) => -Math.log(1 - p)));
    assertClose(discriminator, expected);
    assertClose(generator, mean(generated.map((p) => -Math.log(p))));
  });

  it('stays finite where the discriminator is as sure as can be', () => {
    const model = new Gan(small);
    blind(model, 1000);
    const {discriminator, generator} = numbers(model.losses(points()));
    assertClose([discriminator, generator], [1000, 0]);
  });

  it('lets each player change its own weights alone', () => {
    for (const mover of [0, 1]) {
      const model = new Gan(small);
      const copy = () => model.players.map(({variables}) => variables.flatMap((v) => Array.from(v.dataSync()))); // prettier-ignore
      const before = copy();
      const player = {...model.players[mover], optimizer: adam()};
      const step = compileStep({losses: (x: tf.Tensor2D) => model.losses(x), players: player});
      step.run(points(), {learningRate: 0.1});
      step.dispose();
      const after = copy();
      assert.notDeepEqual(after[mover], before[mover]);
      assert.deepEqual(after[1 - mover], before[1 - mover]);
    }
  });

  it('moves both players in one step of fit, each along its own loss, as two steps from the same start would', async () => {
    const together = new Gan(small);
    await fit(together, points(), {epochs: 1, batchSize: 16, progress: false});
    [0, 1].forEach((mover) => {
      const alone = new Gan(small);
      const player = {...alone.players[mover], optimizer: adam()};
      const step = compileStep({losses: (x: tf.Tensor2D) => alone.losses(x), players: player});
      step.run(points(), {learningRate: 1e-3});
      step.dispose();
      const [a, b] = [together, alone].map((model) => model.players[mover].variables.flatMap((v) => Array.from(v.dataSync()))); // prettier-ignore
      assertClose(a, b, 1e-5);
    });
  });

  it('shows the discriminator whole packs, images one below the other, and leaves out what fills none', () => {
    const model = new Gan({...small, pack: 3});
    assert.deepEqual(model.judge(points()).shape, [5, 1]); // 16 rows
    const images = new Gan({height: 4, width: 4, filters: [2], latentDim: 3, pack: 2});
    assert.deepEqual(images.judge(tf.zeros([6, 16])).shape, [3, 1]);
    const logit = (rows: number[]) => model.judge(tf.gather(points(), tf.tensor1d(rows, 'int32'))).dataSync(); // prettier-ignore
    assertClose(logit([0, 1, 2, 3]), logit([0, 1, 2]));
    assert.notDeepEqual(logit([0, 1, 2]), logit([0, 2, 1]));
  });

  it('learns a ring of eight modes, all of them when it sees four points at once', async () => {
    const random = new RandomStream(4);
    const {points: ring, modes} = ringOfGaussians(1280, random.split('ring'), {deviation: 0.1});
    const shape = {inputDim: 2, output: 'linear', hiddenDims: [64, 64], activation: 'relu'} as const;
    const model = new Gan({...shape, latentDim: 8, pack: 4});
    const optimizer = adam({beta1: 0.5});
    await fit(model, ring, {epochs: 50, learningRate: 2e-3, optimizer, progress: false});
    const x = model.sample(1000, random.split('samples'));
    const near = tf.tidy(() => tf.norm(tf.sub(tf.expandDims(x, 1), tf.expandDims(modes, 0)), 'euclidean', 2).less(0.6).sum(0).dataSync()); // prettier-ignore
    assert.ok(near.every((count) => count >= 20), `points near each mode: ${near.join(', ')}`); // prettier-ignore
  });

  it('is the same again from the same seed, leaves no tensor behind, and frees its own', async () => {
    const before = tf.memory().numTensors;
    const [a, b] = [1, 2].map(() => new Gan(small));
    const x = points();
    assert.deepEqual(numbers(a.losses(x)), numbers(b.losses(x)));
    assert.equal(await tensorsLeaked(() => tf.dispose(a.losses(x))), 0);
    [a, b].forEach((model) => model.dispose());
    x.dispose();
    assert.ok(tf.memory().numTensors - before <= 6, 'the losses of this test alone are left');
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new Gan({...small, ...config});
    const model = new Gan({...small, pack: 3});
    assert.throws(make({pack: 0}), /pack: expected a whole number >= 1, got 0/);
    assert.throws(make({output: 'relu'}), /output: expected one of sigmoid, linear, got "relu"/);
    assert.throws(make({discriminatorRate: 0}), /discriminatorRate: expected a number > 0, got 0/);
    assert.throws(make({critic: 1}), /Gan: unknown option critic; known are inputDim/);
    assert.throws(() => model.decode(tf.zeros([1, 2])), /z: expected shape \[n, 3\], got \[1, 2\]/);
    assert.throws(() => model.judge(tf.zeros([2, 2])), /x: expected at least 3 rows, one pack, got 2/);
    assert.throws(
      () => negativeLogLikelihood(model, points()),
      /model: expected one with a likelihood, such as a VariationalAutoencoder, got a Gan, which gives no/,
    );
  });
});

function points(): tf.Tensor2D {
  return new RandomStream(1).normal([16, 2]);
}

// A discriminator that answers the same logit to everything.
function blind(model: Gan, logit = 0): void {
  const {variables} = model.players[0];
  variables.forEach((variable) => variable.assign(tf.zerosLike(variable)));
  variables[variables.length - 1].assign(tf.fill([1], logit));
}

function numbers(terms: Record<string, tf.Scalar>): Record<string, number> {
  return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, value.arraySync()]));
}
