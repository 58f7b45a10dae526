import * as assert from 'node:assert/strict';
import {compileStep, sgd} from '../../lib/compile';
import {ScalarQuantizer} from '../../lib/layers/scalar-quantizer';
import {stopGradient} from '../../lib/layers/straight-through';
import {VectorQuantizer, type VectorQuantizerConfig} from '../../lib/layers/vector-quantizer';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

const ENTRIES = [[0, 0], [4, 0], [0, 4]]; // prettier-ignore
const POINTS = [
  [1, 0],
  [3, 0],
  [5, 2],
  [1, 1],
]; // nearest: 0, 1, 1, 0; prettier-ignore

describe('stopGradient(x)', () => {
  it('passes the value on and nothing back', () => {
    const f = (x: tf.Tensor) => tf.mul(stopGradient(x), x).sum() as tf.Scalar; // x² with one x held fixed
    assert.equal(f(tf.tensor1d([3])).arraySync(), 9);
    assert.deepEqual(
      tf
        .grad(f)(tf.tensor1d([3]))
        .arraySync(),
      [3],
    );
  });
});

describe('VectorQuantizer', () => {
  it('finds the nearest entry of each row, and gives entries for indices', () => {
    const layer = quantizer();
    const {indices, codes} = layer.lookUp(points());
    assert.deepEqual([indices.dtype, indices.arraySync()], ['int32', [0, 1, 1, 0]]);
    assert.deepEqual(codes.arraySync(), [[0, 0], [4, 0], [4, 0], [0, 0]]); // prettier-ignore
    assert.deepEqual(layer.vectors(indices).arraySync(), codes.arraySync());
  });

  it('is attention with the weights softmax(-|z - e|² / temperature)', () => {
    // from (1, 0) the squared distances are 1, 9 and 17
    const w = [1, 9, 17].map((d) => Math.exp(-d / 8));
    const total = w[0] + w[1] + w[2];
    const seen = quantizer().attention(tf.tensor2d([[1, 0]]), 8);
    assertClose(seen.arraySync(), [[(4 * w[1]) / total, (4 * w[2]) / total]]);
  });

  it('is the limit of that attention: at a low temperature the mean of all entries is the nearest one', () => {
    const layer = quantizer();
    assertClose(layer.attention(points(), 0.01).arraySync(), layer.lookUp(points()).codes.arraySync());
    const far = layer.attention(points(), 1e6).arraySync();
    assertClose(far, Array(4).fill([4 / 3, 4 / 3]), 1e-4); // and at a high one the mean of the codebook
  });

  it('passes the gradient of the codes straight to z, and that of the commitment as 2 (z - e) / n', () => {
    const layer = quantizer();
    const by = (f: (z: tf.Tensor2D) => tf.Scalar) =>
      tf
        .grad((z) => f(z as tf.Tensor2D))(points())
        .arraySync();
    const direction = tf.tensor2d([[1, 2], [3, 4], [5, 6], [7, 8]]); // prettier-ignore
    assert.deepEqual(
      by((z) => tf.mul(layer.quantize(z).codes, direction).sum()),
      direction.arraySync(),
    );
    const fresh = quantizer();
    assertClose(
      by((z) => fresh.quantize(z).terms.commitment),
      [[1, 0], [-1, 0], [1, 2], [1, 1]].map((row) => row.map((d) => (2 * d) / 4)), // prettier-ignore
    );
  });

  it('names its terms: mean squared distance, and the perplexity of the batch', () => {
    const {terms} = quantizer().quantize(points());
    assert.deepEqual(Object.keys(terms), ['commitment', 'perplexity']);
    assertClose(terms.commitment.arraySync(), (1 + 1 + (1 + 4) + (1 + 1)) / 4);
    assertClose(terms.perplexity.arraySync(), 2); // two entries, each half of the time
  });

  it('moves its entries by the moving averages of appendix A.1', () => {
    const layer = quantizer({decay: 0.75}); // each count begins at 1, each sum at its entry
    layer.quantize(points());
    // entry 0: N = 0.75 + 0.25 · 2, m = 0.25 (2, 1); entry 1: m = 0.75 (4, 0) + 0.25 (8, 2); entry 2: not chosen
    assertClose(layer.counts.arraySync(), [1.25, 1.25, 0.75]);
    const expected = [[0.5 / 1.25, 0.25 / 1.25], [5 / 1.25, 0.5 / 1.25], [0, 4]]; // prettier-ignore
    assertClose(layer.codebook.arraySync(), expected, 1e-4); // the smoothing moves the 6th digit
    assert.deepEqual(layer.variables, []);
    assert.equal(layer.state.length, 3);
  });

  it('or leaves them to the gradient: 2 (e - mean of those who chose it) times their share', () => {
    const layer = quantizer({codebook: 'gradient'});
    const step = compileStep({
      losses: (z: tf.Tensor2D) => ({total: layer.quantize(z).terms.codebook}),
      players: {variables: layer.variables, optimizer: sgd()},
    });
    step.run(points(), {learningRate: 0.5});
    step.dispose();
    // entry 0: (0, 0) - 0.5 · 2 / 4 · Σ ((0, 0) - z) over (1, 0) and (1, 1)
    const expected = [[2 / 4, 1 / 4], [4 + (-1 + 1) / 4, 2 / 4], [0, 4]]; // prettier-ignore
    assertClose(layer.codebook.arraySync(), expected);
  });

  it('begins at vectors of the first batch', () => {
    const layer = quantizer({start: 'data', symbols: 8}, null);
    layer.quantize(points());
    const [indices] = [layer.lookUp(points()).indices.arraySync()];
    assert.ok(layer.codebook.arraySync().flat().every((v) => v >= 0 && v < 5.001), 'entries among the points'); // prettier-ignore
    assert.ok(new Set(indices).size > 1);
  });

  it('revives a dead entry at a vector of the batch, with the count of an average one', () => {
    const layer = quantizer({revival: 0.5, decay: 1}); // decay 1: nothing else moves
    layer.counts.assign(tf.tensor1d([10, 10, 1])); // mean 7, half of it 3.5
    layer.quantize(points());
    const [zero, one, revived] = layer.codebook.arraySync();
    assertClose(
      [zero, one],
      [
        [0, 0],
        [0.4, 0],
      ],
      1e-4,
    ); // m / N with the m of the beginning, (0, 0) and (4, 0)
    assert.ok(
      POINTS.some((p) => Math.hypot(p[0] - revived[0], p[1] - revived[1]) < 1e-3),
      `${revived}`,
    );
    assertClose(layer.counts.arraySync(), [10, 10, 4 / 3]);
  });

  it('leaves the dead alone without revival', () => {
    const layer = quantizer({revival: 0, decay: 0.5});
    for (let i = 0; i < 30; i++) layer.quantize(points());
    assert.ok(layer.counts.arraySync()[2] < 1e-8);
    assert.deepEqual(layer.lookUp(points()).indices.arraySync().includes(2), false);
    const begun = quantizer({revival: 0, start: 'data'}); // which moves entries in the first step only
    begun.counts.assign(tf.tensor1d([10, 10, 0]));
    begun.quantize(points());
    assert.equal(begun.counts.arraySync()[2], 0);
  });

  it('revives inside a recorded step too, at other vectors each time', () => {
    const layer = quantizer({symbols: 2, revival: 1}, null);
    const w = tf.variable(tf.scalar(1));
    const step = compileStep({
      losses: (z: tf.Tensor2D) => ({total: tf.mul(layer.quantize(z).terms.commitment, w) as tf.Scalar}),
      players: {variables: [w], optimizer: sgd()},
    });
    const z = new RandomStream(3).normal<tf.Rank.R2>([50, 2]);
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      step.run(z, {learningRate: 0});
      seen.add(layer.codebook.arraySync().join());
    }
    step.dispose();
    assert.equal(seen.size, 6);
  });

  it('is the same again from the same seed, and leaves no tensor behind', async () => {
    const run = () => {
      const layer = quantizer({revival: 0.5}, null);
      for (let i = 0; i < 3; i++) tf.tidy(() => void layer.quantize(points()));
      return layer.codebook.arraySync();
    };
    assert.deepEqual(run(), run());
    const layer = quantizer({revival: 0.5});
    const z = points();
    assert.equal(await tensorsLeaked(() => tf.tidy(() => void layer.quantize(z))), 0);
    assert.equal(await tensorsLeaked(() => tf.dispose([layer.lookUp(z), layer.attention(z, 1)] as never)), 0);
  });

  it('says what it was given and what it expected', () => {
    const make = (config: object) => () => quantizer(config, null);
    assert.throws(make({symbols: 1}), /quantizer: symbols: expected a whole number >= 2, got 1/);
    assert.throws(make({decay: 1.5}), /quantizer: decay: expected a number from 0 to 1, got 1.5/);
    assert.throws(make({codebook: 'ema'}), /codebook: expected one of moving average, gradient, got "ema"/);
    const layer = quantizer();
    assert.throws(() => layer.lookUp(tf.zeros([4, 3])), /z: expected shape \[n, 2\], got \[4, 3\]/);
    assert.throws(() => layer.begin(points()), /entries: expected shape \[3, 2\], got \[4, 2\]/);
    assert.throws(() => layer.attention(points(), 0), /temperature: expected a number > 0, got 0/);
    assert.throws(
      () => layer.vectors(tf.tensor1d([0, 3, 1], 'int32')),
      /indices: expected symbols, whole numbers from 0 to 2, got 3 at place 1/,
    );
  });
});

describe('ScalarQuantizer', () => {
  const layer = new ScalarQuantizer('scalar', [3, 4]); // levels -1, 0, 1 and -1, -1/2, 0, 1/2

  it('squeezes each number between its outermost levels and rounds it', () => {
    const z = tf.tensor2d([[-9, -9], [0, 0], [9, 9], [0.4, -1]]); // prettier-ignore
    const {indices, codes} = layer.lookUp(z);
    // 0.999 tanh(0.4) = 0.38; 1.4985 tanh(-1 + atanh(0.5 / 1.4985)) - 0.5 = -1.36
    assertClose(codes.arraySync(), [[-1, -1], [0, 0], [1, 0.5], [0, -0.5]]); // prettier-ignore
    assert.deepEqual(indices.arraySync(), [0, 1 + 3 * 2, 2 + 3 * 3, 1 + 3 * 1]);
  });

  it('counts its symbols 0 to K - 1, each with a vector of its own, which is told as that symbol', () => {
    const all = tf.range(0, 12, 1, 'int32');
    const vectors = layer.vectors(all).arraySync();
    assert.equal(layer.symbols, 12);
    assert.equal(new Set(vectors.map(String)).size, 12);
    // what is squeezed to 0.95 of the way from the middle to each level
    const inverse = vectors.map(([a, b]) => [
      Math.atanh((0.95 * a) / 0.999),
      Math.atanh((0.95 * (2 * b + 0.5)) / 1.4985) - Math.atanh(0.5 / 1.4985),
    ]);
    assert.deepEqual(layer.lookUp(tf.tensor2d(inverse)).indices.arraySync(), [...all.dataSync()]);
  });

  it('keeps 0 at 0 and passes the gradient of the squeezing, not of the rounding', () => {
    const z = tf.tensor2d([[0.3, 0.3]]);
    const gradient = tf
      .grad((x) => layer.quantize(x as tf.Tensor2D).codes.sum())(z)
      .arraySync();
    const slope = (half: number, shift: number) => half * (1 - Math.tanh(0.3 + shift) ** 2);
    assertClose(gradient, [[slope(0.999, 0), slope(1.4985, Math.atanh(0.5 / 1.4985)) / 2]]);
    assert.deepEqual(layer.lookUp(tf.zeros([1, 2])).codes.arraySync(), [[0, 0]]);
  });

  it('has the perplexity of the batch as its only term, and nothing to learn', () => {
    const {terms} = layer.quantize(tf.tensor2d([[-9, -9], [9, 9], [9, 9], [9, 9]])); // prettier-ignore
    assert.deepEqual(Object.keys(terms), ['perplexity']);
    assertClose(terms.perplexity.arraySync(), Math.exp(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75)));
    assert.deepEqual([...layer.variables, ...layer.state], []);
  });

  it('says what it was given and what it expected', () => {
    const make = (levels: number[]) => () => new ScalarQuantizer('scalar', levels);
    assert.throws(make([8, 1]), /scalar: levels\[1\]: expected a whole number >= 3, got 1/);
    assert.throws(make([]), /scalar: expected at least one entry in levels, got none/);
    assert.throws(() => layer.lookUp(tf.zeros([4, 3])), /z: expected shape \[n, 2\], got \[4, 3\]/);
    assert.throws(
      () => layer.vectors(tf.tensor1d([12], 'int32')),
      /expected symbols, whole numbers from 0 to 11, got 12 at place 0/,
    );
  });
});

function points(): tf.Tensor2D {
  return tf.tensor2d(POINTS);
}

function quantizer(
  config: VectorQuantizerConfig = {},
  entries: number[][] | null = ENTRIES,
): VectorQuantizer {
  const own = entries ? {symbols: entries.length, start: 'normal' as const, revival: 0} : {};
  const layer = new VectorQuantizer('quantizer', {symbolDim: 2, ...own, ...config}, new RandomStream(5));
  if (!entries) return layer;
  layer.begin(tf.tensor2d(entries));
  return layer;
}
