import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {currentProfile} from '../../lib/lesson/profile';
import {formatResults, readResults, writeResults, type Results} from '../../lib/lesson/results';
import {resultsTable} from '../../lib/lesson/table';

const results: Results = {
  lesson: '01-x',
  profile: 'quick',
  seed: 1,
  engine: 'native',
  versions: {b: '2', a: '1'},
  seconds: 1.234,
  metrics: [
    {
      name: 'sse',
      value: 13.8662653,
      unit: 'per image',
      better: 'lower',
      published: {value: 13.87, source: 'H'},
    },
  ],
};

describe('results.json', () => {
  it('has its keys in one order, whatever order they came in', () => {
    const {metrics, lesson, ...rest} = results;
    assert.equal(formatResults({metrics, ...rest, lesson}), formatResults(results));
    assert.deepEqual(Object.keys(JSON.parse(formatResults(results)) as object), [
      'lesson',
      'profile',
      'seed',
      'engine',
      'versions',
      'seconds',
      'metrics',
    ]);
  });

  it('is read back as it was written, rounded to six digits', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'results-')), 'a', 'results.json');
    writeResults(file, results);
    assert.equal(readResults(file).metrics[0].value, 13.8663);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['results.json']);
  });

  it('is refused with the name of the file when it does not parse or is something else', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'results-')), 'results.json');
    fs.writeFileSync(file, '{"lesson": ');
    assert.throws(
      () => readResults(file),
      /results\.json: expected results in JSON, got .*; run the lesson again/,
    );
    fs.writeFileSync(file, '{"a": 1}');
    assert.throws(() => readResults(file), /expected the keys lesson and metrics, got a/);
  });

  it('becomes a table with the published value and its source', () => {
    assert.match(
      resultsTable(results.metrics),
      /\| sse \| 13\.87 \| 13\.87 \| per image, lower is better \| H \|/,
    );
  });
});

describe('the profile', () => {
  const before = process.env.COURSE_PROFILE;
  afterEach(() => {
    if (before === undefined) delete process.env.COURSE_PROFILE;
    else process.env.COURSE_PROFILE = before;
  });

  it('is standard unless COURSE_PROFILE says otherwise', () => {
    delete process.env.COURSE_PROFILE;
    assert.equal(currentProfile(), 'standard');
    process.env.COURSE_PROFILE = 'full';
    assert.equal(currentProfile(), 'full');
  });

  it('is answered with the known ones when it is unknown', () => {
    process.env.COURSE_PROFILE = 'fast';
    assert.throws(
      () => currentProfile(),
      /COURSE_PROFILE: expected one of quick, standard, full, got "fast"/,
    );
  });
});
