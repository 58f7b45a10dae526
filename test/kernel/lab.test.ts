import * as assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';

const tool = (name: string): string => path.resolve(__dirname, '..', '..', 'tools', 'kernel', name);

describe('npm run lab', () => {
  it('names the other ways where there is no Python', function () {
    if (fs.existsSync(path.join(projectRoot, '.venv'))) this.skip(); // it would not look for Python
    const env = {...process.env, PATH: projectRoot, COURSE_PYTHON: 'no-such-python'};
    const {status, stderr} = spawnSync(process.execPath, [tool('lab.js'), '--version'], {
      env,
      encoding: 'utf8',
    });
    assert.equal(status, 1);
    assert.match(stderr, /^JupyterLab needs Python 3\.9 or later, and none was found\.$/m);
    assert.match(stderr, /npm start +runs them/);
    assert.match(stderr, /npm run kernel -- install/);
  });
});

describe('npm run kernel', () => {
  it('answers an unknown command with the known ones', () => {
    const {status, stderr} = spawnSync(process.execPath, [tool('spec.js'), 'instal'], {encoding: 'utf8'});
    assert.equal(status, 1);
    assert.match(stderr, /^kernel: expected one of install, uninstall, path, got instal$/m);
  });

  it('says where the kernel is', () => {
    const {status, stdout} = spawnSync(process.execPath, [tool('spec.js'), 'path'], {encoding: 'utf8'});
    assert.equal(status, 0);
    assert.ok(stdout.includes(tool('kernel.js')));
  });
});
