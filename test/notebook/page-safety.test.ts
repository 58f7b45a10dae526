import * as assert from 'node:assert/strict';
import {JSDOM, VirtualConsole} from 'jsdom';
import {ATTACKING_NAME, ATTACKING_RESULTS, attackingNotebook, ATTACKS} from './attacks';
import {executedNotebook, pageText} from './executed';

/** The elements that a page may be made of, besides those in its formulas. */
const KNOWN =
  'html head meta title link body script header nav main footer section div a small button details summary ' +
  'h1 h2 h3 h4 h5 h6 p span br hr b i em strong s u sub sup kbd code pre blockquote ul ol li dl dt dd ' +
  'table caption colgroup col thead tbody tfoot tr th td figure figcaption img audio';

describe('a page', () => {
  for (const [way, sketch] of Object.entries(ATTACKS)) {
    it(`is harmless whatever comes by ${way}`, () => {
      assertHarmless(pageText(executedNotebook([sketch, ['1']])));
    });
  }

  it('is harmless whatever all of these do together, with attachments, file name and results', () => {
    assertHarmless(pageText(attackingNotebook(), {lesson: ATTACKING_NAME, results: ATTACKING_RESULTS}));
  });

  it('still says what an attack said, as text', () => {
    const text = pageText(executedNotebook([ATTACKS['printed text'], ATTACKS['a block of code']]));
    const page = new JSDOM(text).window.document;
    assert.match(
      page.querySelector('pre.printed')?.textContent ?? '',
      /^<\/script><\/pre>.*<script>window\.attacked/,
    );
    assert.match(page.querySelector('.prose pre')?.textContent ?? '', /^<\/script><\/pre>/);
  });
});

// By what the page is made of, and by running all that runs in it without the policy that forbids it.
function assertHarmless(text: string): void {
  const {window} = new JSDOM(text, {
    runScripts: 'dangerously',
    url: 'http://127.0.0.1/01-x/index.html',
    virtualConsole: new VirtualConsole(),
    beforeParse: (opened) => Object.assign(opened, {matchMedia: () => ({matches: false})}),
  });
  for (const button of window.document.querySelectorAll('button'))
    assert.equal(button.hidden, false, 'its script ran');
  assert.equal((window as {attacked?: string}).attacked, undefined);
  const allowed = KNOWN.split(' ');
  for (const element of window.document.querySelectorAll('*')) {
    const inFormula = element.closest('.katex') !== null;
    const name = element.tagName.toLowerCase();
    assert.ok(inFormula || allowed.includes(name), `no <${name}> in ${element.outerHTML.slice(0, 200)}`);
    for (const {name: attribute, value} of element.attributes)
      assertHarmlessAttribute(element, attribute, value, inFormula);
  }
  const scripts = [...window.document.querySelectorAll('script:not([type="application/json"])')];
  assert.equal(scripts.length, 1, 'only its own script');
  assert.equal(scripts[0].parentElement?.lastElementChild, scripts[0]);
  assert.equal(window.document.querySelectorAll('meta[http-equiv]').length, 1);
  assert.equal(window.document.querySelectorAll('link').length, 3);
}

function assertHarmlessAttribute(element: Element, name: string, value: string, inFormula: boolean): void {
  const where = `${name}="${value}" in ${element.outerHTML.slice(0, 200)}`;
  assert.doesNotMatch(
    name,
    /^on|^(srcdoc|srcset|action|formaction|background|poster|ping|xlink:href)$/i,
    where,
  );
  if (name === 'style') assert.ok(inFormula && !/url|expression|position:\s*fixed/.test(value), where);
  if (name === 'src')
    assert.match(value, /^(images\/[0-9a-f]{16}\.png$|data:image\/svg\+xml;base64,|data:audio\/)/, where);
  if (name === 'href') {
    assert.match(
      value,
      /^(#|https:\/\/|images\/[0-9a-f]{16}\.png$|data:,$|\.\.\/(index\.html|assets\/))/,
      where,
    );
  }
}
