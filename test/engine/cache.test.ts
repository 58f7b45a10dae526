import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as cache from '../../tools/engine/cache';
import {newFolder, removeFolders, write} from './fixtures';

describe('the cache of native libraries', () => {
  afterEach(removeFolders);

  it('names an entry by platform, architecture, tfjs-node and TensorFlow', () => {
    const root = newFolder();
    const entry = keepSmall(root);
    assert.equal(path.basename(entry), 'linux-x64-tfjs-node-4.22.0-tensorflow-2.21.0');
    assert.deepEqual(fs.readdirSync(root), [path.basename(entry)]); // the unfinished folder became it
    assert.equal(cache.whatIsWrong(entry), undefined);
  });

  it('tells the entries of this system, the newest TensorFlow first', () => {
    const root = newFolder();
    for (const tensorflow of ['2.9.1', '2.21.0', '2.7.0']) keepSmall(root, {...KEY, tensorflow});
    keepSmall(root, {...KEY, arch: 'arm64'});
    const names = cache.entriesFor(root, KEY).map((entry) => path.basename(entry).split('-').pop());
    assert.deepEqual(names, ['2.21.0', '2.9.1', '2.7.0']);
  });

  const faults: [string, (entry: string) => void, RegExp][] = [
    [
      'cut',
      (e) => fs.truncateSync(path.join(e, LIBRARY), 3),
      /libtensorflow\.so\.2: expected 7 bytes, got 3/,
    ],
    [
      'altered',
      (e) => fs.writeFileSync(path.join(e, LIBRARY), 'LIBRARY'),
      /so\.2: expected SHA-256 [0-9a-f]{64}, got/,
    ],
    ['gone', (e) => fs.rmSync(path.join(e, BINDING)), /tfjs_binding\.node: expected 7 bytes, got no file/],
    [
      'without its list',
      (e) => fs.writeFileSync(path.join(e, 'manifest.json'), '{"fi'),
      /manifest\.json: expected/,
    ],
  ];
  for (const [fault, damage, message] of faults) {
    it(`says which file, what was expected and what came when one is ${fault}`, () => {
      const entry = keepSmall(newFolder());
      damage(entry);
      assert.match(cache.whatIsWrong(entry) ?? 'nothing', message);
    });
  }

  it('replaces a damaged entry and keeps a whole one', () => {
    const root = newFolder();
    const entry = keepSmall(root);
    write(entry, {mark: 'the first'});
    keepSmall(root);
    assert.ok(fs.existsSync(path.join(entry, 'mark')), 'a whole entry was replaced');
    fs.truncateSync(path.join(entry, LIBRARY), 3);
    keepSmall(root);
    assert.ok(!fs.existsSync(path.join(entry, 'mark')));
    assert.equal(cache.whatIsWrong(entry), undefined);
  });

  it('removes unfinished folders of processes that are gone, and leaves those of living ones', () => {
    const root = newFolder();
    const dead = path.join(root, `.partial-${os.hostname()}-${2 ** 22 + 1}-abc`);
    const elsewhere = path.join(root, `.partial-other-host-${2 ** 22 + 1}-abc`);
    fs.mkdirSync(dead);
    fs.mkdirSync(elsewhere);
    const living = cache.newPartial(root);
    cache.sweepPartials(root);
    assert.deepEqual(
      [dead, elsewhere, living].map((folder) => fs.existsSync(folder)),
      [false, true, true],
    );
    fs.utimesSync(elsewhere, 0, 0); // older than a day
    cache.sweepPartials(root);
    assert.ok(!fs.existsSync(elsewhere));
  });

  it('links an entry into the package, over what was there, and never touches the entry', () => {
    const root = newFolder();
    const entry = keepSmall(root);
    const folder = newFolder();
    write(folder, {'deps/lib/old': 'old', 'lib/napi-v8/old': 'old'});
    cache.linkInto(folder, entry);
    cache.linkInto(folder, entry); // again, over the link
    assert.equal(fs.readFileSync(path.join(folder, LIBRARY), 'utf8'), 'library');
    assert.deepEqual(fs.readdirSync(path.join(folder, 'lib')), ['napi-v8']);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'lib', 'napi-v8')), ['tfjs_binding.node']);
    assert.equal(cache.linkedEntry(folder, root), fs.realpathSync(entry));
    cache.removeFolder(path.join(folder, 'deps'));
    assert.equal(cache.whatIsWrong(entry), undefined);
  });

  it('lies where each system keeps such things, and where COURSE_CACHE says', () => {
    const home = path.join(path.sep, 'home', 'ada');
    const below = (...parts: string[]) => path.join(home, ...parts, 'autoencoder-course');
    assert.equal(cache.cacheRoot({}, 'linux', home), below('.cache'));
    assert.equal(cache.cacheRoot({XDG_CACHE_HOME: home}, 'linux', home), below());
    assert.equal(cache.cacheRoot({}, 'darwin', home), below('Library', 'Caches'));
    assert.equal(cache.cacheRoot({LOCALAPPDATA: home}, 'win32', home), below());
    assert.equal(cache.cacheRoot({COURSE_CACHE: home}, 'linux', home), home);
  });
});

const KEY = {platform: 'linux', arch: 'x64', tfjsNode: '4.22.0', tensorflow: '2.21.0'};
const LIBRARY = 'deps/lib/libtensorflow.so.2';
const BINDING = 'lib/napi-v8/tfjs_binding.node';

function keepSmall(root: string, key = KEY): string {
  const partial = cache.newPartial(root);
  write(partial, {[LIBRARY]: 'library', [BINDING]: 'binding'});
  return cache.keep(root, partial, key);
}
