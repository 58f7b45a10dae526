/**
 * Gradients of convolutions on WebAssembly, which has a fast convolution (XNNPACK) but no gradient by the
 * filter, a gradient by the input that was seen to be ten times slower, and neither for depthwise ones.
 *
 * The two gradients of a full convolution are convolutions again, and run on the fast one. With stride s,
 * padding p before the first row, and one dimension for brevity,
 *
 *   y[n, q, o] = Σ_ic x[n, s q + i - p, c] w[i, c, o]
 *
 *   dw[i, c, o] = Σ_nq x[n, i + s q - p, c] dy[n, q, o]
 *     a convolution of x with dy as its filter: the examples n take the place of the channels, c that of
 *     the examples, and the stride becomes a dilation.
 *
 *   dx[n, s q + r - p, c] = Σ_mo dy[n, q - m, o] w[s m + r, c, o]
 *     for each remainder r < s a convolution of dy with every s-th row of w, turned round. All remainders
 *     are computed at once as s times the channels, then woven into place: the sub-pixel convolution of
 *     Shi et al. 2016, https://arxiv.org/abs/1609.07009
 */
import * as tfjs from '@tensorflow/tfjs';
import {spread} from './gradients';
import {addKernel, replaceKernel, type WasmBackend} from './wasm-kernel';

type Four = [number, number, number, number];
type Info = tfjs.backend_util.Conv2DInfo;

interface ConvolutionAttributes {
  strides: number | [number, number];
  pad: 'same' | 'valid' | number | tfjs.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: number | [number, number];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}
type ByFilter = {x: tfjs.Tensor4D; dy: tfjs.Tensor4D};
type ByInput = {dy: tfjs.Tensor4D; filter: tfjs.Tensor4D};
type FilterAttributes = ConvolutionAttributes & {filterShape: Four};
type InputAttributes = ConvolutionAttributes & {inputShape: Four};

/** Registers the gradients of full and depthwise convolutions; called once, when the backend is loaded. */
export function completeConvolutions(): void {
  for (const kind of ['Conv2D', 'FusedConv2D']) mendSamePadding(kind, false);
  for (const kind of ['DepthwiseConv2dNative', 'FusedDepthwiseConv2D']) mendSamePadding(kind, true);
  addKernel<ByFilter, FilterAttributes>('Conv2DBackpropFilter', ({x, dy}, attributes) =>
    gradientByFilter(x, dy, describe(x.shape, attributes.filterShape, attributes, false)),
  );
  replaceKernel<ByInput, InputAttributes>(
    'Conv2DBackpropInput',
    () =>
      ({dy, filter}, attributes) =>
        gradientByInput(dy, filter, describe(attributes.inputShape, filter.shape, attributes, false)),
  );
  addKernel<ByFilter, FilterAttributes>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({x, dy}, attributes, backend) =>
      depthwiseByFilter(x, dy, describe(x.shape, attributes.filterShape, attributes, true), backend),
  );
  addKernel<ByInput, InputAttributes>('DepthwiseConv2dNativeBackpropInput', ({dy, filter}, attributes) =>
    depthwiseByInput(dy, filter, describe(attributes.inputShape, filter.shape, attributes, true)),
  );
}

/**
 * With 'same' padding and steps longer than the filter, so that the last rows or columns stay unseen, the
 * backend was seen to give zeros. Told how much padding that is, it gives the right numbers.
 */
function mendSamePadding(kernelName: string, depthwise: boolean): void {
  type Inputs = {x: tfjs.Tensor4D; filter: tfjs.Tensor4D};
  replaceKernel<Inputs, ConvolutionAttributes>(kernelName, (plain) => (inputs, attributes, backend) => {
    if (attributes.pad !== 'same') return plain(inputs, attributes, backend);
    const info = describe(inputs.x.shape, inputs.filter.shape, attributes, depthwise);
    const {top, bottom, left, right} = info.padInfo;
    const pad: tfjs.backend_util.ExplicitPadding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    const seen =
      info.strideHeight <= info.effectiveFilterHeight && info.strideWidth <= info.effectiveFilterWidth;
    return plain(inputs, seen ? attributes : {...attributes, pad}, backend);
  });
}

function describe(input: Four, filter: Four, attributes: ConvolutionAttributes, depthwise: boolean): Info {
  const {strides, pad, dataFormat, dilations, dimRoundingMode} = attributes;
  if (dataFormat === 'NCHW') throw new Error("dataFormat: expected 'NHWC' on WebAssembly, got 'NCHW'");
  return tfjs.backend_util.computeConv2DInfo(
    input,
    filter,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

function gradientByFilter(x: tfjs.Tensor4D, dy: tfjs.Tensor4D, info: Info): tfjs.Tensor {
  const {filterHeight, filterWidth, strideHeight, strideWidth, padInfo} = info;
  const reachedRows = (info.outHeight - 1) * strideHeight + filterHeight;
  const reachedColumns = (info.outWidth - 1) * strideWidth + filterWidth;
  const bottom = Math.max(0, reachedRows - info.inHeight - padInfo.top);
  const right = Math.max(0, reachedColumns - info.inWidth - padInfo.left);
  return tfjs.tidy(() => {
    const images = tfjs.transpose(x, [3, 1, 2, 0]); // [c, h, w, n]
    const filter = tfjs.transpose(dy, [1, 2, 0, 3]); // [outHeight, outWidth, n, o]
    const padding: tfjs.backend_util.ExplicitPadding = [
      [0, 0],
      [padInfo.top, bottom],
      [padInfo.left, right],
      [0, 0],
    ];
    const gradient = tfjs.conv2d(images, filter, 1, padding, 'NHWC', [strideHeight, strideWidth]);
    // Rows and columns of x that no output has seen make the result larger than the filter.
    const part = tfjs.slice(gradient, [0, 0, 0, 0], [-1, filterHeight, filterWidth, -1]);
    return tfjs.transpose(part, [1, 2, 0, 3]); // [i, j, c, o]
  });
}

function gradientByInput(dy: tfjs.Tensor4D, filter: tfjs.Tensor4D, info: Info): tfjs.Tensor {
  const {filterHeight, filterWidth, strideHeight, strideWidth, inChannels, outChannels, inShape} = info;
  const rows = weave(info.inHeight, info.outHeight, filterHeight, strideHeight, info.padInfo.top);
  const columns = weave(info.inWidth, info.outWidth, filterWidth, strideWidth, info.padInfo.left);
  return tfjs.tidy(() => {
    const whole = tfjs.pad(filter, [
      [0, rows.taps * strideHeight - filterHeight],
      [0, columns.taps * strideWidth - filterWidth],
      [0, 0],
      [0, 0],
    ]);
    const kernel = whole
      .reshape([rows.taps, strideHeight, columns.taps, strideWidth, inChannels, outChannels])
      .reverse([0, 2])
      .transpose([0, 2, 5, 1, 3, 4])
      .reshape<tfjs.Tensor4D>([
        rows.taps,
        columns.taps,
        outChannels,
        strideHeight * strideWidth * inChannels,
      ]);
    const blocks = tfjs.conv2d(dy, kernel, 1, [[0, 0], rows.padding, columns.padding, [0, 0]]); // [n, q, q', r r' c]
    const [n, height, width] = blocks.shape;
    let dx: tfjs.Tensor = blocks;
    if (strideHeight > 1) {
      dx = dx.reshape([n * height, width, strideHeight, strideWidth * inChannels]).transpose([0, 2, 1, 3]);
    }
    dx = dx.reshape([n, height * strideHeight, width * strideWidth, inChannels]);
    if (tfjs.util.arraysEqual(dx.shape, inShape)) return dx;
    return dx.slice([0, rows.skip, columns.skip, 0], inShape);
  });
}

/**
 * How dx is woven from dy along one dimension: the taps of each remainder's filter, the padding of dy,
 * and how many rows at the beginning of the result belong to the padding of x.
 */
function weave(
  size: number,
  outSize: number,
  filterSize: number,
  stride: number,
  pad: number,
): {taps: number; padding: [number, number]; skip: number} {
  const taps = Math.ceil(filterSize / stride);
  const first = Math.min(Math.floor(pad / stride), taps - 1); // blocks before it hold padding only
  const end = Math.ceil((size + pad) / stride);
  return {taps, padding: [taps - 1 - first, Math.max(0, end - outSize)], skip: pad - first * stride};
}

/** As for a full convolution, but simply with zeros between the rows of dy: a depthwise one costs little. */
function depthwiseByInput(dy: tfjs.Tensor4D, filter: tfjs.Tensor4D, info: Info): tfjs.Tensor {
  const {filterHeight, filterWidth, dilationHeight, dilationWidth, outChannels, inShape, padInfo} = info;
  return tfjs.tidy(() => {
    const apart = spread(spread(dy, 1, info.strideHeight), 2, info.strideWidth) as tfjs.Tensor4D;
    const turned = filter.reverse([0, 1]).reshape<tfjs.Tensor4D>([filterHeight, filterWidth, outChannels, 1]);
    const reach = [(filterHeight - 1) * dilationHeight, (filterWidth - 1) * dilationWidth];
    const pad: [number, number][] = [
      [reach[0] - padInfo.top, info.inHeight + padInfo.top - apart.shape[1]],
      [reach[1] - padInfo.left, info.inWidth + padInfo.left - apart.shape[2]],
    ];
    const outside = pad.map(
      ([before, after]) => [Math.max(0, before), Math.max(0, after)] as [number, number],
    );
    const padding: tfjs.backend_util.ExplicitPadding = [[0, 0], outside[0], outside[1], [0, 0]];
    const each = tfjs.depthwiseConv2d(apart, turned, 1, padding, 'NHWC', [dilationHeight, dilationWidth]);
    // Less than no padding, where x is padded by more than the filter reaches: rows to be left out.
    const begin = [0, outside[0][0] - pad[0][0], outside[1][0] - pad[1][0], 0];
    const dx = tfjs.slice(each, begin, [-1, info.inHeight, info.inWidth, -1]);
    return dx.reshape([...inShape, outChannels / info.inChannels]).sum(4);
  });
}

function depthwiseByFilter(
  x: tfjs.TensorInfo,
  dy: tfjs.TensorInfo,
  info: Info,
  backend: WasmBackend,
): tfjs.TensorInfo {
  const {inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo} = info;
  const multiplier = outChannels / inChannels;
  const output = backend.makeOutput(info.filterShape, 'float32');
  const [dws, xs, dys] = [output, x, dy].map((tensor) => backend.typedArrayFromHeap(tensor));
  const sums = new Float64Array(dws.length); // over all examples and places: too many for single precision
  for (let n = 0; n < info.batchSize; n++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const atY = ((n * outHeight + row) * outWidth + column) * outChannels;
        for (let i = 0; i < info.filterHeight; i++) {
          const y = row * info.strideHeight + i * info.dilationHeight - padInfo.top;
          if (y < 0 || y >= inHeight) continue;
          for (let j = 0; j < info.filterWidth; j++) {
            const x = column * info.strideWidth + j * info.dilationWidth - padInfo.left;
            if (x < 0 || x >= inWidth) continue;
            const atX = ((n * inHeight + y) * inWidth + x) * inChannels;
            const atFilter = (i * info.filterWidth + j) * outChannels;
            for (let m = 0; m < multiplier; m++) {
              for (let c = 0, o = m; c < inChannels; c++, o += multiplier) {
                sums[atFilter + o] += xs[atX + c] * dys[atY + o];
              }
            }
          }
        }
      }
    }
  }
  dws.set(sums);
  return output;
}
