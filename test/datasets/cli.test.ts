import * as assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {mock} from 'node:test';
import {catalogue, catalogueEntry} from '../../lib/data/catalogue';
import {zip} from '../../lib/data/zip';
import {projectRoot} from '../../lib/root';
import {amountText, DownloadLine, plainText, sizeText} from '../../tools/datasets/line';
import {entryText, listText} from '../../tools/datasets/list';
import {
  archive,
  breaksAfter,
  breastwRows,
  good,
  hepatitisRows,
  inTurn,
  status,
  withFolder,
  withServer,
} from './server';

describe('npm run datasets', () => {
  it('lists every set, whether it is here, and how it is verified', async () => {
    await withFolder(async () => {
      const {code, out} = await run('--wide');
      assert.equal(code, 0);
      const [table, hint] = out.trimEnd().split('\n\n');
      assert.match(hint, /^npm run datasets -- --show cardio tells all of a set; --wide shows all columns$/);
      const lines = table.split('\n');
      assert.equal(lines.length, 1 + Object.keys(catalogue()).length);
      const line = (name: string) => lines.find((each) => each.startsWith(`${name} `))!.split(/ {2,}/);
      assert.deepEqual(lines[0].split(/ {2,}/), [
        'name',
        'here',
        'rows × features',
        'size',
        'verified',
        'what it is',
        'licence',
        'source',
      ]);
      assert.deepEqual(line('mnist').slice(0, 5), ['mnist', 'yes', '70,000 × 28 × 28', '55.0 MB', 'SHA-256']);
      assert.deepEqual(line('wdbc').slice(0, 5), ['wdbc', 'yes', '569 × 30', '120 kB', 'SHA-256']);
      assert.deepEqual(line('cardio').slice(0, 5), ['cardio', 'no', '1,831 × 21', '770 kB', 'SHA-256']);
      assert.deepEqual(line('cover').slice(0, 5), ['cover', 'no', '286,048 × 10', '–', 'counts']);
      assert.deepEqual(line('nsl-kdd').slice(0, 5), ['nsl-kdd', 'no', '47,736 × 41', '7.3 MB', 'SHA-256']);
      assert.deepEqual(line('creditcard').slice(0, 5), [
        'creditcard',
        'by you',
        '284,807 × 30',
        '–',
        'counts',
      ]);
      assert.match(
        line('breastw').join(),
        /CC BY 4\.0,UCI Breast Cancer Wisconsin \(Original\), Wolberg 1992/,
      );
    });
  });

  it('chooses the columns by the width of the terminal, and cuts the titles', async () => {
    const narrow = ['name', 'here', 'rows × features', 'verified', 'what it is'];
    const medium = ['name', 'here', 'rows × features', 'size', 'verified', 'what it is'];
    for (const [width, head] of [
      [80, narrow],
      [120, medium],
      [180, [...medium, 'licence']],
    ] as const) {
      const lines = listText(width).split('\n');
      assert.deepEqual(lines[0].trim().split(/ {2,}/), head);
      assert.ok(lines.every((line) => line.length <= width));
      assert.ok(Math.max(...lines.map((line) => line.length)) > width - 40);
    }
    const line = listText(80)
      .split('\n')
      .find((each) => each.startsWith('wdbc '))!;
    assert.match(line, /^wdbc +yes +569 × 30 {2}SHA-256 {3}Breast tumours, .*…$/);
    assert.ok(listText(20).split('\n').every((each) => each.length <= 20)); // prettier-ignore
    await withFolder(async () => {
      for (const [columns, width] of [
        ['80', 80],
        ['', 100],
        ['wide', 100],
      ] as const) {
        process.env.COLUMNS = columns;
        const {out} = await run().finally(() => delete process.env.COLUMNS);
        assert.equal(out.split('\n\n')[0], listText(width));
      }
    });
  });

  it('tells all of a set', async () => {
    await withFolder(async (folder) => {
      const {code, out} = await run('--show', 'NSL-KDD', 'wdbc');
      assert.equal(code, 0);
      assert.equal(out, `${entryText('nsl-kdd')}\n\n${entryText('wdbc')}\n`);
      const {tables, source, licence, note} = catalogueEntry('nsl-kdd');
      for (const text of [source, licence, note!, tables.train.url!, '7.3 MB', 'KDDTest+.txt.gz'])
        assert.ok(out.includes(text), text);
      assert.match(
        out,
        /here +no; "npm run datasets -- nsl-kdd" fetches it\n +table +train: 25,192 rows × 41 features\n +table +test: /,
      );
      assert.match(
        entryText('creditcard'),
        /here +no; "npm run datasets -- creditcard --from FOLDER" fetches/,
      );
      fs.writeFileSync(path.join(folder, '15_Hepatitis.npz'), archive(hepatitisRows()));
      assert.match(entryText('hepatitis'), /verified by +counts as published\n/);
      assert.equal((await run('hepatitis', '--from', folder)).code, 0);
      assert.match(
        entryText('hepatitis'),
        /here +yes\n[^]*published, and the SHA-256 seen when it was first/,
      );
    });
  });

  it('says that COURSE_DATASETS names a file, and lists', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'file');
      fs.writeFileSync(file, '');
      process.env.COURSE_DATASETS = file;
      const {code, out, errors} = await run();
      assert.equal(code, 0);
      assert.match(
        errors,
        /^COURSE_DATASETS: expected a folder, got the file .*file; no set can be fetched .*\n$/,
      );
      assert.match(out, /^cardio +no +1,831 × 21/m);
      process.env.COURSE_DATASETS = path.join(file, 'below');
      assert.match(
        (await run()).errors,
        /^COURSE_DATASETS: expected a folder, got .*below, which lies below the file .*file; no set/,
      );
      process.env.COURSE_DATASETS = path.join(folder, 'new');
      assert.equal((await run()).errors, '');
    });
  });

  it('says one sentence for each failure, goes on with the others, and fails', async () => {
    await withFolder(async (folder) => {
      fs.writeFileSync(path.join(folder, '15_Hepatitis.npz'), archive(hepatitisRows()));
      const {code, out, errors} = await run('creditcard', 'glass', 'hepatitis', '--from', folder);
      assert.equal(code, 1);
      assert.match(out, /^hepatitis: 80 rows × 19 features, 13 anomalies; only its counts are known .*\n$/);
      assert.match(
        errors,
        /^creditcard: expected one of creditcard.csv, .*, found none\nglass: expected one of .*\n$/,
      );
      assert.match(listText(), /hepatitis +yes +80 × 19 +\d+ kB +counts /);
    });
  });

  it('takes with "all", or with no name, what a folder has, and says how many sets that were', async () => {
    for (const names of [['all'], []]) {
      await withFolder(async (folder) => {
        fs.writeFileSync(path.join(folder, '15_Hepatitis.npz'), archive(hepatitisRows()));
        fs.writeFileSync(path.join(folder, '4_breastw.npz'), archive(breastwRows()));
        const {code, out} = await run(...names, '--from', folder);
        assert.deepEqual([code, out.match(/^[\w-]+(?=:)/gm)], [0, ['breastw-adbench', 'hepatitis']]);
        assert.equal(out.split('\n')[2], `2 of 44 sets found in ${folder}`);
      });
    }
    await withFolder(async (folder) => {
      const {code, out} = await run('--from', folder);
      assert.equal(code, 1);
      assert.match(out, /^0 of 44 sets found in .*; --show tells the names that copies of a set have\n$/);
    });
  });

  it('verifies each piece, and says how to fetch what is not there or not right', async () => {
    await withFolder(async (folder) => {
      fs.writeFileSync(path.join(folder, '4_breastw.npz'), archive(breastwRows()));
      assert.equal((await run('breastw-adbench', '--from', folder)).code, 0);
      assert.match((await run('--verify')).out, /^wdbc: .*\n[^]*^breastw-adbench: its SHA-256 is the cat/m);
      const file = path.join(folder, 'breastw-adbench', 'table.csv');
      fs.appendFileSync(file, '\n\n');
      const {code, errors} = await run('breastw-adbench', 'glass', 'creditcard', '--verify');
      assert.equal(code, 1);
      assert.match(
        errors,
        /^breastw-adbench: .*table.csv is 2 bytes longer than it should be; .*\nglass: not fetched yet; run .*\ncreditcard: not fetched yet; run "npm run datasets -- creditcard --from FOLDER"\n$/,
      );
    });
  });

  it('goes on with the second table of a set when the first fails', async () => {
    await withFolder((folder) =>
      withServer(status(404), async ({url, requests}) => {
        const {code, errors} = await run('nsl-kdd', '--mirror', url);
        assert.equal(code, 1);
        assert.match(
          errors,
          /^nsl-kdd, train: [^ ]+ has no such file .*\n[^]*^nsl-kdd, test: [^ ]+ has no such/m,
        );
        assert.equal(requests.length, 2);
        assert.deepEqual(fs.readdirSync(folder), []);
      }),
    );
  });

  it('lets no control character of a server through', async () => {
    for (const [bytes, wanted] of [
      [
        Buffer.from('\x1b[31mred\x9b\n1\n'),
        /expected a header with the column anomaly and rows, got "\[31mred"\n$/,
      ],
      [zip(new Map([['../\x9b31mX.npy', Buffer.from('x')]])), /its folder, got "..\/31mX.npy"\n$/],
    ] as const) {
      await withFolder(() =>
        withServer(good(bytes), async ({url}) => {
          assert.match((await run('glass', '--mirror', url)).errors, wanted);
        }),
      );
    }
  });

  it('answers a wrong name, option or address in one sentence', async () => {
    for (const [args, message] of [
      [['Cardoi'], /^data set: expected a name of the catalogue, got "Cardoi"; did you mean cardio\?\n$/],
      [['cifar'], /^data set: expected one of mnist, .*, got "cifar"\n$/],
      [['--form', 'x'], /^Unknown option '--form'. Known options: .*--from, --mirror, .*\n$/],
      [
        ['cardio', '--mirror', 'ftp://x'],
        /^--mirror: expected an address that begins with https:\/\/ .*ftp:\/\/x\n$/,
      ],
      [['--mirror', 'http://x'], /^--mirror: expected names of sets to fetch, or all, got none\n$/],
      [['--show'], /^--show: expected names of sets, such as --show cardio, got none\n$/],
      [
        ['cardio', '--from', 'x', '--mirror', 'http://x'],
        /^--from and --mirror: expected one of them, got both\n$/,
      ],
      [['cardio', '--verify', '--from', 'x'], /^--verify and --from: expected one of them, got both\n$/],
    ] as const) {
      const {code, errors} = await run(...args);
      assert.equal(code, 1);
      assert.match(errors, message);
    }
  });

  for (const [signal, wanted] of [
    ['SIGKILL', {code: null, errors: /fetching\n(.*no answer yet\n)?$/}],
    ['SIGINT', {code: 130, errors: /Stopped; the next run goes on where this one ended\.\n$/}],
  ] as const) {
    it(`goes on after ${signal} where it was`, async function () {
      if (process.platform === 'win32') return this.skip();
      const bytes = archive(breastwRows());
      const handler = inTurn(breaksAfter(2000, bytes, '"one"', true), good(bytes));
      await withFolder((folder) =>
        withServer(handler, async ({url, requests}) => {
          const args = ['breastw-adbench', '--mirror', url];
          const first = start(...args);
          const ended = result(first);
          await until(() => partSize(path.join(folder, 'breastw-adbench')) === 2000);
          first.kill(signal);
          const {code, errors} = await ended;
          assert.equal(code, wanted.code);
          assert.match(errors, wanted.errors);
          assert.equal((await run(...args)).code, 0);
          assert.deepEqual(
            requests.map(({range}) => range),
            [undefined, 'bytes=2000-'],
          );
        }),
      );
      return undefined;
    });
  }
});

describe('the line of a download', () => {
  it('shows how much has come and how long the rest takes', () => {
    assert.equal(amountText(5e5, 2e6, 1e5), '█████░░░░░░░░░░░░░░░ 500 kB of 2.0 MB  0:15 left');
    assert.equal(amountText(999, undefined), '999 B');
    assert.deepEqual([999, 1000, 770_016, 55e6].map(sizeText), ['999 B', '1 kB', '770 kB', '55.0 MB']);
  });

  it('has a plain form', () => {
    assert.equal(plainText(1.2e6, 3.6e6, 1e5), '33 %, 1.2 MB of 3.6 MB, 0:24 left');
    assert.equal(plainText(999), '999 B');
  });

  it('is drawn over itself on a terminal and erased', () => {
    const {line, said} = sayer(true);
    line.take(10, 10);
    line.end();
    assert.match(said(), /^\r\x1b\[2Kcover {2}█{20} 10 B of 10 B\r\x1b\[2K$/);
  });

  it('is, where there is no terminal, a plain line every ten seconds', () => {
    mock.timers.enable({apis: ['Date', 'setTimeout']});
    try {
      const {line, said} = sayer(false);
      for (let second = 0; second < 25; second++) {
        line.take(second * 100, 4000);
        mock.timers.tick(1000);
      }
      line.end();
      assert.equal(
        said(),
        'cover: fetching\n' +
          'cover: 25 %, 1 kB of 4 kB, 0:30 left\n' +
          'cover: 50 %, 2 kB of 4 kB, 0:20 left\n',
      );
    } finally {
      mock.timers.reset();
    }
  });

  it('says that no answer has come, and which try is next', () => {
    for (const [isTTY, wanted] of [
      [true, '\r\x1b[2Kcover  no answer yet\r\x1b[2Kcover  x answered 503; trying again, 2 of 4\r\x1b[2K'],
      [false, 'cover: fetching\ncover: no answer yet\ncover: x answered 503; trying again, 2 of 4\n'],
    ] as const) {
      mock.timers.enable({apis: ['Date', 'setTimeout']});
      try {
        const {line, said} = sayer(isTTY);
        mock.timers.tick(2000);
        line.retry('x answered 503', 2, 4);
        line.end();
        assert.equal(said(), wanted);
      } finally {
        mock.timers.reset();
      }
    }
  });
});

function sayer(isTTY: boolean): {line: DownloadLine; said: () => string} {
  let text = '';
  const line = new DownloadLine('cover', {isTTY, columns: 80, write: (piece) => (text += piece)});
  return {line, said: () => text};
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [path.join(projectRoot, 'dist', 'tools', 'datasets', 'cli.js'), ...args]);
}

async function run(...args: string[]): Promise<{code: number | null; out: string; errors: string}> {
  return result(start(...args));
}

function result(child: ChildProcess): Promise<{code: number | null; out: string; errors: string}> {
  const text = {out: '', errors: ''};
  child.stdout!.on('data', (piece) => (text.out += piece));
  child.stderr!.on('data', (piece) => (text.errors += piece));
  return new Promise((resolve) => child.on('close', (code) => resolve({code, ...text})));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function partSize(folder: string): number {
  if (!fs.existsSync(folder)) return -1;
  const part = fs.readdirSync(folder).find((name) => name.endsWith('.part'));
  return part ? fs.statSync(path.join(folder, part)).size : -1;
}
