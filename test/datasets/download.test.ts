import * as assert from 'node:assert/strict';
import * as dns from 'node:dns';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {mock} from 'node:test';
import {download, type DownloadOptions} from '../../tools/datasets/download';
import {sizeOf} from '../../tools/datasets/parts';
import {failure, type Passing} from '../../tools/datasets/request';
import {breaksAfter, good, inTurn, status, withFolder, withServer, type Handler, type Server} from './server';

const bytes = Uint8Array.from({length: 10_000}, (_, i) => (i * 7) % 251);
const other = bytes.map((byte) => 255 - byte);
const quick: DownloadOptions = {pauses: [1, 1, 1], patience: 2000};

describe('download(url, part)', () => {
  it('fetches a file, and says how far it is', async () => {
    const seen: [number, number?][] = [];
    await withDownload(good(bytes), async (fetch, part) => {
      await fetch({onProgress: (...progress) => seen.push(progress)});
      assert.deepEqual(contentOf(part), bytes);
    });
    assert.deepEqual(
      [seen[0], seen[seen.length - 1]],
      [
        [0, 10_000],
        [10_000, 10_000],
      ],
    );
  });

  it('asks for the rest after a break, of the same state of the file', async () => {
    const server = inTurn(breaksAfter(4000, bytes), breaksBetween(4000, 7000), good(bytes));
    await withDownload(server, async (fetch, part, {requests}) => {
      await fetch({pauses: [1]}); // each byte that comes starts the tries again
      assert.deepEqual(contentOf(part), bytes);
      const ranges = requests.map(({range}) => range);
      assert.deepEqual(ranges, [undefined, 'bytes=4000-', 'bytes=7000-']);
      assert.deepEqual([requests[1].ifRange, requests[2].ifRange], ['"one"', '"one"']);
    });
  });

  it('takes a file that has changed between two parts from its beginning', async () => {
    await withDownload(
      inTurn(breaksAfter(4000, bytes), good(other, '"two"')),
      async (fetch, part, {requests}) => {
        await fetch();
        assert.deepEqual(contentOf(part), other);
        assert.equal(requests[1].ifRange, '"one"');
      },
    );
  });

  it('does not glue the rest of a changed file on, though the server offers it', async () => {
    const careless: Handler = (request, response, before) => {
      delete request.headers['if-range'];
      good(other, '"two"')(request, response, before);
    };
    await withDownload(inTurn(breaksAfter(4000, bytes), careless), async (fetch, part) => {
      await fetch();
      assert.deepEqual(contentOf(part), other);
    });
  });

  it('begins anew where the server knows no ranges, or gives the file no name to tell its states by', async () => {
    const whole: Handler = (_request, response) => response.writeHead(200, {ETag: '"one"'}).end(bytes);
    await withDownload(inTurn(breaksAfter(4000, bytes), whole), async (fetch, part, {requests}) => {
      await fetch();
      assert.deepEqual(contentOf(part), bytes);
      assert.equal(requests[1].range, 'bytes=4000-');
    });
    for (const etag of ['', 'W/"weak"']) {
      await withDownload(
        inTurn(breaksAfter(4000, bytes, etag), good(bytes)),
        async (fetch, part, {requests}) => {
          await fetch();
          assert.deepEqual(contentOf(part), bytes);
          assert.equal(requests[1].range, undefined);
        },
      );
    }
  });

  it('takes nothing over from another address', async () => {
    await withDownload(breaksAfter(4000, bytes), async (fetch, part) => {
      await assert.rejects(fetch({pauses: []}));
      await withServer(good(other), async ({url, requests}) => {
        await download(`${url}file.npz`, part, quick);
        assert.equal(requests[0].range, undefined);
      });
      assert.deepEqual(contentOf(part), other);
    });
  });

  it('begins anew when there is no such range', async () => {
    const server = inTurn(breaksAfter(4000, bytes), status(416), good(bytes));
    await withDownload(server, async (fetch, part, {requests}) => {
      await fetch();
      assert.deepEqual(contentOf(part), bytes);
      assert.equal(requests[2].range, undefined);
    });
  });

  it('notices fewer bytes than announced, and keeps them for the next time', async () => {
    const short: Handler = (_request, response) =>
      response.writeHead(200, {'Content-Length': 200, ETag: '"one"'}).end(bytes.subarray(0, 50));
    await withDownload(short, async (fetch, part) => {
      await assert.rejects(
        fetch({pauses: []}),
        /^Error: (the connection to )?127.0.0.1:\d+ broke.*, after 1 try$/,
      );
      assert.equal(sizeOf(part), 50);
    });
  });

  it('refuses more bytes than announced', async () => {
    const long: Handler = (_request, response) =>
      response.writeHead(200, {'Content-Length': 50}).end(bytes.subarray(0, 200));
    await withDownload(long, async (fetch, part) => {
      await assert.rejects(fetch(), /127.0.0.1:\d+ sent more bytes than the 50 that it announced/);
      assert.equal(fs.existsSync(part), false);
    });
  });

  it('refuses more bytes than a file may have, announced or not', async () => {
    const silent: Handler = (_request, response) => response.writeHead(200).end(bytes);
    for (const handler of [good(bytes), silent]) {
      await withDownload(handler, async (fetch, part) => {
        await assert.rejects(fetch({limit: 5000}), /sends more than the 5000 bytes that a file may have/);
        assert.equal(fs.existsSync(part), false);
      });
    }
    const endless: Handler = (_request, response) =>
      response.writeHead(200, {'Content-Length': 1e15}).flushHeaders();
    await withDownload(endless, async (fetch) =>
      assert.rejects(fetch(), /sends more than the 1000000000 bytes/),
    );
  });

  it('tries again after 503, not after 404', async () => {
    await withDownload(inTurn(status(503), status(429), good(bytes)), async (fetch, part) => {
      await fetch();
      assert.deepEqual(contentOf(part), bytes);
    });
    await withDownload(inTurn(status(404), good(bytes)), async (fetch, _part, {requests}) => {
      await assert.rejects(fetch(), /127.0.0.1:\d+ has no such file \(404\): http:.*file.npz$/);
      assert.equal(requests.length, 1);
    });
    await withDownload(status(503), async (fetch, _part, {requests}) => {
      await assert.rejects(fetch(), /127.0.0.1:\d+ answered 503, after 4 tries/);
      assert.equal(requests.length, 4);
    });
    await withDownload(status(401), async (fetch) => assert.rejects(fetch(), /answered 401/));
  });

  it('follows redirects, not without end', async () => {
    const moved = inTurn(status(302, {Location: '/elsewhere'}), good(bytes));
    await withDownload(moved, async (fetch, part, {requests}) => {
      await fetch();
      assert.deepEqual(contentOf(part), bytes);
      assert.equal(requests[1].url, '/elsewhere');
    });
    const round = status(301, {Location: '/file.npz'});
    await withDownload(round, async (fetch) => assert.rejects(fetch(), /leads from one address to the next/));
  });

  it('names a web page that comes in place of the file', async () => {
    const page = status(200, {'Content-Type': 'text/html'}, '\n<html><head><title>Hotel\n Wi-Fi</title>');
    await withDownload(page, async (fetch, part) => {
      await assert.rejects(fetch(), /sent a web page \("Hotel Wi-Fi"\); does the network ask you to log in/);
      assert.equal(fs.existsSync(part), false);
    });
  });

  it('gives a server up that goes silent, in the middle or before it answers', async () => {
    for (const handler of [breaksAfter(4000, bytes, '"one"', true), () => undefined]) {
      await withDownload(handler, async (fetch) => {
        const wanted = /not a byte came from 127.0.0.1:\d+ for 0.1 s, after 1 try/;
        await assert.rejects(fetch({patience: 100, pauses: []}), wanted);
      });
    }
  });

  it('has patience with a server that is slow but not silent', async () => {
    const slow: Handler = (_request, response) => {
      response.writeHead(200, {'Content-Length': bytes.length});
      const piece = (at: number): void => {
        if (at >= bytes.length) return void response.end();
        response.write(bytes.subarray(at, at + 1000), () => setTimeout(() => piece(at + 1000), 50));
      };
      piece(0);
    };
    await withDownload(slow, async (fetch, part) => {
      await fetch({patience: 350, pauses: []}); // it takes 500 in all
      assert.deepEqual(contentOf(part), bytes);
    });
  });

  it('names a host that cannot be reached', async () => {
    await withFolder(async (folder) => {
      let url = '';
      await withServer(status(200), async (server) => void (url = server.url));
      const wanted = /127.0.0.1:\d+ cannot be reached \(ECONNREFUSED\), after 1 try/;
      await assert.rejects(download(url, path.join(folder, 'x.part'), {pauses: []}), wanted);
    });
  });
});

describe('a try that failed', () => {
  it('is told with the one that comes next', async () => {
    const told: unknown[][] = [];
    await withDownload(status(503), async (fetch) => {
      await assert.rejects(fetch({pauses: [1, 1], onRetry: (...next) => told.push(next)}));
    });
    const [[reason]] = told;
    assert.match(String(reason), /^127.0.0.1:\d+ answered 503$/);
    assert.deepEqual(told, [
      [reason, 2, 3],
      [reason, 3, 3],
    ]);
  });

  it('is repeated once where the name of the server cannot be resolved', async () => {
    const lost = failure('data.example', Object.assign(new Error(), {code: 'ENOTFOUND'}));
    const refused = failure('data.example', Object.assign(new Error(), {code: 'ECONNREFUSED'}));
    assert.deepEqual(
      [lost, refused].map((error) => (error as Passing).unresolved),
      [true, false],
    );
    const lookup = mock.method(dns, 'lookup', (...args: unknown[]) => {
      const done = args[args.length - 1] as (error: Error) => void;
      setImmediate(() => done(Object.assign(new Error(), {code: 'ENOTFOUND'})));
    });
    try {
      await withFolder((folder) => {
        const fetch = download('http://data.example/x', path.join(folder, 'x.part'), {pauses: [1, 1, 1]});
        return assert.rejects(fetch, /data.example cannot be reached \(ENOTFOUND\), after 2 tries/);
      });
      assert.equal(lookup.mock.callCount(), 2);
    } finally {
      lookup.mock.restore();
    }
  });
});

/** The range that was asked for, breaking off before its end. */
function breaksBetween(start: number, end: number): Handler {
  return (_request, response) => {
    response.writeHead(206, {
      ETag: '"one"',
      'Content-Length': bytes.length - start,
      'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    });
    response.write(bytes.subarray(start, end), () => setImmediate(() => response.destroy()));
  };
}

async function withDownload(
  handler: Handler,
  body: (fetch: (options?: DownloadOptions) => Promise<void>, part: string, server: Server) => Promise<void>,
): Promise<void> {
  await withFolder((folder) =>
    withServer(handler, async (server) => {
      const part = path.join(folder, 'file.npz.1-0.part');
      await body((options) => download(`${server.url}file.npz`, part, {...quick, ...options}), part, server);
    }),
  );
}

function contentOf(file: string): Uint8Array {
  return Uint8Array.from(fs.readFileSync(file));
}
