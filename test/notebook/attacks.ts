/** A notebook that tries to run a script in its page by every way that text can take into it. */
import type {Results} from '../../lib/lesson/results';
import type {Notebook} from '../../tools/notebook/notebook';
import {error, executedNotebook, PIXEL, RESULTS, shown, stream, type ExecutedSketch} from './executed';

/** What an attack that succeeds would do. */
const RUN = "window.attacked=(window.attacked||'')+'!'";
const ON = `<img src=x onerror="${RUN}">`;
const SCRIPT = `</script></pre></code></title></style><script>${RUN}</script>`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Each attack by the way that it takes. */
export const ATTACKS: Record<string, ExecutedSketch> = {
  'a script in Markdown': `a <script>${RUN}</script> b ${SCRIPT}`,
  'a handler in Markdown': `${ON}<details open ontoggle="${RUN}">x</details><p onclick="${RUN}">y</p>`,
  'a heading': `## ${ON} <svg onload="${RUN}"> \`${SCRIPT}\``,
  'a link in Markdown': `[a](javascript:${RUN}) [b](<java\nscript:${RUN}>) [c](data:text/html,${SCRIPT}) <javascript:${RUN}>`,
  'a link in HTML': `<a href="java&#10;script:${RUN}">a</a><a href=" &#1;javascript:${RUN}">b</a><a href="vbscript:x" xlink:href="javascript:${RUN}">c</a>`,
  'elements that load or send': `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe><object data="data:text/html,x"></object><embed src="x.html"><base href="https://example.org/"><meta http-equiv="refresh" content="0;url=https://example.org"><link rel="stylesheet" href="https://example.org/x.css"><form action="https://example.org"><button formaction="javascript:${RUN}">x</button></form><video src="https://example.org/v" onerror="${RUN}"></video>`,
  'styles that cover the page': `<style>body{display:none}</style><div style="position:fixed;inset:0;background:url(https://example.org/p.png)">x</div>`,
  'markup that changes when it is read twice': `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;"></table></mtext></math><svg><style><img src=x onerror="${RUN}"></style></svg><noscript><p title="</noscript><img src=x onerror=${RUN}>"></noscript>`,
  "names that stand before the page's own": `<form id="body"><img name="currentScript"><a id="content">x</a></form><span data-slot="0" data-assets="https://example.org">x</span>`,
  'a formula': `$\\href{javascript:${RUN}}{x}$ $\\htmlData{x="y onload=${RUN}}{z}$ $\\includegraphics{https://example.org/x.png}$ $\\text{${ON}}$ $<script>${RUN}</script>$`,
  'a block of code': `\`\`\`ts"><img/src=x/onerror=${RUN}>\n${SCRIPT}\n\`\`\`\n\n\`\`\`${SCRIPT}\n${ON}\n\`\`\``,
  'a table and its alignment': `| a |\n|:-:|\n| ${ON} |`,
  'an attachment': '![x](attachment:"><script>.svg) ![y](attachment:y.png)',
  'a comment': `<!-- ${SCRIPT} --> <!--> ${ON} -->`,
  'the source of a cell': [`const a = '${SCRIPT}'; // ${ON}`],
  'printed text': ['1', stream(`${SCRIPT}${ON}\u001b[31m${SCRIPT}`), stream(SCRIPT, 'stderr')],
  'an error': [
    '2',
    {...error(`${SCRIPT}${ON}`)},
    {output_type: 'error', ename: ON, evalue: SCRIPT, traceback: []},
  ],
  'HTML output': [
    '3',
    shown({
      'text/html': `${SCRIPT}${ON}<svg/onload=${RUN}><table><td background="javascript:${RUN}">1</table>`,
    }),
  ],
  'Markdown output': ['4', shown({'text/markdown': `${SCRIPT}${ON}[a](javascript:${RUN})`})],
  'formula output': ['5', shown({'text/latex': `$${SCRIPT}$`})],
  'JSON output': ['6', shown({'application/json': {[SCRIPT]: ON}})],
  'plain output': ['7', shown({'text/plain': SCRIPT})],
  'script output': ['8', shown({'application/javascript': RUN, 'text/plain': 'x'})],
  'sound output': [
    '9',
    shown({'audio/wav': `"><script>${RUN}</script>`}),
    shown({'audio/x" onerror="y': 'UA=='}),
  ],
  'the text for a figure': [
    '10',
    shown({'image/png': PIXEL, 'text/plain': `"><script>${RUN}</script>" onload="${RUN}`}),
  ],
  'the size of a figure': [
    '11',
    shown({'image/png': PIXEL}, {'image/png': {width: `1" onload="${RUN}`, height: 1}}),
  ],
  'a picture that is a page': ['12', shown({'image/png': base64(`<html>${SCRIPT}`), 'text/plain': 'x'})],
  'a drawing with a script': [
    '13',
    shown({
      'image/svg+xml': `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><script>${RUN}</script></svg>`,
    }),
  ],
  'the texts of a live figure': [
    '14',
    shown({'application/vnd.plotly.v1+json': liveFigure(), 'image/png': PIXEL, 'text/plain': SCRIPT}),
  ],
};

export function attackingNotebook(): Notebook {
  const notebook = executedNotebook([`# ${ON} ${SCRIPT}`, ...Object.values(ATTACKS)]);
  for (const cell of notebook.cells) {
    if (!cell.source.includes('attachment:')) continue;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>${RUN}</script></svg>`;
    Object.assign(cell, {
      attachments: {'"><script>.svg': {'image/svg+xml': base64(svg)}, 'y.png': {'text/html': base64(SCRIPT)}},
    });
  }
  notebook.cells.push({cell_type: 'raw', id: 'raw', metadata: {}, source: SCRIPT + ON});
  notebook.metadata.title = SCRIPT;
  return notebook;
}

/** A name for its file. */
export const ATTACKING_NAME = `"><img src=x onerror=${RUN.replaceAll('/', '')}>&'#%41`;

export const ATTACKING_RESULTS: Results = {
  ...RESULTS,
  engine: ON,
  versions: {node: SCRIPT, tfjs: ON},
  metrics: [{name: SCRIPT, value: 1, unit: ON, better: ON as 'lower', published: {value: 2, source: SCRIPT}}],
};

function liveFigure(): object {
  const text = `<a href="javascript:${RUN}">a</a><b onclick="${RUN}">b</b>${ON}${SCRIPT}<!--`;
  return {
    data: [
      {type: 'scatter', x: [text, text], y: [1, 2], name: text, text: [text, text], mode: 'text+markers'},
    ],
    layout: {
      title: {text},
      xaxis: {title: {text}},
      annotations: [{text, x: 0, y: 0, captureevents: true}],
      images: [{source: 'https://example.org/x.png', x: 0, y: 0, sizex: 1, sizey: 1}],
      width: 760,
      height: 460,
    },
    config: {plotlyServerURL: 'https://example.org', showSendToCloud: true},
  };
}
