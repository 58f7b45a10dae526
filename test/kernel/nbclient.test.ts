import * as assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';
import {writeKernelSpec} from '../../tools/kernel/kernelspec';
import {formatNotebook, parseNotebook, type CodeCell} from '../../tools/notebook/notebook';
import {notebookOf} from '../notebook/notebooks';
import {temporaryFolder} from './page';

describe('nbclient, a front end that nobody here wrote', function () {
  this.timeout(60_000);
  const python = findPython();
  let folder: string;
  before(function () {
    if (!python) {
      console.log(
        '      skipped: no Python with nbclient (npm run lab sets one up; COURSE_PYTHON names another)',
      );
      this.skip();
    }
    folder = temporaryFolder();
    writeKernelSpec(folder);
  });
  after(() => folder && fs.rmSync(folder, {recursive: true}));

  it('runs a notebook, sees its results, and the result is a valid notebook', () => {
    const {status, cells, stderr} = execute([
      {source: 'const a = 20;\nconsole.log("printed");\na + 1'},
      {source: 'throw new TypeError("on purpose")', tags: ['raises-exception']},
      {source: 'for (let i = 0; i < 5000; i++) console.log(i);\na * 2'},
    ]);
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      cells.map(({outputs}) => [...new Set(outputs.map(({output_type}) => output_type))]), // it keeps streams in pieces
      [['stream', 'execute_result'], ['error'], ['stream', 'execute_result']],
    );
    const [, error, last] = cells;
    assert.equal(error.outputs[0].output_type === 'error' && error.outputs[0].ename, 'TypeError');
    const text = last.outputs.map((output) => (output.output_type === 'stream' ? output.text : '')).join('');
    assert.equal(text, Array.from({length: 5000}, (_, i) => `${i}\n`).join(''));
    assert.deepEqual(
      cells.map(({execution_count}) => execution_count),
      [1, 2, 3],
    );
  });

  it('stops at a failing cell and names its error', () => {
    const {status, stderr} = execute([{source: 'missing'}, {source: '1'}]);
    assert.equal(status, 1);
    assert.match(stderr, /TypeScriptError/);
    assert.match(stderr, /1:1 - Cannot find name 'missing'\./);
  });

  function execute(cells: {source: string; tags?: string[]}[]): {
    status: number | null;
    stderr: string;
    cells: CodeCell[];
  } {
    const file = path.join(folder, 'notebook.ipynb');
    fs.writeFileSync(file, formatNotebook(notebookOf(cells)));
    const env = {
      ...process.env,
      JUPYTER_PATH: folder,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
    };
    const {status, stderr} = spawnSync(python!, ['-c', RUN, file], {env, encoding: 'utf8', cwd: folder});
    const executed = parseNotebook(fs.readFileSync(file, 'utf8'), file).cells;
    return {status, stderr, cells: executed.filter((cell): cell is CodeCell => cell.cell_type === 'code')};
  }
});

const RUN = `
import sys, nbformat
from nbclient import NotebookClient
nb = nbformat.read(sys.argv[1], 4)
try:
    NotebookClient(nb, timeout=60, kernel_name="tslab").execute()
finally:
    nbformat.validate(nb)
    nbformat.write(nb, sys.argv[1])
`;

function findPython(): string | undefined {
  const own = path.join(
    projectRoot,
    '.venv',
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const candidates = [process.env.COURSE_PYTHON, own].filter((name) => name !== undefined) as string[];
  return candidates.find(
    (name) => spawnSync(name, ['-c', 'import nbclient, nbformat'], {stdio: 'ignore'}).status === 0,
  );
}
