/**
 * Tables as tensors, fitted on the training rows only:
 *
 *     const encoder = TableEncoder.fit(normal, {drop: ['id']});
 *     const x = encoder.transform(later); // [n, d], d = encoder.features.length
 *
 * Column by column, as column-code.ts draws it: numbers are standardised by mean and deviation of the training
 * rows, after sign(x) log(1 + |x|) where their tails are heavy; categories become a feature each; a constant
 * column is left out, but for a feature that lights up when it changes. Heavy tails are an excess kurtosis above
 * 10 that the log brings below half of that.
 *
 * Nothing that training never had goes unnoticed: an unseen category, or another value in a constant column,
 * is a feature that is 0 in training and then 10.
 */
import {assertChoice, assertInteger, assertOptions} from '../../check';
import * as tf from '../../tf';
import * as codes from './column-code';
import {fitColumn} from './column-fit';
import {inWords} from './column-words';
import {column, missingColumns, source, withoutColumns, type Table} from './table';

export interface TableEncoderOptions {
  /** Columns not to learn from, e.g. identifiers. Default none. */
  drop?: readonly string[];
  /**
   * Where sign(x) log(1 + |x|) is taken, which for x >= 0 is log1p: "auto" (default) where the training tails
   * are heavy, "never", "always", or in the columns that are listed.
   */
  heavyTails?: 'auto' | 'never' | 'always' | readonly string[];
  /** Categories seen less often in training share the feature "other". Default 1: none are. */
  minCount?: number;
  /** A category that training never had: "standsOut" (default) as the feature "other", or is an "error". */
  newCategory?: codes.OnNew;
  /**
   * A missing cell in a column that had none in training: an "error" (default), or it "standsOut", as a number ten
   * deviations away or as the feature "other".
   */
  newMissing?: codes.OnNew;
}

const KNOWN = ['drop', 'heavyTails', 'minCount', 'newCategory', 'newMissing'];
/** A longer name shifts its own line and no other. */
const LONG_NAME = 24;
const FORM = 'table-encoder 1';

/** One of the d features, and the column that it comes from. */
export interface Feature {
  name: string;
  column: string;
}

export class TableEncoder {
  /** The d features in order: explanations are summed over those of one column. */
  readonly features: readonly Feature[];

  private constructor(
    private readonly columns: readonly codes.ColumnCode[],
    private readonly onNew: codes.NewCells,
  ) {
    this.features = columns.flatMap((code) =>
      codes.featureNames(code).map((name) => ({name, column: code.column})),
    );
  }

  /**
   * Learns means, deviations, medians and categories from training rows.
   * @throws RangeError for no rows, no columns, unknown columns or options out of range; Error for a column of dates,
   *   identifiers or free text, and for a table in which nothing varies.
   */
  static fit(table: Table, options: TableEncoderOptions = {}): TableEncoder {
    assertOptions('options', options, KNOWN);
    const {
      drop = [],
      heavyTails = 'auto',
      minCount = 1,
      newCategory = 'standsOut',
      newMissing = 'error',
    } = options;
    assertInteger('minCount', minCount);
    assertChoice('newCategory', newCategory, ['standsOut', 'error']);
    assertChoice('newMissing', newMissing, ['standsOut', 'error']);
    if (typeof heavyTails === 'string') assertChoice('heavyTails', heavyTails, ['auto', 'never', 'always']);
    else heavyTails.forEach((name) => column(table, name));
    const kept = withoutColumns(table, drop);
    if (kept.rows === 0) throw new RangeError(`${source(table)}: expected rows to learn from, got none`);
    if (kept.names.length === 0)
      throw new RangeError(
        `${source(table)}: expected columns to learn from, got none; all ${table.names.length} are dropped`,
      );
    const tails = (name: string) =>
      typeof heavyTails === 'string' ? heavyTails : heavyTails.includes(name) ? 'always' : 'never';
    const columns = kept.names.map((name, j) =>
      named(table, () => fitColumn(name, kept.columns[j], tails(name), minCount)),
    );
    if (columns.every(({kind, missing}) => kind === 'constant' && !missing))
      throw new RangeError(`${source(table)}: expected a column that varies, got constant ones only`);
    return new TableEncoder(columns, {newCategory, newMissing});
  }

  /**
   * The rows as features [n, d]; columns are found by name, whatever their order.
   * @throws RangeError naming all columns that are not there, or for no rows; Error naming row, column and cell
   *   for text among numbers, and for what is new where that is an error.
   */
  transform(table: Table): tf.Tensor2D {
    const absent = this.columns.map((code) => code.column).filter((name) => !table.names.includes(name));
    if (absent.length > 0) throw new RangeError(missingColumns(table, absent));
    if (table.rows === 0) throw new RangeError(`${source(table)}: expected rows, got none`);
    const d = this.features.length;
    const out = new Float32Array(table.rows * d);
    let at = 0;
    for (const code of this.columns) {
      const cells = column(table, code.column);
      named(table, () => codes.encodeColumn(code, cells, out, at, d, this.onNew));
      at += codes.featureNames(code).length;
    }
    return tf.tensor2d(out, [table.rows, d]);
  }

  /** The columns of a table that {@link transform} passes over. */
  ignored(table: Table): string[] {
    return table.names.filter((name) => !this.columns.some((code) => code.column === name));
  }

  /** What of one row training has never seen, e.g. ["protocol is icmp"]. */
  novelties(table: Table, row: number): string[] {
    return this.columns.flatMap((code) => codes.noveltyIn(code, column(table, code.column), row) ?? []);
  }

  /** The columns that are categories, to be read as text from later files: `readCsv(file, {text})`. */
  get textColumns(): string[] {
    return this.columns.flatMap((code) =>
      code.kind === 'category' || (code.kind === 'constant' && typeof code.value === 'string')
        ? [code.column]
        : [],
    );
  }

  /** For each column what is done with it, in words. */
  get described(): {column: string; words: string}[] {
    return this.columns.map((code) => ({column: code.column, words: inWords(code)}));
  }

  /** The same as text, a line for each column. */
  summary(): string {
    const width = Math.min(LONG_NAME, Math.max(...this.columns.map(({column: name}) => name.length)));
    return this.described.map(({column: name, words}) => `${name.padEnd(width)}  ${words}`).join('\n');
  }

  /** All that was learned, as JSON. */
  toJSON(): object {
    return {form: FORM, ...this.onNew, columns: this.columns};
  }

  /** The encoder that {@link toJSON} described. @throws TypeError for anything else. */
  static fromJSON(json: object): TableEncoder {
    const {form, newCategory, newMissing, columns} = json as codes.NewCells & {
      form?: string;
      columns: codes.ColumnCode[];
    };
    if (form !== FORM)
      throw new TypeError(`encoder: expected the form "${FORM}", got ${JSON.stringify(form)}`);
    return new TableEncoder(columns, {newCategory, newMissing});
  }
}

function named<T>(table: Table, f: () => T): T {
  try {
    return f();
  } catch (error) {
    const {message} = error instanceof codes.CellError ? error.inRows(table.firstRow) : (error as Error);
    throw new Error(`${source(table)}: ${message}`);
  }
}
