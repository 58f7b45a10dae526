import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {minimize} from '../../lib/metrics/lbfgs';
import {LinearReadOut, linearReadOutAccuracy} from '../../lib/metrics/linear-read-out';
import {nearestCentroidAccuracy, nearestNeighboursAccuracy} from '../../lib/metrics/read-out';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const fixture = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'read-out.json'), 'utf8'),
) as {
  train: number[][];
  labels: number[];
  test: number[][];
  testLabels: number[];
  fits: {l2: number; weights: number[]; bias: number[]; loss: number; predictions: number[]}[];
  neighbours: {k: number; accuracy: number}[];
};
const sets = () => ({
  train: {codes: tf.tensor2d(fixture.train), labels: fixture.labels},
  test: {codes: tf.tensor2d(fixture.test), labels: fixture.testLabels},
});

describe('nearestCentroidAccuracy', () => {
  it('counts test codes that lie nearest to the mean of their own class', () => {
    const train = {codes: tf.tensor2d([[0], [2], [10], [12]]), labels: [0, 0, 7, 7]}; // means 1 and 11
    const test = {codes: tf.tensor2d([[5], [7], [5.9], [20]]), labels: [0, 7, 7, 7]};
    assertClose(nearestCentroidAccuracy(train, test), 3 / 4);
  });
});

describe('LinearReadOut', () => {
  for (const {l2, weights, bias, loss, predictions} of fixture.fits) {
    it(`agrees with scikit-learn's logistic regression, l2 ${l2}`, () => {
      const {train, test} = sets();
      const fit = LinearReadOut.fit(train, {l2});
      const mean = fit.bias.reduce((a, b) => a + b, 0) / 3; // adding a number to every bias changes nothing
      assertClose(fit.weights, weights, 2e-3);
      assertClose(
        fit.bias.map((b) => b - mean),
        bias,
        2e-3,
      );
      assertClose(fit.loss, loss, 1e-5);
      assert.deepEqual(fit.classes, [2, 5, 7]);
      assert.deepEqual(Array.from(fit.predict(test.codes)), predictions);
      const right = predictions.filter((label, i) => label === fixture.testLabels[i]).length;
      assertClose(linearReadOutAccuracy(train, test, {l2}), right / fixture.testLabels.length);
    });
  }

  it('knows no more than the share of each class when the penalty is large', () => {
    const codes = tf.tensor2d([[-1], [1], [2], [3]]);
    const {bias} = LinearReadOut.fit({codes, labels: [0, 1, 1, 1]}, {l2: 1e6});
    assertClose(bias[1] - bias[0], Math.log(3), 1e-3);
  });

  it('leaves no tensor behind', async () => {
    const {train, test} = sets();
    assert.equal(await tensorsLeaked(() => linearReadOutAccuracy(train, test)), 0);
  });

  it('answers one class, a bad penalty and unequal lengths with a sentence', () => {
    const codes = tf.tensor2d([[0], [1]]);
    assert.throws(
      () => LinearReadOut.fit({codes, labels: [3, 3]}),
      /labels: expected at least two classes, got 1/,
    );
    assert.throws(
      () => LinearReadOut.fit({codes, labels: [0, 1]}, {l2: 0}),
      /l2: expected a number > 0, got 0/,
    );
    assert.throws(
      () => LinearReadOut.fit({codes, labels: [0, 1, 2]}),
      /codes: expected shape \[3, n\], got \[2, 1\]/,
    );
    const fit = LinearReadOut.fit({codes, labels: [0, 1]});
    assert.throws(() => fit.predict(tf.zeros([4, 2])), /codes: expected shape \[n, 1\], got \[4, 2\]/);
  });
});

describe('nearestNeighboursAccuracy', () => {
  for (const {k, accuracy} of fixture.neighbours) {
    it(`agrees with scikit-learn, k ${k}`, () => {
      const {train, test} = sets();
      assertClose(nearestNeighboursAccuracy(train, test, {k}), accuracy);
    });
  }

  it('gives the same for more codes than are compared at once', () => {
    const n = 3000;
    const codes = tf.range(0, n).reshape<tf.Tensor2D>([n, 1]);
    const labels = Array.from({length: n}, (_, i) => i % 7);
    assert.equal(nearestNeighboursAccuracy({codes, labels}, {codes, labels}, {k: 1}), 1);
  });

  it('leaves no tensor behind', async () => {
    const {train, test} = sets();
    assert.equal(await tensorsLeaked(() => nearestNeighboursAccuracy(train, test)), 0);
  });

  it('refuses more neighbours than there are', () => {
    const {train, test} = sets();
    assert.throws(
      () => nearestNeighboursAccuracy(train, test, {k: 91}),
      /k: expected at most 90, the number of points among which, got 91/,
    );
  });
});

describe('minimize', () => {
  it("finds the minimum of Rosenbrock's valley", () => {
    const valley = ([x, y]: Float64Array, gradient: Float64Array) => {
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
      gradient[1] = 200 * (y - x * x);
      return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    };
    const {x, converged} = minimize(valley, Float64Array.of(-1.2, 1), {tolerance: 1e-8});
    assert.ok(converged);
    assertClose(x, [1, 1], 1e-7);
  });

  it('says so when it is stopped early', () => {
    const bowl = ([x]: Float64Array, gradient: Float64Array) => {
      gradient[0] = 4 * x ** 3;
      return x ** 4;
    };
    assert.ok(!minimize(bowl, Float64Array.of(3), {tolerance: 1e-12, iterations: 2}).converged);
  });
});
