import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import {Project, lockWith, pause} from './project';

describe('tools/bootstrap.mjs', () => {
  let project: Project;
  beforeEach(() => (project = new Project()));
  afterEach(() => project.dispose());

  it('installs, builds and finds the engine, and then has nothing to do or to say', async () => {
    const first = await project.setUp();
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, '');
    assert.match(first.stderr, /step 1 of 3.*minute.*done in [\d.]+ s\n.*step 2 of 3.*\n.*step 3 of 3/);
    assert.deepEqual(project.calls(), ['npm', 'tsc', 'engine']);
    assert.deepEqual(await project.setUp(), {code: 0, stdout: '', stderr: ''});
    assert.deepEqual(project.calls(), []);
  });

  for (const step of ['npm', 'tsc', 'engine']) {
    it(`completes the work after it was killed while ${step} ran`, async () => {
      const {child, ended, stepPid} = await project.startUntil(step);
      child.kill('SIGKILL');
      process.kill(stepPid, 'SIGKILL');
      await ended;
      project.remove(`slow-${step}`);
      project.calls();
      const {code, stderr} = await project.setUp();
      assert.equal(code, 0, stderr);
      const steps = ['npm', 'tsc', 'engine'];
      assert.deepEqual(project.calls(), steps.slice(steps.indexOf(step)));
      assert.ok(project.has('dist/lib/one.js') && project.has('node_modules/.package-lock.json'));
    });
  }

  it('waits for a step that outlived its killed command', async () => {
    const {child, ended} = await project.startUntil('npm');
    child.kill('SIGKILL');
    await ended;
    const second = project.start();
    await pause(400);
    assert.deepEqual(project.calls(), ['npm']); // the second command has not started another one
    project.remove('slow-npm');
    assert.equal((await second.ended).code, 0);
    assert.deepEqual(project.calls(), ['tsc', 'engine']); // what the first npm installed is taken as it is
  });

  it('stops at an interrupt with a sentence, gives up the lock, and completes the next time', async function () {
    if (process.platform === 'win32') this.skip(); // no signals there
    const {child, ended} = await project.startUntil('tsc');
    child.kill('SIGINT');
    const {code, stderr} = await ended;
    assert.equal(code, 130);
    assert.match(stderr, /interrupted; the next command completes it/);
    assert.ok(!project.has('.course/lock'));
    project.remove('slow-tsc');
    project.calls();
    assert.equal((await project.setUp()).code, 0);
    assert.deepEqual(project.calls(), ['tsc', 'engine']);
  });

  it('lets one of two commands work and the other wait', async () => {
    const first = await project.startUntil('npm');
    const second = project.start();
    await pause(300);
    project.remove('slow-npm');
    const [a, b] = await Promise.all([first.ended, second.ended]);
    assert.deepEqual([a.code, b.code], [0, 0]);
    assert.match(b.stderr, new RegExp(`process ${first.child.pid}\\) is setting up; waiting`));
    assert.deepEqual(project.calls(), ['npm', 'tsc', 'engine']);
  });

  const locks: [string, () => string][] = [
    ['a process that is gone', () => JSON.stringify({pid: 2 ** 22 + 1, child: 0, booted: bootTime()})],
    [
      'a time before the last restart',
      () => JSON.stringify({pid: process.pid, child: 0, booted: bootTime() - 999}),
    ],
    ['a process that was killed while writing it', () => ''],
  ];
  for (const [whose, text] of locks) {
    it(`takes over a lock of ${whose}`, async () => {
      project.write('.course/lock', text());
      const long = new Date(Date.now() - 5000);
      fs.utimesSync(project.path('.course/lock'), long, long);
      assert.equal((await project.setUp()).code, 0);
      assert.ok(!project.has('.course/lock'));
    });
  }

  it('takes an npm ci and a touched lock file for what they are', async () => {
    installedByHand('1.0.0');
    await project.setUp();
    assert.deepEqual(project.calls(), ['tsc', 'engine']);
    fs.utimesSync(project.path('package.json'), new Date(), new Date());
    await project.setUp();
    assert.deepEqual(project.calls(), []);
  });

  it('installs again when the lock file names another version, and then looks for the engine again', async () => {
    await project.setUp();
    project.calls();
    project.write('package-lock.json', JSON.stringify(lockWith('2.0.0')));
    await project.setUp();
    assert.deepEqual(project.calls(), ['npm', 'tsc', 'engine']);
    assert.ok(!project.has('.course/node_modules.old'));
  });

  it('builds again when a source is edited, added or removed, or an output is gone', async () => {
    await project.setUp();
    const changes: [string, () => void][] = [
      ['edited', () => project.write('lib/one.ts', '1 + 1;')],
      ['added', () => project.write('test/two.test.ts', '2;')],
      ['removed', () => project.remove('test/two.test.ts')],
      ['output gone', () => project.remove('dist/lib/one.js')],
    ];
    for (const [name, change] of changes) {
      project.calls();
      change();
      assert.equal((await project.setUp()).code, 0);
      assert.deepEqual(project.calls(), ['tsc'], name);
    }
    assert.ok(!project.has('dist/test'), 'the output of a removed test is still there');
    assert.ok(project.has('dist/lib/one.js'));
  });

  it('shows what does not compile, and shows it again the next time', async () => {
    project.write('lib/one.ts', 'WRONG');
    for (let i = 0; i < 2; i++) {
      const {code, stderr} = await project.setUp();
      assert.equal(code, 1);
      assert.match(stderr, /the sources do not compile:\n.*one\.ts\(1,1\): error TS1000/);
    }
  });

  const failures: [string, RegExp][] = [
    ['npm error code ENOTFOUND', /registry cannot be reached.*mirror.*nothing has been changed/],
    ['npm error nospc ENOSPC: no space left on device, write', /disk is full; free 2 GB/],
    ['npm error code EUSAGE', /do not agree; run "npm install"/],
    ['npm error code EINTEGRITY', /npm cache verify/],
    [
      'npm warn old\nnpm error something new',
      /npm ci failed\. The end of .*npm\.log:\nnpm error something new/,
    ],
  ];
  for (const [said, sentence] of failures) {
    it(`answers "${said.split('\n').pop()}" with a sentence and keeps the packages it had`, async () => {
      installedByHand('1.0.0');
      project.write('npm-fails', said);
      project.write('package-lock.json', JSON.stringify(lockWith('2.0.0')));
      const {code, stderr} = await project.setUp();
      assert.equal(code, 1);
      assert.match(stderr, sentence);
      assert.doesNotMatch(stderr, /npm warn/);
      assert.ok(project.has('node_modules/typescript/bin/tsc'), 'the old packages are gone');
    });
  }

  it('installs after all when what npm lacked is there', async () => {
    installedByHand('1.0.0');
    project.write('package-lock.json', JSON.stringify(lockWith('2.0.0')));
    project.write('npm-fails', 'npm error code ENOTFOUND');
    await project.setUp();
    project.remove('npm-fails');
    assert.equal((await project.setUp()).code, 0);
    assert.deepEqual(project.calls(), ['npm', 'npm', 'tsc', 'engine']);
  });

  it('leaves nothing half-installed when the first installation fails', async () => {
    project.write('npm-fails', 'npm error code ECONNREFUSED');
    assert.equal((await project.setUp()).code, 1);
    assert.ok(!project.has('node_modules'));
  });

  it('names both versions when Node is too old, before anything else', async () => {
    project.write('package.json', JSON.stringify({engines: {node: '>=99.1.0'}}));
    const {code, stderr} = await project.setUp();
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(`Node.js 99.1.0 or later is needed, and this is ${process.versions.node}`),
    );
    assert.deepEqual(project.calls(), []);
  });

  it('looks for no engine when WebAssembly is asked for', async () => {
    await project.setUp({COURSE_ENGINE: 'wasm'});
    assert.deepEqual(project.calls(), ['npm', 'tsc']);
  });

  it('looks for the engine again when its files are not those that were seen', async () => {
    await project.setUp();
    project.calls();
    project.write('node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node', 'put there by hand');
    await project.setUp();
    assert.deepEqual(project.calls(), ['engine']);
  });

  function installedByHand(version: string): void {
    project.write('node_modules/typescript/bin/tsc', fs.readFileSync(project.path('fake-tsc.js'), 'utf8'));
    project.write('node_modules/@tensorflow/tfjs-node/package.json', '{}');
    project.write('node_modules/.package-lock.json', JSON.stringify(lockWith(version)));
  }
});

function bootTime(): number {
  return Math.round(Date.now() / 1000 - os.uptime());
}
