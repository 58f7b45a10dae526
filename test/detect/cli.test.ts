import * as assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {readCsv} from '../../lib/data/tables/csv';
import {cellText, column, type Table} from '../../lib/data/tables/table';
import {detectionMethods} from '../../lib/detection/methods';
import {help, METHOD_WORDS, settingsFrom} from '../../tools/detect/options';
import {chanceOfSoMany} from '../../tools/detect/quality';
import {detect} from '../../tools/detect/run';
import {projectRoot} from '../../lib/root';
import {assertClose} from '../helpers';
import {rowsAsCsv} from '../detection/tables';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'detect-'));
  fs.writeFileSync(at('normal.csv'), rowsAsCsv(1, 600));
  fs.writeFileSync(at('new.csv'), rowsAsCsv(2, 400, 50));
});
afterEach(() => fs.rmSync(folder, {recursive: true}));

describe('npm run detect', () => {
  it('writes a line for each row, in order, with the anomalies flagged and a column that takes part blamed', async () => {
    const said = await run('--id', 'id', '--label', 'label');
    const scores = readCsv(at('scores.csv'));
    assert.deepEqual(scores.names, [
      ...[
        'row',
        'id',
        'score',
        'p_value',
        'flag',
        'reason_1',
        'share_1',
        'reason_2',
        'share_2',
        'reason_3',
        'share_3',
      ],
      'unseen',
    ]);
    assert.equal(scores.rows, 400);
    for (let i = 49; i < 400; i += 50) {
      assert.deepEqual([cell(scores, 'row', i), cell(scores, 'id', i)], [String(i + 1), `r${i}`]);
      assert.equal(cell(scores, 'flag', i), '1');
      assert.ok(['x', 'y'].includes(cell(scores, 'reason_1', i)));
    }
    const flags = column(scores, 'flag');
    assert.ok(flags.kind === 'number');
    const flagged = flags.values.filter((flag) => flag === 1).length;
    assert.ok(flagged >= 8 && flagged <= 8 + 16, `${flagged}`); // of 392 normal rows 1 %, up to 6 deviations more
    assert.match(said, /found 8 of 8 anomalies \(100 %\)/);
    assert.match(said, /AUROC 1\.0000/);
    assert.match(
      said,
      /false alarms: .* of 392 normal rows; promised 1 %, by chance .* ± .*: within chance \(so many or more with a probability of 0\.\d+\)/,
    );
    assert.match(said, /wrote .*scores\.csv\nwrote .*scores\.html$/);
  });

  it('says so where normal rows raise more alarms than chance explains', async () => {
    const shifted = rowsAsCsv(2, 400).replace(/,(left|right),/g, ',other,');
    fs.writeFileSync(at('new.csv'), shifted);
    const said = await run('--drop', 'id', '--label', 'label');
    assert.match(
      said,
      /false alarms: 100 % of 400 normal rows; .*: outside of chance \(so many or more with a probability below 1e-9\), so these normal rows differ/,
    );
    assert.match(said, /AUROC: expected rows of both labels, got only normal ones/);
    assert.match(said, /400 rows with something that training never had, see the column unseen/);
  });

  it('makes a page that holds all it needs, and shows cells as they stand', async () => {
    const rows = rowsAsCsv(2, 400).trimEnd();
    fs.writeFileSync(at('new.csv'), `${rows}\n"<script>alert(1)</script>",0,30,0,"<b>&</b>",1\n`);
    await run('--id', 'id', '--drop', 'label');
    const page = fs.readFileSync(at('scores.html'), 'utf8');
    assert.ok(page.includes('<td data-name="id" class="word">&lt;script&gt;alert(1)&lt;/script&gt;</td>'));
    assert.ok(page.includes('kind = &lt;b&gt;&amp;&lt;/b&gt;'));
    assert.ok(!/<script|<b>|https?:|src="(?!data:)/.test(page));
    assert.equal(page.match(/<img src="data:image\/png;base64,/g)?.length, 3);
    assert.equal(page.match(/<tr><td data-name="row"/g)?.length, 10);
  });

  it('gives the same scores from a detector that was saved', async () => {
    const saved = await run(
      '--drop',
      'id,label',
      '--save',
      at('guard.detector'),
      '--method',
      'isolation-forest',
    );
    assert.match(saved, /learned from 450 rows by isolation-forest in .* s; calibrated on 150 others/);
    const first = fs.readFileSync(at('scores.csv'), 'utf8');
    const said = await says([
      '--load',
      at('guard.detector'),
      '--score',
      at('new.csv'),
      '--out',
      at('again.csv'),
    ]);
    assert.equal(fs.readFileSync(at('again.csv'), 'utf8'), first);
    assert.match(said, /passed over columns that were not learned: id, label/);
  });

  it('hints at a column that only counts the rows', async () => {
    const lines = rowsAsCsv(1, 600).trimEnd().split('\n');
    fs.writeFileSync(at('normal.csv'), lines.map((line, i) => `${i || 'n'},${line}`).join('\n'));
    const said = await says([
      '--train',
      at('normal.csv'),
      '--drop',
      'id,label',
      '--save',
      at('guard.detector'),
    ]);
    assert.match(said, /column "n" looks like a row number; --drop n leaves it out/);
  });

  it('learns from the rows that are labelled normal, and can learn only', async () => {
    fs.writeFileSync(at('normal.csv'), rowsAsCsv(1, 600, 10));
    const guard = at('guard.detector');
    const said = await says(['--train', at('normal.csv'), '--id', 'id', '--label', 'label', '--save', guard]);
    assert.match(said, /left out 60 rows labelled as anomalies\nlearned from 405 rows/);
    assert.deepEqual(fs.readdirSync(folder).sort(), ['guard.detector', 'new.csv', 'normal.csv']);
  });

  it('reads categories that look like numbers as the categories they are', async () => {
    const coded = (content: string) => content.replaceAll(',left,', ',01,').replaceAll(',right,', ',10,');
    fs.writeFileSync(at('normal.csv'), coded(rowsAsCsv(1, 600)));
    fs.writeFileSync(at('new.csv'), 'x,y,z,kind\n1,2,0,10\n');
    await run('--drop', 'id,label');
    assert.equal(cell(readCsv(at('scores.csv')), 'unseen', 0), '');
  });

  it('controls the false discoveries instead, when told', async () => {
    const said = await run('--drop', 'id,label', '--fdr', '0.2');
    assert.match(said, /flagged \d+ \(.*\); of these at most 20 % are expected to be normal/);
  });

  it('warns of a training column without any cell, and of rows that taught the detector', async () => {
    const emptied = (content: string) =>
      content.replace(/^(.*?,.*?,.*?),[^,]*/gm, '$1,').replace('y,,', 'y,z,');
    fs.writeFileSync(at('normal.csv'), emptied(rowsAsCsv(1, 600)));
    const options = ['--train', at('normal.csv'), '--score', at('normal.csv'), '--out', at('scores.csv')];
    const said = await says([...options, '--drop', 'id,label']);
    assert.match(said, /column "z" is empty in all rows: nothing is learned from it/);
    assert.match(said, /these rows taught the detector/);
    assert.doesNotMatch(await run('--drop', 'id,label'), /these rows taught/);
  });

  it('names all cells that are missing where training had none', async () => {
    fs.writeFileSync(at('new.csv'), 'x,y,z,kind\n,,,\n1,2,0,right\n');
    const said = await run('--drop', 'id,label');
    const scores = readCsv(at('scores.csv'));
    assert.equal(cell(scores, 'unseen', 0), 'x is missing; y is missing; z is missing; kind is missing');
    assert.equal(cell(scores, 'unseen', 1), '');
    assert.match(said, /^1 row with something that training never had/m);
  });

  it('leaves out a column with a comma in its name', async () => {
    for (const file of ['normal.csv', 'new.csv'])
      fs.writeFileSync(at(file), fs.readFileSync(at(file), 'utf8').replace('id,x,y', '"the id, short",x,y'));
    await assert.rejects(run('--drop', 'label'), /leave it out with --drop 'the id, short', or keep it/);
    assert.match(await run('--drop', 'label', '--drop', 'the id, short'), /judged 400 rows/);
  });

  it('counts one of a kind as one', async () => {
    fs.writeFileSync(at('new.csv'), 'x,y,z,kind,label\n1,2,0,right,0\n');
    const said = await run('--drop', 'id', '--label', 'label');
    assert.match(said, /new\.csv: 1 row, 5 columns\n/);
    assert.match(said, /judged 1 row, flagged 0/);
    assert.match(said, /of 1 normal row;/);
  });

  it('says what it got for a detector that is none', async () => {
    const loads = (file: string) =>
      says(['--load', at(file), '--score', at('new.csv'), '--out', at('s.csv')]);
    await assert.rejects(loads('none'), /none: expected a table detector, got none of that name$/);
    await assert.rejects(loads('.'), /: expected a table detector, got a folder$/);
    await assert.rejects(
      loads('normal.csv'),
      /normal\.csv: expected a table detector, got a file that does not begin like one$/,
    );
  });

  it('says before training what is wrong with the new rows', async () => {
    const {heard, error} = await heardUntilRefused('--id', 'q', '--drop', 'id,label');
    assert.match(error, /^new\.csv: expected column "q", got none of that name/);
    assert.doesNotMatch(heard, /learned/);
    fs.writeFileSync(at('new.csv'), 'x,y,kind\n1,2,left\n');
    const other = await heardUntilRefused('--drop', 'id,label');
    assert.match(other.error, /^new\.csv: expected column "z", got none/);
    assert.doesNotMatch(other.heard, /learned/);
  });

  it('says so where no row is labelled normal, and hints at nothing', async () => {
    fs.writeFileSync(at('normal.csv'), rowsAsCsv(1, 600, 1));
    const {heard, error} = await heardUntilRefused('--id', 'id', '--label', 'label');
    assert.match(error, /normal\.csv: expected rows that are labelled 0, .* got none; all 600 are labelled/);
    assert.doesNotMatch(heard, /row number/);
  });

  it('is stopped by Ctrl-C with nothing written', async () => {
    const options = ['--drop', 'id,label', '--method', 'pca', '--out', at('scores.csv')];
    const args = ['--train', at('normal.csv'), '--score', at('new.csv'), ...options];
    const child = spawn(process.execPath, [path.join(projectRoot, 'dist/tools/detect/cli.js'), ...args]);
    child.stdout.on('data', (data: Buffer) => data.includes('learned') && child.kill('SIGINT'));
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    assert.ok(signal === 'SIGINT' || code === 130, `${code} ${signal}`); // a shell makes 130 of the signal
    assert.deepEqual(fs.readdirSync(folder).sort(), ['new.csv', 'normal.csv']);
  });

  const refused: [string, string | undefined, string[], RegExp][] = [
    [
      'too few rows',
      rowsAsCsv(1, 100),
      [],
      /normal\.csv: expected at least 149 normal rows .* 0\.01, got 100/,
    ],
    ['an empty file', '', [], /normal\.csv: expected a table, got an empty file/],
    ['a ragged row', 'a,b\n1,2\n3\n', [], /normal\.csv: expected 2 cells in every row, got 1 cell in row 2/],
    [
      'identifiers',
      undefined,
      ['--drop', 'label'],
      /normal\.csv: .* column "id", got 450 different texts .*; leave it out with --drop id, or keep it as the rows' name with --id id$/,
    ],
    [
      'a column that is not there',
      undefined,
      ['--drop', 'nothing'],
      /normal\.csv: expected column "nothing", got none/,
    ],
    [
      'labels that are none',
      undefined,
      ['--label', 'kind'],
      /expected 0 or 1 in the label column "kind", got "\w+" in row 1/,
    ],
    [
      'an id column that is not there',
      undefined,
      ['--id', 'q', '--drop', 'id,label'],
      /new\.csv: expected column "q", got none/,
    ],
    [
      'an id column with a name of ours',
      undefined,
      ['--id', 'score', '--drop', 'id,label'],
      /column "score", got none/,
    ],
  ];
  for (const [what, training, options, message] of refused)
    it(`refuses ${what}, and leaves nothing behind`, async () => {
      if (training !== undefined) fs.writeFileSync(at('normal.csv'), training);
      await assert.rejects(run(...options, '--save', at('guard.detector')), {message});
      assert.deepEqual(fs.readdirSync(folder).sort(), ['new.csv', 'normal.csv']);
    });

  it('refuses new rows that do not fit, and leaves nothing behind', async () => {
    for (const [content, message] of [
      ['x,y,kind\n1,2,left\n', /new\.csv: expected column "z", got none of that name; there are x, y, kind/],
      [
        'x,y,z,kind\n1,2,0,left\n1,low,0,left\n',
        /new\.csv: expected numbers in column "y", got "low" in row 2/,
      ],
      ['x,y,z,kind\n', /new\.csv: expected rows below the header, got none/],
    ] as const) {
      fs.writeFileSync(at('new.csv'), content);
      await assert.rejects(run('--drop', 'id,label', '--save', at('guard.detector')), {message});
      assert.deepEqual(fs.readdirSync(folder).sort(), ['new.csv', 'normal.csv']);
    }
  });

  it('leaves none of its files where one cannot be written', async () => {
    const long = at(`${'x'.repeat(250)}.detector`); // no file system takes such a name
    await assert.rejects(run('--drop', 'id,label', '--save', long), /ENAMETOOLONG|ENOENT/);
    assert.deepEqual(fs.readdirSync(folder).sort(), ['new.csv', 'normal.csv']);
  });

  it('says what is wrong on one line, with exit code 1, and its help with 0', () => {
    const cli = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(projectRoot, 'dist/tools/detect/cli.js'), ...args], {
        encoding: 'utf8',
      });
    const wrong = cli('--train', at('none.csv'), '--score', at('new.csv'), '--out', at('scores.csv'));
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /none\.csv: expected a CSV file, got none of that name\n$/);
    const helped = cli('--help');
    assert.deepEqual([helped.status, helped.stdout.trim()], [0, help()]);
  });
});

describe('chanceOfSoMany', () => {
  it('is that of a uniform share for one calibration row', () => {
    // every number of alarms from 0 to n is equally likely
    [0, 1, 2, 3].forEach((alarms) => assertClose(chanceOfSoMany(alarms, 1, 3, 1), (4 - alarms) / 4));
  });

  it('is that of drawing lots for one new row: k of m + 1 places', () => {
    assertClose(chanceOfSoMany(1, 99, 1, 5), 5 / 100);
  });

  it('stays a probability for as many rows as a table has', () => {
    assertClose(chanceOfSoMany(0, 25000, 100000, 250), 1, 1e-6);
    const usual = chanceOfSoMany(1000, 25000, 100000, 250);
    assert.ok(usual > 0.4 && usual < 0.6, `${usual}`);
  });
});

describe('the options of npm run detect', () => {
  it('have a line for every method, and when to take it', () => {
    assert.deepEqual(Object.keys(METHOD_WORDS).sort(), Object.keys(detectionMethods).sort());
    for (const line of help().split('\n')) assert.ok(line.length <= 110, line);
  });

  it('put files where they are told, the report beside the scores', () => {
    const {out, report, drop, csv} = settingsFrom([
      '--train',
      'a',
      '--score',
      'b',
      '--out',
      at('s.csv'),
      '--drop',
      'p,q',
      '--drop',
      'r',
      '--delimiter',
      'tab',
    ])!;
    assert.deepEqual([out, report, drop, csv.delimiter], [at('s.csv'), at('s.html'), ['p,q', 'r'], '\t']);
  });

  const refused: [string[], RegExp][] = [
    [['--score', 'b'], /train: expected either --train or --load, got neither; see --help/],
    [['--train', 'a', '--load', 'b'], /got both/],
    [['--train', 'a'], /expected --score FILE, or --save FILE to learn only, got neither/],
    [['--load', 'a', '--score', 'b', '--seed', '1'], /seed: expected with --train only, got it with --load/],
    [
      ['--train', 'a', '--score', 'b', '--method', 'svm'],
      /method: expected one of autoencoder, .* got "svm"/,
    ],
    [
      ['--train', 'a', '--score', 'b', '--false-alarms', '1 %'],
      /false-alarms: expected a share between 0 and 1, got "1 %"/,
    ],
    [['--train', 'a', '--score', 'b', '--fdr', '1'], /fdr: expected a share between 0 and 1/],
    [['--train', 'a', '--score', 'b', '--seed', '-1.5'], /^seed: expected a whole number >= 0, got -1\.5$/],
    [['--train', 'a', '--score', 'b', '--seed', '-1'], /^seed: expected a whole number >= 0, got -1$/],
    [['--train', 'a', '--score', 'b', '--seed', 'x'], /^seed: expected a whole number >= 0, got x$/],
    [['--train', 'a', '--score', 'b', '--seed='], /^seed: expected a whole number >= 0, got nothing$/],
    [
      ['--train', 'a', '--score', 'b', '--fdr', '0.1', '--false-alarms', '0.1'],
      /^fdr: expected instead of --false-alarms, got both$/,
    ],
    [
      ['--train', 'a', '--score', 'b', '--id', 'p', '--id', 'q'],
      /^id: expected once, got it more than once$/,
    ],
    [
      ['--train', 'a', '--save', 's', '--score', 'b', '--report', 's'],
      /^save: expected another file than that of --report, got s for both$/,
    ],
    [['--train', 'a', '--score', 'b', '--decimal', 'x'], /decimal: expected one of \., ,, got "x"/],
    [['--train', 'a', '--score', 'b', '--delimiter', ';;'], /delimiter: expected one character, or tab/],
    [
      ['--train', 'a', '--score', 'b', '--out', 'b'],
      /out: expected another file than that of --score, got b for both/,
    ],
    [['--train', 'a', '--score', 'b', '--out', 'no/s.csv'], /no\/s\.csv: expected a folder that is there/],
    [['a.csv'], /expected --train FILE, --score FILE and so on, got a\.csv/],
    [['--quick'], /Unknown option '--quick'\. Known options: --train/],
  ];
  for (const [args, message] of refused)
    it(`refuse ${args.join(' ')}`, () => assert.throws(() => settingsFrom(args), {message}));
});

function at(name: string): string {
  return path.join(folder, name);
}

function cell(table: Table, name: string, row: number): string {
  return cellText(column(table, name), row);
}

function run(...options: string[]): Promise<string> {
  return says(['--train', at('normal.csv'), '--score', at('new.csv'), '--out', at('scores.csv'), ...options]);
}

async function heardUntilRefused(...options: string[]): Promise<{heard: string; error: string}> {
  const lines: string[] = [];
  const args = ['--train', at('normal.csv'), '--score', at('new.csv'), '--out', at('scores.csv'), ...options];
  const settings = settingsFrom([...args, '--method', 'pca'])!;
  const error = await detect(settings, (line) => lines.push(line), {write: () => undefined}).then(
    () => assert.fail('it was not refused'),
    ({message}: Error) => message,
  );
  return {heard: lines.join('\n'), error};
}

async function says(args: string[]): Promise<string> {
  const lines: string[] = [];
  const quick = args.includes('--train') && !args.includes('--method') ? ['--method', 'pca'] : [];
  await detect(settingsFrom([...args, ...quick])!, (line) => lines.push(line), {write: () => undefined});
  return lines.join('\n');
}
