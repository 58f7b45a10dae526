/** Images side by side, and originals over their reconstructions. */
import {assertChoice, assertInteger, assertOptions} from '../check';
import type {DrawnFigure} from './figure';
import {drawGrid, type Cell, type Row} from './grid';
import {imageStack, type ImageSize, type ImageSource, type ImageStack} from './images';
import {shortNumber} from './numbers';

/** What the grids have in common. */
export interface PictureOptions extends ImageSize {
  /** Figure pixels per image pixel, a whole number. Default: the largest that suits a slide. */
  scale?: number;
  /**
   * How the value 1 is drawn in images of one channel. Default 'ink': black on white paper; 'light' draws
   * it white on black. Images of three channels are drawn as they are.
   */
  one?: 'ink' | 'light';
  title?: string;
  /** One sentence that says what is to be seen. Default: title, number and size of the images. */
  alt?: string;
}

/** What {@link imageGrid} can be told. */
export interface ImageGridOptions extends PictureOptions {
  /** Images in a row. Default 10, or fewer if there are fewer. */
  columns?: number;
  /** Rows. Default: as many as the images fill; further images are left out. */
  rows?: number;
  /** A caption under each image. */
  labels?: ArrayLike<string | number>;
  /** Left of each row. */
  rowLabels?: readonly string[];
  /** Over each column. */
  columnLabels?: readonly string[];
}

const SHARED = ['height', 'width', 'scale', 'one', 'title', 'alt'];

/**
 * Images in rows and columns, read like text. Values outside [0, 1] are clipped.
 * @throws TypeError for wrong lengths, RangeError for a NaN; the message says where.
 */
export function imageGrid(images: ImageSource, options: ImageGridOptions = {}): DrawnFigure {
  assertOptions('imageGrid', options, [...SHARED, 'columns', 'rows', 'labels', 'rowLabels', 'columnLabels']);
  const stack = imageStack('images', images, options);
  const {columns = Math.min(10, stack.count), labels, rowLabels, columnLabels, title} = options;
  assertInteger('columns', columns);
  const {rows = Math.ceil(stack.count / columns)} = options;
  assertInteger('rows', rows);
  const shown = Math.min(stack.count, rows * columns);
  const filled = Math.ceil(shown / columns);
  if (labels && labels.length < shown) {
    throw new TypeError(`labels: expected ${shown}, one for each image, got ${labels.length}`);
  }
  assertLength('rowLabels', rowLabels, filled, 'row');
  assertLength('columnLabels', columnLabels, columns, 'column');
  const grid: Row[] = Array.from({length: filled}, (_, r) => ({
    label: rowLabels?.[r],
    cells: Array.from({length: Math.min(columns, shown - r * columns)}, (_, c): Cell => {
      const index = r * columns + c;
      return {stack, index, label: labels && String(labels[index])};
    }),
  }));
  const described = `${shown} ${shown === 1 ? 'image' : 'images'} of ${stack.height} × ${stack.width} pixels`;
  const layout = filled === 1 ? 'in one row' : `in ${filled} rows of ${columns}`;
  const alt = options.alt ?? `${title ? `${title}: ` : ''}${described} ${layout}.`;
  return drawGrid({rows: grid, columnLabels, title, ...look(options), alt});
}

/** What {@link reconstructions} is told. */
export interface ReconstructionsOptions extends PictureOptions {
  /** The images as they were: the top row. */
  originals: ImageSource;
  /** Label → reconstructions of the same images, in the order in which the rows are drawn. */
  rows: Record<string, ImageSource>;
  /** Columns: the first so many images. Default: all, at most 10. */
  columns?: number;
  /** Over each column, e.g. the class. */
  columnLabels?: readonly string[];
  /** Writes under each reconstruction its squared error, summed over the pixels. Default false. */
  squaredError?: boolean;
  /** Or writes numbers of your own under the reconstructions: row label → one for each image. */
  numbers?: {name: string; values: Record<string, ArrayLike<number>>};
  /** Label of the top row. Default 'original'. */
  originalLabel?: string;
}

/**
 * Originals over their reconstructions, one row for each model.
 * @throws TypeError for wrong lengths, RangeError for a NaN; the message says where.
 */
export function reconstructions(options: ReconstructionsOptions): DrawnFigure {
  const own = ['originals', 'rows', 'columns', 'columnLabels', 'squaredError', 'numbers', 'originalLabel'];
  assertOptions('reconstructions', options, [...SHARED, ...own]);
  const {numbers, columnLabels, title, originalLabel = 'original', squaredError = false} = options;
  const originals = imageStack('originals', options.originals, options);
  const {height, width, channels} = originals;
  const {columns = Math.min(10, originals.count)} = options;
  assertInteger('columns', columns);
  if (columns > originals.count) {
    throw new TypeError(
      `columns: expected at most ${originals.count}, the number of originals, got ${columns}`,
    );
  }
  assertLength('columnLabels', columnLabels, columns, 'column');
  const names = Object.keys(options.rows);
  if (names.length === 0) throw new TypeError('rows: expected at least one row of reconstructions, got none');

  const said: string[] = [];
  const rows = names.map((name): Row => {
    const stack = imageStack(`rows[${JSON.stringify(name)}]`, options.rows[name], {height, width});
    if (stack.count < columns || stack.channels !== channels) {
      const expected = `${columns} images of ${channels} channel${channels > 1 ? 's' : ''}`;
      throw new TypeError(
        `rows[${JSON.stringify(name)}]: expected at least ${expected}, got ${stack.count} of ${stack.channels}`,
      );
    }
    const values =
      numbers?.values[name] ?? (squaredError ? squaredErrors(originals, stack, columns) : undefined);
    if (values && values.length < columns) {
      throw new TypeError(`numbers[${JSON.stringify(name)}]: expected ${columns}, got ${values.length}`);
    }
    const note = values && (numbers?.values[name] ? numbers.name : 'squared error');
    if (values) {
      const mean = Array.from({length: columns}, (_, i) => values[i]).reduce((a, b) => a + b, 0) / columns;
      said.push(`${name}, mean of the ${note} ${shortNumber(mean)}`);
    } else said.push(name);
    const labelOf = (index: number) => values && shortNumber(values[index]);
    return {label: name, note, cells: cellsOf(stack, columns, labelOf)};
  });
  const top: Row = {label: originalLabel, cells: cellsOf(originals, columns)};
  const images = columns === 1 ? 'One image' : `${columns} images`;
  const alt = options.alt ?? `${title ? `${title}: ` : ''}${images} and below them ${said.join('; ')}.`;
  return drawGrid({rows: [top, ...rows], columnLabels, title, ...look(options), alt});
}

function cellsOf(stack: ImageStack, count: number, label?: (index: number) => string | undefined): Cell[] {
  return Array.from({length: count}, (_, index) => ({stack, index, label: label?.(index)}));
}

// Σ over pixels of (x − x̂)², from the values as given, not as clipped for display.
function squaredErrors(a: ImageStack, b: ImageStack, count: number): number[] {
  const each = a.height * a.width * a.channels;
  return Array.from({length: count}, (_, n) => {
    let sum = 0;
    for (let i = n * each; i < (n + 1) * each; i++) sum += (a.values[i] - b.values[i]) ** 2;
    return sum;
  });
}

function look({scale, one = 'ink'}: PictureOptions): {scale?: number; one: 'ink' | 'light'} {
  if (scale !== undefined) assertInteger('scale', scale);
  assertChoice('one', one, ['ink', 'light']);
  return {scale, one};
}

function assertLength(
  name: string,
  labels: readonly string[] | undefined,
  length: number,
  each: string,
): void {
  if (labels && labels.length !== length) {
    throw new TypeError(`${name}: expected ${length}, one for each ${each}, got ${labels.length}`);
  }
}
