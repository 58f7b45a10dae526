import * as assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {findLesson} from '../../tools/notebook/lesson';
import {cleanNotebook, formatNotebook, parseNotebook} from '../../tools/notebook/notebook';
import {temporaryFolder, wait} from '../kernel/page';
import {notebookOf, type CellSketch} from './notebooks';
import {gone} from './processes';

const CLI = path.resolve(__dirname, '..', '..', 'tools', 'notebook', 'cli.js');

describe('npm start', () => {
  let folder: string;
  before(() => (folder = temporaryFolder()));
  after(() => fs.rmSync(folder, {recursive: true}));

  it('writes page, figures and numbers below --out and says where they are', async () => {
    const file = notebook('own lesson', [
      "import * as fs from 'fs';\nconst to = process.env.COURSE_OUT + '/own lesson';\nfs.writeFileSync(to + '/loss.svg', '<svg/>');\nfs.writeFileSync(to + '/results.json', '{}');",
      'process.env.COURSE_PROFILE',
    ]);
    const {code, stdout} = await start([file, '--out', 'my out', '--profile', 'quick']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^own lesson: done in \d+\.\d s$/m);
    assert.deepEqual(
      [...stdout.matchAll(/^ {2}(\w+) +(my out.*)$/gm)].map(([, kind, where]) => [
        kind,
        where.replaceAll('\\', '/'),
      ]),
      [
        ['page', 'my out/own lesson/index.html'],
        ['notebook', 'my out/own lesson/own lesson.ipynb'],
        ['results', 'my out/own lesson/results.json'],
        ['figures', 'my out/own lesson/loss.svg'],
      ],
    );
    const notebookFile = path.join(folder, 'my out', 'own lesson', 'own lesson.ipynb');
    const executed = parseNotebook(fs.readFileSync(notebookFile, 'utf8'), notebookFile);
    assert.match(JSON.stringify(executed.cells[1]), /'quick'/);
    assert.deepEqual(fs.readdirSync(path.dirname(notebookFile)).sort(), [
      'index.html',
      'loss.svg',
      'own lesson.ipynb',
      'results.json',
    ]);
  });

  it('runs on after a lesson that fails, reports its cell, sums up, and ends with 1', async () => {
    const failing = notebook('failing', ['1', 'console.log("printed");\nthrow new RangeError("too far");']);
    const fine = notebook('fine', ['2']);
    const {code, stdout} = await start([failing, fine]);
    assert.equal(code, 1);
    assert.match(stdout, /^failing: code cell 2 of 2 failed\.$/m);
    assert.match(stdout, /^2 │ throw new RangeError\("too far"\);$/m);
    assert.match(stdout, /^printed$/m);
    assert.match(stdout, /^RangeError: too far\n {4}at cell \[2\], line 2:7$/m);
    assert.match(stdout, /failed +failing .*\n +ok +fine .*\n1 passed, 1 failed\n$/);
    assert.ok(fs.existsSync(path.join(folder, 'out', 'failing', 'failing.ipynb')));
  });

  it('on Ctrl-C stops the cell, writes what there is, and ends with 130', async function () {
    if (process.platform === 'win32') this.skip();
    const file = notebook('long', [
      'console.log("kept")',
      'require("fs").writeFileSync("running", String(process.pid));\nawait new Promise(() => {})',
    ]);
    const child = spawn(process.execPath, [CLI, file], {cwd: folder, stdio: ['ignore', 'pipe', 'pipe']});
    const kernel = Number(await content(path.join(folder, 'running')));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 130);
    const page = fs.readFileSync(path.join(folder, 'out', 'long', 'long.ipynb'), 'utf8');
    assert.match(page, /"kept\\n"/);
    assert.match(page, /"ename": "Interrupted"/);
    assert.equal(await gone(kernel), true);
  });

  it('leaves no kernel behind when it is killed, not even one in an endless loop', async function () {
    if (process.platform === 'win32') this.skip();
    const file = notebook('endless', [
      'require("fs").writeFileSync("endless", String(process.pid));\nwhile (true) {}',
    ]);
    const child = spawn(process.execPath, [CLI, file], {cwd: folder, stdio: 'ignore'});
    const kernel = Number(await content(path.join(folder, 'endless')));
    child.kill('SIGKILL');
    assert.equal(await gone(kernel), true);
  });

  const refused: [name: string, args: string[], message: RegExp][] = [
    [
      'an unknown lesson',
      ['99-nothing'],
      /^lesson: expected one of .*, or the path of a notebook, got "99-nothing"$/m,
    ],
    [
      'a file that is not there',
      ['gone.ipynb'],
      /^lesson: expected a notebook's path, got gone\.ipynb, which does not exist$/m,
    ],
    [
      'an unknown profile',
      ['--profile', 'fast'],
      /^profile: expected one of quick, standard, full, got "fast"$/m,
    ],
    [
      'a limit that is no number',
      ['--timeout', 'soon'],
      /^timeout: expected seconds >= 0 \(0 for no limit\), got "soon"$/m,
    ],
    [
      'an unknown option',
      ['--speed'],
      /^Unknown option '--speed'.* Known options: --profile, --out, --timeout/m,
    ],
    ['nothing to clean', ['--clean'], /^--clean: expected the paths of notebook files, got none$/m],
  ];
  for (const [name, args, message] of refused) {
    it(`refuses ${name} in a sentence and ends with 1`, async () => {
      const {code, stderr} = await start(args);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });
  }

  it('refuses a damaged notebook before it runs any', async () => {
    const fine = notebook('fine', ['require("fs").writeFileSync("ran", "")']);
    fs.writeFileSync(path.join(folder, 'damaged.ipynb'), '{"cells": [');
    const {code, stderr} = await start([fine, 'damaged.ipynb']);
    assert.equal(code, 1);
    assert.match(stderr, /damaged\.ipynb: expected a notebook in JSON, got /);
    assert.equal(fs.existsSync(path.join(folder, 'ran')), false);
  });

  it('explains itself', async () => {
    const {code, stdout} = await start(['--help']);
    assert.equal(code, 0);
    for (const option of ['--profile', '--out', '--timeout', '--list', '--clean'])
      assert.ok(stdout.includes(option));
  });

  it('cleans notebooks in place', async () => {
    const dirty = notebookOf(['1']);
    dirty.metadata.vscode = {};
    const file = path.join(folder, 'dirty.ipynb');
    fs.writeFileSync(file, formatNotebook(dirty));
    assert.equal((await start(['--clean', 'dirty.ipynb'])).stdout, 'cleaned dirty.ipynb\n');
    assert.equal(fs.readFileSync(file, 'utf8'), formatNotebook(cleanNotebook(dirty)));
    assert.equal((await start(['--clean', 'dirty.ipynb'])).stdout, '');
  });

  function notebook(name: string, cells: (string | CellSketch)[]): string {
    const file = path.join(folder, `${name}.ipynb`);
    fs.writeFileSync(file, formatNotebook(notebookOf(cells)));
    return file;
  }

  function start(args: string[]): Promise<{code: number | null; stdout: string; stderr: string}> {
    const env = {...process.env};
    delete env.COURSE_PROFILE;
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise((resolve) => child.on('close', (code) => resolve({code, stdout, stderr})));
  }
});

describe('a lesson', () => {
  const known = [
    '/n/00-start-here.ipynb',
    '/n/01-autoencoder.ipynb',
    '/n/10-compression.ipynb',
    '/n/11-anomaly-detection.ipynb',
  ];

  it('is found by number, stem, or the beginning of a stem', () => {
    for (const name of ['1', '01', '01-autoencoder', '01-auto'])
      assert.equal(findLesson(name, known), known[1], name);
    assert.equal(findLesson('0', known), known[0]);
    assert.equal(findLesson('10-compression.ipynb', known), known[2]);
  });

  it('is not guessed: the candidates are listed', () => {
    assert.throws(
      () => findLesson('1x', known),
      /expected one of 00-start-here, 01-autoencoder, 10-compression, 11-anomaly/,
    );
    assert.throws(() => findLesson('0x', []), /expected one of none yet/);
    assert.throws(
      () => findLesson('1', ['/n/1-a.ipynb', '/n/01-b.ipynb']),
      /expected one of 1-a, 01-b, or the path/,
    );
  });
});

// What a cell has written into a file, as soon as it is there.
async function content(file: string): Promise<string> {
  while (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') === '') await wait(50);
  return fs.readFileSync(file, 'utf8');
}
