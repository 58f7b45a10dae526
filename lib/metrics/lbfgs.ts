/**
 * The minimum of a smooth function of many numbers: limited-memory BFGS. Liu & Nocedal 1989,
 * https://doi.org/10.1007/BF01589116; the two loops are algorithm 7.4 of Nocedal & Wright 2006, the step is
 * halved until it lowers the function enough (their eq. 3.4, c = 1e-4).
 */

/** Value at x; writes the gradient at x into `gradient`. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

const MEMORY = 10; // steps remembered, as in SciPy
const ENOUGH = 1e-4;

/**
 * Goes down from `start` until no entry of the gradient is larger than `tolerance`, or no step lowers the
 * function any more (its rounding is reached), or after `iterations` steps. For convex functions, and
 * others as long as the steps stay short.
 */
export function minimize(
  f: Smooth,
  start: Float64Array,
  {tolerance, iterations = 1000}: {tolerance: number; iterations?: number},
): {x: Float64Array; value: number; converged: boolean} {
  let x = start;
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  const pairs: Pair[] = [];
  for (let i = 0; i < iterations; i++) {
    if (largest(gradient) <= tolerance) return {x, value, converged: true};
    const direction = downhill(gradient, pairs);
    const slope = dot(direction, gradient);
    let step = pairs.length === 0 ? 1 / Math.sqrt(-slope) : 1;
    let next = x;
    let nextValue = Infinity;
    const nextGradient = new Float64Array(x.length);
    for (; step > 1e-10; step /= 2) {
      next = plus(x, step, direction);
      nextValue = f(next, nextGradient);
      if (nextValue <= value + ENOUGH * step * slope) break;
    }
    if (!(nextValue < value)) return {x, value, converged: false};
    const s = plus(next, -1, x);
    const y = plus(nextGradient, -1, gradient);
    const sy = dot(s, y);
    if (sy > 0) pairs.push({s, y, sy});
    if (pairs.length > MEMORY) pairs.shift();
    [x, value, gradient] = [next, nextValue, nextGradient];
  }
  return {x, value, converged: false};
}

// The last steps s, what they did to the gradient, y, and their product.
interface Pair {
  s: Float64Array;
  y: Float64Array;
  sy: number;
}

// -H g, H being the inverse Hessian that the remembered steps suggest.
function downhill(gradient: Float64Array, pairs: Pair[]): Float64Array {
  let q = plus(new Float64Array(gradient.length), -1, gradient);
  const alphas: number[] = [];
  for (let i = pairs.length - 1; i >= 0; i--) {
    const {s, y, sy} = pairs[i];
    alphas[i] = dot(s, q) / sy;
    q = plus(q, -alphas[i], y);
  }
  const last = pairs[pairs.length - 1];
  if (last) q = plus(q, last.sy / dot(last.y, last.y) - 1, q);
  pairs.forEach(({s, y, sy}, i) => (q = plus(q, alphas[i] - dot(y, q) / sy, s)));
  return q;
}

// a + factor b; loops, because a map over typed arrays takes ten times as long.
function plus(a: Float64Array, factor: number, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = a[i] + factor * b[i];
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]));
  return most;
}
