/** Values as text: the last expression of a cell, and tensors wherever they are printed. */
import * as util from 'node:util';

interface TensorLike {
  shape: number[];
  dtype: string;
  isDisposed?: boolean;
  name?: string;
  toString(): string;
}

/** What stands in `text/plain` of a result; objects to a depth of 4, arrays to 100 members. */
export function plainText(value: unknown): string {
  teachTensors();
  if (isTable(value)) return String(value);
  return util.inspect(value, {depth: 4, maxArrayLength: 100, maxStringLength: 10_000, breakLength: 88});
}

/** A tensor's type, shape and first values, e.g. "Tensor float32 [2, 2]" over two rows. */
export function tensorText(tensor: TensorLike): string {
  const kind = tensor.name === undefined ? 'Tensor' : `Variable ${tensor.name}`;
  const head = `${kind} ${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (tensor.isDisposed) return `${head}, disposed`;
  const body = tensorValues(tensor);
  return body.includes('\n') ? `${head}\n${body}` : `${head} ${body.trim()}`;
}

// Without this a tensor prints as the inside of its data structures. Each copy of tfjs that has been loaded
// since the last call is taught; the kernel itself loads none.
export function teachTensors(): void {
  for (const [file, loaded] of Object.entries(require.cache)) {
    if (!/[\\/]tfjs-core[\\/]dist[\\/][\w.-]+$/.test(file)) continue;
    const prototype = (loaded?.exports as {Tensor?: {prototype: object}} | undefined)?.Tensor?.prototype;
    if (!prototype || Object.hasOwn(prototype, util.inspect.custom)) continue;
    Object.defineProperty(prototype, util.inspect.custom, {
      value(this: TensorLike) {
        return tensorText(this);
      },
      configurable: true,
    });
  }
}

// tfjs writes "Tensor" and then the values, of which it shows the first and last three in each dimension.
function tensorValues(tensor: TensorLike): string {
  try {
    return tensor.toString().replace(/^Tensor\n?/, '');
  } catch (error) {
    return `values not to be had: ${(error as Error).message}`;
  }
}

// Data frames and their like bring a table of their own.
function isTable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const table = value as {shape?: unknown; columns?: unknown; print?: unknown};
  return Array.isArray(table.shape) && Array.isArray(table.columns) && typeof table.print === 'function';
}
