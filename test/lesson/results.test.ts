import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {startLesson} from '../../lib/lesson/lesson';
import {currentProfile} from '../../lib/lesson/profile';
import {formatResults, readResults, storedValues, writeResults, type Results} from '../../lib/lesson/results';
import {resultsTable} from '../../lib/lesson/table';
import {drawing} from '../../lib/plot/figure';

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
  figures: [{name: 'loss', alt: 'The loss falls.'}],
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
      'figures',
    ]);
  });

  it('is read back as it was written, rounded to six digits', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'results-')), 'a', 'results.json');
    writeResults(file, results);
    assert.equal(readResults(file).metrics[0].value, 13.8663);
    assert.deepEqual(readResults(file).figures, [{name: 'loss', alt: 'The loss falls.'}]);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['results.json']);
  });

  it('has no figures when it was written before they were listed', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'results-')), 'results.json');
    fs.writeFileSync(file, JSON.stringify({...results, figures: undefined}));
    assert.deepEqual(readResults(file), {...results, figures: []});
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

describe('storedValues(lesson)', () => {
  it('gives the numbers of a stored run by name', () => {
    const {'sse.mean-image': floor, 'sse.pca-30': pca} = storedValues('01-autoencoder');
    assert.ok(Math.abs(floor - 52.897) < 0.001 && Math.abs(pca - 13.866) < 0.001, `${floor}, ${pca}`);
  });

  it('says which lesson has none, and how to get some', () => {
    assert.throws(
      () => storedValues('12-x'),
      /expected one with stored numbers, got 12-x; "npm run figures"/,
    );
  });
});

describe('a lesson', () => {
  it('lists each figure once, in the order in which they were first shown, with its latest sentence', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lesson-'));
    const before = process.env.COURSE_OUT;
    process.env.COURSE_OUT = folder;
    try {
      const lesson = await startLesson('00-x', {seed: 1});
      const square = (alt: string) =>
        drawing({svg: '<svg xmlns="http://www.w3.org/2000/svg"/>', alt, width: 8, height: 8});
      await lesson.figure('b', square('First.'));
      await lesson.figure('a', square('Second.'));
      await lesson.figure('b', square('First again.'));
      lesson.finish();
      const {figures} = readResults(path.join(folder, '00-x', 'results.json'));
      assert.deepEqual(figures, [
        {name: 'b', alt: 'First again.'},
        {name: 'a', alt: 'Second.'},
      ]);
      assert.deepEqual(fs.readdirSync(path.join(folder, '00-x')), [
        'a.png',
        'a.svg',
        'b.png',
        'b.svg',
        'results.json',
      ]);
    } finally {
      if (before === undefined) delete process.env.COURSE_OUT;
      else process.env.COURSE_OUT = before;
      fs.rmSync(folder, {recursive: true});
    }
  });
});
