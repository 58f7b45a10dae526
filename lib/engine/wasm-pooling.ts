/**
 * Gradients of pooling on WebAssembly. The backend has them, and both were seen to be wrong: that of
 * maxPool where the largest value of a window is not above zero (after a relu: wherever nothing fires),
 * that of avgPool where a window hangs over the border.
 */
import * as tfjs from '@tensorflow/tfjs';
import {replaceKernel, type Kernel, type WasmBackend} from './wasm-kernel';

type Inputs = {dy: tfjs.Tensor4D; input: tfjs.Tensor4D};
interface Attributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'same' | 'valid' | number | tfjs.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}
type Info = tfjs.backend_util.Conv2DInfo;

/** Replaces the gradients of maxPool and avgPool; called once, when the backend is loaded. */
export function correctPooling(): void {
  replaceKernel<Inputs, Attributes>(
    'MaxPoolGrad',
    () =>
      ({dy, input}, attributes, backend) =>
        maxPoolGradient(dy, input, describe(input.shape, attributes), backend),
  );
  replaceKernel<Inputs, Attributes>('AvgPoolGrad', avgPoolGradient);
}

function describe(shape: Inputs['input']['shape'], attributes: Attributes): Info {
  const {filterSize, strides, pad, dimRoundingMode} = attributes;
  return tfjs.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

/** The first of equal values in a window takes the whole gradient, as in TensorFlow. */
function maxPoolGradient(
  dy: tfjs.TensorInfo,
  input: tfjs.TensorInfo,
  info: Info,
  backend: WasmBackend,
): tfjs.TensorInfo {
  const {inHeight, inWidth, inChannels: channels, outHeight, outWidth} = info;
  const output = backend.makeOutput(info.inShape, 'float32');
  const [dxs, dys, xs] = [output, dy, input].map((tensor) => backend.typedArrayFromHeap(tensor));
  dxs.fill(0);
  let at = 0; // in dy
  for (let n = 0; n < info.batchSize; n++) {
    for (let row = 0; row < outHeight; row++) {
      const [top, bottom] = span(row, info.strideHeight, info.padInfo.top, info.filterHeight, inHeight);
      for (let column = 0; column < outWidth; column++) {
        const [left, right] = span(column, info.strideWidth, info.padInfo.left, info.filterWidth, inWidth);
        for (let c = 0; c < channels; c++) {
          let largest = ((n * inHeight + top) * inWidth + left) * channels + c;
          for (let y = top; y < bottom; y++) {
            for (let x = left; x < right; x++) {
              const i = ((n * inHeight + y) * inWidth + x) * channels + c;
              if (xs[i] > xs[largest]) largest = i;
            }
          }
          dxs[largest] += dys[at++];
        }
      }
    }
  }
  return output;
}

/** The forward pass divides by the pixels of a window that lie inside, the backend's gradient by all. */
function avgPoolGradient(plain: Kernel<Inputs, Attributes>): Kernel<Inputs, Attributes> {
  return ({dy, input}, attributes, backend) => {
    const info = describe(input.shape, attributes);
    const {filterHeight, filterWidth, outHeight, outWidth, padInfo} = info;
    const ratio = new Float32Array(outHeight * outWidth).map((_, i) => {
      const row = Math.floor(i / outWidth);
      const [top, bottom] = span(row, info.strideHeight, padInfo.top, filterHeight, info.inHeight);
      const [left, right] = span(i % outWidth, info.strideWidth, padInfo.left, filterWidth, info.inWidth);
      return (filterHeight * filterWidth) / ((bottom - top) * (right - left));
    });
    if (ratio.every((r) => r === 1)) return plain({dy, input}, attributes, backend);
    const scaled = tfjs.tidy(() => tfjs.mul(dy, tfjs.tensor4d(ratio, [1, outHeight, outWidth, 1])));
    const gradient = plain({dy: scaled as tfjs.Tensor4D, input}, attributes, backend);
    scaled.dispose();
    return gradient;
  };
}

/** The pixels of a window that lie inside: from the first up to but not including the second number. */
function span(
  place: number,
  stride: number,
  pad: number,
  filterSize: number,
  size: number,
): [number, number] {
  const begin = place * stride - pad;
  return [Math.max(0, begin), Math.min(size, begin + filterSize)];
}
