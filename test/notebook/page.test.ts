import * as assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {JSDOM} from 'jsdom';
import {resultsTable} from '../../lib/lesson/table';
import {projectRoot} from '../../lib/root';
import {framed} from '../../tools/notebook/page/frame';
import {lessonPage} from '../../tools/notebook/page/lesson-page';
import {
  error,
  executedNotebook,
  pageOf,
  pageText,
  PIXEL,
  plotlyFigure,
  RESULTS,
  shown,
  stream,
} from './executed';
import {notebookOf} from './notebooks';

const RUN: [string] = ['1'];

describe('the page of a notebook', () => {
  it('is named by its first heading, and lists its parts with links that answer', () => {
    const page = pageOf(['# One & only', '## First *part*\n\n### Detail\n\n## First *part*', RUN]);
    assert.equal(page.title, 'One & only · Auto-encoders, run and measured');
    assert.deepEqual(
      [...page.querySelectorAll('.contents a')].map((a) => [a.textContent, a.getAttribute('href')]),
      [
        ['First part', '#first-part'],
        ['Detail', '#detail'],
        ['First part', '#first-part-1'],
      ],
    );
    assert.deepEqual(texts(page, '#first-part, #detail, #first-part-1'), [
      'First part',
      'Detail',
      'First part',
    ]);
  });

  it('is named by the notebook when it has no heading', () => {
    assert.deepEqual(texts(pageOf(['words', RUN]), 'h1'), ['01-x']);
  });

  it('has a language, landmarks, and a link that skips to the text', () => {
    const page = pageOf(['# A', RUN]);
    assert.equal(page.documentElement.lang, 'en');
    assert.equal(page.querySelectorAll('main').length, 1);
    assert.equal(page.querySelector('body > a')?.getAttribute('href'), `#${page.querySelector('main')?.id}`);
  });

  it('shows code in colours, and every letter of it', () => {
    const source = "const a: string = '<b>&amp;';\n// why";
    const page = pageOf([[source]]);
    assert.deepEqual(texts(page, 'pre.source'), [source]);
    assert.deepEqual(texts(page, '.hljs-keyword'), ['const']);
    assert.deepEqual(texts(page, '.hljs-comment'), ['// why']);
  });

  it('shows what was printed as a terminal leaves it: no colour codes, a written-over line in its last state', () => {
    const page = pageOf([
      [
        'f()',
        stream('\u001b[31mred\u001b[0m <i>\n10 %\r 20 %\r100 %\ndone\r\n'),
        stream('careful', 'stderr'),
      ],
    ]);
    assert.deepEqual(texts(page, 'pre.printed'), ['red <i>\n100 %\ndone']);
    assert.deepEqual(texts(page, 'pre.warning'), ['careful']);
  });

  it('shows an error, and says at the top that the run ended early unless the cell was meant to fail', () => {
    const notebook = executedNotebook([['f()', error('1 < 2 \u001b[31mfailed\u001b[0m')]]);
    const page = new JSDOM(pageText(notebook, {results: RESULTS})).window.document;
    assert.deepEqual(texts(page, 'pre.error'), ['RangeError: 1 < 2 failed']);
    assert.deepEqual(texts(page, '.notice'), ['The run that this page shows ended early, with an error.']);
    assert.equal(page.querySelector('#results'), null, 'what lies there is of an earlier run');
    notebook.cells[0].metadata.tags = ['raises-exception'];
    const meant = new JSDOM(pageText(notebook, {results: RESULTS})).window.document;
    assert.deepEqual([texts(meant, '.notice').length, texts(meant, '#results').length], [0, 1]);
  });

  it('cuts endless output and says how much is left to the notebook', () => {
    const [text] = texts(pageOf([['f()', stream('x'.repeat(100_007))]]), 'pre.printed');
    assert.equal(text, `${'x'.repeat(100_000)}\n… 7 more characters, which the notebook holds`);
  });

  it('shows each output in the richest form it can: figure, Markdown, HTML, formula, JSON, sound, text', () => {
    const page = pageOf([
      ['a', shown({'text/markdown': '| a |\n|--:|\n| **1** |', 'text/plain': 'no'})],
      ['b', shown({'text/html': '<table><tr><td>2</td></tr></table>', 'text/plain': 'no'})],
      ['c', shown({'text/latex': '$$x^3$$', 'text/plain': 'no'})],
      ['d', shown({'application/json': {four: [4]}, 'text/plain': 'no'})],
      ['e', shown({'audio/wav': 'UklGRg==', 'text/plain': 'no'})],
      ['f', {...shown({'text/plain': '6'}), output_type: 'execute_result'} as never],
    ]);
    assert.deepEqual(texts(page, 'td'), ['1', '2']);
    assert.equal(page.querySelector('td')?.getAttribute('align'), 'right');
    assert.deepEqual(texts(page, 'annotation'), ['x^3']);
    assert.equal(texts(page, 'pre.source')[4], '{\n  "four": [\n    4\n  ]\n}');
    assert.equal(page.querySelector('audio')?.getAttribute('src'), 'data:audio/wav;base64,UklGRg==');
    assert.deepEqual(texts(page, 'pre.printed'), ['6']);
  });

  it('refuses a notebook that was not executed, and says how to', () => {
    const stored = notebookOf(['1', {source: '# A', type: 'markdown'}]);
    assert.throws(
      () => pageText(stored),
      /^Error: 01-x: expected an executed notebook, got one without outputs; run it first: npm start -- 01-x$/,
    );
  });

  it('lets only its own script run', () => {
    const page = pageOf([['1', plotlyFigure('t', 'a')]]);
    const scripts = [...page.querySelectorAll('script')].filter(({type}) => type !== 'application/json');
    assert.equal(scripts.length, 1);
    const policy = page.querySelector('meta[http-equiv]')?.getAttribute('content') ?? '';
    const hash = createHash('sha256')
      .update(scripts[0].textContent ?? '')
      .digest('base64');
    assert.ok(policy.includes(`script-src 'sha256-${hash}' 'strict-dynamic';`), policy);
    assert.ok(policy.startsWith("default-src 'none';"), policy);
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval|script-src[^;]*unsafe/);
  });
});

describe('a figure in a page', () => {
  it("is a picture in a file of its own, with its sentence and the size meant, and plotly's data beside it", () => {
    const draft = lessonPage(executedNotebook([['1', plotlyFigure('A & B', 'It "falls".')]]), {
      lesson: 'x',
      project: projectRoot,
    });
    const page = new JSDOM(framed(draft, {pages: [draft]})).window.document;
    const image = page.querySelector('img');
    assert.ok(image);
    assert.deepEqual(
      ['alt', 'width', 'height'].map((name) => image.getAttribute(name)),
      ['It "falls".', '760', '460'],
    );
    const hash = createHash('sha256').update(Buffer.from(PIXEL, 'base64')).digest('hex').slice(0, 16);
    assert.equal(image.getAttribute('src'), `images/${hash}.png`);
    assert.deepEqual([...draft.files], [[`images/${hash}.png`, Buffer.from(PIXEL, 'base64')]]);
    const {data, layout} = JSON.parse(page.querySelector('.figure script')?.textContent ?? '') as Record<
      string,
      never
    >;
    assert.deepEqual(data, [{type: 'scatter', x: [1, 2, 3], y: [3, 1, 2]}]);
    assert.deepEqual(layout, {title: {text: 'A & B'}, width: 760, height: 460});
    assert.deepEqual(texts(page, '.figure button'), ['Explore figure 1']);
  });

  it("stays a picture without plotly's data, or when plotly could not draw it in this page", () => {
    const surface = {data: [{type: 'surface', z: [[1]]}], layout: {}};
    const page = pageOf([
      ['1', shown({'image/png': PIXEL, 'text/plain': 'one'})],
      ['2', shown({'application/vnd.plotly.v1+json': surface, 'image/png': PIXEL, 'text/plain': 'two'})],
    ]);
    assert.deepEqual(
      [...page.querySelectorAll('img')].map(({alt}) => alt),
      ['one', 'two'],
    );
    assert.equal(page.querySelectorAll('button').length, 0);
    assert.equal(page.querySelector('img')?.getAttribute('width'), '1', "the PNG's own width");
  });

  it('draws what WebGL would draw without it, and takes links and fetched pictures out', () => {
    const bundle = {
      data: [{type: 'scattergl', y: [1], text: ['<a href="https://example.org">x</a><b>y</b>']}],
      layout: {images: [{source: 'https://example.org/x.png'}, {source: 'data:image/png;base64,AA=='}]},
    };
    const page = pageOf([['1', shown({'application/vnd.plotly.v1+json': bundle, 'image/png': PIXEL})]]);
    assert.deepEqual(JSON.parse(page.querySelector('.figure script')?.textContent ?? ''), {
      data: [{type: 'scatter', y: [1], text: ['x<b>y</b>']}],
      layout: {images: [{source: ''}, {source: 'data:image/png;base64,AA=='}]},
    });
  });
});

describe('the results in a page', () => {
  const rows = [
    ['metric', 'ours', 'published', 'unit', 'source'],
    ['sse.pca', '13.87', '13.87', 'per image, lower is better', 'H & S'],
    ['read-out', '0.8196', '–', 'fraction right, higher is better', ''],
  ];
  const inTable = (page: Document): string[][] =>
    [...page.querySelectorAll('.results tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent ?? ''),
    );

  it('stand where the lesson shows them, once, with the circumstances of the run', () => {
    const table = resultsTable(RESULTS.metrics);
    const page = pageOf(
      [['finish()', shown({'text/markdown': table, 'text/plain': table})], '## Exercises'],
      RESULTS,
    );
    assert.deepEqual(inTable(page), rows);
    assert.equal(page.querySelectorAll('table').length, 1);
    assert.deepEqual(texts(page, '.results p'), [
      'Profile quick, 12 s on the engine native, Node 20.20.2, TensorFlow.js 4.22.0, seed 7.',
    ]);
    const [results, exercises] = page.querySelectorAll('#results, #exercises');
    assert.deepEqual([results.id, exercises.id], ['results', 'exercises']);
  });

  it('stand at the end when the lesson shows none', () => {
    const page = pageOf([RUN, '## Exercises'], RESULTS);
    assert.deepEqual(inTable(page), rows);
    assert.deepEqual(
      [...page.querySelectorAll('main [id]')].map(({id}) => id),
      ['exercises', 'results'],
    );
  });
});

function texts(page: Document, selector: string): string[] {
  return [...page.querySelectorAll(selector)].map(({textContent}) => textContent ?? '');
}
