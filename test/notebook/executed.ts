/** Executed notebooks for tests, and pages of them as documents. */
import {JSDOM} from 'jsdom';
import type {Results} from '../../lib/lesson/results';
import {projectRoot} from '../../lib/root';
import type {CellOutput, Json, Notebook} from '../../tools/notebook/notebook';
import {framed} from '../../tools/notebook/page/frame';
import {lessonPage} from '../../tools/notebook/page/lesson-page';
import {notebookOf} from './notebooks';

/** A text stands for a Markdown cell, a list for a code cell: its source and what it has put out. */
export type ExecutedSketch = string | [source: string, ...outputs: CellOutput[]];

export function executedNotebook(cells: readonly ExecutedSketch[]): Notebook {
  const notebook = notebookOf(
    cells.map((cell) => (typeof cell === 'string' ? {source: cell, type: 'markdown' as const} : cell[0])),
  );
  let count = 0;
  cells.forEach((sketch, i) => {
    const cell = notebook.cells[i];
    if (cell.cell_type !== 'code') return;
    cell.outputs = sketch.slice(1) as CellOutput[];
    cell.execution_count = ++count;
  });
  return notebook;
}

export function stream(text: string, name: 'stdout' | 'stderr' = 'stdout'): CellOutput {
  return {output_type: 'stream', name, text};
}

export function shown(data: Json, metadata: Json = {}): CellOutput {
  return {output_type: 'display_data', data, metadata};
}

export function error(evalue: string): CellOutput {
  return {output_type: 'error', ename: 'RangeError', evalue, traceback: [`RangeError: ${evalue}`]};
}

/** The page of a notebook, alone in its site. */
export function pageText(notebook: Notebook, options: {lesson?: string; results?: Results} = {}): string {
  const draft = lessonPage(notebook, {lesson: '01-x', project: projectRoot, ...options});
  return framed(draft, {pages: [draft]});
}

export function pageOf(cells: readonly ExecutedSketch[], results?: Results): Document {
  return new JSDOM(pageText(executedNotebook(cells), {results})).window.document;
}

/** A picture of one blue pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

export const RESULTS: Results = {
  lesson: '01-x',
  profile: 'quick',
  seed: 7,
  engine: 'native',
  versions: {node: '20.20.2', tfjs: '4.22.0'},
  seconds: 12.4,
  metrics: [
    {
      name: 'sse.pca',
      value: 13.8663,
      unit: 'per image',
      better: 'lower',
      published: {value: 13.87, source: 'H & S'},
    },
    {name: 'read-out', value: 0.8196, unit: 'fraction right', better: 'higher'},
  ],
  figures: [],
};

/** A figure as lib shows it. */
export function plotlyFigure(title: string, alt: string): CellOutput {
  const data = [{type: 'scatter', x: [1, 2, 3], y: [3, 1, 2]}];
  const layout = {title: {text: title}, width: 760, height: 460};
  return shown(
    {'application/vnd.plotly.v1+json': {data, layout}, 'image/png': PIXEL, 'text/plain': alt},
    {'image/png': {width: 760, height: 460}},
  );
}
