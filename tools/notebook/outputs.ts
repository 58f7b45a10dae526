/** Gathers what a kernel publishes into the outputs of the cells that it belongs to. */
import {PROGRESS_MIME, type Progress} from '../../lib/display';
import type {Message} from '../kernel/wire';
import type {CellOutput, CodeCell, DataOutput, Json} from './notebook';

/** More text than this from one cell is cut, so that an endless loop does not fill the memory. */
const MOST_TEXT = 5_000_000;

export class CellOutputs {
  private readonly cells = new Map<string, CodeCell>();
  private readonly shown = new Map<string, DataOutput[]>();
  private readonly toClear = new WeakSet<CodeCell>();
  private readonly textLength = new WeakMap<CodeCell, number>();

  constructor(private readonly onProgress: (progress: Progress) => void = () => {}) {}

  /** From here on messages that answer the request `id` go into `cell`. */
  expect(id: string, cell: CodeCell): void {
    this.cells.set(id, cell);
  }

  /** Takes one message from the iopub channel. */
  take({header, parent, content}: Message): void {
    const cell = this.cells.get(parent.msg_id ?? '');
    if (!cell) return;
    switch (header.msg_type) {
      case 'stream':
        this.addText(cell, content.name, content.text);
        break;
      case 'display_data':
        this.addData(cell, {output_type: 'display_data', ...this.bundle(content)}, content.transient);
        break;
      case 'execute_result': {
        const {execution_count} = content;
        const output = {output_type: 'execute_result' as const, execution_count, ...this.bundle(content)};
        this.addData(cell, output, content.transient);
        break;
      }
      case 'update_display_data':
        for (const output of this.shown.get(content.transient?.display_id) ?? []) {
          Object.assign(output, this.bundle(content));
        }
        break;
      case 'error': {
        const {ename, evalue, traceback} = content;
        this.add(cell, {output_type: 'error', ename, evalue, traceback});
        break;
      }
      case 'clear_output':
        if (content.wait) this.toClear.add(cell);
        else cell.outputs = [];
    }
  }

  private add(cell: CodeCell, output: CellOutput): void {
    if (this.toClear.delete(cell)) cell.outputs = [];
    cell.outputs.push(output);
  }

  private addText(cell: CodeCell, name: 'stdout' | 'stderr', text: string): void {
    const before = this.textLength.get(cell) ?? 0;
    if (before > MOST_TEXT) return;
    this.textLength.set(cell, before + text.length);
    const whole = before + text.length > MOST_TEXT ? `${text}\n… the rest of the output was cut\n` : text;
    const last = this.toClear.has(cell) ? undefined : cell.outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text += whole;
    else this.add(cell, {output_type: 'stream', name, text: whole});
  }

  private addData(cell: CodeCell, output: DataOutput, transient?: {display_id?: string}): void {
    this.add(cell, output);
    const id = transient?.display_id;
    if (id) this.shown.set(id, [...(this.shown.get(id) ?? []), output]);
  }

  // Progress is for the eyes of who is waiting; in the stored notebook its text says enough.
  private bundle({data, metadata}: Json): {data: Json; metadata: Json} {
    const {[PROGRESS_MIME]: progress, ...rest} = data as Json;
    if (progress) this.onProgress(progress as Progress);
    return {data: rest, metadata: metadata ?? {}};
  }
}
