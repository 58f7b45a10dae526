/**
 * What the files that complete the WebAssembly backend share: how a kernel is added or replaced, and how
 * it reads and writes the memory of the backend.
 */
import * as tfjs from '@tensorflow/tfjs';

type Numbers = Float32Array | Int32Array | Uint8Array;

/** The part of tfjs-backend-wasm that kernels written in TypeScript use. */
export interface WasmBackend {
  /** New memory, filled with whatever was there before. */
  makeOutput(shape: number[], dtype: tfjs.DataType): tfjs.TensorInfo;
  /** The numbers where they lie. Take it after the last makeOutput, which may move all memory. */
  typedArrayFromHeap(tensor: tfjs.TensorInfo): Numbers;
}

/** Inputs and attributes come without a type from the kernel registry; each kernel states its own. */
export type Kernel<Inputs, Attributes> = (
  inputs: Inputs,
  attributes: Attributes,
  backend: WasmBackend,
) => tfjs.TensorInfo;

/** Registers a kernel that the backend lacks. */
export function addKernel<I, A>(kernelName: string, kernel: Kernel<I, A>): void {
  tfjs.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({inputs, attrs, backend}) => kernel(inputs as I, attrs as A, backend as WasmBackend),
  });
}

/** Puts another kernel in the place of the backend's own, which `make` is given to fall back on. */
export function replaceKernel<I, A>(kernelName: string, make: (plain: Kernel<I, A>) => Kernel<I, A>): void {
  const original = tfjs.getKernel(kernelName, 'wasm');
  const plain = (inputs: I, attributes: A, backend: WasmBackend) =>
    original.kernelFunc({
      inputs: inputs as tfjs.NamedTensorInfoMap,
      attrs: attributes as tfjs.NamedAttrMap,
      backend,
    }) as tfjs.TensorInfo;
  const kernel = make(plain);
  tfjs.unregisterKernel(kernelName, 'wasm');
  tfjs.registerKernel({
    ...original, // with its set-up, which `plain` needs
    kernelFunc: ({inputs, attrs, backend}) => kernel(inputs as I, attrs as A, backend as WasmBackend),
  });
}
