import * as assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {JSDOM} from 'jsdom';
import {projectRoot} from '../../lib/root';
import {Draft} from '../../tools/notebook/page/draft';
import {framed} from '../../tools/notebook/page/frame';
import {lessonPage} from '../../tools/notebook/page/lesson-page';
import {prose} from '../../tools/notebook/page/prose';
import {executedNotebook, PIXEL} from './executed';

const RUN: [string] = ['1'];

describe('links and pictures in a page', () => {
  const settled = (source: string, attachments?: object): Element => {
    const notebook = executedNotebook([source, RUN]);
    Object.assign(notebook.cells[0], {attachments});
    const draft = lessonPage(notebook, {lesson: '01-x', project: projectRoot});
    const other = new Draft('notebooks/02 y.ipynb', '02 y/index.html', 'Y');
    other.addProse(prose('## Where it fails'));
    const notation = new Draft('notation.md', 'notation.html', 'Notation');
    const text = framed(draft, {pages: [draft, other, notation]});
    return new JSDOM(text).window.document.querySelector('.prose') as Element;
  };
  const href = (source: string): string | null | undefined =>
    settled(source).querySelector('a')?.getAttribute('href');

  it('lead to pages of the site by the files they are made of', () => {
    assert.equal(href('[y](02%20y.ipynb)'), '../02%20y/index.html');
    assert.equal(href('[y](./02%20y.ipynb#Where-it-fails)'), '../02%20y/index.html#where-it-fails');
    assert.equal(href('[n](../notation.md)'), '../notation.html');
    assert.equal(href('## A b\n\n[self](#A-b)'), '#a-b');
    assert.equal(href('## A b\n\n[self](01-x.ipynb#a-b)'), '#a-b');
  });

  it('lead to other hosts without telling them where from', () => {
    const link = settled('[paper](https://arxiv.org/abs/1312.6114)').querySelector('a');
    assert.deepEqual(
      [link?.getAttribute('href'), link?.rel],
      ['https://arxiv.org/abs/1312.6114', 'noreferrer'],
    );
    assert.equal(href('[m](mailto:a@example.org)'), 'mailto:a@example.org');
  });

  const words: [source: string, text: string][] = [
    ['[the models](../lib/models/pca.ts)', 'the models (lib/models/pca.ts)'],
    ['[`lib/index.ts`](../lib/index.ts)', 'lib/index.ts'],
    ['[later](12-later.ipynb)', 'later (notebooks/12-later.ipynb)'],
    ['[nowhere](#not-here)', 'nowhere'],
    ['[y](02%20y.ipynb#not-there)', 'y (notebooks/02 y.ipynb)'],
    ['<a href="javascript:alert(1)">j</a>', 'j'],
    ['<a href="//example.org/x">h</a>', 'h'],
    ['<a>bare</a>', 'bare'],
  ];
  for (const [source, text] of words) {
    it(`become words where there is nothing to lead to: ${source}`, () => {
      const element = settled(source);
      assert.equal(element.querySelector('a'), null);
      assert.equal(element.textContent?.trim(), text);
    });
  }

  it('show attachments, data and pictures of the project from files beside the page', () => {
    const hash = createHash('sha256').update(Buffer.from(PIXEL, 'base64')).digest('hex').slice(0, 16);
    const attached = settled('![a](attachment:my%20p.png)', {'my p.png': {'image/png': PIXEL}});
    assert.equal(attached.querySelector('img')?.getAttribute('src'), `images/${hash}.png`);
    const inText = settled(`![a](data:image/png;base64,${PIXEL})`);
    assert.equal(inText.querySelector('img')?.getAttribute('src'), `images/${hash}.png`);
    const stored = fs.readFileSync(path.join(projectRoot, 'figures', '01-autoencoder', 'loss.png'));
    const name = createHash('sha256').update(stored).digest('hex').slice(0, 16);
    const ofProject = settled('![a](../figures/01-autoencoder/loss.png)');
    assert.equal(ofProject.querySelector('img')?.getAttribute('src'), `images/${name}.png`);
  });

  it('show the text of a picture that is not at hand: elsewhere, outside the project, or no picture', () => {
    for (const src of [
      'https://example.org/a.png',
      '../../../../etc/hostname',
      '../package.json',
      'attachment:b',
      '%',
    ]) {
      const element = settled(`<img alt="a loss" src="${src}">`);
      assert.equal(element.textContent, '[picture not at hand: a loss]', src);
    }
  });
});
