import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {SymbolPrior} from '../../lib/models/symbol-prior';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {loadCheckpoint, saveCheckpoint} from '../../lib/train/checkpoint';
import {fit} from '../../lib/train/fit';
import {assertClose, tensorsLeaked} from '../helpers';

const small = {symbols: 5, rows: 3, columns: 4, width: 8, layers: 3, seed: 3};
const PLACES = 12;

describe('SymbolPrior', () => {
  it('never looks ahead: another symbol changes no prediction at its own place or before', () => {
    const model = new SymbolPrior(small);
    const [one] = grids(1).arraySync();
    const before = model.probabilities(tf.tensor2d([one], [1, PLACES], 'int32')).arraySync()[0];
    for (let place = 0; place < PLACES; place++) {
      const other = one.map((symbol, i) => (i === place ? (symbol + 1) % 5 : symbol));
      const after = model.probabilities(tf.tensor2d([other], [1, PLACES], 'int32')).arraySync()[0];
      assert.deepEqual(after.slice(0, place + 1), before.slice(0, place + 1));
    }
  });

  it('has no blind spot: with enough layers each symbol counts for all that come after it', () => {
    const model = new SymbolPrior({...small, width: 16, reach: 2, layers: 4});
    const [one] = grids(1).arraySync();
    const changedBy = (place: number) => {
      const other = one.map((symbol, i) => (i === place ? (symbol + 1) % 5 : symbol));
      const p = [one, other].map((s) => model.probabilities(tf.tensor2d([s], [1, PLACES], 'int32')).arraySync()[0]); // prettier-ignore
      return p[0].map((row, i) => row.some((value, k) => value !== p[1][i][k]));
    };
    assert.deepEqual(changedBy(0), [false, ...Array<boolean>(PLACES - 1).fill(true)]);
    assert.equal(changedBy(3)[4], true, 'the end of a row counts for the beginning of the next');
  });

  it('gives probabilities that sum to 1, and the bits of a grid as -Σ log2 of those of its symbols', () => {
    const model = new SymbolPrior(small);
    const s = grids(3);
    const p = model.probabilities(s).arraySync();
    assertClose(p.flat().map((row) => row.reduce((a, b) => a + b)), Array(3 * PLACES).fill(1)); // prettier-ignore
    const expected = s.arraySync().map((row, n) => row.reduce((sum, symbol, i) => sum - Math.log2(p[n][i][symbol]), 0)); // prettier-ignore
    const bits = model.bits(s, 2);
    assertClose(bits, expected);
    const mean = expected.reduce((a, b) => a + b) / 3;
    assertClose(model.losses(s).total.arraySync(), mean * Math.LN2); // the same in nats
  });

  it('knows nothing at first: where all logits are equal, a grid costs places · log2 K bits', () => {
    const model = new SymbolPrior(small);
    model.variables.slice(-2).forEach((variable) => variable.assign(tf.zerosLike(variable)));
    assertClose(model.bits(grids(2)), Array(2).fill(PLACES * Math.log2(5)));
  });

  it('learns a rule and draws by it: each symbol one more than the one before', async () => {
    const model = await counting();
    const bits = model.bits(counted(50)).reduce((a, b) => a + b) / 50;
    assert.ok(bits < Math.log2(5) + 1, `${bits} bits, of which the first symbol costs ${Math.log2(5)}`);
    const drawn = model.sample(100, new RandomStream(1));
    assert.deepEqual([drawn.shape, drawn.dtype], [[100, PLACES], 'int32']); // prettier-ignore
    const rows = drawn.arraySync();
    const follows = rows.flatMap((row) => row.slice(1).map((s, i) => s === (row[i] + 1) % 5));
    assert.ok(follows.filter(Boolean).length > 0.95 * follows.length);
    assert.equal(new Set(rows.map((row) => row[0])).size, 5, 'the first symbol is free');
  });

  it('draws likelier symbols at a lower temperature', () => {
    const model = new SymbolPrior(small);
    const mean = (temperature: number) =>
      model.bits(model.sample(200, new RandomStream(2), temperature)).reduce((a, b) => a + b) / 200;
    assert.ok(mean(0.2) < mean(1) && mean(1) < mean(5), `${[0.2, 1, 5].map(mean)}`);
  });

  it('draws from its own probabilities: the first symbol within four deviations of them', () => {
    const model = new SymbolPrior(small);
    const n = 4000;
    const p = model.probabilities(grids(1)).arraySync()[0][0];
    const first = model.sample(n, new RandomStream(4)).arraySync().map((row) => row[0]); // prettier-ignore
    p.forEach((share, symbol) => {
      const found = first.filter((s) => s === symbol).length / n;
      assert.ok(Math.abs(found - share) < 4 * Math.sqrt((share * (1 - share)) / n), `${found}, ${share}`);
    });
  });

  it('can be saved and loaded', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'course-'));
    const file = path.join(folder, 'prior.safetensors');
    const [model, other] = [1, 2].map(() => new SymbolPrior(small));
    other.variables.forEach((variable) => variable.assign(tf.zerosLike(variable)));
    saveCheckpoint(file, model);
    loadCheckpoint(file, other);
    assert.deepEqual(other.bits(grids(4)), model.bits(grids(4)));
    fs.rmSync(folder, {recursive: true});
  });

  it('is the same again from the same seed, leaves no tensor behind, and frees its own', async () => {
    const before = tf.memory().numTensors;
    const [a, b] = [1, 2].map(() => new SymbolPrior(small));
    const s = grids(4);
    assert.deepEqual(a.bits(s), b.bits(s));
    const draw = (model: SymbolPrior) => tf.tidy(() => model.sample(3, new RandomStream(1)).arraySync());
    assert.deepEqual(draw(a), draw(b));
    assert.equal(await tensorsLeaked(() => tf.dispose(a.losses(s))), 0);
    assert.equal(await tensorsLeaked(() => a.sample(2, new RandomStream(1)).dispose()), 0);
    assert.equal(await tensorsLeaked(() => a.probabilities(s).dispose()), 0);
    [a, b].forEach((model) => model.dispose());
    s.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => new SymbolPrior({...small, ...config});
    assert.throws(make({symbols: 1}), /symbols: expected a whole number >= 2, got 1/);
    assert.throws(make({reach: 0}), /layer\/0: reach: expected a whole number >= 1, got 0/);
    assert.throws(make({heads: 2}), /SymbolPrior: unknown option heads; known are symbols, rows, columns/);
    const model = make({})();
    assert.throws(() => model.losses(tf.zeros([2, 9], 'int32')), /symbols: expected shape \[n, 12\], got \[2, 9\]/); // prettier-ignore
    const bad = grids(2).arraySync();
    bad[1][7] = 5;
    assert.throws(
      () => model.bits(tf.tensor2d(bad, [2, PLACES], 'int32')),
      /symbols: expected symbols, whole numbers from 0 to 4, got 5 at place 7 of row 1/,
    );
    const random = new RandomStream(0);
    assert.throws(() => model.sample(2, random, 0), /temperature: expected a number > 0, got 0/);
    assert.throws(() => model.sample(2, random, -1), /temperature: expected a number > 0, got -1/);
    assert.throws(() => model.sample(0, random), /n: expected a whole number >= 1, got 0/);
  });
});

async function counting(): Promise<SymbolPrior> {
  const model = new SymbolPrior({...small, width: 16, layers: 2});
  await fit(model, counted(200), {epochs: 8, batchSize: 10, learningRate: 1e-2, progress: false});
  return model;
}

function counted(n: number): tf.Tensor2D {
  const rows = Array.from({length: n}, (_, r) => Array.from({length: PLACES}, (_, i) => (r + i) % 5));
  return tf.tensor2d(rows, [n, PLACES], 'int32');
}

function grids(n: number): tf.Tensor2D {
  const random = new RandomStream(1);
  return tf.tensor2d(Int32Array.from({length: n * PLACES}, () => random.integer(5)), [n, PLACES], 'int32'); // prettier-ignore
}
