import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {describeInstalled, installKernelSpec, uninstallKernelSpec} from '../../tools/kernel/install';
import {kernelJson, userDataFolder, writeKernelSpec} from '../../tools/kernel/kernelspec';
import {temporaryFolder} from './page';

describe('the kernelspec', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = path.join(folder, 'kernels', 'tslab', 'kernel.json');
  });
  afterEach(() => fs.rmSync(folder, {recursive: true}));

  it('starts the compiled kernel with node and a connection file', () => {
    const {argv, language, env} = kernelJson();
    assert.equal(argv[0], 'node');
    assert.ok(fs.existsSync(argv[1]), argv[1]);
    assert.deepEqual(argv.slice(2), ['--config-path', '{connection_file}']);
    assert.equal(language, 'typescript');
    assert.deepEqual(env, {TF_CPP_MIN_LOG_LEVEL: '2', NODE_NO_WARNINGS: '1'});
  });

  it('is installed under the name that notebooks use, and removed again', () => {
    installKernelSpec(folder);
    assert.deepEqual(JSON.parse(fs.readFileSync(file, 'utf8')), kernelJson());
    assert.equal(describeInstalled(folder), file);
    uninstallKernelSpec(folder);
    assert.equal(fs.existsSync(path.dirname(file)), false);
    assert.match(uninstallKernelSpec(folder), /^Nothing to remove/);
  });

  it('keeps another kernelspec of the same name, leaves it alone, and puts it back', () => {
    const stock = '{"argv": ["tslab", "kernel", "--config-path={connection_file}"]}';
    fs.mkdirSync(path.dirname(file), {recursive: true});
    fs.writeFileSync(file, stock);
    assert.match(uninstallKernelSpec(folder), /^Left alone/);
    assert.match(installKernelSpec(folder), /is kept beside it/);
    installKernelSpec(folder); // a second time, which must not lose what was kept
    uninstallKernelSpec(folder);
    assert.equal(fs.readFileSync(file, 'utf8'), stock);
  });

  it('tells when it belongs to another copy of the course', () => {
    writeKernelSpec(folder, '/elsewhere/dist/tools/kernel/kernel.js');
    assert.match(describeInstalled(folder), /starts another copy of the course, \/elsewhere/);
  });

  it('goes where Jupyter looks on each platform', () => {
    assert.equal(userDataFolder({JUPYTER_DATA_DIR: '/my jupyter'}, 'linux'), '/my jupyter');
    assert.equal(userDataFolder({XDG_DATA_HOME: '/data'}, 'linux'), path.join('/data', 'jupyter'));
    assert.match(userDataFolder({}, 'linux'), /[\\/]\.local[\\/]share[\\/]jupyter$/);
    assert.match(userDataFolder({}, 'darwin'), /[\\/]Library[\\/]Jupyter$/);
    assert.equal(userDataFolder({APPDATA: 'C:\\Roaming'}, 'win32'), path.join('C:\\Roaming', 'jupyter'));
  });
});
