import * as assert from 'node:assert/strict';
import {pointsOnHelix, pointsOnLine, swissRoll} from '../../lib/data/toy';
import {intrinsicDimension, principalAngles} from '../../lib/metrics/geometry';
import {nearestNeighbours} from '../../lib/metrics/neighbours';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

describe('principalAngles', () => {
  const degrees = (radians: number) => (radians * 180) / Math.PI;
  const column = (...values: number[]) => tf.tensor2d(values, [values.length, 1]);

  it('is the angle between two lines, whichever way they point and however long', () => {
    for (const angle of [0, 1e-3, 0.3, Math.PI / 4, 1, Math.PI / 2]) {
      const b = column(-5 * Math.cos(angle), -5 * Math.sin(angle));
      assertClose(principalAngles(column(2, 0), b), [degrees(angle)], 1e-5);
    }
  });

  it('keeps the digits of small angles', () => {
    // float32 holds 1e-6 to seven digits; a cosine would be 1 - 5e-13 and tell nothing
    assert.ok(Math.abs(principalAngles(column(1, 0), column(1, 1e-6))[0] / degrees(1e-6) - 1) < 1e-5);
  });

  it('is the angles by which two planes are turned, the smallest first', () => {
    const [p, q] = [1.2, 0.5];
    const a = tf.tensor2d([
      [1, 0],
      [0, 1],
      [0, 0],
      [0, 0],
    ]);
    const b = tf.tensor2d([
      [Math.cos(p), 0],
      [0, Math.cos(q)],
      [Math.sin(p), 0],
      [0, Math.sin(q)],
    ]);
    assertClose(principalAngles(a, b), [degrees(q), degrees(p)], 1e-5);
    const mixed = tf.matMul(
      b,
      tf.tensor2d([
        [2, 1],
        [-3, 0.5],
      ]),
    ) as tf.Tensor2D;
    assertClose(principalAngles(a, mixed), [degrees(q), degrees(p)], 1e-4);
    assertClose(principalAngles(b, b), [0, 0], 1e-5);
  });

  it('is 0 between a line and a plane that holds it, in either order', () => {
    const plane = tf.tensor2d([
      [1, 1],
      [0, 2],
      [0, 0],
    ]);
    const line = column(3, -4, 0);
    assertClose([principalAngles(plane, line)[0], principalAngles(line, plane)[0]], [0, 0], 1e-5);
    assert.equal(principalAngles(line, plane).length, 1);
  });

  it('answers dependent columns and unequal dimensions with a sentence', () => {
    assert.throws(
      () =>
        principalAngles(
          tf.tensor2d([
            [1, 2],
            [2, 4],
            [0, 0],
          ]),
          column(1, 0, 0),
        ),
      /a: expected independent columns, got 2 in 3 dimensions that are not/,
    );
    assert.throws(
      () => principalAngles(column(1, 0), column(1, 0, 0)),
      /b: expected shape \[2, n\], got \[3, 1\]/,
    );
  });
});

describe('intrinsicDimension', () => {
  const n = 2000;
  const random = () => new RandomStream(7);

  it('is 1 for a line and a helix, 2 for a sheet, 3 for a cube', () => {
    const cube = tf.tensor2d(random().uniforms(3 * n), [n, 3]);
    const clouds = [
      pointsOnLine(n, 3, 0, random()),
      pointsOnHelix(n, {}, random()).points,
      swissRoll(n, {}, random()).points,
      cube,
    ];
    // the standard error is about dimension / √n, and the cube loses some at its border
    assertClose(
      clouds.map((points) => intrinsicDimension(points)),
      [1, 1, 2, 3],
      0.1,
    );
  });

  it('is that of the noise where the noise is larger than the distances', () => {
    const noisy = pointsOnHelix(n, {noise: 0.2}, random()).points;
    assertClose(intrinsicDimension(noisy), 3, 0.1);
  });

  it('does not depend on the unit, nor on points that come twice', () => {
    const {points} = swissRoll(n, {}, random());
    const expected = intrinsicDimension(points);
    assertClose(intrinsicDimension(points.mul(0.001).add(5)), expected, 1e-2);
    assertClose(intrinsicDimension(points.concat(points)), expected, 1e-12);
  });

  it('leaves no tensor behind', async () => {
    const {points} = swissRoll(50, {}, random());
    assert.equal(await tensorsLeaked(() => intrinsicDimension(points)), 0);
  });

  it('wants ten different points', () => {
    assert.throws(
      () => intrinsicDimension(tf.ones([50, 3])),
      /points: expected at least 10 different ones, got 1/,
    );
    assert.throws(
      () => intrinsicDimension(tf.ones([9, 3]), {discard: 1}),
      /discard: expected a number from 0/,
    );
  });
});

describe('nearestNeighbours', () => {
  it('gives the nearest first, for more points than are compared at once, wherever the cloud lies', () => {
    const n = 3000;
    const cloud = tf.tensor2d(new RandomStream(1).normals(5 * n), [n, 5]);
    const near = nearestNeighbours(cloud.add(100), cloud.add(100), 3);
    const rows = cloud.arraySync();
    const squared = (p: number[], q: number[]) => p.reduce((sum, v, i) => sum + (v - q[i]) ** 2, 0);
    for (let i = 0; i < n; i += 59) {
      const distances = rows.map((row) => squared(rows[i], row));
      const nearest = distances.map((_, j) => j).sort((a, b) => distances[a] - distances[b]);
      assert.deepEqual(Array.from(near.subarray(3 * i, 3 * i + 3)), nearest.slice(0, 3));
    }
  });
});
