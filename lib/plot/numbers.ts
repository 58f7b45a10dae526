/** Numbers as figures write them, and the places of ticks. */

/** Three significant digits, but never fewer than the whole part: 3.44, 0.0213, 13.9, 1204. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 100 && size < 1e6) return value.toFixed(0).replace('-', '−');
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(1).replace(/-/g, '−');
  const text = size === 0 ? '0' : value.toPrecision(3);
  return Number(text).toString().length < text.length && Number.isInteger(value)
    ? String(value).replace('-', '−')
    : text.replace('-', '−');
}

/**
 * Ticks of a logarithmic axis over [low, high], with labels written out: 1, 2, 5 of each decade, or the
 * decades alone where there are many. plotly's own write "2" and "5" for 20 and 50.
 */
export function logTicks(low: number, high: number): {tickvals: number[]; ticktext: string[]} {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const factors = last - first > 4 ? [1] : high / low < 5 ? [1, 1.5, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 5];
  const tickvals: number[] = [];
  for (let decade = first; decade <= last; decade++) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** decade).toPrecision(3));
      if (value >= low * 0.999 && value <= high * 1.001) tickvals.push(value);
    }
  }
  return {tickvals, ticktext: tickvals.map((v) => (v >= 1e-4 && v < 1e6 ? String(v) : v.toExponential(0)))};
}

/** A logarithmic axis around the values, with a little room on both sides. Values are > 0. */
export function logAxis(values: readonly number[], room = 1.15): object {
  const [low, high] = [Math.min(...values) / room, Math.max(...values) * room];
  return {type: 'log', range: [Math.log10(low), Math.log10(high)], tickmode: 'array', ...logTicks(low, high)};
}

/** A step of 1, 2 or 5 times a power of ten, at least 1, that makes at most `most` steps of `span`. */
export function wholeStep(span: number, most = 10): number {
  for (let decade = 1; ; decade *= 10) {
    for (const factor of [1, 2, 5]) if (span / (factor * decade) <= most) return factor * decade;
  }
}
