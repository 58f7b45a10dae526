/** Small notebooks for tests. */
import type {Cell, Notebook} from '../../tools/notebook/notebook';
import {KERNELSPEC, LANGUAGE_INFO} from '../../tools/notebook/notebook';

export interface CellSketch {
  source: string;
  type?: Cell['cell_type'];
  tags?: string[];
}

/** A notebook for the course's kernel; a plain text stands for a code cell. */
export function notebookOf(cells: (string | CellSketch)[]): Notebook {
  return {
    cells: cells.map((sketch, i): Cell => {
      const {
        source,
        type = 'code',
        tags,
      } = typeof sketch === 'string' ? ({source: sketch} as CellSketch) : sketch;
      const common = {id: `cell-${i + 1}`, metadata: tags ? {tags} : {}, source};
      return type === 'code'
        ? {cell_type: type, ...common, outputs: [], execution_count: null}
        : {cell_type: type, ...common};
    }),
    metadata: {kernelspec: {...KERNELSPEC}, language_info: {...LANGUAGE_INFO}},
    nbformat: 4,
    nbformat_minor: 5,
  };
}
