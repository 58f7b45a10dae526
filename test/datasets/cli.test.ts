import * as assert from 'node:assert/strict';
import {spawn, type ChildProcess} from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {catalogue} from '../../lib/data/catalogue';
import {projectRoot} from '../../lib/root';
import {amountText, DownloadLine, sizeText} from '../../tools/datasets/line';
import {listText} from '../../tools/datasets/list';
import {
  archive,
  breaksAfter,
  breastwRows,
  good,
  hepatitisRows,
  inTurn,
  withFolder,
  withServer,
} from './server';

describe('npm run datasets', () => {
  it('lists every set, whether it is here, and how it is verified', async () => {
    await withFolder(async () => {
      const {code, out} = await run();
      assert.equal(code, 0);
      const lines = out.trimEnd().split('\n');
      assert.equal(lines.length, 1 + Object.keys(catalogue()).length);
      const line = (name: string) => lines.find((each) => each.startsWith(`${name} `))!.split(/ {2,}/);
      assert.deepEqual(lines[0].split(/ {2,}/), [
        'name',
        'here',
        'rows × features',
        'size',
        'verified by',
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

  it('cuts its lines to the width of a terminal', () => {
    assert.ok(
      listText(80)
        .split('\n')
        .every((line) => line.length <= 80),
    );
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
      assert.match(listText(), /hepatitis +yes +80 × 19 +\d+ kB +counts, first SHA-256/);
    });
  });

  it('takes with "all" what a folder has', async () => {
    await withFolder(async (folder) => {
      fs.writeFileSync(path.join(folder, '15_Hepatitis.npz'), archive(hepatitisRows()));
      fs.writeFileSync(path.join(folder, '4_breastw.npz'), archive(breastwRows()));
      const {code, out} = await run('all', '--from', folder);
      assert.deepEqual([code, out.match(/^[\w-]+(?=:)/gm)], [0, ['breastw-adbench', 'hepatitis']]);
      const file = path.join(folder, 'hepatitis', 'table.csv');
      assert.equal((await run('hepatitis', '--verify')).code, 0);
      fs.appendFileSync(file, '1');
      const {code: damaged, errors} = await run('hepatitis', 'glass', '--verify');
      assert.equal(damaged, 1);
      assert.match(
        errors,
        /^hepatitis: .*table.csv is not what was fetched; .*\nglass: not fetched yet; run .*\n$/,
      );
    });
  });

  it('answers a wrong name, option or address in one sentence', async () => {
    for (const [args, message] of [
      [['cardoi'], /^data set: expected one of .*, got "cardoi"\n$/],
      [['--form', 'x'], /^Unknown option '--form'. Known options: --from, --mirror, .*\n$/],
      [
        ['cardio', '--mirror', 'ftp://x'],
        /^--mirror: expected an address that begins with https:\/\/ .*ftp:\/\/x\n$/,
      ],
    ] as const) {
      const {code, errors} = await run(...args);
      assert.equal(code, 1);
      assert.match(errors, message);
    }
  });

  for (const [signal, wanted] of [
    ['SIGKILL', {code: null, errors: /fetching\n$/}],
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

  it('is drawn over itself on a terminal and erased, elsewhere it is one plain line', () => {
    for (const [isTTY, wanted] of [
      [true, /^\r\x1b\[2Kcover {2}█{20} 10 B of 10 B\r\x1b\[2K$/],
      [false, /^cover: fetching\n$/],
    ] as const) {
      let text = '';
      const line = new DownloadLine('cover', {isTTY, columns: 80, write: (piece) => (text += piece)});
      line.take(10, 10);
      line.end();
      assert.match(text, wanted);
    }
  });
});

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
