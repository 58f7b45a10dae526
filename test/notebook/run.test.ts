import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {PROGRESS_MIME} from '../../lib/display';
import type {CellOutput, CodeCell, Notebook} from '../../tools/notebook/notebook';
import {runNotebook, type RunEvent, type RunOptions, type RunResult} from '../../tools/notebook/run';
import {temporaryFolder} from '../kernel/page';
import {notebookOf, type CellSketch} from './notebooks';
import {gone} from './processes';

const display = JSON.stringify(path.resolve(__dirname, '..', '..', 'lib', 'display.js'));

describe('a notebook run without a page', () => {
  let folder: string;
  before(() => (folder = temporaryFolder()));
  after(() => fs.rmSync(folder, {recursive: true}));
  const run = (cells: (string | CellSketch)[], options: Partial<RunOptions> = {}) =>
    runNotebook(notebookOf(cells), {cwd: folder, ...options});

  it('gets outputs, counts and the language; the one handed in stays as it was', async () => {
    fs.writeFileSync(path.join(folder, 'data.txt'), 'beside the notebook');
    const notebook = notebookOf([
      {type: 'markdown', source: '# Title'},
      'console.log("a");\nconsole.log("b");\nconsole.error("c");\n[1, 2]',
      '',
      {source: 'throw new Error("not run")', tags: ['skip-execution']},
      {source: 'throw new Error("wanted")', tags: ['raises-exception']},
      "import * as fs from 'fs';\nfs.readFileSync('data.txt', 'utf8')",
      'process.env.GREETING',
    ]);
    const before = JSON.stringify(notebook);
    const events: RunEvent[] = [];
    const result = await runNotebook(notebook, {
      cwd: folder,
      env: {GREETING: 'hi'},
      onEvent: (event) => events.push(event),
    });
    const [first, blank, skipped, raising, reading, environment] = codeCells(result.notebook);
    assert.equal(result.status, 'ok');
    assert.deepEqual(first.outputs, [
      {output_type: 'stream', name: 'stdout', text: 'a\nb\n'},
      {output_type: 'stream', name: 'stderr', text: 'c\n'},
      {output_type: 'execute_result', execution_count: 1, data: {'text/plain': '[ 1, 2 ]'}, metadata: {}},
    ]);
    assert.deepEqual(
      [blank.outputs, blank.execution_count, skipped.outputs, skipped.execution_count],
      [[], null, [], null],
    );
    assert.equal(errorOf(raising).evalue, 'wanted');
    assert.equal(resultOf(reading), "'beside the notebook'");
    assert.equal(resultOf(environment), "'hi'");
    assert.equal(result.notebook.metadata.language_info.pygments_lexer, 'typescript');
    assert.equal(JSON.stringify(notebook), before);
    assert.deepEqual(
      events.filter(({type}) => type === 'cell').map((event) => event.type === 'cell' && event.cell),
      [1, 4, 5, 6],
    );
  });

  it('stops at the first failing cell and names it', async () => {
    const {status, failure, notebook} = await run([
      '1',
      'const a = 1;\nconsole.log("so far");\nnull!.b',
      'console.log("never")',
    ]);
    assert.equal(status, 'failed');
    assert.deepEqual([failure?.cell, failure?.cells], [2, 3]);
    assert.match(failure!.reason, /^TypeScriptError: 3:\d+ - /);
    assert.deepEqual(codeCells(notebook)[2].outputs, []);
  });

  it('shows progress to who waits and keeps only its text', async () => {
    const seen: RunEvent[] = [];
    const bundle = `{'text/plain': 'epoch 1', '${PROGRESS_MIME}': {label: 'training', done: 1, total: 4, unit: 'epoch', loss: 2.5}}`;
    const {notebook} = await run(
      [
        `const {show, update} = require(${display});\nconst id = show({'text/plain': 'begins'}); void 0;`,
        `update(id, ${bundle});`,
      ],
      {onEvent: (event) => event.type === 'progress' && seen.push(event)},
    );
    assert.deepEqual(seen, [
      {
        type: 'progress',
        cell: 2,
        cells: 2,
        progress: {label: 'training', done: 1, total: 4, unit: 'epoch', loss: 2.5},
      },
    ]);
    assert.deepEqual(codeCells(notebook)[0].outputs, [
      {output_type: 'display_data', data: {'text/plain': 'epoch 1'}, metadata: {}},
    ]);
  });

  it('stops a cell at its limit, even one that never ends its turn', async () => {
    const {status, failure, seconds} = await run(['console.log("begun");\nwhile (true) {}'], {timeout: 1});
    assert.equal(status, 'timeout');
    assert.equal(failure?.reason, 'The cell ran longer than its limit of 1 s');
    assert.deepEqual(failure?.outputs[0], {output_type: 'stream', name: 'stdout', text: 'begun\n'});
    assert.ok(seconds < 10, `${seconds} s`);
  });

  it('ends a kernel that heeds no signal', async () => {
    // After an await, an endless loop leaves Node no chance to look at a signal.
    const {status, failure} = await run(
      [`console.log(process.pid);\nawait new Promise((r) => setTimeout(r, 10));\nwhile (true) {}`],
      {timeout: 1},
    );
    assert.equal(status, 'timeout');
    assert.match(failure!.reason, /limit of 1 s, did not heed the stop signal, and was ended$/);
    assert.equal(await gone(pidIn(failure!.outputs)), true);
  });

  it('says so when a cell ends the kernel, and keeps what it had printed', async () => {
    const {status, failure} = await run(['console.log("last words");\nprocess.exit(7)', '1']);
    assert.equal(status, 'died');
    assert.match(
      failure!.reason,
      /^The kernel ended by itself with exit code 7, as after process\.exit\(7\)/,
    );
    assert.deepEqual(failure?.outputs[0], {output_type: 'stream', name: 'stdout', text: 'last words\n'});
    assert.equal(failure?.outputs[1].output_type === 'error' && failure.outputs[1].ename, 'KernelDied');
  });

  it('says so when the kernel crashes, with its last words', async () => {
    const {status, failure} = await run([
      'require("fs").writeSync(2, "native trouble\\n");\nprocess.abort()',
    ]);
    assert.equal(status, 'died');
    assert.match(
      failure!.reason,
      process.platform === 'win32' ? /ended by itself/ : /^The kernel crashed \(SIGABRT\)/,
    );
    assert.match(failure!.reason, /native trouble/);
  });

  it('says so when memory runs out', async () => {
    const hoard =
      'const hoard: number[][] = [];\nwhile (true) hoard.push(new Array(100_000).fill(hoard.length + 0.5));';
    const {status, failure} = await run([hoard], {env: {NODE_OPTIONS: '--max-old-space-size=400'}});
    assert.equal(status, 'died');
    assert.match(failure!.reason, /^The kernel ran out of memory and ended/);
  });

  it('stops when told to: the cell is interrupted, later ones do not run, no process is left', async () => {
    const stop = new AbortController();
    const running = run(['console.log(process.pid);\nawait new Promise(() => {})', '1'], {
      signal: stop.signal,
      onEvent: (event) => event.type === 'cell' && setTimeout(() => stop.abort(), 300),
    });
    const {status, failure, notebook} = await running;
    assert.equal(status, 'interrupted');
    assert.equal(errorOf(codeCells(notebook)[0]).ename, 'Interrupted');
    assert.equal(codeCells(notebook)[1].execution_count, null);
    assert.equal(await gone(pidIn(failure!.outputs)), true);
  });

  it('leaves neither a process of the cells nor a connection file behind', async () => {
    const {status, notebook} = await run([
      "import {spawn} from 'child_process';\nconst child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'ignore'});\nconsole.log(child.pid);",
      'console.log(process.argv.at(-1))',
    ]);
    assert.equal(status, 'ok');
    const [spawned, file] = codeCells(notebook).map(({outputs}) => textOf(outputs).trim());
    assert.match(file, /course-kernel-.*\.json$/);
    assert.equal(fs.existsSync(file), false);
    if (process.platform !== 'win32') assert.equal(await gone(Number(spawned)), true);
  });

  it('says what is wrong when the kernel cannot be started', async () => {
    const spec = {argv: ['no-such-program-here', '{connection_file}'], folder};
    const {status, failure} = await run(['1'], {spec});
    assert.equal(status, 'died');
    assert.match(
      failure!.reason,
      /^The kernel could not be started\. It last wrote:\nno-such-program-here: .*ENOENT/,
    );
  });

  it('tries other ports when one is taken', async () => {
    const script = path.join(folder, 'port-taken-once.js');
    const mark = path.join(folder, 'was here');
    const kernel = path.resolve(__dirname, '..', '..', 'tools', 'kernel', 'kernel.js');
    fs.writeFileSync(
      script,
      `const fs = require('fs');
      if (!fs.existsSync(${JSON.stringify(mark)})) {
        fs.writeFileSync(${JSON.stringify(mark)}, '');
        const {shell_port} = JSON.parse(fs.readFileSync(process.argv[3]));
        require('net').createServer().listen(shell_port, '127.0.0.1', () => require(${JSON.stringify(kernel)}));
      } else require(${JSON.stringify(kernel)});`,
    );
    const spec = {argv: ['node', script, '--config-path', '{connection_file}'], folder};
    const {status, notebook} = await run(['1 + 1'], {spec});
    assert.equal(status, 'ok');
    assert.equal(fs.existsSync(mark), true);
    assert.equal(resultOf(codeCells(notebook)[0]), '2');
  });
});

function codeCells(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');
}

function errorOf({outputs}: CodeCell): Extract<CellOutput, {output_type: 'error'}> {
  return outputs.find((output) => output.output_type === 'error') as Extract<
    CellOutput,
    {output_type: 'error'}
  >;
}

function resultOf({outputs}: CodeCell): unknown {
  const output = outputs.find(({output_type}) => output_type === 'execute_result');
  return output?.output_type === 'execute_result' ? output.data['text/plain'] : undefined;
}

function textOf(outputs: NonNullable<RunResult['failure']>['outputs']): string {
  return outputs.map((output) => (output.output_type === 'stream' ? output.text : '')).join('');
}

function pidIn(outputs: NonNullable<RunResult['failure']>['outputs']): number {
  return Number(/^\d+/.exec(textOf(outputs))?.[0]);
}
