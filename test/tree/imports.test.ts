import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';

/** The rooms of lib in the order in which they may be used: each imports from itself and from before. */
const ORDER = [
  ['root', 'check', 'display', 'engine', 'random/global', 'random/philox', 'tf', 'random'],
  ['compile'],
  ['data'],
  ['layers'],
  ['losses'],
  ['models'],
  ['train'],
  ['metrics'],
  ['detection'],
  ['plot'],
  ['lesson'],
  ['index'],
];

describe('imports in lib', () => {
  for (const file of sources(path.join(projectRoot, 'lib'))) {
    const name = path.relative(path.join(projectRoot, 'lib'), file).split(path.sep).join('/');
    it(`run one way: ${name}`, () => {
      for (const target of importsOf(file)) {
        const inLib = path.relative(path.join(projectRoot, 'lib'), target).split(path.sep).join('/');
        assert.ok(!inLib.startsWith('..'), `${name} imports ${inLib}, which is outside lib`);
        assert.ok(level(inLib) <= level(name), `${name} imports ${inLib}, which comes after it`);
      }
    });
  }

  it('are read: a file that imports from a later room is found', () => {
    assert.ok(level('plot/show') > level('models/pca'));
    assert.ok(importsOf(path.join(projectRoot, 'lib', 'index.ts')).length > 10);
  });
});

function level(file: string): number {
  const found = ORDER.findIndex((rooms) =>
    rooms.some((room) => file === room || file.startsWith(`${room}/`) || file === `${room}.ts`),
  );
  assert.ok(found >= 0, `lib/${file} is in no room that the order knows`);
  return found;
}

function importsOf(file: string): string[] {
  const text = fs.readFileSync(file, 'utf8');
  const found = [...text.matchAll(/(?:from|require\(|import\()\s*'(\.[^']*)'/g)].map((match) => match[1]);
  return found.map((target) => path.resolve(path.dirname(file), target));
}

function sources(folder: string): string[] {
  return fs.readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? sources(full) : entry.name.endsWith('.ts') ? [full] : [];
  });
}
