import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type {Results} from '../../lib/lesson/results';
import {projectRoot} from '../../lib/root';
import {gallery, readmeTable, storedResults, withTable} from '../../tools/figures/readme';
import {compare} from '../../tools/figures/run';

const figures = path.join(projectRoot, 'figures');

describe('README.md', () => {
  it('shows the numbers that are stored under figures/', () => {
    const readme = fs.readFileSync(path.join(projectRoot, 'README.md'), 'utf8');
    assert.equal(withTable(readme, readmeTable(storedResults(figures))), readme, 'run npm run figures');
  });

  it('has a gallery that shows every stored figure', () => {
    assert.equal(fs.readFileSync(path.join(figures, 'README.md'), 'utf8'), gallery(figures), 'run npm run figures');
  });

  it('needs the marks between which the table stands', () => {
    assert.throws(() => withTable('# no marks', ''), /README\.md: expected the marks/);
  });
});

describe('the comparison of a new run with the stored one', () => {
  const run = (value: number): Results => ({
    lesson: 'x',
    profile: 'standard',
    seed: 0,
    engine: 'native',
    versions: {},
    seconds: 1,
    metrics: [{name: 'sse', value, unit: '', better: 'lower'}],
  });

  it('counts what moved by more than five per cent, or is gone', () => {
    assert.deepEqual([compare(run(10), run(10.4)), compare(run(10), run(9.4))], [0, 1]);
    assert.equal(compare(run(10), {...run(10), metrics: []}), 1);
  });
});
