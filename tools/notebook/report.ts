/** What a run says at its end, in plain text. */
import * as util from 'node:util';
import type {CellOutput, ErrorOutput} from './notebook';
import type {RunFailure} from './run';

const MOST_LINES = 40;

/** The cell that failed: its number, source, what it printed, and the error. */
export function failureText(lesson: string, {cell, cells, reason, source, outputs}: RunFailure): string {
  const parts = [`${lesson}: code cell ${cell} of ${cells} failed.`];
  if (source) parts.push(rule('source'), numbered(source));
  const printed = outputs.filter((output) => output.output_type !== 'error').map(outputText);
  if (printed.length > 0) parts.push(rule('output'), ends(printed.join('\n')));
  const errors = outputs.filter((output): output is ErrorOutput => output.output_type === 'error');
  const texts = errors.map(({traceback}) => traceback.join('\n'));
  // A broken-off cell brings an error too, but the reason says more: it names the limit.
  if (!texts.some((text) => text.includes(reason))) texts.push(reason);
  parts.push(rule('error'), ends(texts.map(plain).join('\n')));
  return parts.join('\n');
}

function outputText(output: CellOutput): string {
  if (output.output_type === 'stream') return plain(output.text).trimEnd();
  if (output.output_type === 'error') return plain(output.traceback.join('\n'));
  const {'text/plain': text} = output.data;
  return typeof text === 'string' ? text : `[${Object.keys(output.data).join(', ')}]`;
}

function numbered(source: string): string {
  const lines = source.split('\n');
  const width = String(lines.length).length;
  return ends(lines.map((line, i) => `${String(i + 1).padStart(width)} │ ${line}`).join('\n'));
}

// The first and the last lines of a long text.
function ends(text: string): string {
  const lines = text.split('\n');
  if (lines.length <= MOST_LINES) return text;
  const half = MOST_LINES / 2;
  const left = lines.length - 2 * half;
  return [...lines.slice(0, half), `   … ${left} more lines …`, ...lines.slice(-half)].join('\n');
}

function rule(title: string): string {
  return `── ${title} ${'─'.repeat(Math.max(0, 60 - title.length))}`;
}

function plain(text: string): string {
  return util.stripVTControlCharacters(text);
}
