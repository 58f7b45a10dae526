/**
 * Markdown and foreign HTML as elements that are safe in a page. Whoever wrote a notebook may format text,
 * and no more: what can run, load, pose as the page's own, or send the reader elsewhere unseen is left out.
 */
import * as createPurifier from 'dompurify';
import {JSDOM} from 'jsdom';
import * as MarkdownIt from 'markdown-it';
import {codeBlock} from './code';
import {formula, mathematics} from './math';
import type {Html} from './markup';

/** Elements that format text. No form, frame, style, script, nor any vector graphics among them. */
const TAGS =
  'a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure ' +
  'h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub summary ' +
  'sup table tbody td tfoot th thead tr u ul var wbr';

/** Attributes without style, class, id and name, by which text could cover the page or pose as its parts. */
const ATTRIBUTES = 'align alt colspan dir height href lang open rowspan scope span src start title width';

const {window} = new JSDOM('');
const purifier = createPurifier(window);

/** Foreign HTML, reduced to formatted text. */
export function purified(html: string): Element {
  const element = window.document.createElement('div');
  element.innerHTML = purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: [...ATTRIBUTES.split(' '), SLOT],
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto|attachment):|^(?![a-z][a-z0-9+.-]*:)/i,
  });
  return element;
}

/** Markdown with formulas and coloured code. Headings, links and images are left for the page to settle. */
export function prose(source: string): Element {
  const slots: Html[] = [];
  const element = purified(markdown.render(source, {slots}));
  // A slot that a text brings itself can name no more than what stands in the same text anyway.
  for (const slot of element.querySelectorAll(`[${SLOT}]`)) {
    const filled = slots[Number(slot.getAttribute(SLOT))];
    if (filled) slot.outerHTML = filled.text;
  }
  return element;
}

/** Where formulas and coloured code go when the text around them is pure. */
const SLOT = 'data-slot';

const markdown = new MarkdownIt({html: true});
markdown.use(mathematics);
markdown.renderer.rules.math = (tokens, i, _options, env) => {
  const {content, markup, block} = tokens[i];
  return slot(formula(content, markup === '$$'), env, block ? 'div' : 'span');
};
markdown.renderer.rules.fence = (tokens, i, _options, env) => {
  const {content, info} = tokens[i];
  return slot(codeBlock(content.replace(/\n$/, ''), info.trim().split(/\s/)[0]), env, 'div');
};
// The side to which a table's column is set, without a style.
markdown.core.ruler.push('alignment', ({tokens}) => {
  for (const token of tokens) {
    const side = /^text-align:(\w+)$/.exec(String(token.attrGet('style')))?.[1];
    if (side) token.attrs = [['align', side]];
  }
});

function slot(html: Html, env: object | undefined, tag: 'div' | 'span'): string {
  const {slots} = env as {slots: Html[]}; // as prose handed it in
  return `<${tag} ${SLOT}="${slots.push(html) - 1}"></${tag}>`;
}
