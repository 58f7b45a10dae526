/**
 * Tables with known anomalies, as they are used in published comparisons: the detectors' rows and the label apart.
 * ADBench, Han et al. 2022, https://arxiv.org/abs/2206.09426; NSL-KDD, Tavallaee et al. 2009,
 * https://doi.org/10.1109/CISDA.2009.5356528
 */
import {assertChoice} from '../check';
import {readCsv} from './tables/csv';
import {benchmarkMalignantRows, tableFile} from './labelled-table';
import {column, isMissing, selectRows, withoutColumns, type Table} from './tables/table';

/** Rows of one table, without their label. */
export interface LabelledRows {
  normal: Table;
  anomalous: Table;
}

const NAMES = ['wdbc', 'breastw', 'cardio', 'thyroid'] as const;

/**
 * One of ADBench's medical tables: wdbc with its 10 malignant rows, breastw without rows that miss a cell, both from
 * what comes with the course; cardio and thyroid where they have been fetched.
 * @throws RangeError for another name; Error saying how to fetch a table that is not there.
 */
export function loadMedical(name: string): LabelledRows {
  assertChoice('table', name, NAMES);
  const table = readCsv(tableFile(name));
  const labels = numbers(table, 'anomaly');
  const rows = withoutColumns(table, ['anomaly']);
  const complete = (i: number) => rows.columns.every((cells) => !isMissing(cells, i));
  const places = (label: number) => [...labels.keys()].filter((i) => labels[i] === label && complete(i));
  return {
    normal: selectRows(rows, places(0)),
    anomalous: selectRows(rows, name === 'wdbc' ? benchmarkMalignantRows : places(1)),
  };
}

/**
 * NSL-KDD's 20 % training file and its official test file, 41 columns each, where they have been fetched.
 * @throws Error saying how to fetch them.
 */
export function loadNslKdd(): {train: LabelledRows; test: LabelledRows} {
  const read = (part: string): LabelledRows => {
    const table = readCsv(tableFile('nsl-kdd', part));
    const attack = column(table, 'attack');
    if (attack.kind !== 'text') throw new TypeError('attack: expected names, got numbers');
    const normal = attack.categories.indexOf('normal');
    const rows = withoutColumns(table, ['attack', 'difficulty']);
    const places = (wanted: boolean) =>
      [...attack.codes.keys()].filter((i) => (attack.codes[i] === normal) === wanted);
    return {normal: selectRows(rows, places(true)), anomalous: selectRows(rows, places(false))};
  };
  return {train: read('train'), test: read('test')};
}

/** One sensor's readings in order, every 5 seconds. */
export interface SensorReadings {
  /** Relative humidity, in percent, and temperature, in degrees Celsius, of each reading. */
  readings: [number, number][];
  /** 1 during the event that the authors introduced. */
  labels: Uint8Array;
  indoor: boolean;
}

/** Seconds from one reading to the next. */
export const SECONDS_PER_READING = 5;

/**
 * Four sensors over six hours, two of them with an event in between: Suthaharan, Alzahrani, Rajasegarar, Leckie &
 * Palaniswami 2010, "Labelled data collection for anomaly detection in wireless sensor networks", ISSNIP, Brisbane.
 */
export function loadSensors(): SensorReadings[] {
  const table = readCsv(tableFile('sensors'));
  const mote = numbers(table, 'mote_id');
  const [humidity, temperature] = ['humidity', 'temperature'].map((name) => numbers(table, name));
  const [label, indoor] = ['label', 'indoor'].map((name) => numbers(table, name));
  return [1, 2, 3, 4].map((id) => {
    const places = [...mote.keys()].filter((i) => mote[i] === id);
    return {
      readings: places.map((i) => [humidity[i], temperature[i]]),
      labels: Uint8Array.from(places, (i) => label[i]),
      indoor: indoor[places[0]] === 1,
    };
  });
}

function numbers(table: Table, name: string): Float64Array {
  const found = column(table, name);
  if (found.kind !== 'number') throw new TypeError(`${name}: expected numbers, got text`);
  return found.values;
}
