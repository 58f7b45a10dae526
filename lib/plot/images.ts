/** Images as figures take them: checked at the door, whatever form they come in. */
import {assertInteger} from '../check';
import type * as tf from '../tf';

/**
 * A stack of images with values from 0 to 1: a tensor [n, height, width], [n, height, width, 3] or
 * [n, height * width], one flat array of them all, or one array for each image.
 */
export type ImageSource = tf.Tensor | ArrayLike<number> | readonly ArrayLike<number>[];

/** The size of each image in pixels; needed where the source does not tell it. Default: square. */
export interface ImageSize {
  height?: number;
  width?: number;
}

/** Images in one form. */
export interface ImageStack {
  count: number;
  height: number;
  width: number;
  /** 1: grey levels, 3: red, green, blue. */
  channels: 1 | 3;
  /** [count, height, width, channels], as given: not clipped. */
  values: Float32Array;
}

/**
 * Brings images into one form.
 * @throws TypeError when the numbers do not fill whole images, RangeError when one is not finite.
 */
export function imageStack(name: string, source: ImageSource, size: ImageSize = {}): ImageStack {
  const {shape, values} = flatten(name, source, size);
  const [count, height, width, channels = 1] = shape;
  if (count === 0) throw new TypeError(`${name}: expected at least one image, got none`);
  if (channels !== 1 && channels !== 3) {
    throw new TypeError(`${name}: expected 1 or 3 channels, got shape [${shape.join(', ')}]`);
  }
  if ((size.height ?? height) !== height || (size.width ?? width) !== width) {
    const expected = `${size.height ?? height} × ${size.width ?? width}`;
    throw new TypeError(`${name}: expected images of ${expected} pixels, got ${height} × ${width}`);
  }
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    const each = height * width * channels;
    const place = `pixel ${Math.floor((bad % each) / channels)} of image ${Math.floor(bad / each)}`;
    throw new RangeError(`${name}: expected finite numbers, got ${values[bad]} at ${place}`);
  }
  return {count, height, width, channels, values};
}

/** The bytes 0 to 255 of one image; values outside [0, 1] are clipped. `dark`: 1 is drawn black. */
export function imageBytes(stack: ImageStack, index: number, dark: boolean): Uint8Array {
  const each = stack.height * stack.width * stack.channels;
  return Uint8Array.from(stack.values.subarray(index * each, (index + 1) * each), (v) => {
    const level = Math.min(1, Math.max(0, v));
    return Math.round(255 * (dark ? 1 - level : level));
  });
}

function flatten(
  name: string,
  source: ImageSource,
  size: ImageSize,
): {shape: number[]; values: Float32Array} {
  if (isTensor(source)) {
    const shape: number[] = source.shape;
    const values = Float32Array.from(source.dataSync());
    if (shape.length === 3 || shape.length === 4) return {shape, values};
    if (shape.length === 2) return {shape: [shape[0], ...sides(name, shape[1], size)], values};
    throw new TypeError(
      `${name}: expected shape [n, height, width] or [n, height * width], got [${shape.join(', ')}]`,
    );
  }
  if (!isList(source)) {
    throw new TypeError(
      `${name}: expected a tensor, an array of numbers or an array for each image, got ${source}`,
    );
  }
  if (source.length > 0 && isList(source[0])) {
    const rows = source as readonly ArrayLike<number>[];
    const [height, width] = sides(name, rows[0].length, size);
    const odd = Array.from(rows).findIndex((row) => row.length !== height * width);
    if (odd >= 0) {
      throw new TypeError(`${name}[${odd}]: expected ${height * width} numbers, got ${rows[odd].length}`);
    }
    return {
      shape: [rows.length, height, width],
      values: Float32Array.from(Array.from(rows).flatMap((r) => Array.from(r))),
    };
  }
  const numbers = source as ArrayLike<number>;
  const [height, width] = [size.height, size.width];
  if (height === undefined || width === undefined) {
    throw new TypeError(
      `${name}: expected height and width beside one flat array of ${numbers.length} numbers`,
    );
  }
  assertInteger('height', height);
  assertInteger('width', width);
  if (numbers.length % (height * width) !== 0) {
    const expected = `a multiple of ${height} × ${width} = ${height * width} numbers`;
    throw new TypeError(`${name}: expected ${expected}, got ${numbers.length}`);
  }
  return {shape: [numbers.length / (height * width), height, width], values: Float32Array.from(numbers)};
}

// Height and width of an image of `pixels` numbers: as told, or a square.
function sides(name: string, pixels: number, size: ImageSize): [number, number] {
  const height = size.height ?? (size.width ? pixels / size.width : Math.sqrt(pixels));
  const width = size.width ?? (height ? pixels / height : 0);
  if (Number.isInteger(height) && Number.isInteger(width) && height * width === pixels)
    return [height, width];
  if (size.height === undefined && size.width === undefined) {
    throw new TypeError(`${name}: expected height and width, as ${pixels} numbers are no square image`);
  }
  const told = `${size.height ?? '?'} × ${size.width ?? '?'}`;
  throw new TypeError(`${name}: expected images of ${told} pixels, got ${pixels} numbers for each`);
}

function isTensor(source: unknown): source is tf.Tensor {
  return typeof (source as tf.Tensor | undefined)?.dataSync === 'function';
}

function isList(source: unknown): source is ArrayLike<unknown> {
  return Array.isArray(source) || (ArrayBuffer.isView(source) && !(source instanceof DataView));
}
