import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {Page} from './page';

describe('the trace of a failing cell', () => {
  let page: Page;
  before(async () => (page = await Page.open()));
  after(() => page?.close());

  it('names cells and lines as they stand in the notebook, and shows the line', async () => {
    const defined = await page.run(defineCheck);
    const count = defined.reply.execution_count as number;
    const {reply} = await page.run(
      "import * as fs from 'fs';\n\nvoid fs;\nfor (let i = 0; i < 9; i++) {\n  check({width: i});\n}",
    );
    assert.deepEqual(reply.traceback, [
      'RangeError: width 4',
      `    at check (cell [${count}], line 7:28)`,
      `    at cell [${count + 1}], line 5:3`,
      '',
      '  6 │   const {width} = options;',
      '→ 7 │   if (width > limit) throw new RangeError(`width ${width}`);',
      '  8 │ }',
    ]);
  });

  it('does so after an await, too', async () => {
    const {reply} = await page.run('await Promise.resolve();\n\nnull!.x;');
    assert.equal(reply.ename, 'TypeScriptError');
    const later = await page.run('const nothing: any = null;\nawait Promise.resolve();\nnothing.x;');
    const count = later.reply.execution_count as number;
    assert.equal(later.reply.traceback[1], `    at cell [${count}], line 3:9`);
  });

  it('names a module beside the notebook with its line', async () => {
    fs.writeFileSync(
      path.join(page.folder, 'helper.ts'),
      'interface A {\n  a: number;\n}\nexport function fail(a: A): never {\n  throw new Error(`a is ${a.a}`);\n}\n',
    );
    const {reply} = await page.run("import {fail} from './helper';\nfail({a: 1});");
    assert.equal(reply.traceback[1], '    at fail (helper.ts, line 5:9)');
  });

  it('names the files of lib and packages without their inside, and nothing of the kernel', async () => {
    const check = JSON.stringify(path.resolve(__dirname, '..', '..', 'lib', 'check.js'));
    const {reply} = await page.run(
      `const {assertInteger} = require(${check});\nassertInteger('epochs', 0.5);`,
    );
    const count = reply.execution_count as number;
    assert.deepEqual(reply.traceback.slice(0, 3), [
      'RangeError: epochs: expected a whole number >= 1, got 0.5',
      '    at assertInteger (lib/check.ts)',
      `    at cell [${count}], line 2:1`,
    ]);
  });

  it('tells causes', async () => {
    const {reply} = await page.run('throw new Error("outer", {cause: new TypeError("inner")});');
    assert.ok(reply.traceback.includes('caused by TypeError: inner'));
  });

  it('is just as short when a cell prints the error it has caught', async () => {
    const {stdout, reply} = await page.run(
      'try {\n  throw new Error("caught");\n} catch (e) {\n  console.log(e);\n}',
    );
    assert.equal(stdout, `Error: caught\n    at cell [${reply.execution_count}], line 2:9\n`);
  });

  it('gives line and column of what TypeScript finds wrong, and the cell does not run', async () => {
    const {reply, stdout} = await page.run('console.log("ran");\nconst a: string = 1;\nlet b = missing;');
    assert.equal(reply.ename, 'TypeScriptError');
    assert.equal(
      reply.evalue,
      "2:7 - Type 'number' is not assignable to type 'string'.\n3:9 - Cannot find name 'missing'.",
    );
    assert.equal(stdout, '');
  });

  for (const [source, place] of [
    ['let text = `never closed', '1:25'],
    ['const a = {b: 1,, c: 2};', '1:17'],
    ['function f() {\n  return 1;', '2:12'],
    ['const f = (a: Map<string, => a;', '1:27'],
  ]) {
    it(`gives a place and a sentence for the syntax error in ${JSON.stringify(source)}`, async () => {
      const {reply} = await page.run(source);
      assert.equal(reply.ename, 'TypeScriptError');
      assert.match(reply.evalue, new RegExp(`^${place} - [A-Z'].*\\.`));
      assert.equal((await page.run('"next"')).result, "'next'");
    });
  }
});

const defineCheck = `const limit = 3;
interface Options { width: number }
/** Throws. */

function check(options: Options): void {
  const {width} = options;
  if (width > limit) throw new RangeError(\`width \${width}\`);
}`;
