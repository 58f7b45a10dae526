import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {adamW} from '../../lib/compile';
import {auroc} from '../../lib/metrics/detection';
import {DeepSvdd} from '../../lib/models/deep-svdd';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {loadCheckpoint, saveCheckpoint} from '../../lib/train/checkpoint';
import {fit} from '../../lib/train/fit';
import {curve, offCurve} from '../detection/curve';
import {assertClose, numericalGradient, tensorsLeaked} from '../helpers';

const small = {inputDim: 2, hiddenDims: [2], latentDim: 2};

describe('DeepSvdd', () => {
  it('computes φ by hand: a slope of 0.1 below 0, the last layer linear, and nothing added', () => {
    const model = byHand();
    // (1, 2) -> hidden (5, 1); (1, -1) -> hidden (-1, -2), which becomes (-0.1, -0.2)
    const x = tf.tensor2d([[1, 2], [1, -1], [0, 0]]); // prettier-ignore
    assertClose(model.encode(x).arraySync(), [[5 - 1, 3 * 1], [-0.1 + 0.2, 3 * -0.2], [0, 0]]); // prettier-ignore
  });

  it('sends 0 to 0 whatever its weights', () => {
    const model = new DeepSvdd({inputDim: 5, hiddenDims: [7, 6], latentDim: 3, seed: 4});
    assert.deepEqual(Array.from(model.encode(tf.zeros([1, 5])).dataSync(), Math.abs), [0, 0, 0]);
  });

  it('puts the centre at the mean of φ, each entry moved to 0.1 on its side where it lies nearer to 0', () => {
    const model = identity(5);
    model.placeCentre(tf.tensor2d([[0.02, -0.01, 0, 1, -3], [0.04, -0.07, 0, 2, -5]])); // prettier-ignore
    assertClose(model.state[0].dataSync(), [0.1, -0.1, 0.1, 1.5, -4]);
  });

  it('loses the mean squared distance from the centre: by hand', () => {
    const model = byHand();
    model.placeCentre(tf.tensor2d([[1, 2]])); // c = (4, 3)
    const x = tf.tensor2d([[1, 2], [1, -1], [0, 0]]); // prettier-ignore
    const squares = [0, (0.1 - 4) ** 2 + (-0.6 - 3) ** 2, 4 ** 2 + 3 ** 2];
    assertClose(model.distances(x).dataSync(), squares);
    assertClose(model.losses(x).total.arraySync(), (squares[0] + squares[1] + squares[2]) / 3);
  });

  it('has the gradient that finite differences give, and none towards the centre', () => {
    const model = new DeepSvdd({inputDim: 3, hiddenDims: [4], latentDim: 2, seed: 1});
    const x = new RandomStream(2).normal<tf.Rank.R2>([6, 3]);
    model.placeCentre(x.mul(2) as tf.Tensor2D);
    const loss = () => model.losses(x).total;
    const {grads} = tf.variableGrads(loss as () => tf.Scalar);
    assert.deepEqual(Object.keys(grads).sort(), model.variables.map(({name}) => name).sort());
    for (const variable of model.variables) {
      const values = variable.dataSync<'float32'>().slice();
      const at = (weights: Float32Array) => {
        variable.assign(tf.tensor(weights.slice(), variable.shape));
        return loss().arraySync();
      };
      assertClose(grads[variable.name].dataSync(), numericalGradient(at, values, 1e-3), 2e-3);
      at(values);
    }
  });

  it('learns to keep normal rows nearer than rows off their curve', async () => {
    const [model, x, unseen, anomalies] = [wide(0), curve(200, 1), curve(100, 2), offCurve(100, 3)];
    model.placeCentre(x);
    const area = () => auroc(model.distances(unseen).dataSync(), model.distances(anomalies).dataSync());
    const before = area();
    await fit(model, x, training);
    assert.ok(before > 0.3 && before < 0.75, `untrained: ${before}`);
    assert.ok(area() > 0.97, `trained: ${area()}`);
  });

  it('leaves the centre where it was placed', async () => {
    const model = wide(0);
    model.placeCentre(curve(200, 1));
    const centre = model.state[0].dataSync().slice();
    await fit(model, curve(200, 1), {...training, epochs: 2});
    assert.deepEqual(model.state[0].dataSync(), centre);
    assert.ok(!model.variables.includes(model.state[0]));
  });

  it('is the same from the same seed, and another from another', async () => {
    const trained = async (seed: number) => {
      const model = wide(seed);
      model.placeCentre(curve(200, 1));
      await fit(model, curve(200, 1), {...training, epochs: 2});
      return model.distances(curve(20, 2)).dataSync();
    };
    const first = await trained(5);
    assert.deepEqual(await trained(5), first);
    assert.notDeepEqual(await trained(6), first);
  });

  it('comes back from a checkpoint with its centre', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'deep-svdd-'));
    try {
      const file = path.join(folder, 'model.safetensors');
      const [saved, loaded] = [wide(1), wide(1)];
      saved.variables.forEach((variable) => variable.assign(tf.mul(variable, 2)));
      saved.placeCentre(curve(50, 1));
      saveCheckpoint(file, saved);
      loadCheckpoint(file, loaded);
      assert.deepEqual(loaded.state[0].dataSync(), saved.state[0].dataSync());
      assert.deepEqual(loaded.distances(curve(9, 2)).dataSync(), saved.distances(curve(9, 2)).dataSync());
    } finally {
      fs.rmSync(folder, {recursive: true});
    }
  });

  it('leaves no tensor behind, and frees its own', async () => {
    const x = curve(20, 1);
    const before = tf.memory().numTensors;
    const model = wide(0);
    assert.equal(await tensorsLeaked(() => model.placeCentre(x)), 0);
    assert.equal(await tensorsLeaked(() => tf.dispose(model.losses(x))), 0);
    assert.equal(await tensorsLeaked(() => tf.dispose([model.encode(x), model.distances(x)])), 0);
    model.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new DeepSvdd({...small, ...config});
    assert.throws(make({latentDim: 0}), /width: expected a whole number >= 1, got 0/);
    assert.throws(make({hiddenDims: [8, 2.5]}), /width: expected a whole number >= 1, got 2.5/);
    assert.throws(make({seed: -1}), /seed: expected a whole number >= 0, got -1/);
    assert.throws(
      make({bias: true}),
      /DeepSvdd: unknown option bias; known are inputDim, hiddenDims, latentDim/,
    );
    for (const use of [byHand().encode, byHand().distances, byHand().losses, byHand().placeCentre])
      assert.throws(() => use.call(byHand(), tf.ones([4, 3])), /x: expected shape \[n, 2\], got \[4, 3\]/);
  });
});

const training = {epochs: 100, batchSize: 64, learningRate: 1e-2, optimizer: adamW(), progress: false};

// two layers whose weights are small whole numbers
function byHand(): DeepSvdd {
  const model = new DeepSvdd(small);
  const weights = [[[1, -1], [2, 1]], [[1, 0], [-1, 3]]]; // prettier-ignore
  model.variables.forEach((variable, i) => variable.assign(tf.tensor2d(weights[i])));
  return model;
}

// φ(x) = x
function identity(width: number): DeepSvdd {
  const model = new DeepSvdd({inputDim: width, hiddenDims: [], latentDim: width});
  model.variables[0].assign(tf.eye(width));
  return model;
}

function wide(seed: number): DeepSvdd {
  return new DeepSvdd({inputDim: 4, hiddenDims: [32], latentDim: 8, seed});
}
