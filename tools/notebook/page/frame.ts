/** What stands around the text of every page: head, names of the neighbours, contents. */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {projectRoot} from '../../../lib/root';
import type {Draft, Heading} from './draft';
import {Links} from './links';
import {Html, markup} from './markup';

export const COURSE = 'Auto-encoders, run and measured';

/** The folder of style and script as they are kept in the project. */
export const SOURCES = path.join(projectRoot, 'tools', 'notebook', 'page');

export interface Surroundings {
  /** All pages of the site: links among them are settled. */
  pages: readonly Draft[];
  previous?: Draft;
  next?: Draft;
  /** The executed notebook, from the page's folder. */
  notebook?: string;
}

// Browsers read CR LF as LF, and compare the script's hash after that.
const SCRIPT = fs.readFileSync(path.join(SOURCES, 'page.js'), 'utf8').replace(/\r\n/g, '\n');

/**
 * Only the page's own script runs, and what that one loads (plotly). Nothing comes from another host.
 * Styles may stand in the text because KaTeX and plotly set them there; prose has lost its own.
 */
const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}' 'strict-dynamic'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  'media-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The whole text of a page. Its links are settled here. */
export function framed(draft: Draft, {pages, previous, next, notebook}: Surroundings): string {
  const links = new Links(pages, draft);
  const assets = links.to('assets');
  const home = links.to('index.html');
  const notation = pages.find((page) => page.source === 'notation.md' && page !== draft);
  const isHome = draft.address === 'index.html';
  const courseLinks = markup`<nav class="course" aria-label="Course"><a href="${home}">${COURSE}</a>${
    notation && markup` <a href="${links.to(notation.address)}">${notation.title}</a>`
  }</nav>`;
  const neighbour = (page: Draft | undefined, rel: 'prev' | 'next'): Html | undefined =>
    page &&
    markup`<a rel="${rel}" href="${links.to(page.address)}"><small>${rel === 'prev' ? 'Previous' : 'Next'}</small> ${page.title}</a>`;
  const head = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${isHome ? COURSE : `${draft.title} · ${COURSE}`}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets}/katex/katex.min.css">
<link rel="stylesheet" href="${assets}/page.css">
</head>
<body data-assets="${assets}">
<a class="skip" href="#content">Skip to the text</a>
<header>${isHome ? undefined : courseLinks}</header>
<div class="sheet">
${contents(draft.headings)}
<main id="content" tabindex="-1">
`;
  const foot = markup`</main>
</div>
<footer>
${previous || next ? markup`<nav class="neighbours" aria-label="Lessons before and after">${neighbour(previous, 'prev')}${neighbour(next, 'next')}</nav>` : undefined}
${notebook ? markup`<p><a href="${notebook}" download>This page as a notebook</a></p>` : undefined}
</footer>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`;
  return [head.text, ...draft.parts.map((part) => textOf(part, links)), foot.text].join('\n');
}

function textOf(part: Html | Element, links: Links): string {
  if (part instanceof Html) return part.text;
  links.settle(part);
  return part.outerHTML;
}

function contents(headings: readonly Heading[]): Html | undefined {
  const listed = headings.filter(({level}) => level === 2 || level === 3);
  if (listed.length < 2) return undefined;
  const items = listed.map(
    ({level, text, id}) =>
      markup`<li class="level-${level}"><a href="#${encodeURIComponent(id)}">${text}</a></li>\n`,
  );
  return markup`<nav class="contents" aria-label="On this page"><details><summary>On this page</summary>
<ul>
${items}</ul></details></nav>`;
}
