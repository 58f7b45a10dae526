import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {gzipSync} from 'node:zlib';
import {fetchedPath, isPresent, tableFile} from '../../lib/data/labelled-table';
import {zip} from '../../lib/data/zip';
import {copyNames} from '../../tools/datasets/copies';
import {fetchPiece, piecesOf, titleOf, verifyPiece, type FetchOptions} from '../../tools/datasets/fetch';
import {explained} from '../../tools/datasets/store';
import {
  archive,
  breaksAfter,
  breastwRows,
  good,
  hepatitisRows,
  status,
  withFolder,
  withServer,
  type Handler,
} from './server';

const terminal = {write: () => undefined};
const quick: FetchOptions = {terminal, pauses: [1], patience: 2000};

describe('fetchPiece(piece)', () => {
  it('keeps the table and its checksum, and nothing else', async () => {
    await withFetch(good(archive(breastwRows())), async (fetch, folder, asked) => {
      const wanted = /^683 rows × 9 features, 239 anomalies; its SHA-256 is the catalogue's; in .*$/;
      assert.match((await fetch('breastw-adbench')).join(), wanted);
      assert.deepEqual(fs.readdirSync(path.join(folder, 'breastw-adbench')), [
        'table.csv',
        'table.csv.sha256',
      ]);
      assert.equal(tableFile('breastw-adbench'), path.join(folder, 'breastw-adbench', 'table.csv'));
      assert.deepEqual(asked, ['/4_breastw.npz']);
    });
  });

  it('leaves what is here and right, and fetches it again when forced to or when it was damaged', async () => {
    await withFetch(good(archive(breastwRows())), async (fetch, _folder, asked) => {
      await fetch('breastw-adbench');
      assert.match((await fetch('breastw-adbench')).join(), /here already/);
      assert.equal(asked.length, 1);
      fs.appendFileSync(fetchedPath('breastw-adbench', 'table'), '1');
      await fetch('breastw-adbench');
      assert.equal(asked.length, 2);
      await fetch('breastw-adbench', {force: true});
      assert.equal(asked.length, 3);
      assert.ok(tableFile('breastw-adbench'));
    });
  });

  it('refuses other values and names both checksums', async () => {
    const rows = breastwRows();
    rows[5][3]++;
    await withFetch(good(archive(rows)), async (fetch, folder) => {
      const wanted = /4_breastw.npz: expected values of SHA-256 [0-9a-f]{64}, got [0-9a-f]{64} \(683 rows/;
      await assert.rejects(fetch('breastw-adbench'), wanted);
      assert.deepEqual(fs.readdirSync(folder), []);
      assert.equal(isPresent('breastw-adbench'), false);
    });
  });

  it('does not replace a good table by a bad one', async () => {
    await withFetch(good(archive(breastwRows())), async (fetch) => fetchThenBad(fetch));
  });

  it('counts where no checksum is known, writes down the one it sees, and holds later ones against it', async () => {
    let rows = hepatitisRows();
    const handler: Handler = (request, response, before) => good(archive(rows))(request, response, before);
    await withFetch(handler, async (fetch) => {
      assert.match(
        (await fetch('hepatitis')).join(),
        /80 rows × 19 features, 13 anomalies; only its counts are known/,
      );
      assert.equal(
        verifyPiece({name: 'hepatitis', part: 'table'}),
        'its SHA-256 is the one seen when it was fetched',
      );
      const before = fs.readFileSync(tableFile('hepatitis'));
      rows = hepatitisRows(1);
      const wanted =
        /the counts are right, but the values have SHA-256 \w{64} and those fetched first had \w{64}/;
      await assert.rejects(fetch('hepatitis', {force: true}), wanted);
      assert.deepEqual(fs.readFileSync(tableFile('hepatitis')), before);
      rows = hepatitisRows().slice(1);
      await assert.rejects(
        fetch('hepatitis', {force: true}),
        /expected 80 rows × 19 features, 13 anomalies, got 79 rows × 19 features, 12 anomalies/,
      );
      rows = hepatitisRows().map((row, i) => (i === 0 ? [...row.slice(0, -1), 0] : row));
      await assert.rejects(fetch('hepatitis', {force: true}), /got 80 rows × 19 features, 12 anomalies/);
    });
  });

  it('refuses an archive with a name that leads out of its folder', async () => {
    const bytes = zip(new Map([['../../X.npy', Buffer.from('x')]]));
    await withFetch(good(bytes), async (fetch, folder) => {
      await assert.rejects(fetch('hepatitis'), /expected names inside its folder, got "..\/..\/X.npy"/);
      assert.deepEqual(fs.readdirSync(folder), []);
    });
  });

  it('lets three at once end well, of which two begin while the first has half of the file', async () => {
    const bytes = archive(breastwRows());
    const runs: Promise<string[]>[] = [];
    let begin: () => unknown = () => undefined;
    const slow: Handler = (_request, response, before) => {
      response.writeHead(200, {'Content-Length': bytes.length, ETag: '"one"'});
      response.write(bytes.subarray(0, 1000), () => {
        setTimeout(
          () => before === 0 && runs.push(begin() as Promise<string[]>, begin() as Promise<string[]>),
          20,
        );
        setTimeout(() => response.end(bytes.subarray(1000)), 40);
      });
    };
    await withFetch(slow, async (fetch, folder) => {
      begin = () => fetch('breastw-adbench');
      await fetch('breastw-adbench');
      assert.equal(runs.length, 2);
      await Promise.all(runs);
      assert.deepEqual(fs.readdirSync(path.join(folder, 'breastw-adbench')), [
        'table.csv',
        'table.csv.sha256',
      ]);
      assert.ok(tableFile('breastw-adbench'));
    });
  });

  it('goes on where an ended run stopped', async () => {
    const bytes = archive(breastwRows());
    const ranges: (string | undefined)[] = [];
    const handler: Handler = (request, response, before) => {
      ranges.push(request.headers.range);
      (before === 0 ? breaksAfter(2000, bytes) : good(bytes))(request, response, before);
    };
    await withFetch(handler, async (fetch, folder) => {
      await assert.rejects(fetch('breastw-adbench', {pauses: []}));
      assert.equal(fs.readdirSync(path.join(folder, 'breastw-adbench')).length, 2); // the part and its origin
      await fetch('breastw-adbench');
      assert.deepEqual(ranges, [undefined, 'bytes=2000-']);
    });
  });

  it('says what to do about a host that cannot be reached, and does not wait for it again', async () => {
    await withFolder(async (folder) => {
      let mirror = '';
      await withServer(status(200), async ({url}) => void (mirror = url));
      const said: string[] = [];
      const terminal = {write: (text: string) => said.push(text)};
      const options = {...quick, mirror, terminal, unreachable: new Set<string>()};
      const advice =
        /cannot be reached \(ECONNREFUSED\), after 2 tries; take a copy with --from FOLDER, or another server with --mirror URL$/;
      await assert.rejects(fetchSet('cardio', options), advice);
      assert.match(
        said.join(''),
        /^cardio: fetching\ncardio: 127.0.0.1:\d+ cannot be reached \(ECONNREFUSED\); trying again, 2 of 2\n$/,
      );
      await assert.rejects(fetchSet('cover', options), /not tried, since 127.0.0.1:\d+ could not be reached/);
      assert.deepEqual(fs.readdirSync(folder), []);
    });
  });

  it('removes the folders that it made for nothing, not those that were there', async () => {
    await withFetch(status(404), async (fetch, folder) => {
      await assert.rejects(fetch('cardio'), /no such file/);
      assert.deepEqual(fs.readdirSync(folder), []);
      process.env.COURSE_DATASETS = path.join(folder, 'new', 'one');
      await assert.rejects(fetch('cardio'), /no such file/);
      assert.deepEqual(fs.readdirSync(folder), []);
    });
  });

  it('takes each table of a set by itself', () => {
    assert.deepEqual(piecesOf('nsl-kdd').map(titleOf), ['nsl-kdd, train', 'nsl-kdd, test']);
    assert.deepEqual(piecesOf('wdbc').concat(piecesOf('cardio')), [
      {name: 'wdbc'},
      {name: 'cardio', part: 'table'},
    ]);
  });

  it('says of the cards where they are, since only the reader can fetch them', async () => {
    await withFolder(() =>
      assert.rejects(fetchSet('creditcard', quick), /Only you can fetch creditcard.csv: .*--from/),
    );
  });

  it('says of what comes with the course that it is here', async () => {
    assert.match((await fetchSet('wdbc', quick)).join(), /^here already, in datasets\/; its SHA-256/);
  });
});

describe('fetchPiece(piece, {from})', () => {
  it('takes a copy from below a folder, under any of its names, compressed or not', async () => {
    const csv = [
      'x0,x1,x2,x3,x4,x5,x6,x7,x8,anomaly',
      ...breastwRows().map((row) => row.map((v) => v.toFixed(1))),
    ];
    const text = `${csv.join('\n')}\n`;
    for (const [name, bytes] of [
      ['breastw.csv.gz', gzipSync(text)],
      ['breastw-adbench.csv', Buffer.from(text)],
      ['4_breastw.npz', archive(breastwRows())],
      ['4_breastw.npz.gz', gzipSync(archive(breastwRows()))],
    ] as const) {
      await withFolder(async (folder) => {
        const from = path.join(folder, 'copies');
        fs.mkdirSync(path.join(from, 'deep', 'er'), {recursive: true});
        fs.writeFileSync(path.join(from, 'deep', 'er', name), bytes);
        await fetchSet('breastw-adbench', {...quick, from});
        assert.ok(tableFile('breastw-adbench'), name);
        assert.ok(fs.existsSync(path.join(from, 'deep', 'er', name)));
      });
    }
  });

  it('passes over a bad copy where there is a good one, and names it where there is none', async () => {
    await withFolder(async (folder) => {
      fs.writeFileSync(path.join(folder, '4_breastw.npz'), archive(breastwRows().slice(1)));
      const options = {...quick, from: folder};
      await assert.rejects(
        fetchSet('breastw-adbench', options),
        /4_breastw.npz: expected values of SHA-256 /,
      );
      fs.writeFileSync(path.join(folder, '4_breastw.npz.gz'), gzipSync(archive(breastwRows())));
      await fetchSet('breastw-adbench', options);
    });
  });

  it('says which names it has looked for, and that a folder is none', async () => {
    await withFolder(async (folder) => {
      const wanted =
        /expected one of 14_glass.npz, 14_glass.npz.gz, glass.csv, glass.csv.gz in .*, found none/;
      await assert.rejects(fetchSet('glass', {...quick, from: folder}), wanted);
      await assert.rejects(
        fetchSet('glass', {...quick, from: path.join(folder, 'no')}),
        /--from: expected a folder/,
      );
      assert.deepEqual(copyNames('nsl-kdd', 'test').slice(0, 3), [
        'KDDTest+.txt',
        'KDDTest+.txt.gz',
        'nsl-kdd-test.csv',
      ]);
    });
  });
});

describe('a folder that cannot be written to', () => {
  it('is named', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'file');
      fs.writeFileSync(file, '');
      process.env.COURSE_DATASETS = file; // as good as forbidden, and true for the superuser as well
      const error = await fetchSet('cardio', {...quick, mirror: 'http://127.0.0.1:1/'}).catch(explained);
      assert.match(
        String(error),
        /file.* cannot be written to \((ENOTDIR|EEXIST)\); COURSE_DATASETS can name another/,
      );
    });
  });

  it('or is full, is said to be so', async function () {
    if (!fs.existsSync('/dev/full')) return this.skip();
    await withFetch(good(archive(breastwRows())), async (fetch, folder) => {
      fs.mkdirSync(path.join(folder, 'breastw-adbench'));
      // What an ended run has left, and the new one takes over: a file on a device that is always full.
      fs.symlinkSync('/dev/full', path.join(folder, 'breastw-adbench', '4_breastw.npz.4194304-0.part'));
      assert.equal(
        await fetch('breastw-adbench').catch(explained),
        'the disk is full; free some space and run the command again',
      );
    });
    return undefined;
  });
});

async function fetchSet(name: string, options: FetchOptions): Promise<string[]> {
  const sentences: string[] = [];
  for (const piece of piecesOf(name)) sentences.push(await fetchPiece(piece, options));
  return sentences;
}

type Fetch = (name: string, options?: Partial<FetchOptions>) => Promise<string[]>;

/** Runs `body` with a server as mirror, an empty folder, and the addresses that the server was asked for. */
async function withFetch(
  handler: Handler,
  body: (fetch: Fetch, folder: string, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const noted: Handler = (request, response, before) => {
    asked.push(request.url!);
    handler(request, response, before);
  };
  await withFolder((folder) =>
    withServer(noted, ({url}) =>
      body((name, options) => fetchSet(name, {...quick, mirror: url, ...options}), folder, asked),
    ),
  );
}

async function fetchThenBad(fetch: Fetch): Promise<void> {
  await fetch('breastw-adbench');
  const before = fs.readFileSync(tableFile('breastw-adbench'));
  const bad = breastwRows().slice(1);
  await withServer(good(archive(bad)), async ({url}) => {
    await assert.rejects(fetch('breastw-adbench', {force: true, mirror: url}), /SHA-256/);
  });
  assert.deepEqual(fs.readFileSync(tableFile('breastw-adbench')), before);
}
