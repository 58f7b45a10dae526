import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {contents, Page, types} from './page';

describe('the kernel, spoken to over ZeroMQ', () => {
  let page: Page;
  before(async () => (page = await Page.open()));
  after(() => page?.close());

  it('publishes the input and the last expression, and replies with the same count', async () => {
    const {reply, published} = await page.run('const six = 6;\nsix * 7');
    assert.deepEqual(types(published), ['execute_input', 'execute_result']);
    const [input] = contents(published, 'execute_input');
    const [result] = contents(published, 'execute_result');
    assert.deepEqual(result.data, {'text/plain': '42'});
    assert.deepEqual(reply, {
      status: 'ok',
      execution_count: input.execution_count,
      user_expressions: {},
      payload: [],
    });
    assert.equal(result.execution_count, input.execution_count);
    assert.equal((await page.run('six')).reply.execution_count, input.execution_count + 1);
  });

  it('shows nothing for undefined', async () => {
    assert.equal((await page.run('undefined')).result, undefined);
  });

  it('says busy first and idle last', async () => {
    const {published} = await page.run('console.log("between")');
    const states = published.map(({header, content}) =>
      header.msg_type === 'status' ? content.execution_state : '-',
    );
    assert.equal(states[0], 'busy');
    assert.equal(states.at(-1), 'idle');
  });

  it('sends a real error, in the message and in the reply', async () => {
    const {reply, published, stderr} = await page.run('throw new RangeError("too far")');
    const [error] = contents(published, 'error');
    assert.deepEqual([error.ename, error.evalue], ['RangeError', 'too far']);
    assert.deepEqual([reply.status, reply.ename, reply.evalue], ['error', 'RangeError', 'too far']);
    assert.deepEqual(reply.traceback, error.traceback);
    assert.equal(stderr, '');
  });

  it('names anything else that is thrown', async () => {
    const {reply} = await page.run('throw {code: 7}');
    assert.deepEqual([reply.ename, reply.evalue], ['Thrown', '{ code: 7 }']);
  });

  it('aborts what was waiting when a cell failed, and runs what comes after the error was known', async () => {
    const failing = page.run('await new Promise((r) => setTimeout(r, 50)); throw new Error("stop here")');
    const waiting = page.run('globalThis.ranThough = true');
    const after = failing.then(() => page.run('"ran"'));
    assert.equal((await failing).reply.status, 'error');
    assert.equal((await waiting).reply.status, 'aborted');
    assert.equal((await after).result, "'ran'");
    assert.equal(
      (await page.run('(globalThis as {ranThough?: boolean}).ranThough ?? "not run"')).result,
      "'not run'",
    );
  });

  it('aborts nothing when errors are allowed', async () => {
    const failing = page.run('throw new Error("expected")', false);
    const waiting = page.run('"goes on"');
    assert.equal((await failing).reply.status, 'error');
    assert.equal((await waiting).result, "'goes on'");
  });

  it('delivers 20,000 lines printed in one turn, in order, and then is idle', async () => {
    const {stdout, reply} = await page.run('for (let i = 0; i < 20_000; i++) console.log(i);');
    const lines = stdout.trimEnd().split('\n');
    assert.equal(reply.status, 'ok');
    assert.equal(lines.length, 20_000);
    assert.ok(lines.every((line, i) => line === String(i)));
  });

  it('delivers 2,000 displays in one turn', async () => {
    const {published} = await page.run(
      'import * as tslab from "tslab";\nfor (let i = 0; i < 2000; i++) tslab.display.text(String(i));',
    );
    const shown = contents(published, 'display_data').map(({data}) => data['text/plain'] as string);
    assert.deepEqual(
      shown,
      Array.from({length: 2000}, (_, i) => String(i)),
    );
  });

  it('keeps letters whole that arrive in two writes', async () => {
    const {stdout} = await page.run(
      'const bytes = Buffer.from("é自");\nprocess.stdout.write(bytes.subarray(0, 1));\nvoid process.stdout.write(bytes.subarray(1));',
    );
    assert.equal(stdout, 'é自');
  });

  it('imports a module that was missing at first, and again after it has changed', async () => {
    const file = path.join(page.folder, 'later.ts');
    assert.equal((await page.run("import {value} from './later'; value")).reply.ename, 'TypeScriptError');
    fs.writeFileSync(file, 'export const value = 1;\n');
    assert.equal((await page.run("import {value} from './later'; value")).result, '1');
    fs.writeFileSync(file, 'export const value = "changed";\n');
    assert.equal((await page.run("import {value} from './later'; value")).result, "'changed'");
  });

  it('goes on when a node_modules folder appears beside the notebook', async () => {
    const imports = "import {brought} from 'brought-later'; brought";
    assert.match((await page.run(imports)).reply.evalue, /Cannot find module 'brought-later'/);
    const folder = path.join(page.folder, 'node_modules', 'brought-later');
    fs.mkdirSync(folder, {recursive: true});
    fs.writeFileSync(path.join(folder, 'index.js'), 'exports.brought = 5;\n');
    fs.writeFileSync(path.join(folder, 'index.d.ts'), 'export declare const brought: number;\n');
    assert.equal((await page.run('"still here"')).result, "'still here'");
    assert.equal((await page.run(imports)).result, '5');
  });

  it('describes its language completely', async () => {
    const {
      status,
      language_info: language,
      protocol_version,
    } = await page.kernel.request('kernel_info_request', {});
    assert.deepEqual([status, protocol_version], ['ok', '5.3']);
    assert.equal(language.name, 'typescript');
    assert.equal(language.file_extension, '.ts');
    assert.equal(language.mimetype, 'text/typescript');
    assert.equal(language.pygments_lexer, 'typescript');
    assert.match(language.version, /^5\.\d+\.\d+/);
  });

  it('answers questions about comms in the right type', async () => {
    await page.kernel.request('comm_info_request', {target_name: 'jupyter.widget'});
    const last = page.messages.filter(({channel}) => channel === 'shell').at(-1)!.message;
    assert.equal(last.header.msg_type, 'comm_info_reply');
    assert.deepEqual(last.content, {status: 'ok', comms: {}});
  });

  it('counts and shows nothing of a silent request', async () => {
    const count = (await page.run('1')).reply.execution_count as number;
    const silent = await page.kernel.request('execute_request', {
      code: 'console.log("psst"); 2',
      silent: true,
    });
    const {published} = page.published(page.messages.at(-1)!.message.parent.msg_id!);
    assert.equal(silent.status, 'ok');
    assert.deepEqual(types(published), []);
    assert.equal((await page.run('1')).reply.execution_count, count + 1);
  });

  it('does not count a request that is not to be stored', async () => {
    const count = (await page.run('1')).reply.execution_count as number;
    await page.kernel.request('execute_request', {code: '1', store_history: false});
    assert.equal((await page.run('1')).reply.execution_count, count + 1);
  });

  it('remembers what was run', async () => {
    await page.run('const remembered = 1;');
    await page.run('remembered + 1');
    const {history} = await page.kernel.request('history_request', {hist_access_type: 'tail', n: 2});
    assert.deepEqual(
      history.map((entry: [number, number, string]) => entry[2]),
      ['const remembered = 1;', 'remembered + 1'],
    );
    const search = {hist_access_type: 'search', pattern: 'remem*+?1', n: 5};
    assert.equal((await page.kernel.request('history_request', search)).history.length, 1);
  });

  it('tells complete code from incomplete', async () => {
    const ask = (code: string) => page.kernel.request('is_complete_request', {code});
    assert.equal((await ask('const a = 1;')).status, 'complete');
    assert.deepEqual(await ask('function f() {'), {status: 'incomplete', indent: '  '});
  });

  it('completes a name, counting letters as Jupyter does', async () => {
    await page.run('const reconstruction = 1;');
    const code = '"😀"; reconstr';
    const cursor_pos = [...code].length;
    const {matches, cursor_start, cursor_end} = await page.kernel.request('complete_request', {
      code,
      cursor_pos,
    });
    assert.equal(matches[0], 'reconstruction');
    assert.deepEqual([cursor_start, cursor_end], [cursor_pos - 'reconstr'.length, cursor_pos]);
  });

  it('tells the type of a name', async () => {
    const code = 'Math.sqrt';
    const known = await page.kernel.request('inspect_request', {code, cursor_pos: 6});
    assert.match(known.data['text/plain'], /sqrt\(x: number\): number/);
    const unknown = await page.kernel.request('inspect_request', {code: '  ', cursor_pos: 1});
    assert.deepEqual([unknown.status, unknown.found], ['ok', false]);
  });

  it('answers a request that it does not know with an error, not with silence', async () => {
    assert.equal((await page.kernel.request('debug_request', {}, 'control')).status, 'error');
  });

  it('gives output that comes late to the cell whose code printed it', async () => {
    let id = '';
    await page.kernel.execute('setTimeout(() => console.log("late"), 100); 0', {
      begun: (begun) => (id = begun),
    });
    const later = await page.run('await new Promise((r) => setTimeout(r, 300)); console.log("mine");');
    assert.equal(later.stdout, 'mine\n');
    assert.equal(page.published(id).stdout, 'late\n');
  });

  it('tells of an error outside any cell on stderr and lives on', async () => {
    const {stderr, reply} = await page.run(
      'setTimeout(() => { throw new Error("from a timer") }, 10);\nawait new Promise((r) => setTimeout(r, 100));',
    );
    assert.match(stderr, /Uncaught Error: from a timer\n {4}at .*cell \[\d+\], line 1:\d+/);
    assert.equal(reply.status, 'ok');
  });
});

describe('a kernel that is told to end', () => {
  it('replies on the control channel, echoes restart, and is gone', async () => {
    const page = await Page.open();
    const reply = await page.kernel.request('shutdown_request', {restart: true}, 'control');
    assert.deepEqual(reply, {status: 'ok', restart: true});
    assert.deepEqual((await page.kernel.ended).code, 0);
    await page.close();
  });
});
