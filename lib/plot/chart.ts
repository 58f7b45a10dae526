/** What the standard charts have in common. */
import {wrap} from './fonts';
import {SIZES} from './template';

/** What every standard plotly figure can be told. */
export interface ChartOptions {
  title?: string;
  /** One sentence that says what is to be seen. Default: made from the numbers. */
  alt?: string;
  /** Pixels. */
  width?: number;
  height?: number;
}

/** Options that all charts share. */
export const CHART_OPTIONS = ['title', 'alt', 'width', 'height'];

/** A name broken into lines that leave a legend narrow. */
export function legendName(name: string): string {
  return wrap(name, 170, {size: SIZES.tick}).join('<br>');
}

/** Ticks that only keep labels off the marks. */
export const INVISIBLE_TICKS = {ticks: 'outside', ticklen: 7, tickcolor: 'rgba(0,0,0,0)'};
