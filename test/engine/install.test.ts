import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type {AddressInfo} from 'node:net';
import * as path from 'node:path';
import {nativeLibrary, readSeen, tfjsNodeFolder} from '../../lib/engine/seen';
import {projectRoot} from '../../lib/root';
import * as cache from '../../tools/engine/cache';
import {findCompiler} from '../../tools/engine/compile';
import {explainDownload, silenceWatch} from '../../tools/engine/download';
import {installEngine} from '../../tools/engine/install';
import {explain, needSpace, runQuietly} from '../../tools/engine/steps';
import {explainPip, wheelFor} from '../../tools/engine/wheel';
import {emptyPackage, newFolder, removeFolders, write} from './fixtures';

describe('installEngine', () => {
  const kept = {...process.env};
  afterEach(() => {
    process.env = {...kept};
    removeFolders();
  });

  it('falls back to WebAssembly, says what each way lacked, and leaves nothing half-installed', async () => {
    // Nothing listens on port 9, and there is no such compiler: neither way goes further.
    Object.assign(process.env, {TFJS_NODE_CDN_STORAGE: 'http://127.0.0.1:9/', CXX: 'no-such-compiler'});
    const [packageFolder, root] = [emptyPackage(), newFolder()];
    const before = fs.readdirSync(packageFolder);
    let said = '';
    const seen = await installEngine((text) => (said += text), packageFolder, root);
    assert.equal(seen.engine, 'wasm');
    assert.match(
      seen.reason!,
      /own download: http:\/\/127.0.0.1:9 cannot be reached.*wheel: no C\+\+ compiler/,
    );
    assert.match(said, /npm run doctor -- --repair/);
    assert.deepEqual(readSeen(packageFolder), seen);
    assert.deepEqual(fs.readdirSync(packageFolder), [...before, 'course-engine.json'].sort());
    assert.deepEqual(fs.readdirSync(root), []);
    const unfinished = fs
      .readdirSync(path.join(projectRoot, '.course'))
      .filter((name) => name.startsWith('.partial'));
    assert.deepEqual(unfinished, []);
  });

  it('is not taken in by a host that sends something else', async () => {
    const server = http
      .createServer((_, answer) => answer.writeHead(403).end('<html>Forbidden</html>'))
      .listen(0);
    const {port} = server.address() as AddressInfo;
    Object.assign(process.env, {TFJS_NODE_CDN_STORAGE: `http://127.0.0.1:${port}/`, CXX: 'no-such-compiler'});
    try {
      const seen = await installEngine(() => undefined, emptyPackage(), newFolder());
      assert.match(seen.reason!, /own download: http:\/\/127.0.0.1:\d+ refused, or sent something other/);
    } finally {
      server.close();
    }
  });

  it('removes a damaged entry of the cache, and links a whole one', async function () {
    const good = tfjsNodeFolder();
    if (process.env.COURSE_ENGINE === 'wasm' || !nativeLibrary().ok) this.skip();
    const [packageFolder, root] = [emptyPackage(), newFolder()];
    const key = {platform: process.platform, arch: process.arch, tfjsNode: '4.22.0'};
    const damaged = cache.newPartial(root);
    write(damaged, {'lib/napi-v8/tfjs_binding.node': 'x', 'deps/lib/y': 'y'});
    fs.truncateSync(path.join(cache.keep(root, damaged, {...key, tensorflow: '9.9.9'}), 'deps/lib/y'));
    const whole = cache.newPartial(root);
    fs.cpSync(path.join(good, 'lib'), path.join(whole, 'lib'), {recursive: true});
    fs.symlinkSync(fs.realpathSync(path.join(good, 'deps')), path.join(whole, 'deps'), 'junction');
    const entry = cache.keep(root, whole, {...key, tensorflow: '2.0.0'});
    let said = '';
    const seen = await installEngine((text) => (said += text), packageFolder, root);
    assert.equal(seen.engine, 'native');
    assert.match(
      said,
      /9\.9\.9.*deps\/lib\/y: expected 1 bytes, got 0; it has been removed\n.*2\.0\.0.*done/,
    );
    assert.deepEqual(fs.readdirSync(root), [path.basename(entry)]);
  });
});

describe('the ways to the library', () => {
  afterEach(removeFolders);

  it('give a host up after ten seconds without a byte, and a compiler after three minutes', () => {
    let [bytes, now] = [0, 0];
    const watch = silenceWatch(
      () => bytes,
      () => now,
    );
    const after = (seconds: number, output = '') => ((now += seconds * 1000), watch(output));
    assert.equal(after(9), undefined);
    bytes = 1;
    assert.equal(after(9), undefined); // a byte came
    assert.equal(after(9), undefined);
    assert.match(after(1)!, /not a byte came for 10 seconds/);
    assert.equal(after(100, 'Building TensorFlow Node.js bindings'), undefined);
  });

  it('explain what the download and pip say', () => {
    assert.match(
      explainDownload('https://a.b/c\nError: getaddrinfo ENOTFOUND a.b'),
      /^https:\/\/a\.b cannot be reached/,
    );
    assert.match(explainDownload('Error: Unsupported system: cpu-linux-arm64'), /none for this system/);
    assert.match(explainPip('ERROR: No matching distribution found for x', 'x 1'), /index has no x 1/);
    assert.match(
      explainPip('NewConnectionError\nERROR: No matching distribution', 'x'),
      /could not reach.*PIP_INDEX_URL/,
    );
    assert.match(explainPip('ERROR: [Errno 28] No space left on device', 'x'), /disk is full/);
  });

  it('know the wheel of each system, and that Windows and Intel Macs have none', () => {
    assert.equal(wheelFor('linux', 'x64')?.name, 'tensorflow-cpu');
    assert.equal(wheelFor('darwin', 'arm64')?.platforms[0], 'macosx_12_0_arm64');
    assert.deepEqual([wheelFor('win32', 'x64'), wheelFor('darwin', 'x64')], [undefined, undefined]);
  });

  it('say what to do about a disk that is too full', () => {
    assert.throws(
      () => needSpace(newFolder(), 1e18),
      /needs 1000000000\.0 GB in .* GB left; free some, or set COURSE_CACHE/,
    );
    assert.match(explain(Object.assign(new Error('x'), {code: 'ENOSPC'})), /disk is full; free 2 GB/);
  });

  it('name the compilers that were tried', async () => {
    await assert.rejects(
      findCompiler({CXX: 'no-such-compiler -m64'}),
      /tried no-such-compiler -m64\); install one/,
    );
    assert.deepEqual(await findCompiler({CXX: `${process.execPath} --no-warnings`}), [
      process.execPath,
      '--no-warnings',
    ]);
  });

  it('stop a command and what it started', async () => {
    const sleeper = 'setInterval(() => {}, 1000)';
    const parent = `const c = require('child_process').spawn(process.execPath, ['-e', '${sleeper}']); console.log(c.pid); ${sleeper}`;
    const {stopped, output} = await runQuietly(process.execPath, ['-e', parent], {watch: () => 'enough'});
    assert.equal(stopped, 'enough');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(!isRunning(Number(output)), 'the grandchild is still running');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
