/** Mathematics in Markdown, as Jupyter reads it: $…$ in a line, $$…$$ on its own. */
import {renderToString} from 'katex';
import type {MarkdownIt, StateBlock, StateInline} from 'markdown-it';
import {Html, markup} from './markup';

/**
 * Teaches markdown-it the two forms. A token `math` holds the formula, and its `markup` is `$` or `$$`. A
 * dollar that stands before a blank, or is followed by a digit where it would close, is a dollar: $5 and $6.
 */
export function mathematics(markdown: MarkdownIt): void {
  markdown.inline.ruler.after('escape', 'math', inLine);
  markdown.block.ruler.before('fence', 'math', onItsOwn, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
}

/** A formula as KaTeX draws it; one that it cannot read stands as it was written, with the reason. */
export function formula(tex: string, display: boolean): Html {
  try {
    // trust: no links, pictures or attributes from a formula. maxSize and maxExpand: no bomb in it either.
    const limits = {trust: false, maxSize: 20, maxExpand: 1000};
    return new Html(renderToString(tex, {displayMode: display, strict: 'ignore', ...limits}));
  } catch (error) {
    return markup`<code class="unreadable" title="${(error as Error).message}">${tex}</code>`;
  }
}

function inLine(state: StateInline, silent: boolean): boolean {
  const {src, pos} = state;
  if (src[pos] !== '$') return false;
  const mark = src[pos + 1] === '$' ? '$$' : '$';
  const start = pos + mark.length;
  let end = src.indexOf(mark, start);
  while (end >= 0 && /(^|[^\\])(\\\\)*\\$/.test(src.slice(start, end))) end = src.indexOf(mark, end + 1);
  if (end < 0 || end >= state.posMax) return false;
  const tex = src.slice(start, end);
  if (tex.trim() === '') return false;
  if (mark === '$' && (/^\s|\s$/.test(tex) || /\d/.test(src[end + 1] ?? ''))) return false;
  if (!silent) Object.assign(state.push('math', '', 0), {content: tex, markup: mark});
  state.pos = end + mark.length;
  return true;
}

function onItsOwn(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const line = (k: number): string => state.src.slice(state.bMarks[k] + state.tShift[k], state.eMarks[k]);
  if (!line(startLine).startsWith('$$')) return false;
  const lines = [line(startLine).slice(2)];
  let k = startLine;
  while (!lines.at(-1)?.includes('$$')) {
    if (++k >= endLine || state.sCount[k] < state.blkIndent) return false;
    lines.push(line(k));
  }
  const [, last, after] = /^(.*?)\$\$(.*)$/.exec(lines.pop() ?? '') ?? [];
  if (after.trim() !== '') return false; // it goes on behind the formula: a paragraph
  if (silent) return true;
  state.line = k + 1;
  Object.assign(state.push('math', '', 0), {
    content: [...lines, last].join('\n').trim(),
    markup: '$$',
    block: true,
    map: [startLine, k + 1],
  });
  return true;
}
