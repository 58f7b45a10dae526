import * as assert from 'node:assert/strict';
import {symmetricEigen} from '../../lib/models/eigen';
import {RandomStream} from '../../lib/random';
import {assertClose, tensorsLeaked} from '../helpers';

describe('symmetricEigen', () => {
  it('finds 1 and 3 for [[2, 1], [1, 2]], along the diagonals', () => {
    const {values, vectors} = symmetricEigen([2, 1, 1, 2], 2);
    assertClose(values, [1, 3]);
    assertClose(Array.from(vectors, Math.abs), Array(4).fill(Math.SQRT1_2));
    assert.ok(
      vectors[0] * vectors[2] < 0 && vectors[1] * vectors[3] > 0,
      'the columns are (1, -1) and (1, 1)',
    );
  });

  it('takes a matrix apart and puts it together again: Σ λ v vᵀ, the v orthonormal', () => {
    const size = 12;
    const entries = new RandomStream(1).normals(size * size);
    const a = Array.from(entries, (_, i) => entries[i] + entries[(i % size) * size + Math.floor(i / size)]);
    const {values, vectors} = symmetricEigen(a, size);
    const sum = (f: (k: number) => number) =>
      Array.from({length: size}, (_, k) => f(k)).reduce((p, q) => p + q);
    const at = (i: number, k: number) => vectors[i * size + k];
    const pairs = a.map((_, n) => [Math.floor(n / size), n % size]);
    assertClose(pairs.map(([i, j]) => sum((k) => values[k] * at(i, k) * at(j, k))), a, 1e-4); // prettier-ignore
    assertClose(pairs.map(([i, j]) => sum((k) => at(k, i) * at(k, j))), pairs.map(([i, j]) => Number(i === j)), 1e-5); // prettier-ignore
    assert.ok(
      Array.from(values).every((v, k) => k === 0 || v >= values[k - 1]),
      'rising',
    );
  });

  it('leaves no tensor behind', async () => {
    assert.equal(await tensorsLeaked(() => symmetricEigen([2, 1, 1, 2], 2)), 0);
  });
});
