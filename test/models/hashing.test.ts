import * as assert from 'node:assert/strict';
import {iterativeQuantization, pcaSigns, randomProjections} from '../../lib/models/hashing';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

// A cloud of 3 dimensions that is longest along the first axis, then along the second.
const cloud = () =>
  tf.mul(new RandomStream(1).normal<tf.Rank.R2>([200, 3]), [[5, 2, 0.5]]).add([[7, -3, 1]]) as tf.Tensor2D;
const methods = {
  randomProjections: () => randomProjections(cloud(), {bits: 3, seed: 2}),
  pcaSigns: () => pcaSigns(cloud(), {bits: 3}),
  iterativeQuantization: () => iterativeQuantization(cloud(), {bits: 3, seed: 2}),
};

for (const [name, make] of Object.entries(methods)) {
  describe(name, () => {
    it('gives zeros and ones, the same again from the same seed, and opposite bits across the mean', () => {
      const encoder = make();
      const x = cloud();
      const codes = encoder.encode(x);
      assert.deepEqual([encoder.bits, codes.shape], [3, [200, 3]]);
      assert.ok(codes.dataSync().every((bit: number) => bit === 0 || bit === 1));
      assert.deepEqual(make().encode(x).arraySync(), codes.arraySync());
      const mirrored = encoder.encode(tf.sub(tf.mul(x.mean(0), 2), x) as tf.Tensor2D);
      assert.deepEqual(tf.add(codes, mirrored).dataSync(), new Float32Array(600).fill(1));
    });

    it('leaves no tensor behind, and refuses points of another width', async () => {
      const encoder = make();
      const x = cloud();
      assert.equal(await tensorsLeaked(() => encoder.encode(x).dispose()), 0);
      assert.throws(() => encoder.encode(tf.zeros([2, 4])), /x: expected shape \[n, 3\], got \[2, 4\]/);
    });
  });
}

describe('randomProjections', () => {
  it('turns an angle into a share of bits: 60 degrees are a third, 180 all', () => {
    // mean 0; of 20,000 bits a share of a third has a deviation of 0.0033
    const rays = [0, 60, 180, 240].map((degrees) => (degrees * Math.PI) / 180);
    const x = tf.tensor2d(rays.map((angle) => [Math.cos(angle), Math.sin(angle)]));
    const codes = randomProjections(x, {bits: 20_000}).encode(x);
    const apart = (i: number) =>
      tf.notEqual(codes.slice([0, 0], [1, -1]), codes.slice([i, 0], [1, -1])).mean().dataSync()[0]; // prettier-ignore
    assertClose([apart(1), apart(2), apart(3)], [1 / 3, 1, 2 / 3], 0.0135);
  });
});

describe('pcaSigns', () => {
  it('says on which side of the mean a point lies along the longest axes', () => {
    const x = cloud();
    const codes = pcaSigns(x, {bits: 2}).encode(x);
    const centred = tf.sub(x, x.mean(0)).arraySync() as number[][];
    const rows = codes.arraySync();
    for (const axis of [0, 1]) {
      const agree = rows.filter((row, i) => row[axis] === Number(centred[i][axis] > 0)).length;
      assert.ok(agree > 190, `${agree} of 200; the axes of a drawn cloud are a little turned`);
    }
  });
});

describe('iterativeQuantization', () => {
  it('turns four clouds on the axes, where the axes would halve them, into corners', () => {
    // four tight clouds on the axes: cutting there halves two of them, cutting along the diagonals none
    const random = new RandomStream(4);
    const middles = [[1.4, 0], [-1.4, 0], [0, 1.4], [0, -1.4]]; // prettier-ignore
    const points = Array.from({length: 400}, (_, i) =>
      middles[i % 4].map((value) => value + 0.1 * (random.uniform() - 0.5)),
    );
    const encoder = iterativeQuantization(tf.tensor2d(points), {bits: 2});
    const codes = encoder.encode(tf.tensor2d(points)).arraySync();
    assert.ok(codes.every((code, i) => code.join() === codes[i % 4].join()));
    assert.equal(new Set(codes.map((code) => code.join())).size, 4);
    const last = encoder.history[encoder.history.length - 1];
    // (1.4 - √2)² from the middle of a cloud to its corner, and the variance of the cloud, twice 0.1² / 12
    assertClose(last, (1.4 - Math.SQRT2) ** 2 + (2 * 0.1 ** 2) / 12, 5e-4);
  });

  it('never moves away from the corners, and ends nearer than it began', () => {
    const x = cloud();
    const {history} = iterativeQuantization(x, {bits: 3, iterations: 30});
    assert.equal(history.length, 31);
    history.slice(1).forEach((error, i) => assert.ok(error <= history[i] + 1e-5, `${error} after ${history[i]}`)); // prettier-ignore
    assert.ok(history[30] < history[0] - 0.1, `${history[30]} of ${history[0]}`);
  });

  it('leaves two tensors, its mean and its directions, and refuses more bits than features', async () => {
    const x = cloud();
    assert.equal(await tensorsLeaked(() => iterativeQuantization(x, {bits: 2})), 2);
    assert.equal(await tensorsLeaked(() => iterativeQuantization(x, {bits: 2}).dispose()), 0);
    assert.equal(await tensorsLeaked(() => pcaSigns(x, {bits: 2}).dispose()), 0);
    assert.equal(await tensorsLeaked(() => randomProjections(x, {bits: 9}).dispose()), 0);
    const refused = /bits: expected at most 3, the number of features, got 4/;
    assert.throws(() => iterativeQuantization(x, {bits: 4}), refused);
    assert.throws(() => pcaSigns(x, {bits: 4}), refused);
    assert.throws(() => pcaSigns(x, {bits: 0}), /bits: expected a whole number >= 1, got 0/);
  });
});
