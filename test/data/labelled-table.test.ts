import * as assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {catalogueEntry, catalogueName} from '../../lib/data/catalogue';
import {benchmarkMalignantRows, fetchedPath, isPresent, tableFile} from '../../lib/data/labelled-table';

describe('the tables of datasets/', () => {
  it('wdbc: 569 tumours, 212 of them malignant, 30 measurements that are all there', () => {
    const {header, rows} = read('wdbc');
    assert.deepEqual([header.length, header[0], header[30]], [31, 'mean_radius', 'anomaly']);
    assert.equal(rows.length, 569);
    assert.equal(rows.filter((row) => row[30] === '1').length, 212);
    assert.ok(rows.every((row) => row.length === 31 && row.every((cell) => cell !== '')));
    // the first tumour, M 842302 in UCI's file
    assert.deepEqual(rows[0].slice(0, 4), ['17.99', '10.38', '122.8', '1001']);
    // the largest area, as UCI's summary has it
    assert.equal(Math.max(...rows.map((row) => Number(row[3]))), 2501);
  });

  it('breastw: 699 tumours, 241 of them malignant, grades from 1 to 10, 16 of bare_nuclei missing', () => {
    const {header, rows} = read('breastw');
    assert.equal(rows.length, 699);
    assert.equal(rows.filter((row) => row[9] === '1').length, 241);
    const missing = header.map((_, column) => rows.filter((row) => row[column] === '').length);
    assert.deepEqual(
      missing,
      header.map((name) => (name === 'bare_nuclei' ? 16 : 0)),
    );
    assert.ok(
      rows.every((row) => row.slice(0, 9).every((cell) => cell === '' || (+cell >= 1 && +cell <= 10))),
    );
    assert.deepEqual(rows[0], ['5', '1', '1', '1', '2', '1', '3', '1', '1', '0']);
  });

  it('sensors: four motes, two of them indoors, an event at one indoors and one outdoors', () => {
    const {header, rows} = read('sensors');
    assert.deepEqual(header, ['reading', 'mote_id', 'indoor', 'humidity', 'temperature', 'label']);
    assert.equal(rows.length, 18914);
    const events = new Map<string, number>();
    for (const row of rows) {
      const mote = `${row[1]} ${row[2] === '1' ? 'indoors' : 'outdoors'}`;
      events.set(mote, (events.get(mote) ?? 0) + Number(row[5]));
    }
    assert.deepEqual([...events], EVENTS);
  });

  it("hold ADBench's tables: ten of wdbc's malignant rows and all benign, breastw's whole rows", () => {
    const wdbc = read('wdbc').rows;
    const subset = [...benchmarkMalignantRows.map((i) => wdbc[i]), ...wdbc.filter((row) => row[30] === '0')];
    assert.ok(subset.slice(0, 10).every((row) => row[30] === '1'));
    assert.equal(sum(subset), catalogueEntry('wdbc-adbench').tables.table.sha256);
    const whole = read('breastw').rows.filter((row) => !row.includes(''));
    assert.equal(sum(whole), catalogueEntry('breastw-adbench').tables.table.sha256);
  });
});

describe('tableFile(name, part)', () => {
  let folder: string;
  const before = process.env.COURSE_DATASETS;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'course-table-'));
    process.env.COURSE_DATASETS = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.COURSE_DATASETS;
    else process.env.COURSE_DATASETS = before;
    fs.rmSync(folder, {recursive: true});
  });

  it('says how to fetch what is not there', () => {
    assert.throws(() => tableFile('cardio'), {
      message: 'cardio: not fetched yet; run "npm run datasets -- cardio"',
    });
    assert.throws(() => tableFile('creditcard'), {
      message: 'creditcard: not fetched yet; run "npm run datasets -- creditcard --from FOLDER"',
    });
    assert.equal(isPresent('cardio'), false);
    assert.equal(isPresent('wdbc'), true);
  });

  it('gives the path of a table whose checksum is the one written down, and refuses an altered one', () => {
    const file = put('cover', 'table', 'x0,anomaly\n1,0\n');
    assert.equal(isPresent('cover'), true);
    assert.equal(tableFile('cover'), file);
    fs.appendFileSync(file, '2,0\n');
    assert.throws(
      () => tableFile('cover'),
      /table\.csv: expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}; .* fetch/,
    );
  });

  it("trusts the catalogue's checksum more than the one beside the table", () => {
    put('cardio', 'table', 'x0,anomaly\n1,0\n');
    assert.throws(() => tableFile('cardio'), /expected SHA-256 e873274341b6/);
  });

  it('wants a part where there are several, and a known one', () => {
    assert.throws(() => tableFile('nsl-kdd'), /part: expected one of train, test, got ""/);
    assert.throws(() => tableFile('nsl-kdd', 'trian'), /part: expected one of train, test, got "trian"/);
    assert.throws(() => tableFile('nsl-kdd', 'train'), /nsl-kdd: not fetched yet/);
    put('nsl-kdd', 'train', 'duration\n0\n');
    assert.equal(isPresent('nsl-kdd'), false);
  });

  it('answers an unknown name with the one that was meant, or else the known ones', () => {
    const meant = (wrong: string, right: string) => ({
      message: `data set: expected a name of the catalogue, got "${wrong}"; did you mean ${right}?`,
    });
    assert.throws(() => tableFile('cardoi'), meant('cardoi', 'cardio'));
    assert.throws(() => tableFile('nslkdd'), meant('nslkdd', 'nsl-kdd'));
    assert.throws(() => tableFile('Glas'), meant('Glas', 'glass'));
    assert.throws(() => tableFile('xy'), /data set: expected one of mnist.*cardio.*, got "xy"/);
    assert.throws(() => tableFile('constructor'), /data set: expected one of mnist/);
  });

  it('takes a name in any case for the one of the catalogue, where a reader types it', () => {
    assert.equal(catalogueName('NSL-KDD'), 'nsl-kdd');
    assert.throws(() => catalogueName('Cardoi'), /did you mean cardio\?/);
  });

  it('says that a table is longer than it should be', () => {
    const file = put('cardio', 'table', '\n'.repeat(770_018));
    assert.throws(
      () => tableFile('cardio'),
      /; the file is 2 bytes longer than it should be, fetch it again/,
    );
    fs.writeFileSync(file, '\n'.repeat(770_015));
    assert.throws(() => tableFile('cardio'), /; the file is 1 byte shorter than it should be, fetch it/);
    fs.writeFileSync(file, '\n'.repeat(770_016));
    assert.throws(() => tableFile('cardio'), /; the file was altered, fetch it again/);
  });
});

const EVENTS = [
  ['1 indoors', 117],
  ['2 indoors', 0],
  ['3 outdoors', 0],
  ['4 outdoors', 32],
];

function read(name: string): {header: string[]; rows: string[][]} {
  const lines = fs.readFileSync(tableFile(name), 'utf8').trim().split('\n');
  const [header, ...rows] = lines.map((line) => line.split(','));
  return {header, rows};
}

/** The checksum of the rows in the form of fetched tables. */
function sum(rows: string[][]): string {
  const header = [...rows[0].slice(1).map((_, i) => `x${i}`), 'anomaly'];
  const text = [header, ...rows].map((row) => `${row.join(',')}\n`).join('');
  return createHash('sha256').update(text).digest('hex');
}

function put(name: string, part: string, text: string): string {
  const file = fetchedPath(name, part);
  fs.mkdirSync(path.dirname(file), {recursive: true});
  fs.writeFileSync(file, text);
  fs.writeFileSync(`${file}.sha256`, `${createHash('sha256').update(text).digest('hex')}  ${part}.csv\n`);
  return file;
}
