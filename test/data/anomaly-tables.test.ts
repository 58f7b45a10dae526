import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {loadMedical, loadNslKdd, loadSensors, SECONDS_PER_READING} from '../../lib/data/anomaly-tables';
import {isPresent} from '../../lib/data/labelled-table';
import {slidingWindows} from '../../lib/data/series';
import {cellText} from '../../lib/data/tables/table';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';

describe('loadMedical(name)', () => {
  it('has of wdbc the 357 benign rows and the ten malignant ones of the benchmark, without the label', () => {
    const {normal, anomalous} = loadMedical('wdbc');
    assert.deepEqual([normal.rows, anomalous.rows, normal.names.length], [357, 10, 30]);
    assert.ok(!normal.names.includes('anomaly'));
    // the benchmark's first row, as it is printed there
    assert.deepEqual([0, 1, 2, 3].map((j) => cellText(anomalous.columns[j], 0)), ['15.3', '25.27', '102.4', '732.4']); // prettier-ignore
  });

  it('has of breastw the 683 rows that miss no cell', () => {
    const {normal, anomalous} = loadMedical('breastw');
    assert.deepEqual([normal.rows, anomalous.rows, normal.names.length], [444, 239, 9]);
    const cells = [...normal.columns, ...anomalous.columns].flatMap((column) =>
      column.kind === 'number' ? Array.from(column.values) : [NaN],
    );
    assert.ok(cells.every((value) => value >= 1 && value <= 10));
  });

  it('says how to fetch a table that is not there, and which there are', () => {
    withoutFetched(() => {
      assert.throws(() => loadMedical('cardio'), /cardio: not fetched yet; run "npm run datasets -- cardio"/);
      assert.throws(() => loadNslKdd(), /nsl-kdd: not fetched yet; run "npm run datasets -- nsl-kdd"/);
    });
    assert.throws(
      () => loadMedical('wine'),
      /table: expected one of wdbc, breastw, cardio, thyroid, got "wine"/,
    );
  });
});

describe('loadNslKdd()', () => {
  it('has the normal rows and the attacks of both files, without names and difficulty, where it is fetched', function () {
    if (!isPresent('nsl-kdd')) this.skip();
    const {train, test} = loadNslKdd();
    const counts = [train.normal, train.anomalous, test.normal, test.anomalous].map(({rows}) => rows);
    assert.deepEqual(counts, [13449, 11743, 9711, 12833]);
    assert.deepEqual([train.normal.names.length, train.normal.names[0]], [41, 'duration']);
  });
});

describe('loadSensors()', () => {
  it('has four sensors in the order of time, two of them with one event', () => {
    const sensors = loadSensors();
    assert.deepEqual(sensors.map(({readings}) => readings.length), [4417, 4417, 5039, 5041]); // prettier-ignore
    assert.deepEqual(sensors.map(({indoor}) => indoor), [true, true, false, false]); // prettier-ignore
    assert.deepEqual(sensors.map(({labels}) => labels.reduce((sum, label) => sum + label, 0)), [117, 0, 0, 32]); // prettier-ignore
    assert.deepEqual(sensors[0].readings.slice(0, 2), [[45.93, 27.97], [45.9, 27.95]]); // prettier-ignore
    assert.equal(sensors[0].labels.indexOf(1), 2343);
    assert.equal(SECONDS_PER_READING, 5);
  });
});

describe('slidingWindows(readings, length)', () => {
  it('makes a row of each stretch, the oldest reading first', () => {
    const readings = [[1, 10], [2, 20], [3, 30], [4, 40]]; // prettier-ignore
    const rows = slidingWindows(readings, 3);
    assertClose(rows.arraySync(), [[1, 10, 2, 20, 3, 30], [2, 20, 3, 30, 4, 40]]); // prettier-ignore
  });

  it('has one row where the readings are one window, and every reading where a window is one', () => {
    assert.deepEqual(slidingWindows([[1], [2]], 2).arraySync(), [[1, 2]]);
    assert.deepEqual(slidingWindows([[1], [2]], 1).arraySync(), [[1], [2]]);
  });

  it('keeps nothing but its result', async () => {
    const leaked = await tensorsLeaked(() => tf.dispose(slidingWindows([[1], [2], [3]], 2)));
    assert.equal(leaked, 0);
  });

  it('refuses fewer readings than one window, and a length of none', () => {
    assert.throws(() => slidingWindows([[1]], 2), /readings: expected at least 2, one window, got 1/);
    assert.throws(() => slidingWindows([[1]], 0), /length: expected a whole number >= 1, got 0/);
  });
});

function withoutFetched(f: () => void): void {
  const [before, folder] = [
    process.env.COURSE_DATASETS,
    fs.mkdtempSync(path.join(os.tmpdir(), 'course-sets-')),
  ];
  process.env.COURSE_DATASETS = folder;
  try {
    f();
  } finally {
    if (before === undefined) delete process.env.COURSE_DATASETS;
    else process.env.COURSE_DATASETS = before;
    fs.rmSync(folder, {recursive: true});
  }
}
