import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {parseCsv} from '../../lib/data/tables/csv';
import {writeArrays} from '../../lib/data/safetensors';
import {column, selectRows, type Table} from '../../lib/data/tables/table';
import {detectionMethods} from '../../lib/detection/methods';
import {falseAlarmSpread} from '../../lib/detection/conformal';
import {reasonsOf} from '../../lib/detection/reasons';
import {TableDetector, type TableDetectorOptions} from '../../lib/detection/table-detector';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {assertClose, tensorsLeaked} from '../helpers';
import {rowsAsCsv, tableOf} from './tables';

const drop = ['id', 'label'];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guards-'));
after(() => fs.rmSync(folder, {recursive: true}));

describe('TableDetector', () => {
  it('flags about as many normal rows as it promises', async () => {
    const guard = await fitted({falseAlarms: 0.05});
    const later = tableOf(2, 4000);
    const flags = guard.judge(later).filter(({flag}) => flag).length;
    const {mean, deviation} = falseAlarmSpread(guard.calibration.length, later.rows, 0.05);
    assert.ok(Math.abs(flags / later.rows - mean) < 4 * deviation, `${flags} of ${later.rows}`);
    guard.dispose();
  });

  it('finds planted anomalies, and blames a column that takes part', async () => {
    const guard = await fitted();
    const later = tableOf(3, 1000, 100);
    const label = column(later, 'label');
    assert.ok(label.kind === 'number');
    const planted = guard.judge(later).filter((_, i) => label.values[i] === 1);
    assert.equal(planted.length, 10);
    for (const {flag, score, reasons} of planted) {
      assert.ok(flag && score > guard.threshold);
      assert.ok(['x', 'y'].includes(reasons[0].column), reasons[0].column);
      assert.ok(reasons[0].share > reasons[1].share && reasons[0].share <= 1);
    }
    guard.dispose();
  });

  for (const method of Object.keys(detectionMethods)) {
    it(`gives the same verdicts after it was saved and loaded: ${method}`, async () => {
      const options = ['autoencoder', 'vae', 'deep-svdd'].includes(method) ? {steps: 20} : {};
      const guard = await fitted({method, options, seed: 3});
      const file = path.join(folder, `${method}.detector`);
      guard.save(file);
      const again = TableDetector.load(file);
      const later = tableOf(4, 200, 20);
      assert.deepEqual(again.judge(later), guard.judge(later));
      assert.equal(again.threshold, guard.threshold);
      assert.equal(again.encoder.summary(), guard.encoder.summary());
      guard.dispose();
      again.dispose();
    });
  }

  it('gives every row the verdict that it has alone, whatever rows stand beside it', async () => {
    const guard = await fitted();
    const later = parseCsv(`${rowsAsCsv(5, 8999, 500)}r,1,,0,right,1\n`); // more than one part, the last row lacks y
    const together = guard.judge(later);
    for (const i of [0, 499, 8191, 8192, 8999]) {
      const [alone] = guard.judge(selectRows(later, [i]));
      assertClose(alone.score, together[i].score);
      assert.deepEqual([alone.flag, alone.unseen], [together[i].flag, together[i].unseen]);
    }
    guard.dispose();
  });

  it('calibrates on rows that it has not learned from', async () => {
    const guard = await fitted({calibration: 0.4});
    assert.equal(guard.calibration.length, 400);
    // 1 for the row itself: with the p-values of 400 calibration rows none is below 1 / 401
    const [{pValue}] = guard.judge(parseCsv('x,y,z,kind\n0,50,0,left\n'));
    assert.equal(pValue, 1 / 401);
    guard.dispose();
  });

  it('keeps its promise where the method knows its training rows by heart', async () => {
    // in 30 random columns a new row is far from every old one, but a training row is one of them
    const random = new RandomStream(9);
    const names = Array.from({length: 30}, (_, j) => `x${j}`);
    const noise = (rows: number) => ({
      names,
      rows,
      columns: names.map(() => ({kind: 'number' as const, values: Float64Array.from(random.normals(rows))})),
    });
    const options = {method: 'k-nn', options: {neighbours: 1}, falseAlarms: 0.05};
    const guard = await TableDetector.fit(noise(400), options);
    const flags = guard.judge(noise(400)).filter(({flag}) => flag).length;
    assert.ok(flags < 60, `${flags} of 400 flagged, 20 expected`);
    guard.dispose();
  });

  it('says what of a row training had never seen, and flags it', async () => {
    const guard = await fitted();
    const later = parseCsv('x,y,z,kind\n1,2,0,right\n1,2,0,up\n1,,0,right\n');
    const [usual, category, missing] = guard.judge(later);
    assert.deepEqual([usual.flag, usual.unseen], [false, []]);
    assert.deepEqual(
      [category.flag, category.unseen, category.reasons[0].column],
      [true, ['kind is up'], 'kind'],
    );
    assert.deepEqual([missing.flag, missing.unseen], [true, ['y is missing']]);
    guard.dispose();
  });

  it('can hold the share of false alarms among the flagged rows instead', async () => {
    const guard = await fitted({falseAlarms: 0.1});
    const later = tableOf(6, 1000, 20);
    const label = column(later, 'label');
    assert.ok(label.kind === 'number');
    const flagged = [...guard.judge(later, {falseDiscoveries: 0.2}).entries()].filter(([, {flag}]) => flag);
    const wrong = flagged.filter(([i]) => label.values[i] === 0).length;
    assert.ok(flagged.length - wrong >= 48, `${flagged.length - wrong} of 50 found`);
    assert.ok(wrong / flagged.length < 0.35, `${wrong} of ${flagged.length} are normal`); // 0.2 is expected
    assert.ok(guard.judge(tableOf(7, 1000), {falseDiscoveries: 0.05}).filter(({flag}) => flag).length <= 10);
    guard.dispose();
  });

  it('takes an auto-encoder where no method is named', async () => {
    const guard = await TableDetector.fit(tableOf(1, 200), {options: {steps: 1}, encoder: {drop}});
    assert.equal(guard.detector.method, 'autoencoder');
    guard.dispose();
  });

  it('is the same again from the same seed, and another from another', async () => {
    const scores = async (seed: number) => {
      const guard = await fitted({seed});
      guard.dispose();
      return guard.calibration;
    };
    assert.deepEqual(await scores(1), await scores(1));
    assert.notDeepEqual(await scores(1), await scores(2));
  });

  it('tells how far it has come', async () => {
    const guard = await fitted();
    const told: number[] = [];
    guard.judge(tableOf(8, 9000), {onProgress: (rows) => told.push(rows)});
    assert.deepEqual(told, [8192, 9000]);
    guard.dispose();
  });

  it('leaves no tensor behind', async () => {
    const normal = tableOf(1, 300);
    const leaked = await tensorsLeaked(async () => {
      const guard = await TableDetector.fit(normal, {method: 'pca', encoder: {drop}});
      guard.judge(normal);
      guard.dispose();
    });
    assert.equal(leaked, 0);
  });

  it('says how many normal rows it needs', async () => {
    await refused(
      tableOf(1, 148),
      {},
      /at least 149 normal rows for a false-alarm rate of 0\.01, got 148; collect more, or allow a rate of 0\.011$/,
    );
    await refused(tableOf(1, 66), {}, /got 66; collect more$/); // too few to learn from at any rate
    await refused(tableOf(1, 58), {calibration: 0.1}, /got 58; collect more$/); // a rate of 0.112 is no advice
    await refused(tableOf(1, 1000), {falseAlarms: 0.001}, /at least 1049 normal rows/);
    await refused(
      tableOf(1, 100),
      {calibration: 0.9, falseAlarms: 0.5},
      /at least 500 normal rows .* got 100/,
    );
  });

  it('names options that are out of range', async () => {
    const normal = tableOf(1, 200);
    await refused(normal, {method: 'x'}, /method: expected one of autoencoder, .* got "x"/);
    await refused(normal, {falseAlarms: 0}, /falseAlarms: expected a share between 0 and 1, got 0/);
    await refused(normal, {calibration: 1}, /calibration: expected a number from 0 to 0\.9, got 1/);
    await refused(normal, {alpha: 1} as TableDetectorOptions, /unknown option alpha; known are method/);
    await refused(normal, {encoder: {}}, /column "id", got .* leave it out \(drop: \["id"\]\)/);
  });

  it('refuses files that hold something else, are damaged, or newer', async () => {
    const file = path.join(folder, 'guard.detector');
    const guard = await fitted();
    guard.save(file);
    guard.dispose();
    const whole = fs.readFileSync(file);
    fs.writeFileSync(file, whole.subarray(0, whole.length - 4));
    assert.throws(
      () => TableDetector.load(file),
      /guard\.detector: expected a whole table detector, got .* truncated/,
    );
    const altered = Buffer.from(whole);
    altered[altered.length - 1] ^= 1;
    fs.writeFileSync(file, altered);
    assert.throws(() => TableDetector.load(file), /the file was altered/);
    const header = Buffer.from(whole);
    header[header.indexOf('mean') + 8] ^= 1; // a digit of what was learned of a column
    fs.writeFileSync(file, header);
    assert.throws(
      () => TableDetector.load(file),
      /guard\.detector: expected a header .* the file was altered/,
    );
    const metadata = {kind: 'table-detector', version: '1', detector: '{}', encoder: '{"form":"old"}'};
    writeArrays(file, {metadata, arrays: {}});
    assert.throws(
      () => TableDetector.load(file),
      /guard\.detector: encoder: expected the form .* got "old"; update the course, or fit the detector again/,
    );
    writeArrays(file, {metadata: {kind: 'gan'}, arrays: {}});
    assert.throws(() => TableDetector.load(file), /guard\.detector: expected a table detector, got gan/);
    writeArrays(file, {metadata: {kind: 'table-detector', version: '2'}, arrays: {}});
    assert.throws(() => TableDetector.load(file), /expected table detector version 1, got 2/);
  });
});

describe('reasonsOf', () => {
  it('adds up the features of a column, and leaves out what makes a row look usual', () => {
    const features = ['a', 'b', 'b', 'c'].map((name) => ({name, column: name}));
    const explanation = tf.tensor2d([
      [2, 3, 3, -5],
      [0, 0, 0, 0],
    ]);
    assert.deepEqual(reasonsOf(explanation, features), [
      [
        {column: 'b', share: 6 / 8},
        {column: 'a', share: 2 / 8},
      ],
      [],
    ]);
    explanation.dispose();
  });
});

function fitted(options: TableDetectorOptions = {}): Promise<TableDetector> {
  return TableDetector.fit(tableOf(1, 1000), {method: 'pca', encoder: {drop}, ...options});
}

async function refused(normal: Table, options: TableDetectorOptions, message: RegExp): Promise<void> {
  await assert.rejects(TableDetector.fit(normal, {encoder: {drop}, ...options}), {message});
}
