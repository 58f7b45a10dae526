/** What is done with a column, in words. */
import type {ColumnCode} from './column-code';

/** For example "numeric: mean 2, deviation 1". */
export function inWords(code: ColumnCode): string {
  const missing = code.missing ? '; missing ones are a feature of their own' : '';
  switch (code.kind) {
    case 'number': {
      const log = code.log ? 'sign · log1p, as its tails are heavy; ' : '';
      const median = code.missing ? `, missing ones as the median ${short(code.median)}` : '';
      return `numeric: ${log}mean ${short(code.mean)}, deviation ${short(code.deviation)}${median}${missing}`;
    }
    case 'category': {
      const shown = code.categories.slice(0, 5).join(', ') + (code.categories.length > 5 ? ', …' : '');
      const rare = code.rare ? ', rare ones together' : '';
      return `categorical: ${code.categories.length} categories (${shown})${rare}${missing}`;
    }
    case 'constant':
      return code.value === null
        ? 'empty: dropped, but a value would be noticed'
        : `constant (${code.value}): dropped, but another value would be noticed${missing}`;
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
