import * as assert from 'node:assert/strict';
import {clock, LessonLine, progressText} from '../../tools/notebook/progress';
import {failureText} from '../../tools/notebook/report';
import type {RunResult} from '../../tools/notebook/run';
import {notebookOf} from './notebooks';

const result: RunResult = {status: 'ok', notebook: notebookOf([]), seconds: 1};
const training = {label: 'training', unit: 'epoch', done: 2.5, total: 10, loss: 12.3456, secondsLeft: 75};

describe('the line of a lesson', () => {
  it('shows a bar, the epoch, the loss and the time left', () => {
    assert.equal(
      progressText(training),
      `${'█'.repeat(5)}${'░'.repeat(15)}  training epoch 2.5 of 10  loss 12.35  1:15 left`,
    );
  });

  it('does without what is not known', () => {
    assert.equal(
      progressText({label: 'PCA', unit: 'batch', done: 0, total: 0}),
      `${'░'.repeat(20)}  PCA batch 0 of 0`,
    );
  });

  it('is drawn over itself on a terminal, cut to its width, and wiped at the end', () => {
    const written: string[] = [];
    const terminal = {isTTY: true, columns: 30, write: (text: string) => written.push(text)};
    const line = new LessonLine('01-autoencoder', terminal);
    line.take({type: 'start', cells: 9});
    line.take({type: 'end', result});
    assert.equal(written[0], `\r\x1b[2K${'01-autoencoder  starting the k'.slice(0, 28)}…`);
    assert.equal(written.at(-1), '\r\x1b[2K');
  });

  it('is silent for a while, and without control characters, where there is no terminal', () => {
    const written: string[] = [];
    const line = new LessonLine('01-autoencoder', {write: (text: string) => written.push(text)});
    line.take({type: 'start', cells: 9});
    line.take({type: 'cell', cell: 1, cells: 9});
    line.take({type: 'progress', cell: 1, cells: 9, progress: training});
    line.take({type: 'end', result});
    assert.deepEqual(written, []);
  });

  it('writes seconds as minutes and seconds', () => {
    assert.deepEqual([clock(0), clock(59.6), clock(3671)], ['0:00', '1:00', '61:11']);
  });
});

describe('the report of a failing cell', () => {
  it('has its number, its source with line numbers, what it printed and the error, in plain text', () => {
    const text = failureText('05-generator', {
      cell: 3,
      cells: 8,
      reason: 'RangeError: too far',
      source: 'const a = 1;\ngo(a);',
      outputs: [
        {output_type: 'stream', name: 'stdout', text: 'so far\n'},
        {output_type: 'display_data', data: {'image/png': 'aGk='}, metadata: {}},
        {
          output_type: 'error',
          ename: 'RangeError',
          evalue: 'too far',
          traceback: ['\x1b[31mRangeError: too far\x1b[0m', '    at cell [3], line 2:1'],
        },
      ],
    });
    assert.equal(
      text.replace(/─+$/gm, ''),
      [
        '05-generator: code cell 3 of 8 failed.',
        '── source ',
        '1 │ const a = 1;',
        '2 │ go(a);',
        '── output ',
        'so far',
        '[image/png]',
        '── error ',
        'RangeError: too far',
        '    at cell [3], line 2:1',
      ].join('\n'),
    );
  });

  it('shows the ends of a long output', () => {
    const lines = Array.from({length: 1000}, (_, i) => `line ${i}`).join('\n');
    const outputs = [{output_type: 'stream' as const, name: 'stdout' as const, text: lines}];
    const text = failureText('x', {cell: 1, cells: 1, reason: 'r', source: 's', outputs});
    assert.match(text, /line 19\n {3}… 960 more lines …\nline 980\n/);
  });
});
