/** What the benchmark measured, as numbers and as a table. */

/** Median and quartiles of step times, in milliseconds. */
export interface Times {
  median: number;
  low: number;
  high: number;
  steps: number;
}

export interface Row {
  workload: string;
  title: string;
  eager: Times;
  ours: Times;
  torch?: Times;
  compiled?: Times;
  /** Milliseconds that the arithmetic alone would take. */
  bound: number;
  /** Milliseconds of the first step, with its recording. */
  recording: number;
  /** MiB by which the process grew from making the network to the last step. */
  memory: number;
}

/** @throws RangeError for no times. */
export function summarize(milliseconds: readonly number[]): Times {
  if (milliseconds.length === 0) throw new RangeError('times: expected at least one, got none');
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    steps: sorted.length,
  };
}

/** exp of the mean of the logarithms: of 2 and 8 it is 4. */
export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/** How many times faster ours is, by medians, per workload and as geometric mean. */
export function ratios(
  rows: readonly Row[],
  of: 'eager' | 'torch' | 'compiled',
): {each: (number | undefined)[]; mean?: number} {
  const each = rows.map((row) => (row[of] ? row[of].median / row.ours.median : undefined));
  const known = each.filter((ratio) => ratio !== undefined);
  return {each, ...(known.length > 0 ? {mean: geometricMean(known)} : {})};
}

/** What a run of the benchmark leaves behind. */
export interface Report {
  engine: string;
  /** PyTorch's version, if it took part. */
  torch: string | null;
  threads: number;
  /** Fastest square product of the run, in billions of operations per second. */
  gflops: number;
  /** Milliseconds of a call that does next to nothing. */
  callOverhead: Times;
  rows: Row[];
  /** Seconds of each lesson, if they were run. */
  lessons: Record<string, number>;
}

const HEAD = [
  'milliseconds per step',
  'tfjs eager',
  'ours',
  'PyTorch',
  'torch.compile',
  'bound',
  '× eager',
  '× PyTorch',
  '× compile',
  'recording',
  'memory',
];

/** The table; medians with quartiles in brackets. */
export function formatTable(rows: readonly Row[]): string {
  const by = {eager: ratios(rows, 'eager'), torch: ratios(rows, 'torch'), compiled: ratios(rows, 'compiled')};
  const times = (value?: Times) =>
    value ? `${value.median.toFixed(2)} [${value.low.toFixed(2)}–${value.high.toFixed(2)}]` : '';
  const ratio = (value?: number) => (value === undefined ? '' : value.toFixed(2));
  const body = rows.map((row, i) => [
    row.title,
    times(row.eager),
    times(row.ours),
    times(row.torch),
    times(row.compiled),
    row.bound.toFixed(2),
    ratio(by.eager.each[i]),
    ratio(by.torch.each[i]),
    ratio(by.compiled.each[i]),
    `${Math.round(row.recording)} ms`,
    `${Math.round(row.memory)} MiB`,
  ]);
  const means = [by.eager.mean, by.torch.mean, by.compiled.mean].map(ratio);
  const last = ['geometric mean', '', '', '', '', '', ...means, '', ''];
  const lines = [HEAD, ...body, ...(rows.length > 1 ? [last] : [])];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The comments between which the README's table stands. */
export const README_MARKS = {
  begin: '<!-- bench: made by npm run bench -- --store -->',
  end: '<!-- end of bench -->',
};

/** The README's table: medians in milliseconds, and how many times faster ours is. */
export function readmeTable({rows}: Report): string {
  const cell = (value: number | undefined, digits: number) =>
    value === undefined ? '–' : value.toFixed(digits);
  const body = rows.map(({title, eager, ours, torch, compiled, bound}) =>
    [
      title,
      ...[eager.median, ours.median, torch?.median, compiled?.median, bound].map((value) => cell(value, 1)),
    ].join(' | '),
  );
  const means = (['eager', 'torch', 'compiled'] as const).map((of) => ratios(rows, of).mean);
  const [eager, torch, compiled] = means.map((mean) => (mean === undefined ? '–' : `${mean.toFixed(2)} ×`));
  return [
    '| training | tfjs-node | ours | PyTorch | torch.compile | arithmetic alone |',
    '|---|--:|--:|--:|--:|--:|',
    ...body.map((line) => `| ${line} |`),
    `| geometric mean of time ÷ ours | ${eager} | | ${torch} | ${compiled} | |`,
  ].join('\n');
}

function quantile(sorted: readonly number[], q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
