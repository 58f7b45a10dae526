/** What a cell has put out, as parts of a page. */
import * as util from 'node:util';
import type {CellOutput, DataOutput} from '../notebook';
import {codeBlock} from './code';
import type {Draft} from './draft';
import {figureOf} from './figures';
import {formula} from './math';
import type {Html} from './markup';
import {markup} from './markup';
import {prose, purified} from './prose';

/** More text than this of one output is left to the notebook. */
const MOST_TEXT = 100_000;

/** An output by the richest form that a page can show; undefined for one that has nothing to show. */
export function display(output: CellOutput, draft: Draft, figureNumber: number): Html | Element | undefined {
  if (output.output_type === 'stream') {
    const {name, text} = output;
    return printed(text).trim() === '' ? undefined : block(text, name === 'stderr' ? 'warning' : 'printed');
  }
  if (output.output_type === 'error') {
    const {ename, evalue, traceback} = output;
    const text =
      Array.isArray(traceback) && traceback.length > 0 ? traceback.join('\n') : `${ename}: ${evalue}`;
    return block(text, 'error');
  }
  return figureOf(output, figureNumber, draft) ?? displayData(output);
}

function displayData({data = {}}: DataOutput): Html | Element | undefined {
  const {'text/markdown': words, 'text/html': html, 'text/latex': tex, 'application/json': json} = data;
  if (typeof words === 'string') return prose(words);
  if (typeof html === 'string') return purified(html);
  if (typeof tex === 'string') {
    const bare = tex.trim().replace(/^\$\$?([^]*?)\$?\$$/, '$1');
    return markup`<div class="prose">${formula(bare, true)}</div>`;
  }
  if (json !== undefined) return codeBlock(JSON.stringify(json, null, 2), 'json');
  const sound = Object.entries(data).find(([mime]) => /^audio\/[\w.+-]+$/.test(mime));
  if (sound) return markup`<audio controls src="data:${sound[0]};base64,${String(sound[1])}"></audio>`;
  const {'text/plain': text} = data;
  return typeof text === 'string' && text.trim() !== '' ? block(text, 'printed') : undefined;
}

function block(text: string, kind: 'printed' | 'warning' | 'error'): Html {
  const shown = printed(text);
  const cut =
    shown.length > MOST_TEXT
      ? `${shown.slice(0, MOST_TEXT)}\n… ${shown.length - MOST_TEXT} more characters, which the notebook holds`
      : shown;
  return markup`<pre class="${kind}">${cut.replace(/\n$/, '')}</pre>`;
}

// As a terminal leaves it: without colours, and of a line that was written over, the last state.
function printed(text: string): string {
  const lines = util.stripVTControlCharacters(text).split('\n');
  return lines
    .map((line) => line.replace(/\r+$/, ''))
    .map((line) => line.slice(line.lastIndexOf('\r') + 1))
    .join('\n');
}
