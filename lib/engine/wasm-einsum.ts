/**
 * Einstein summation on WebAssembly, which has no kernel for it: labels that one factor has alone and
 * the result lacks are summed first; the rest is one product of two batches of matrices,
 *
 *   [batch, free of a, shared] x [batch, shared, free of b]
 *
 * where a label is `batch` if both factors and the result have it, `shared` if the result lacks it.
 */
import * as tfjs from '@tensorflow/tfjs';
import {addKernel} from './wasm-kernel';

type Labels = string[];

/** Registers Einsum; called once, when the backend is loaded. */
export function addEinsum(): void {
  addKernel<tfjs.Tensor[], {equation: string}>('Einsum', (inputs, {equation}) => {
    const tensors = Array.from(inputs);
    const {allDims, idDims} = tfjs.backend_util.decodeEinsumEquation(equation, tensors.length);
    tfjs.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
    const [left, right] = equation.replace(/\s/g, '').split('->');
    const terms = left.split(',').map((term) => [...term]);
    return tfjs.tidy(() => einsum(tensors, terms, [...right]));
  });
}

function einsum(tensors: tfjs.Tensor[], terms: Labels[], result: Labels): tfjs.Tensor {
  const size: Record<string, number> = {};
  terms.forEach((term, k) => term.forEach((label, axis) => (size[label] = tensors[k].shape[axis])));
  const sizes = (labels: Labels) => labels.map((label) => size[label]);
  const total = (labels: Labels) => tfjs.util.sizeFromShape(sizes(labels));

  if (tensors.length === 1) return arrange(tensors[0], terms[0], result);
  const [a, b] = terms;
  const batch = a.filter((label) => b.includes(label) && result.includes(label));
  const shared = a.filter((label) => b.includes(label) && !result.includes(label));
  const freeA = a.filter((label) => !b.includes(label) && result.includes(label));
  const freeB = b.filter((label) => !a.includes(label) && result.includes(label));
  const [n, k] = [total(batch), total(shared)];
  const first = arrange(tensors[0], a, [...batch, ...freeA, ...shared]).reshape([n, total(freeA), k]);
  const second = arrange(tensors[1], b, [...batch, ...shared, ...freeB]).reshape([n, k, total(freeB)]);
  const product = shared.length > 0 ? tfjs.matMul(first, second) : tfjs.mul(first, second);
  const order = [...batch, ...freeA, ...freeB];
  return arrange(product.reshape(sizes(order)), order, result);
}

/** Sums over the labels that `to` lacks, and brings the others into its order. */
function arrange(x: tfjs.Tensor, from: Labels, to: Labels): tfjs.Tensor {
  const axes = from.flatMap((label, axis) => (to.includes(label) ? [] : [axis]));
  const kept = from.filter((label) => to.includes(label));
  const summed = axes.length > 0 ? tfjs.sum(x, axes) : x.clone();
  return tfjs.transpose(
    summed,
    to.map((label) => kept.indexOf(label)),
  );
}
