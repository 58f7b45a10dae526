import * as assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';
import * as checks from '../../tools/engine/checks';
import {doctor, table} from '../../tools/engine/doctor';
import {newFolder, removeFolders, write} from './fixtures';

describe('doctor', () => {
  afterEach(removeFolders);

  it('ends with 1 and names what is missing when the engine cannot be had', () => {
    const {status, stdout} = run({COURSE_ENGINE: 'gpu'});
    assert.equal(status, 1);
    assert.match(
      stdout,
      /lacks {2}Engine .*expected one of auto, native, wasm, got "gpu"\n +→ npm run doctor -- --repair/,
    );
    assert.match(stdout, /Missing: .*Engine/);
  });

  it('tells of Node, engine, threads, memory, disk, cache, add-ons, kernel, Python and JupyterLab', () => {
    const {stdout, stderr} = run({COURSE_ENGINE: 'wasm'});
    const names = [...stdout.matchAll(/^(?:ok|note|lacks) +(\S+)/gm)].map((match) => match[1]);
    const expected = 'Node.js Engine Threads Memory Disk Cache Add-ons Kernel Kernelspec Python JupyterLab';
    assert.equal(names.join(' '), expected);
    assert.match(stdout, /note +Engine +WebAssembly.*\n +→ COURSE_ENGINE=wasm asks for it/);
    assert.equal(stderr, '');
  });

  it('answers an unknown option with the known ones', async () => {
    let said = '';
    assert.equal(await doctor(['--fix'], (text) => (said += text)), 1);
    assert.match(said, /unknown option --fix; known are --repair, --help/);
  });

  it('sets advice below the finding that it is for', () => {
    const text = table([
      {name: 'A', state: 'ok', found: 'here'},
      {name: 'Long', state: 'lacks', found: 'gone', advice: 'fetch it'},
    ]);
    assert.equal(text, 'ok     A     here\nlacks  Long  gone\n             → fetch it');
  });

  it('finds memory wanting below 1 GB, and worth a note below 2 GB free', () => {
    const states = [checks.memory(0.9e9, 0.9e9), checks.memory(8e9, 1e9), checks.memory(8e9, 4e9)];
    assert.deepEqual(
      states.map(([{state}]) => state),
      ['lacks', 'note', 'ok'],
    );
  });

  it('finds a kernel that was not built', () => {
    assert.equal(checks.kernel(path.join(newFolder(), 'kernel.js'))[0].state, 'lacks');
    assert.equal(checks.kernel(__filename)[0].state, 'ok');
  });

  it('finds a kernelspec, and one whose files are gone', () => {
    const folder = newFolder();
    const spec = (file: string) =>
      write(folder, {'kernels/tslab/kernel.json': JSON.stringify({argv: ['node', file]})});
    assert.match(checks.kernelspec([folder])[0].found, /not installed/);
    spec(__filename);
    assert.equal(checks.kernelspec([folder])[0].state, 'ok');
    spec('{resource_dir}/gone.js');
    assert.match(checks.kernelspec([folder])[0].found, /gone\.js, which is gone/);
    write(folder, {'kernels/tslab/kernel.json': '{'});
    assert.match(checks.kernelspec([folder])[0].found, /cannot be read/);
  });
});

function run(env: NodeJS.ProcessEnv): {status: number | null; stdout: string; stderr: string} {
  const file = path.join(projectRoot, 'dist', 'tools', 'engine', 'doctor.js');
  return spawnSync(process.execPath, [file], {env: {...process.env, ...env}, encoding: 'utf8'});
}
