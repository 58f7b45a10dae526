import * as assert from 'node:assert/strict';
import {withLabels} from '../../lib/data/labels';
import {Classifier} from '../../lib/models/classifier';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {height: 5, width: 6, classes: 3, filters: [4], features: 8, seed: 3};

describe('Classifier', () => {
  it('costs log(classes) nats while all logits are equal', () => {
    const model = new Classifier(small);
    flatten(model);
    assertClose(model.losses(stripes(12).labelled).total.arraySync(), Math.log(3));
  });

  it('costs by hand: bias log 2 for the right class among three, -log(2 / 4) = log 2', () => {
    const model = new Classifier(small);
    flatten(model);
    model.variables[model.variables.length - 1].assign(tf.tensor1d([Math.log(2), 0, 0]));
    const x = tf.ones<tf.Rank.R2>([4, 30]);
    assertClose(model.losses(withLabels(x, [0, 0, 0, 0], 3)).total.arraySync(), Math.log(2));
    assertClose(model.losses(withLabels(x, [1, 2, 2, 1], 3)).total.arraySync(), Math.log(4));
    assertClose(model.probabilities(x).arraySync()[0], [1 / 2, 1 / 4, 1 / 4]);
    assert.deepEqual(Array.from(model.predict(x)), [0, 0, 0, 0]);
    assert.equal(model.accuracy(x, [0, 1, 0, 0]), 3 / 4);
  });

  it('makes its logits of its features by the last layer, which are not negative under relu', () => {
    const model = new Classifier(small);
    const {x} = stripes(9);
    const [kernel, bias] = model.variables.slice(-2);
    const features = model.features(x);
    assert.deepEqual(features.shape, [9, 8]);
    assert.ok(features.dataSync().every((value: number) => value >= 0));
    const logits = tf.matMul(features, kernel as tf.Tensor2D).add(bias);
    assertClose(logits.dataSync(), model.logits(x).dataSync());
  });

  it('learns whether a stripe stands, lies or is not there', async () => {
    const model = new Classifier(small);
    const [train, test] = [stripes(300), stripes(90, 2)];
    const options = {epochs: 8, batchSize: 20, learningRate: 1e-2, progress: false};
    const {epochs} = await fit(model, train.labelled, options);
    assert.ok(epochs[7].train.total < 0.1, `${epochs[7].train.total} nats, guessing costs ${Math.log(3)}`);
    assert.ok(model.accuracy(test.x, test.labels) > 0.95, `${model.accuracy(test.x, test.labels)}`);
  });

  it('judges more images than it looks at together one by one', () => {
    const model = new Classifier(small);
    const {x} = stripes(1001);
    const lastRow = x.slice([1000, 0], [1, 30]);
    assertClose(model.logits(x).slice([1000, 0], [1, 3]).dataSync(), model.logits(lastRow).dataSync());
  });

  it('is the same again from the same seed, and leaves no tensor behind', async () => {
    const {x, labels, labelled} = stripes(6);
    const loss = () => new Classifier(small).losses(labelled).total.arraySync();
    assert.equal(loss(), loss());
    const model = new Classifier(small);
    assert.equal(await tensorsLeaked(() => tf.dispose(model.losses(labelled))), 0);
    assert.equal(await tensorsLeaked(() => model.probabilities(x).dispose()), 0);
    assert.equal(await tensorsLeaked(() => model.features(x).dispose()), 0);
    assert.equal(await tensorsLeaked(() => model.accuracy(x, labels)), 0);
    assert.equal(await tensorsLeaked(() => new Classifier(small).dispose()), 0);
  });

  it('says what it was given and what it expected', () => {
    const model = new Classifier(small);
    const {x} = stripes(6);
    assert.throws(() => model.losses(x), /x: expected shape \[n, 33\], got \[6, 30\]/);
    assert.throws(() => model.predict(tf.zeros([2, 33])), /x: expected shape \[n, 30\], got \[2, 33\]/);
    assert.throws(() => model.accuracy(x, [1]), /x: expected shape \[1, n\], got \[6, 30\]/);
    assert.throws(
      () => new Classifier({...small, classes: 1}),
      /classes: expected a whole number >= 2, got 1/,
    );
    assert.throws(
      () => new Classifier({...small, layers: 2} as never),
      /Classifier: unknown option layers; known are height, width, classes/,
    );
  });
});

// The last layer forgets what comes before it.
function flatten(model: Classifier): void {
  model.variables.slice(-2).forEach((variable) => variable.assign(tf.zerosLike(variable)));
}

// Noise with a stripe from top to bottom (0), from left to right (1), or none (2).
function stripes(n: number, seed = 1): {x: tf.Tensor2D; labels: number[]; labelled: tf.Tensor2D} {
  const random = new RandomStream(seed);
  const labels = Array.from({length: n}, (_, i) => i % 3);
  const images = labels.map((label) => {
    const place = 1 + random.integer(3);
    return Array.from({length: 30}, (_, pixel) => {
      const ink = label === 0 ? pixel % 6 === place : label === 1 && Math.floor(pixel / 6) === place;
      return (ink ? 0.7 : 0) + 0.3 * random.uniform();
    });
  });
  const x = tf.tensor2d(images, [n, 30]);
  return {x, labels, labelled: withLabels(x, labels, 3)};
}
