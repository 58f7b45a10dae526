import * as assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {JSDOM} from 'jsdom';
import {formatResults, type Results} from '../../lib/lesson/results';
import {projectRoot} from '../../lib/root';
import {
  cleanNotebook,
  formatNotebook,
  isClean,
  parseNotebook,
  type Notebook,
} from '../../tools/notebook/notebook';
import {buildSite} from '../../tools/notebook/page/site';
import {temporaryFolder} from '../kernel/page';
import {ATTACKING_NAME, ATTACKING_RESULTS, attackingNotebook} from './attacks';
import {error, executedNotebook, plotlyFigure, RESULTS, shown, stream} from './executed';
import {notebookOf} from './notebooks';

const CLI = path.resolve(__dirname, '..', '..', 'tools', 'notebook', 'site.js');

describe('the site', () => {
  let folder: string;
  let out: string;
  let site: string;
  beforeEach(() => {
    folder = temporaryFolder();
    [out, site] = [path.join(folder, 'out'), path.join(folder, 'my site')];
  });
  afterEach(() => fs.rmSync(folder, {recursive: true}));

  it('has a page for each lesson, in the order of their numbers, each with its neighbours', () => {
    for (const name of ['10-c', '2-b', '01-a']) leave(name, executedNotebook([`# Lesson ${name}`, ['1']]));
    const {pages, problems} = buildSite({from: out, to: site});
    assert.deepEqual(problems, new Map());
    assert.deepEqual([...pages.keys()], ['01-a', '2-b', '10-c']);
    const links = [...pages.values()].map((file) =>
      [...read(file).querySelectorAll('.neighbours a')].map((a) => [
        a.getAttribute('rel'),
        a.getAttribute('href'),
      ]),
    );
    assert.deepEqual(links, [
      [['next', '../2-b/index.html']],
      [
        ['prev', '../01-a/index.html'],
        ['next', '../10-c/index.html'],
      ],
      [['prev', '../2-b/index.html']],
    ]);
  });

  it('has an index of the lessons with their runs, and one table of all results', () => {
    leave('01-a', executedNotebook(['# A', ['1']]), RESULTS);
    leave('02-b', executedNotebook(['# B', ['1']]), {...RESULTS, profile: 'full', seconds: 3601});
    leave('03-c', executedNotebook(['# C', ['1']]));
    const page = read(buildSite({from: out, to: site}).index);
    assert.deepEqual(
      [...page.querySelectorAll('.lessons a')].map((a) => [a.textContent, a.getAttribute('href')]),
      [
        ['A', '01-a/index.html'],
        ['B', '02-b/index.html'],
        ['C', '03-c/index.html'],
      ],
    );
    const table = [...page.querySelectorAll('tbody tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    const rows = [
      ['sse.pca', '13.87', '13.87', 'per image, lower is better', 'H & S'],
      ['read-out', '0.8196', '–', 'fraction right, higher is better', ''],
    ];
    const run = (profile: string, seconds: number): string =>
      `Profile ${profile}, ${seconds} s on the engine native, Node 20.20.2, TensorFlow.js 4.22.0, seed 7.`;
    assert.deepEqual(table, [[`A ${run('quick', 12)}`], ...rows, [`B ${run('full', 3601)}`], ...rows]);
  });

  it('answers every link, and asks no other host for anything, whatever the lessons are called', () => {
    leave(
      '01-a',
      executedNotebook([
        '# A\n\n[b](02-b.ipynb#part) [n](../notation.md) [i](../README.md)\n\n## One\n\n## Two',
        ['1', plotlyFigure('t', 'a')],
      ]),
      RESULTS,
    );
    leave(
      '02-b',
      executedNotebook(['# B\n\n## Part\n\n[back](01-a.ipynb#two) [gone](09-gone.ipynb)', ['1']]),
    );
    if (process.platform !== 'win32') leave(ATTACKING_NAME, attackingNotebook(), ATTACKING_RESULTS);
    else leave('own notebook #1', attackingNotebook(), ATTACKING_RESULTS);
    const {pages} = buildSite({from: out, to: site});
    const found = unanswered(site);
    assert.deepEqual(found.broken, []);
    assert.ok(found.checked > 40, `only ${found.checked} links`);
    const page = read(pages.get('02-b') ?? '');
    assert.equal(page.querySelector('.prose a')?.getAttribute('href'), '../01-a/index.html#two');
  });

  it('leaves out a lesson that was not executed or is damaged, says so, and shows one with foreign results', () => {
    leave('01-a', executedNotebook(['# A', ['1']]));
    leave('02-b', notebookOf(['1']));
    leave('03-c', executedNotebook([['1']]));
    fs.writeFileSync(path.join(out, '03-c', '03-c.ipynb'), '{"cells": [');
    leave('04-d', executedNotebook(['# D', ['1']]));
    fs.writeFileSync(path.join(out, '04-d', 'results.json'), '{}');
    const {pages, problems} = buildSite({from: out, to: site});
    assert.deepEqual([...pages.keys()], ['01-a', '04-d']);
    assert.deepEqual([...problems.keys()], ['02-b', '03-c']);
    assert.match(problems.get('02-b') ?? '', /^02-b: expected an executed notebook/);
    assert.match(problems.get('03-c') ?? '', /03-c\.ipynb: expected a notebook in JSON/);
    assert.equal(
      read(pages.get('04-d') ?? '').querySelector('.notice')?.textContent,
      'The file results.json of this lesson is not one that lessons write.',
    );
  });

  it('made again where it lies keeps what is there and drops the pictures of the run before', () => {
    leave('01-a', executedNotebook([['1', plotlyFigure('t', 'a')]]));
    fs.writeFileSync(path.join(out, '01-a', 'loss.svg'), '<svg/>');
    buildSite({from: out, to: out});
    const images = path.join(out, '01-a', 'images');
    const [kept] = fs.readdirSync(images);
    fs.writeFileSync(path.join(images, '0123456789abcdef.png'), '');
    fs.writeFileSync(path.join(images, 'mine.png'), '');
    const before = text(path.join(out, '01-a', 'index.html'));
    buildSite({from: out, to: out});
    assert.deepEqual(fs.readdirSync(images).sort(), [kept, 'mine.png'].sort());
    assert.equal(text(path.join(out, '01-a', 'index.html')), before);
    assert.deepEqual(fs.readdirSync(path.join(out, '01-a')).sort(), [
      '01-a.ipynb',
      'images',
      'index.html',
      'loss.svg',
    ]);
  });

  it('does not say where the project lies on this machine, neither in pages nor in notebooks', () => {
    const file = path.join(projectRoot, 'dist', 'lib', 'check.js');
    leave(
      '01-a',
      executedNotebook([['1', stream(`https://x${file}`), error(`x\n    at f (${file}, line 3:1)`)]]),
    );
    const {pages} = buildSite({from: out, to: site});
    const relative = path.join('dist', 'lib', 'check.js');
    assert.equal(
      read(pages.get('01-a') ?? '').querySelector('pre.error')?.textContent,
      `RangeError: x\n    at f (${relative}, line 3:1)`,
    );
    assert.match(
      text(pages.get('01-a') ?? ''),
      /https:\/\/x\//,
      'and an address that ends likewise stays as it is',
    );
    assert.ok(!text(path.join(site, '01-a', '01-a.ipynb')).includes(projectRoot));
  });

  it('brings what it needs: style, plotly, KaTeX with woff2 fonts alone, and the notebooks', () => {
    leave('01-a', executedNotebook([['1']]));
    buildSite({from: out, to: site});
    assert.deepEqual(fs.readdirSync(site).sort(), ['01-a', 'assets', 'index.html', 'notation.html']);
    const carried = parseNotebook(text(path.join(site, '01-a', '01-a.ipynb')), '');
    assert.ok(isClean(carried), 'a page shows the outputs: they need not come twice');
    assert.deepEqual(carried, cleanNotebook(executedNotebook([['1']])));
    const assets = path.join(site, 'assets');
    assert.deepEqual(fs.readdirSync(assets).sort(), ['katex', 'page.css', 'plotly.min.js']);
    const style = text(path.join(assets, 'katex', 'katex.min.css'));
    const urls = [...style.matchAll(/url\(([^)]*)\)/g)].map(([, url]) => url);
    const fonts = fs.readdirSync(path.join(assets, 'katex', 'fonts')).map((name) => `fonts/${name}`);
    assert.deepEqual([...new Set(urls)].sort(), fonts.sort());
    assert.ok(fonts.length > 15 && fonts.every((name) => name.endsWith('.woff2')));
  });

  it('is made by npm run site from what has been run before', async () => {
    leave('01-a', executedNotebook(['# A', ['1', shown({'text/plain': 'x'})]]));
    assert.deepEqual(await run(['--from', 'out', '--to', 'my site']), {
      code: 0,
      stdout: `1 lesson in ${path.join('my site', 'index.html')}\n`,
      stderr: '',
    });
    leave('02-b', notebookOf(['1']));
    const {code, stdout} = await run(['--from', 'out', '--to', 'my site']);
    assert.equal(code, 1);
    assert.match(stdout, /^no page of 02-b: 02-b: expected an executed notebook.*\n1 lesson in /);
  });

  it('is made by npm run site of notebooks that it runs', async () => {
    fs.writeFileSync(path.join(folder, 'own.ipynb'), formatNotebook(notebookOf(['6 * 7'])));
    const {code, stdout} = await run(['own.ipynb', '--profile', 'quick', '--to', 'my site']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /own: done in [^]*1 lesson in my site/);
    assert.equal(read(path.join(site, 'own', 'index.html')).querySelector('pre.printed')?.textContent, '42');
  });

  const refused: [args: string[], message: RegExp][] = [
    [
      ['--from', 'gone'],
      /^--from: expected a folder in which lessons were run, got .*gone, which does not exist\n$/,
    ],
    [['--from', '.'], /^--from: expected a folder in which lessons were run, found none in /],
    [['01', '--from', 'out'], /^--from: expected no lessons beside it, as none is run, got 01\n$/],
    [['--profile', 'fast'], /^profile: expected one of quick, standard, full, got "fast"\n$/],
    [
      ['--speed'],
      /^Unknown option '--speed'.* Known options: --to, --profile, --out, --timeout, --from, --help\n$/,
    ],
  ];
  for (const [args, message] of refused) {
    it(`refuses ${args.join(' ')} in a sentence and ends with 1`, async () => {
      const {code, stderr} = await run(args);
      assert.equal(code, 1);
      assert.match(stderr, message);
    });
  }

  function leave(name: string, notebook: Notebook, results?: Results): void {
    fs.mkdirSync(path.join(out, name), {recursive: true});
    fs.writeFileSync(path.join(out, name, `${name}.ipynb`), formatNotebook(notebook));
    if (results) fs.writeFileSync(path.join(out, name, 'results.json'), formatResults(results));
  }

  function run(args: string[]): Promise<{code: number | null; stdout: string; stderr: string}> {
    const child = spawn(process.execPath, [CLI, ...args], {cwd: folder, stdio: ['ignore', 'pipe', 'pipe']});
    const result = {code: null as number | null, stdout: '', stderr: ''};
    child.stdout.setEncoding('utf8').on('data', (data: string) => (result.stdout += data));
    child.stderr.setEncoding('utf8').on('data', (data: string) => (result.stderr += data));
    return new Promise((resolve) => child.on('close', (code) => resolve({...result, code})));
  }
});

// Every link and every file that a page asks for, followed from page to page as a server would answer it.
function unanswered(site: string): {checked: number; broken: string[]} {
  const broken: string[] = [];
  let checked = 0;
  for (const page of fs
    .readdirSync(site, {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.html'))) {
    const address = `http://site/${page.split(path.sep).map(encodeURIComponent).join('/')}`;
    for (const element of read(path.join(site, page)).querySelectorAll('[href], [src]')) {
      const written = element.getAttribute('href') ?? element.getAttribute('src') ?? '';
      if (/^data:/.test(written)) continue;
      if (/^(https?|mailto):/.test(written) && element.tagName === 'A') continue;
      checked++;
      const url = new URL(written, address);
      const file = path.join(site, ...url.pathname.split('/').map(decodeURIComponent));
      const id = decodeURIComponent(url.hash.slice(1));
      const answers =
        url.host === 'site' && fs.existsSync(file) && (id === '' || read(file).getElementById(id) !== null);
      if (!answers) broken.push(`${page}: ${written}`);
    }
  }
  return {checked, broken};
}

function read(file: string): Document {
  return new JSDOM(text(file)).window.document;
}

function text(file: string): string {
  return fs.readFileSync(file, 'utf8');
}
