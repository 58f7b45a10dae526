import * as assert from 'node:assert/strict';
import {parseCsv} from '../../lib/data/tables/csv';
import {TableEncoder} from '../../lib/data/tables/table-encoder';
import {PcaDetector} from '../../lib/detection/pca-detector';
import {TableDetector} from '../../lib/detection/table-detector';
import * as tf from '../../lib/tf';
import {inOptions} from '../../tools/detect/words';
import {tableOf} from '../detection/tables';

describe('a message on the command line', () => {
  const said: [string, () => unknown, RegExp][] = [
    [
      '--drop and --id',
      () => TableEncoder.fit(tableOf(1, 60), {}),
      /leave it out with --drop id, or keep it as the rows' name with --id id$/,
    ],
    [
      'a name in quotes where a shell needs them',
      () => TableEncoder.fit(parseCsv(`the id,x\n${lines(60, (i) => `r${i},${i}`)}`)),
      /with --drop 'the id', or keep it as the rows' name with --id 'the id'$/,
    ],
    [
      '--drop with what follows for dates',
      () => TableEncoder.fit(parseCsv(`day,x\n${lines(9, (i) => `2024-01-0${i + 1},${i}`)}`)),
      /with --drop day, or keep it as the rows' name with --id day, or put numbers such as the hour/,
    ],
    [
      '--no-header',
      () => parseCsv('27.509,A\n3,B\n'),
      /got the number 27\.509; .* read it with --no-header$/,
    ],
    ['--decimal ,', () => parseCsv('a;b\n3,14;1\n'), /got "3,14"; read it with --decimal ,$/],
    [
      '--decimal .',
      () => parseCsv('a;b\n3.14;1\n', 't', {decimal: ','}),
      /got "3\.14"; read it with --decimal \.$/,
    ],
    ['--encoding latin1', () => parseCsv(Buffer.from('a\nü\n', 'latin1')), /read it with --encoding latin1$/],
    ['--delimiter', () => parseCsv('a,b;c\n1,2;3\n'), /name it with --delimiter$/],
    [
      '--false-alarms',
      () => TableDetector.fit(tableOf(1, 148)),
      /collect more, or allow more with --false-alarms 0\.011$/,
    ],
    [
      'what leaves all columns out',
      () => TableEncoder.fit(parseCsv('a,b\n1,2\n3,4\n'), {drop: ['a', 'b']}),
      /expected columns to learn from, got none; all 2 are left out by --drop, --id or --label$/,
    ],
    [
      '--method',
      () => tf.tidy(() => void PcaDetector.fit(tf.tensor2d([[1], [2], [3]]))),
      /^method: expected another one for a single column, got pca, which needs two; see --help$/,
    ],
  ];
  for (const [what, wrong, message] of said)
    it(`names ${what}`, async () => {
      const found = await Promise.resolve()
        .then(wrong)
        .then(
          () => assert.fail('nothing was wrong'),
          (error: Error) => inOptions(error.message),
        );
      assert.match(found, message);
    });
});

function lines(n: number, f: (i: number) => string): string {
  return Array.from({length: n}, (_, i) => f(i)).join('\n');
}
