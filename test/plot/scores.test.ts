import * as assert from 'node:assert/strict';
import {scoreHistogram} from '../../lib/plot/score-histogram';
import {scoreMap} from '../../lib/plot/score-map';

describe('scoreMap(grid, options)', () => {
  const grid = [[0, 1, 2], [3, 4, 5], [6, 7, 80]]; // prettier-ignore
  const options = {reach: 2, valueTitle: 'squared error'};

  it('lays the grid over the square, the first row at the bottom', () => {
    const {data, layout} = scoreMap(grid, options);
    const {x, y, z} = data[0] as unknown as Record<'x' | 'y', number[]> & {z: number[][]};
    assert.deepEqual([x, y, z], [[-2, 0, 2], [-2, 0, 2], grid]); // prettier-ignore
    assert.deepEqual((layout.xaxis as {range: number[]}).range, [-2, 2]);
  });

  it('cuts high scores at the 90th percentile, or at ten times the threshold, which it draws', () => {
    assert.equal(scoreMap(grid, options).data[0].zmax, 80); // the ninth of nine
    const {data} = scoreMap(grid, {...options, threshold: 0.5});
    assert.equal(data[0].zmax, 5);
    const {start, end} = data[1].contours as {start: number; end: number};
    assert.deepEqual([data[1].type, start, end], ['contour', 0.5, 0.5]);
  });

  it('draws points and marked places by their coordinates', () => {
    const {data} = scoreMap(grid, {...options, points: [[1, 2], [3, 4]], marked: [[0, 0.5]]}); // prettier-ignore
    assert.deepEqual(
      data.slice(1).map(({name, x, y}) => [name, x, y]),
      [
        ['normal points', [1, 3], [2, 4]],
        ['looked at', [0], [0.5]],
      ],
    );
  });

  it('says in a sentence what it shows', () => {
    assert.equal(
      scoreMap(grid, {...options, title: 'A ring'}).alt,
      'A ring: scores over the plane, from 0.0 to 80.',
    );
  });

  it('refuses a grid that is not square, a score that is not finite and an unknown option', () => {
    assert.throws(
      () => scoreMap([[1, 2]], options),
      /grid: expected as many columns as rows, at least 2, got 1 x 2/,
    );
    assert.throws(() => scoreMap([[1, NaN], [1, 2]], options), /grid: expected finite scores, got NaN/); // prettier-ignore
    assert.throws(() => scoreMap(grid, {...options, colour: 'red'} as never), /unknown option colour/);
  });
});

describe('scoreHistogram(groups, options)', () => {
  const options = {scoreTitle: 'squared error'};

  it('counts each group in sixty common bins, as shares of its own rows', () => {
    const groups = [{name: 'normal', scores: [0, 0, 0, 60]}, {name: 'strange', scores: [30.5, 60]}]; // prettier-ignore
    const {data, layout} = scoreHistogram(groups, options);
    assert.equal((layout.xaxis as {type: string}).type, 'linear');
    const shares = data.map(({y}) =>
      (y as (number | null)[]).flatMap((share, i) => (share === null ? [] : [[i, share]])),
    );
    assert.deepEqual(shares, [[[0, 0.75], [59, 0.25]], [[30, 0.5], [59, 0.5]]]); // prettier-ignore
    assert.equal((data[0].x as number[])[30], 30.5); // the middle of its bin
  });

  it('takes logarithms of scores that reach far, and only of positive ones', () => {
    const type = (scores: number[]) =>
      (scoreHistogram([{name: 'all', scores}], options).layout.xaxis as {type: string}).type;
    assert.deepEqual([type([1, 51]), type([1, 49]), type([0, 51]), type([-1, 51])], ['log', 'linear', 'linear', 'linear']); // prettier-ignore
    const {data} = scoreHistogram([{name: 'all', scores: [1, 1e6]}], options);
    const x = data[0].x as number[];
    assert.ok(Math.abs(x[1] / x[0] - 10 ** 0.1) < 1e-9); // bins of a tenth of a decade
  });

  it('has a line for a threshold, and one bin where all scores are equal', () => {
    const {data} = scoreHistogram([{name: 'all', scores: [2, 2]}], {...options, threshold: 3});
    assert.deepEqual(data[1].x, [3, 3]);
    assert.equal((data[0].y as (number | null)[])[0], 1);
  });

  it('refuses no group, an empty one and a score that is not finite', () => {
    assert.throws(() => scoreHistogram([], options), /groups: expected at least one, got none/);
    assert.throws(() => scoreHistogram([{name: 'new', scores: []}], options), /new: expected at least one score, got none/); // prettier-ignore
    assert.throws(
      () => scoreHistogram([{name: 'new', scores: [Infinity]}], options),
      /new: expected finite scores, got Infinity/,
    );
  });
});
