/**
 * Gradients that tfjs 4.22 lacks or has wrong, whichever engine runs the tensors:
 *
 *   Conv2D, DepthwiseConv2dNative   none for dilations above 1
 *   Einsum, StridedSlice            none
 *   Cumsum                          transposed unless along the last axis
 *   MirrorPad                       leaves out what flows back through the mirrored border
 *
 * They are written in tfjs operations, so they run, and are differentiated again, like any other.
 */
import * as tfjs from '@tensorflow/tfjs';

type Gradients = ReturnType<tfjs.GradConfig['gradFunc']>;

/** Registers them; called once, after tfjs and its backend are loaded. */
export function completeGradients(): void {
  for (const kernelName of ['Conv2D', 'DepthwiseConv2dNative']) allowDilations(kernelName);
  replaceGradient({kernelName: 'Einsum', saveAllInputs: true, gradFunc: einsumGradient});
  replaceGradient({kernelName: 'StridedSlice', inputsToSave: ['x'], gradFunc: stridedSliceGradient});
  replaceGradient({
    kernelName: 'Cumsum',
    gradFunc: (dy, _, attributes) => {
      const {axis, exclusive, reverse} = attributes as {axis: number; exclusive: boolean; reverse: boolean};
      return {x: () => tfjs.cumsum(dy as tfjs.Tensor, axis, exclusive, !reverse)};
    },
  });
  replaceGradient({
    kernelName: 'MirrorPad',
    gradFunc: (dy, _, attributes) => {
      const {paddings, mode} = attributes as {paddings: [number, number][]; mode: 'reflect' | 'symmetric'};
      const fold = (x: tfjs.Tensor, padding: [number, number], axis: number) =>
        foldBorder(x, padding, axis, mode === 'reflect' ? 1 : 0);
      return {x: () => paddings.reduce(fold, dy as tfjs.Tensor)};
    },
  });
}

function replaceGradient(config: tfjs.GradConfig): void {
  if (tfjs.getGradient(config.kernelName)) tfjs.unregisterGradient(config.kernelName);
  tfjs.registerGradient(config);
}

/**
 * A dilated convolution is a plain one whose filter has zeros between its rows and columns: so is its
 * gradient, and of the wide filter's gradient the entries count that are no such zero.
 */
function allowDilations(kernelName: string): void {
  const plain = tfjs.getGradient(kernelName);
  replaceGradient({
    ...plain,
    gradFunc: (dy, saved, attributes) => {
      const dilations = attributes.dilations as number | [number, number] | undefined;
      const [high, wide] = typeof dilations === 'number' ? [dilations, dilations] : (dilations ?? [1, 1]);
      if (high === 1 && wide === 1) return plain.gradFunc(dy, saved, attributes);
      const [x, filter] = saved;
      const spreadFilter = spread(spread(filter, 0, high), 1, wide);
      const gradients = plain.gradFunc(dy, [x, spreadFilter], {...attributes, dilations: [1, 1]});
      const {shape} = spreadFilter;
      return {
        x: gradients.x,
        filter: () => tfjs.stridedSlice(gradients.filter(), [0, 0, 0, 0], shape, [high, wide, 1, 1]),
      };
    },
  });
}

/**
 * The gradient by one factor is the sum of the output's gradient times the other factor, with its own
 * labels as the result: for 'ij,jk->ik' and the first factor 'ik,jk->ij'. A label that the factor has
 * alone was summed over, so its gradient is the same all along it.
 */
function einsumGradient(
  dy: tfjs.Tensor | tfjs.Tensor[],
  saved: tfjs.Tensor[],
  attributes: tfjs.NamedAttrMap,
): Gradients {
  const equation = (attributes.equation as string).replace(/\s/g, '');
  const [left, result] = equation.split('->');
  const terms = left.split(',');
  if (result === undefined || equation.includes('.') || terms.some((t) => new Set(t).size < t.length)) {
    throw new Error(
      `einsum: its gradient needs an arrow, no dots and no label twice in a term: '${equation}'`,
    );
  }
  const gradient = (k: number) => () => {
    const others = terms.filter((_, j) => j !== k);
    const known = [...terms[k]].filter((label) => [result, ...others].some((term) => term.includes(label)));
    const x = tfjs.einsum(
      `${[result, ...others].join(',')}->${known.join('')}`,
      dy as tfjs.Tensor,
      ...saved.filter((_, j) => j !== k),
    );
    const {shape} = saved[k];
    const kept = [...terms[k]].map((label, axis) => (known.includes(label) ? shape[axis] : 1));
    return tfjs.broadcastTo(x.reshape(kept), shape);
  };
  return Object.fromEntries(saved.map((_, k) => [k, gradient(k)]));
}

/** What was not taken has no gradient: dy is laid into zeros, every stride-th place from where it began. */
function stridedSliceGradient(
  dy: tfjs.Tensor | tfjs.Tensor[],
  [x]: tfjs.Tensor[],
  attributes: tfjs.NamedAttrMap,
): Gradients {
  const a = attributes as Record<string, number> & Record<'begin' | 'end' | 'strides', number[]>;
  const {begin, end, strides} = tfjs.slice_util.sliceInfo(
    x.shape,
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
  const counts = tfjs.slice_util.computeOutShape(begin, end, strides);
  const place = (dx: tfjs.Tensor, count: number, axis: number) => {
    const stride = Math.abs(strides[axis]);
    const first = strides[axis] > 0 ? begin[axis] : begin[axis] - (count - 1) * stride;
    const inOrder = strides[axis] > 0 ? dx : tfjs.reverse(dx, axis);
    const after = x.shape[axis] - first - (count - 1) * stride - 1;
    return padAxis(spread(inOrder, axis, stride), axis, first, after);
  };
  return {
    x: () =>
      counts.includes(0) ? tfjs.zerosLike(x) : counts.reduce(place, tfjs.reshape(dy as tfjs.Tensor, counts)),
  };
}

/** Adds the borders that mirrorPad made along one axis to the places they were copied from. */
function foldBorder(
  x: tfjs.Tensor,
  [before, after]: [number, number],
  axis: number,
  edge: number, // 1 where the outermost row is not copied
): tfjs.Tensor {
  const size = x.shape[axis] - before - after;
  const part = (begin: number, count: number) => {
    const from = x.shape.map((_, i) => (i === axis ? begin : 0));
    return tfjs.slice(
      x,
      from,
      x.shape.map((all, i) => (i === axis ? count : all)),
    );
  };
  const border = (begin: number, count: number, at: number) =>
    padAxis(tfjs.reverse(part(begin, count), axis), axis, at, size - at - count);
  let sum = part(before, size);
  if (before > 0) sum = tfjs.add(sum, border(0, before, edge));
  if (after > 0) sum = tfjs.add(sum, border(before + size, after, size - edge - after));
  return sum;
}

/** step - 1 zeros between neighbours along an axis: [1, 2, 3] becomes [1, 0, 2, 0, 3] with step 2. */
export function spread(x: tfjs.Tensor, axis: number, step: number): tfjs.Tensor {
  if (step === 1) return x;
  const around = (size: number[]) => [...x.shape.slice(0, axis), ...size, ...x.shape.slice(axis + 1)];
  const count = x.shape[axis];
  const apart = padAxis(x.reshape(around([count, 1])), axis + 1, 0, step - 1).reshape(around([count * step]));
  return tfjs.slice(
    apart,
    x.shape.map(() => 0),
    around([(count - 1) * step + 1]),
  );
}

function padAxis(x: tfjs.Tensor, axis: number, before: number, after: number): tfjs.Tensor {
  if (before === 0 && after === 0) return x;
  return tfjs.pad(
    x,
    x.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])),
  );
}
