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

  it('leaves out details, which the lesson itself shows', () => {
    const [metric] = run(3).metrics;
    const table = readmeTable([{...run(3), metrics: [metric, {...metric, name: 'small', detail: true}]}]);
    assert.equal(table.split('\n').length, 3, table);
    assert.ok(!table.includes('small'));
  });

  it('needs the marks between which the table stands', () => {
    assert.throws(() => withTable('# no marks', ''), /README\.md: expected the marks/);
  });
});

describe('the gallery figures/README.md', () => {
  const results = storedResults(figures);

  it('is what npm run figures makes of the stored results', () => {
    assert.equal(fs.readFileSync(path.join(figures, 'README.md'), 'utf8'), gallery(results), 'run npm run figures');
  });

  for (const {lesson, figures: listed} of results) {
    it(`shows every file of ${lesson}, and none that is not there`, () => {
      const files = fs.readdirSync(path.join(figures, lesson)).filter((file) => file !== 'results.json');
      const expected = listed.flatMap(({name}) => [`${name}.png`, `${name}.svg`]);
      assert.deepEqual(files.sort(), expected.sort());
    });
  }

  it('shows image, sentence and command, and a sentence letter by letter', () => {
    const page = gallery([{...run(1), lesson: '02-x', figures: [{name: 'loss', alt: 'z_1 * z_2 < [n, k]'}]}]);
    assert.ok(
      page.endsWith(
        '\n\n## [02-x](../notebooks/02-x.ipynb)\n\nMade by `npm run figures -- 02-x`.\n\n![loss](02-x/loss.png)\n\n' +
          'z\\_1 \\* z\\_2 \\< \\[n, k\\] (`loss`, [SVG](02-x/loss.svg))\n',
      ),
      page,
    );
  });
});

describe('the comparison of a new run with the stored one', () => {
  it('counts what moved by more than five per cent, or is gone', () => {
    assert.deepEqual([compare(run(10), run(10.4)), compare(run(10), run(9.4))], [0, 1]);
    assert.equal(compare(run(10), {...run(10), metrics: []}), 1);
  });
});

function run(value: number): Results {
  return {
    lesson: 'x',
    profile: 'standard',
    seed: 0,
    engine: 'native',
    versions: {},
    seconds: 1,
    metrics: [{name: 'sse', value, unit: '', better: 'lower'}],
    figures: [],
  };
}
