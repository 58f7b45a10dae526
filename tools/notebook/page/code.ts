/** Code in colours, set when the page is made: the page needs no script for them. */
import hljs from 'highlight.js';
import {Html, markup} from './markup';

/** A block of code in one of highlight.js's languages; in any other it stands as it is. */
export function codeBlock(source: string, language = ''): Html {
  const known = hljs.getLanguage(language) !== undefined;
  const code = known ? new Html(hljs.highlight(source, {language, ignoreIllegals: true}).value) : source;
  return markup`<pre class="source"><code>${code}</code></pre>`;
}
