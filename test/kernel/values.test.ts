import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import {contents, Page} from './page';

const lib = (file: string): string => JSON.stringify(path.resolve(__dirname, '..', '..', 'lib', file));

describe('values in a cell', () => {
  let page: Page;
  before(async () => (page = await Page.open()));
  after(() => page?.close());

  it('are known by name in later cells, also as the short form of a property', async () => {
    await page.run("const epochs = 3;\nlet rate = 0.1;\nimport {join} from 'path';");
    assert.equal(
      (await page.run('const options = {epochs, rate, join: join("a", "b")}; options')).result,
      "{ epochs: 3, rate: 0.1, join: 'a/b' }".replace('a/b', path.join('a', 'b')),
    );
    assert.equal((await page.run('({rate} = {rate: 0.5});\nrate')).result, '0.5');
    assert.equal((await page.run('({rate = 7} = {} as {rate?: number});\nrate')).result, '7');
    assert.equal(
      (await page.run('{ const epochs = 9; void [{epochs}].map(({epochs}) => epochs); }\nepochs')).result,
      '3',
    );
  });

  it('print short where they are long', async () => {
    const {result} = await page.run('Array.from({length: 1000}, (_, i) => i)');
    assert.match(result!, /\.\.\. 900 more items/);
  });

  it('print as shape, type and first values where they are tensors', async function () {
    this.timeout(30_000);
    await page.run(`const tf: any = require(${lib('tf.js')});\nawait tf.ready();`);
    assert.equal(
      (await page.run('tf.tensor2d([[1, 2], [3, 4]])')).result,
      'Tensor float32 [2, 2]\n    [[1, 2],\n     [3, 4]]',
    );
    assert.equal((await page.run('({loss: tf.scalar(0.5)})')).result, '{ loss: Tensor float32 [] 0.5 }');
    const big = await page.run('tf.zeros([1000, 784])');
    assert.ok(big.result!.length < 1000, big.result);
    assert.equal(
      (await page.run('const gone = tf.ones([3]); gone.dispose(); gone')).result,
      'Tensor float32 [3], disposed',
    );
  });

  it('reach the page as bundles through lib, and are replaced by their id', async () => {
    const first = await page.run(
      `const {show, update} = require(${lib('display.js')});\nconst id = show({'text/plain': 'one'}); 0`,
    );
    const later = await page.run("update(id, {'text/plain': 'two'});");
    const [shown] = contents(first.published, 'display_data');
    const [updated] = contents(later.published, 'update_display_data');
    assert.deepEqual([shown.data, updated.data], [{'text/plain': 'one'}, {'text/plain': 'two'}]);
    assert.equal(updated.transient.display_id, shown.transient.display_id);
  });

  it('never bring native output of the process into the notebook', async () => {
    const {stdout, stderr} = await page.run(
      'require("fs").writeSync(2, "2026-01-01 cpu_feature_guard: native line\\n"); 0',
    );
    assert.deepEqual([stdout, stderr], ['', '']);
  });

  it('print without colours', async () => {
    assert.equal((await page.run('console.log({a: 1})')).stdout, '{ a: 1 }\n');
  });
});
