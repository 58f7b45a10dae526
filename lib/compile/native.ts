/**
 * The parts of tfjs-node that recording a graph needs, with types: its backend, the table of tensors
 * behind it, and the binding to TensorFlow's C library.
 */
import * as tfjs from '@tensorflow/tfjs'; // for its engine: in lib/tf that name means what runs the tensors
import * as tf from '../tf';

/** An attribute of an operation, as tfjs-node hands it to the binding. */
export interface Attribute {
  name: string;
  /** One of the binding's TF_ATTR_… numbers. */
  type: number;
  value: unknown;
}

/** What the backend knows of the memory behind a tensor. */
export interface TensorEntry {
  shape: number[];
  /** TensorFlow's number for the type, e.g. TF_FLOAT. */
  dtype: number;
  /** Values that have not been handed to TensorFlow yet, or null. */
  values: tf.TypedArray | null;
  /** TensorFlow's handle, -1 while `values` waits. */
  id: number;
  /** Tensors that share this memory. */
  refCount: number;
}

export interface Output {
  id: number;
  shape: number[];
  dtype: number;
}

export interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_INT64: number;
  readonly TF_BOOL: number;
  readonly TF_COMPLEX64: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: number[], dtype: number, values: tf.TypedArray): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): tf.TypedArray;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): Output[];
}

export interface NativeBackend {
  readonly binding: Binding;
  readonly tensorMap: {
    get(id: object): TensorEntry;
    set(id: object, entry: TensorEntry): void;
    has(id: object): boolean;
    delete(id: object): void;
  };
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: Attribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  createOutputTensor(output: Output): tf.Tensor;
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  write(values: tf.TypedArray, shape: number[], dtype: string): object;
  readSync(id: object): tf.TypedArray;
  incRef(id: object): void;
  disposeData(id: object): boolean;
}

/** The backend of the native engine. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** TensorFlow's number for a type of tfjs. @throws TypeError for one that a graph here cannot hold. */
export function typeNumber(binding: Binding, dtype: string): number {
  const numbers: Record<string, number> = {
    float32: binding.TF_FLOAT,
    int32: binding.TF_INT32,
    bool: binding.TF_BOOL,
  };
  if (dtype in numbers) return numbers[dtype];
  throw new TypeError(`dtype: expected one of ${Object.keys(numbers).join(', ')}, got ${dtype}`);
}

/** The parts of tfjs's bookkeeping that are needed here. */
export interface TfjsEngine {
  readonly registeredVariables: Record<string, tf.Variable>;
  readonly state: {
    scopeStack: {name: string}[];
    activeTape: {saved?: tf.Tensor[]}[] | null;
    gradientDepth: number;
  };
  startTape(): void;
  endTape(): void;
  gradients(
    f: () => tf.Scalar,
    by: readonly tf.Variable[],
    dy: undefined,
    allowNone: true,
  ): {value: tf.Scalar; grads: tf.Tensor[]};
  makeTensorFromDataId(id: object, shape: number[], dtype: tf.DataType): tf.Tensor;
  readSync(id: object): tf.TypedArray;
  read(id: object): Promise<tf.TypedArray>;
  runKernel(name: string, inputs: object, attributes?: object): unknown;
}

/** tfjs's own engine: what it calls the keeper of tensors, scopes and the tape of gradients. */
export function tfjsEngine(): TfjsEngine {
  return tfjs.engine() as unknown as TfjsEngine;
}

/** Frees what a tape of gradients holds: tfjs does it only where the gradient was taken to its end. */
export function dropTape(): void {
  const {state} = tfjsEngine();
  if (state.gradientDepth > 0) return;
  for (const {saved} of state.activeTape ?? []) tf.dispose(saved);
  state.activeTape = null;
}
