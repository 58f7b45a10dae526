import * as assert from 'node:assert/strict';
import {prose} from '../../tools/notebook/page/prose';

describe('prose', () => {
  const shownAs = (source: string): string => prose(source).innerHTML.trim();
  const formulas = (source: string): (string | null)[] =>
    [...prose(source).querySelectorAll('annotation')].map(({textContent}) => textContent);

  it('has formulas in the line and on their own, drawn beforehand', () => {
    assert.deepEqual(formulas('With $x_1$ and\n\n$$\na = b\n\\\\ c\n$$\n\nafter, $$y$$ too'), [
      'x_1',
      'a = b\n\\\\ c',
      'y',
    ]);
    const element = prose('$x$\n\n$$y$$');
    assert.equal(element.querySelectorAll('.katex').length, 2);
    assert.equal(element.querySelectorAll('.katex-display').length, 1);
    assert.equal(element.querySelectorAll('p .katex').length, 1);
  });

  it('leaves dollars that are none: prices, code, escapes', () => {
    for (const source of ['costs $5 and $6', '`$x$`', '\\$x\\$', '$ x$', 'a $ alone', '$$'])
      assert.deepEqual(formulas(source), [], source);
    assert.equal(shownAs('costs $5 and $6'), '<p>costs $5 and $6</p>');
    assert.deepEqual(formulas('$\\$5$ and $a$'), ['\\$5', 'a']);
  });

  it('keeps Markdown out of formulas, and shows one that KaTeX cannot read as it was written', () => {
    assert.deepEqual(formulas('$a_1 * b_1 * c_1$'), ['a_1 * b_1 * c_1']);
    assert.match(shownAs('$\\frac{1$'), /^<p><code class="unreadable" title="[^"]*">\\frac\{1<\/code><\/p>$/);
  });

  it('formats and no more: the elements of text stay, what could pose as the page goes', () => {
    assert.equal(shownAs('a<br>b <kbd>c</kbd> <sub>d</sub>'), '<p>a<br>b <kbd>c</kbd> <sub>d</sub></p>');
    assert.equal(shownAs('<p id="content" class="notice" style="position:fixed" name="x">a</p>'), '<p>a</p>');
  });

  it('colours code whose language it knows', () => {
    const element = prose('```ts\nconst a = 1;\n```\n\n```nonsense\n<b>\n```');
    assert.deepEqual(
      [...element.querySelectorAll('pre')].map(({textContent}) => textContent),
      ['const a = 1;', '<b>'],
    );
    assert.equal(element.querySelector('.hljs-keyword')?.textContent, 'const');
  });
});
