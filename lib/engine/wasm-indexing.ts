/**
 * Kernels that pick out or gather up by index, and Prelu, on WebAssembly:
 *
 *   UnsortedSegmentSum  is lacking, and is the gradient of gather and so of every embedding.
 *   GatherV2            was seen to take wrong indices from the second batch on (batchDims > 0).
 *   StridedSlice        was seen to be wrong where an axis is dropped, and takes integers for floats.
 *   Prelu               was seen to be wrong where alpha is broadcast along anything but its first axes.
 */
import * as tfjs from '@tensorflow/tfjs';
import {addKernel, replaceKernel, type WasmBackend} from './wasm-kernel';

type Gather = [{x: tfjs.Tensor; indices: tfjs.Tensor}, {axis: number; batchDims: number}];
type SegmentSum = [{x: tfjs.Tensor; segmentIds: tfjs.Tensor}, {numSegments: number}];
interface StridedSliceAttributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/** Registers the four kernels above; called once, when the backend is loaded. */
export function completeIndexing(): void {
  addKernel<SegmentSum[0], SegmentSum[1]>('UnsortedSegmentSum', ({x, segmentIds}, {numSegments}, backend) =>
    unsortedSegmentSum(x, segmentIds, numSegments, backend),
  );
  replaceKernel<Gather[0], Gather[1]>(
    'GatherV2',
    (plain) => (inputs, attributes, backend) =>
      attributes.batchDims
        ? gatherInBatches(inputs, attributes, backend)
        : plain(inputs, attributes, backend),
  );
  replaceKernel<{x: tfjs.Tensor}, StridedSliceAttributes>(
    'StridedSlice',
    (plain) => (inputs, attributes, backend) =>
      inputs.x.dtype === 'string' || inputs.x.rank === 0
        ? plain(inputs, attributes, backend)
        : stridedSlice(inputs.x, attributes, backend),
  );
  replaceKernel<{x: tfjs.Tensor; alpha: tfjs.Tensor}, object>('Prelu', (plain) => (inputs, _, backend) => {
    const {x, alpha} = inputs;
    if (isEndOf(alpha.shape, x.shape)) return plain(inputs, {}, backend);
    const whole = tfjs.tidy(() => tfjs.broadcastTo(alpha, x.shape));
    const result = plain({x, alpha: whole}, {}, backend);
    whole.dispose();
    return result;
  });
}

/** Row by row into its segment; rows with a negative number are left out, as in TensorFlow. */
function unsortedSegmentSum(
  x: tfjs.TensorInfo,
  segmentIds: tfjs.TensorInfo,
  segments: number,
  backend: WasmBackend,
): tfjs.TensorInfo {
  const shape = x.shape.slice(segmentIds.shape.length);
  const width = tfjs.util.sizeFromShape(shape);
  const output = backend.makeOutput([segments, ...shape], x.dtype);
  const [sums, xs, ids] = [output, x, segmentIds].map((tensor) => backend.typedArrayFromHeap(tensor));
  sums.fill(0);
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row];
    if (id < 0) continue;
    if (id >= segments) {
      tfjs.backend().disposeData(output.dataId);
      throw new RangeError(`segmentIds: expected numbers below numSegments = ${segments}, got ${id}`);
    }
    for (let i = 0; i < width; i++) sums[id * width + i] += xs[row * width + i];
  }
  return output;
}

function gatherInBatches(
  {x, indices}: Gather[0],
  {axis, batchDims}: Gather[1],
  backend: WasmBackend,
): tfjs.TensorInfo {
  const info = tfjs.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
  const {batchSize, outerSize, dimSize, sliceSize} = info;
  const output = backend.makeOutput(info.outputShape, x.dtype);
  const [ys, xs, all] = [output, x, indices].map((tensor) => backend.typedArrayFromHeap(tensor));
  const count = all.length / batchSize; // indices of one batch
  let at = 0;
  for (let b = 0; b < batchSize; b++) {
    for (let outer = b * outerSize; outer < (b + 1) * outerSize; outer++) {
      for (let i = b * count; i < (b + 1) * count; i++) {
        const from = (outer * dimSize + all[i]) * sliceSize;
        ys.set(xs.subarray(from, from + sliceSize), at);
        at += sliceSize;
      }
    }
  }
  return output;
}

function stridedSlice(
  x: tfjs.TensorInfo,
  attributes: StridedSliceAttributes,
  backend: WasmBackend,
): tfjs.TensorInfo {
  const {begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask} = attributes;
  const info = tfjs.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const counts = tfjs.slice_util.computeOutShape(info.begin, info.end, info.strides);
  const sizes = [...tfjs.util.computeStrides(x.shape), 1]; // elements per step along each axis
  const output = backend.makeOutput(info.finalShape, x.dtype);
  const [ys, xs] = [output, x].map((tensor) => backend.typedArrayFromHeap(tensor));
  const last = counts.length - 1;
  let at = 0;
  const copy = (axis: number, from: number) => {
    const step = info.strides[axis] * sizes[axis];
    let place = from + info.begin[axis] * sizes[axis];
    for (let i = 0; i < counts[axis]; i++, place += step) {
      if (axis === last) ys[at++] = xs[place];
      else copy(axis + 1, place);
    }
  };
  copy(0, 0);
  return output;
}

function isEndOf(shape: number[], whole: number[]): boolean {
  const own = shape.slice(shape.findIndex((size) => size !== 1)); // ones before it change nothing
  return own.every((size, i) => size === whole[whole.length - own.length + i]);
}
