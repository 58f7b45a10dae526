import * as assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {nativeThreads} from '../../lib/engine/native';
import {
  nativeLibrary,
  readSeen,
  tfjsNodeFolder,
  writeSeen,
  platformName,
  stampFiles,
} from '../../lib/engine/seen';
import {explainLoadError, tryLibrary} from '../../lib/engine/trial';
import {projectRoot} from '../../lib/root';
import {chooseIn, newFolder, projectWithoutLibrary, removeFolders, write} from './fixtures';

const BINDING = 'lib/napi-v8/tfjs_binding.node';

describe('chooseEngine()', () => {
  afterEach(removeFolders);

  it('answers an unknown COURSE_ENGINE with the known ones', () => {
    const {stderr} = chooseIn(projectRoot, {COURSE_ENGINE: 'gpu'});
    assert.match(stderr, /RangeError: COURSE_ENGINE: expected one of auto, native, wasm, got "gpu"/);
  });

  it('takes WebAssembly where no library is, and says how to try again', () => {
    const {engine} = chooseIn(projectWithoutLibrary().root, {COURSE_ENGINE: ''});
    assert.equal(engine?.name, 'wasm');
    assert.equal(engine?.threads, 1);
    assert.match(String(engine?.note), /no native library has been installed.*npm run doctor -- --repair/);
  });

  it('survives a library that is not one, and says that it was built for another system', () => {
    const {root, packageFolder} = projectWithoutLibrary();
    write(packageFolder, {[BINDING]: 'This is no library. '.repeat(99)});
    const {engine} = chooseIn(root, {COURSE_ENGINE: 'auto'});
    assert.equal(engine?.name, 'wasm');
    assert.match(String(engine?.note), /another system, or is damaged.*delete that folder/);
    assert.equal(readSeen(packageFolder), undefined); // nothing was seen to load
  });

  it('survives libraries that are cut short', function () {
    const good = nativeFolder(this);
    const {root, packageFolder} = projectWithoutLibrary();
    cutCopy(good, packageFolder);
    const {engine} = chooseIn(root, {COURSE_ENGINE: 'auto'});
    assert.equal(engine?.name, 'wasm');
    assert.match(String(engine?.note), /damaged|cut short|crashed/);
  });

  it('refuses under COURSE_ENGINE=native, with the reason and what to do', () => {
    const {stderr} = chooseIn(projectWithoutLibrary().root, {COURSE_ENGINE: 'native'});
    assert.match(stderr, /COURSE_ENGINE=native: .*no native library.*npm run doctor -- --repair.*unset/);
  });

  it('gives the reason that the set-up has recorded, without trying again', () => {
    const {root, packageFolder} = projectWithoutLibrary();
    writeSeen(packageFolder, {
      engine: 'wasm',
      platform: platformName(),
      files: {},
      reason: 'the moon was full',
    });
    assert.match(String(chooseIn(root, {COURSE_ENGINE: 'auto'}).engine?.note), /the moon was full/);
  });

  it('loads the native library without a word on stderr', function () {
    nativeFolder(this);
    const {engine, stderr} = chooseIn(projectRoot, {COURSE_ENGINE: 'native'});
    assert.equal(engine?.name, 'native');
    assert.match(String(engine?.description), /^TensorFlow [\d.]+ through tfjs-node 4\.22\.0, \d+ threads?$/);
    assert.equal(stderr, '');
  });

  it('gives danfojs tfjs in the place of tfjs-node on WebAssembly', () => {
    const script = `
      const tf = require('./dist/lib/tf.js');
      tf.ready().then(() => {
        const {DataFrame} = require('danfojs-node');
        const table = new DataFrame([[1, 2], [3, 4]], {columns: ['a', 'b']});
        console.log(tf.getBackend(), Array.from(table.tensor.sum(0).dataSync()).join());
      });`;
    const env = {...process.env, COURSE_ENGINE: 'wasm'};
    const child = spawnSync(process.execPath, ['-e', script], {cwd: projectRoot, env, encoding: 'utf8'});
    assert.equal(child.stdout.trim(), `wasm ${1 + 3},${2 + 4}`, child.stderr);
  });
});

describe('nativeLibrary(folder)', () => {
  afterEach(removeFolders);

  it('believes what was seen for as long as the files are the same', () => {
    const folder = newFolder();
    write(folder, {[BINDING]: 'no library', 'deps/lib/libtensorflow.so.2': 'none either'});
    const files = stampFiles(folder)!;
    assert.deepEqual(Object.keys(files), [BINDING, 'deps/lib/libtensorflow.so.2']);
    writeSeen(folder, {engine: 'native', platform: platformName(), files, tensorflow: '2.0.0'});
    assert.deepEqual(nativeLibrary(folder), {ok: true, tensorflow: '2.0.0'});
    fs.appendFileSync(path.join(folder, 'deps/lib/libtensorflow.so.2'), '.');
    assert.equal(nativeLibrary(folder).ok, false);
  });

  it('does not believe a record from another system', () => {
    const folder = newFolder();
    write(folder, {[BINDING]: 'no library'});
    writeSeen(folder, {
      engine: 'native',
      platform: 'plan9-x64',
      files: stampFiles(folder)!,
      tensorflow: '2.0.0',
    });
    assert.equal(nativeLibrary(folder).ok, false);
  });

  it('writes down what it has seen to load', function () {
    const folder = newFolder();
    const good = nativeFolder(this);
    fs.cpSync(path.join(good, 'lib'), path.join(folder, 'lib'), {recursive: true});
    fs.symlinkSync(fs.realpathSync(path.join(good, 'deps')), path.join(folder, 'deps'), 'junction');
    const library = nativeLibrary(folder);
    assert.ok(library.ok);
    assert.equal(readSeen(folder)?.tensorflow, library.tensorflow);
  });
});

describe('a trial', () => {
  afterEach(removeFolders);

  it('reports an empty binding as damaged', () => {
    const folder = newFolder();
    write(folder, {[BINDING]: ''});
    const result = tryLibrary(folder);
    assert.match(result.ok ? 'it loads' : result.reason, /damaged|cut short/);
  });

  const errors: [string, NodeJS.Platform, RegExp][] = [
    ['Error: /a/b.node: invalid ELF header', 'linux', /another system.*node_modules was copied/],
    ['Error: dlopen(b.node): not a mach-o file', 'darwin', /another system/],
    ['Error: \\\\?\\C:\\b.node is not a valid Win32 application.', 'win32', /another system/],
    ['Error: /a/lib.so.2: file too short', 'linux', /damaged or cut short/],
    ["Error: /lib/libm.so.6: version `GLIBC_2.29' not found", 'linux', /too old for it, or is musl/],
    ['Error: ld-linux-x86-64.so.2: cannot open shared object file', 'linux', /musl \(Alpine\)/],
    [
      'Error: libtensorflow.so.2: cannot open shared object file',
      'linux',
      /library that it needs is missing/,
    ],
    ['Error: The specified module could not be found.', 'win32', /Visual C\+\+ Redistributable/],
    ['COURSE-ENGINE-ERROR: it computes wrongly: expected 7, got 8', 'linux', /^it computes wrongly/],
  ];
  for (const [said, platform, meaning] of errors) {
    it(`explains "${said.slice(0, 60)}"`, () => {
      assert.match(
        explainLoadError(`node:internal\n  throw err\n\n${said}\n    at load\n`, platform),
        meaning,
      );
    });
  }
});

describe('nativeThreads(env)', () => {
  it('is what TF_NUM_INTRAOP_THREADS says, and every processor otherwise', () => {
    assert.equal(nativeThreads({TF_NUM_INTRAOP_THREADS: '3'}), 3);
    assert.equal(nativeThreads({}), os.availableParallelism());
    assert.equal(nativeThreads({TF_NUM_INTRAOP_THREADS: 'many'}), nativeThreads({}));
  });
});

/** Where the native library runs; the test is skipped where none is. */
function nativeFolder(test: Mocha.Context): string {
  if (process.env.COURSE_ENGINE === 'wasm' || !nativeLibrary().ok) test.skip();
  return tfjsNodeFolder();
}

/** The binding whole, and of each library the first 16 MB. */
function cutCopy(good: string, folder: string): void {
  fs.cpSync(path.join(good, 'lib'), path.join(folder, 'lib'), {recursive: true});
  fs.mkdirSync(path.join(folder, 'deps', 'lib'), {recursive: true});
  for (const name of fs.readdirSync(path.join(good, 'deps', 'lib'))) {
    const head = Buffer.alloc(16 << 20);
    const file = fs.openSync(path.join(good, 'deps', 'lib', name), 'r');
    fs.readSync(file, head);
    fs.closeSync(file);
    fs.writeFileSync(path.join(folder, 'deps', 'lib', name), head);
  }
}
