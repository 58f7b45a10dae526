import * as assert from 'node:assert/strict';
import {oneHot, withLabels, withoutLabels} from '../../lib/data/labels';
import * as tf from '../../lib/tf';
import {tensorsLeaked} from '../helpers';

describe('withLabels(images, labels, classes)', () => {
  const images = () => tf.tensor2d([[0.5, 0.25], [1, 0]]); // prettier-ignore

  it('puts a 1 at the place of the class, to the right of the pixels', () => {
    assert.deepEqual(withLabels(images(), [2, 0], 3).arraySync(), [[0.5, 0.25, 0, 0, 1], [1, 0, 1, 0, 0]]); // prettier-ignore
    assert.deepEqual(oneHot(Uint8Array.of(1), 2).arraySync(), [[0, 1]]);
  });

  it('is taken apart again by withoutLabels, also for one class', () => {
    for (const [labels, classes] of [
      [[2, 0], 3],
      [[0, 0], 1],
    ] as [number[], number][]) {
      // prettier-ignore
      const parts = withoutLabels(withLabels(images(), labels, classes), classes);
      assert.deepEqual(parts.images.arraySync(), images().arraySync());
      assert.deepEqual(parts.labels.arraySync(), oneHot(labels, classes).arraySync());
    }
  });

  it('names a label that is no class, and its place; leaves one tensor, the result', async () => {
    const x = images();
    assert.throws(
      () => withLabels(x, [1, 3], 3),
      /labels: expected whole numbers from 0 to 2, got 3 at place 1/,
    );
    assert.throws(
      () => withLabels(x, [1, 0.5], 3),
      /labels: expected whole numbers from 0 to 2, got 0.5 at place 1/,
    );
    assert.throws(() => withLabels(x, [1], 3), /images: expected shape \[1, n\], got \[2, 2\]/);
    assert.equal(await tensorsLeaked(() => withLabels(x, [1, 2], 3)), 1);
  });
});
