/** Pages in a real browser; skipped where there is none (CHROMIUM_PATH names one in an unusual place). */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {pathToFileURL} from 'node:url';
import {formatResults} from '../../lib/lesson/results';
import {formatNotebook} from '../../tools/notebook/notebook';
import {buildSite} from '../../tools/notebook/page/site';
import {temporaryFolder} from '../kernel/page';
import {ATTACKING_RESULTS, attackingNotebook} from './attacks';
import {coloursOf, luminances, SiteInBrowser, until} from './browser';
import {chromiumPath} from './chromium';
import {error, executedNotebook, PIXEL, plotlyFigure, RESULTS, shown, stream} from './executed';

const PHONE = {viewport: {width: 390, height: 844}};
const WIDE =
  'const aLongName = anotherLongName.map((value, index) => value * index + someOffset).filter(Boolean); // and more';

describe('a page in a browser', function () {
  let folder: string;
  let site: SiteInBrowser;
  let address: string;
  const visit: SiteInBrowser['visit'] = (...visited) => site.visit(...visited);

  before(async function () {
    const chromium = chromiumPath();
    if (chromium === undefined) {
      console.log(
        '    no Chromium found, so pages are not looked at in a browser; CHROMIUM_PATH can name one',
      );
      this.skip();
    }
    folder = temporaryFolder();
    const cells = [
      `# One, with a title of many words that must wrap on a phone\n\n[next](02-b.ipynb) $${'x + '.repeat(60)}x$ \`${'unbroken'.repeat(12)}\`\n\n$$${'y + '.repeat(90)}y$$`,
      '## Part\n\n| a | b | c | d | e |\n|---|---|---|---|---|\n' + `| ${'aLongWordInATable | '.repeat(5)}\n`,
      [WIDE, stream(`${'wide '.repeat(80)}\n`), error(`E${'e'.repeat(300)}`)],
      [
        'figure()',
        plotlyFigure('A title that is far too long for one line on the screen of a phone', 'It falls.'),
      ],
      ['picture()', shown({'image/png': PIXEL, 'text/plain': 'One pixel.'})],
      '## Other',
    ] as const;
    const notebook = executedNotebook(cells as never);
    notebook.cells[2].metadata.tags = ['raises-exception'];
    leave('01-a', formatNotebook(notebook), formatResults(RESULTS));
    leave('02-b', formatNotebook(attackingNotebook()), formatResults(ATTACKING_RESULTS));
    assert.deepEqual(buildSite({from: folder, to: folder}).problems, new Map());
    site = await SiteInBrowser.open(folder, chromium);
    address = site.address;
  });

  after(async () => {
    await site?.close();
    if (folder) fs.rmSync(folder, {recursive: true});
  });

  for (const way of ['from a server', 'from the file system']) {
    it(`opened ${way} says nothing on the console, asks no other host, and shows every picture`, async () => {
      const base = way === 'from a server' ? address : pathToFileURL(folder).href;
      for (const name of ['index.html', 'notation.html', '01-a/index.html']) {
        await visit(`${base}/${name}`, async (page) => {
          const widths = await page.evaluate('[...document.images].map((image) => image.naturalWidth)');
          assert.deepEqual(widths, name.startsWith('01') ? [1, 1] : [], name);
          const fonts = await page.evaluate(
            'document.fonts.ready.then((all) => [...all].map((f) => f.status))',
          );
          assert.ok(!(fonts as string[]).includes('error'), `a font of ${name}`);
          assert.ok(name === 'index.html' || (fonts as string[]).includes('loaded'), `no font of ${name}`);
        });
      }
    });

    it(`opened ${way} lets a figure come alive by the keyboard, in the width of its column, and go back`, async () => {
      const base = way === 'from a server' ? address : pathToFileURL(folder).href;
      await visit(`${base}/01-a/index.html`, async (page, requests) => {
        assert.ok(
          !requests.some((url) => url.includes('plotly')),
          'plotly is loaded only when it is asked for',
        );
        const button = page.locator('.tools button');
        await button.focus();
        await page.keyboard.press('Enter');
        await page.locator('.live .main-svg .scatterlayer .trace').first().waitFor();
        assert.equal(await page.locator('.figure .picture').first().isHidden(), true);
        for (const width of [1200, 390, 700]) {
          await page.setViewportSize({width, height: 800});
          await until(page, `Math.abs(${WIDTH_OF_DRAWING} - ${WIDTH_OF_COLUMN}) <= 1`);
        }
        assert.equal(await button.textContent(), 'Back to the picture');
        assert.equal(await page.evaluate('document.activeElement.tagName'), 'BUTTON');
        await page.keyboard.press('Enter');
        assert.equal(await page.locator('.figure img').first().isVisible(), true);
        assert.equal(await page.locator('.live').isHidden(), true);
      });
    });
  }

  it('breaks the title of a live figure into lines on a phone', async () => {
    await visit(
      `${address}/01-a/index.html`,
      async (page) => {
        await page.locator('.tools button').click();
        await page.locator('.live .gtitle').waitFor();
        assert.ok((await page.locator('.live .gtitle tspan').count()) >= 2);
        const [right, edge] = (await page.evaluate(
          "[document.querySelector('.live .gtitle'), document.querySelector('.live')].map((e) => e.getBoundingClientRect().right)",
        )) as number[];
        assert.ok(right <= edge, `the title ends at ${right}, the figure at ${edge}`);
      },
      PHONE,
    );
  });

  it('never scrolls sideways on a phone: code, tables and formulas scroll within themselves', async () => {
    for (const name of ['index.html', 'notation.html', '01-a/index.html', '02-b/index.html']) {
      await visit(
        `${address}/${name}`,
        async (page) => {
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390, name);
          if (!name.startsWith('01')) return;
          const scrolling = 'scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === "auto"';
          for (const kind of ['pre.source', 'pre.printed', 'pre.error', '.prose .scroll', '.katex-display'])
            assert.ok(
              await page.evaluate(`[...document.querySelectorAll('${kind}')].some((e) => e.${scrolling})`),
              kind,
            );
        },
        PHONE,
      );
    }
  });

  it('runs no script of a notebook, not even when its figures come alive, and has no link that would', async () => {
    await visit(`${address}/02-b/index.html`, async (page) => {
      assert.equal(await page.evaluate('window.attacked'), undefined);
      for (const button of await page.locator('.tools button').all()) {
        await button.click();
        await page.locator('.live .main-svg').first().waitFor();
      }
      await page.locator('.live').first().hover();
      await page.mouse.down();
      await page.mouse.up();
      const protocols = await page.evaluate('[...new Set([...document.links].map((link) => link.protocol))]');
      assert.deepEqual(protocols, ['http:']);
      assert.equal(await page.evaluate("document.querySelectorAll('.live a').length"), 0);
      assert.equal(await page.evaluate('window.attacked'), undefined);
    });
  });

  it('is kept from running a script by its policy, too', async () => {
    await visit(
      `${address}/01-a/index.html`,
      async (page) => {
        await page.evaluate(
          `document.querySelector('main').innerHTML = '<img src=x onerror="window.attacked=1">'`,
        );
        await page.evaluate(
          `document.querySelector('main').append(Object.assign(document.createElement('a'), {href: 'javascript:window.attacked=2', id: 'bad', textContent: 'x'}))`,
        );
        await page.locator('#bad').click();
        await page.waitForTimeout(100);
        assert.equal(await page.evaluate('window.attacked'), undefined);
      },
      {},
      /Content Security Policy|404/,
    );
  });

  it('is light on dark and dark on light as the reader prefers, with contrast enough', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await visit(
        `${address}/01-a/index.html`,
        async (page) => {
          const [ground] = luminances(
            await page.evaluate('[getComputedStyle(document.body).backgroundColor]'),
          );
          assert.ok(colorScheme === 'light' ? ground > 0.9 : ground < 0.02, `${colorScheme}: ${ground}`);
          const picture = await page.evaluate(
            "getComputedStyle(document.querySelector('.picture')).backgroundColor",
          );
          assert.equal(picture, 'rgb(255, 255, 255)', 'figures are drawn for a white ground');
          for (const selector of TEXTS) {
            const colours = await page.evaluate(`(${coloursOf})(document.querySelector('${selector}'))`);
            const [ink, paper] = luminances(colours);
            const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            assert.ok(
              contrast >= 4.5,
              `${selector} (${colorScheme}): ${contrast.toFixed(2)}, ${String(colours)}`,
            );
          }
        },
        {colorScheme},
      );
    }
  });

  it('is printed without what paper cannot do, with its pictures', async () => {
    await visit(
      `${address}/01-a/index.html`,
      async (page) => {
        await page.locator('.tools button').click();
        await page.locator('.live .main-svg').first().waitFor();
        await page.emulateMedia({media: 'print'});
        for (const hidden of ['.contents', '.tools', '.live', '.skip', 'footer'])
          assert.equal(await page.locator(hidden).first().isHidden(), true, hidden);
        assert.equal(await page.locator('.figure img').first().isVisible(), true);
        assert.equal(
          await page.evaluate("getComputedStyle(document.querySelector('pre')).whiteSpaceCollapse"),
          'preserve',
        );
        const cut =
          "[...document.querySelectorAll('pre')].filter((e) => e.scrollWidth > e.clientWidth + 1).length";
        assert.equal(await page.evaluate(cut), 0, 'no line of code is cut at the edge');
      },
      {viewport: {width: 680, height: 900}, colorScheme: 'dark'},
    );
  });

  function leave(name: string, notebook: string, results: string): void {
    fs.mkdirSync(path.join(folder, name));
    fs.writeFileSync(path.join(folder, name, `${name}.ipynb`), notebook);
    fs.writeFileSync(path.join(folder, name, 'results.json'), results);
  }
});

const WIDTH_OF_DRAWING = "document.querySelector('.live .main-svg').getBoundingClientRect().width + 20";
const WIDTH_OF_COLUMN = "document.querySelector('.live').clientWidth";

const TEXTS = [
  'p',
  'h2',
  '.prose a',
  '.contents a',
  'thead th',
  'pre.source',
  'pre.error',
  '.hljs-keyword',
  '.hljs-comment',
  '.hljs-title',
  '.tools button',
  '.neighbours small',
];
