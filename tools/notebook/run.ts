/**
 * Runs a notebook from its first cell to its last through the kernel, without Python and without a page.
 */
import type {Progress} from '../../lib/display';
import {kernelSpec, type KernelSpec} from '../kernel/kernelspec';
import type {Content} from '../kernel/wire';
import {KernelClient, KernelDied} from './client';
import {describeDeath} from './death';
import type {CodeCell, ErrorOutput, Notebook} from './notebook';
import {CellOutputs} from './outputs';

/** What happens during a run, in order: a cell is told when it begins. Cells are counted among the code cells, from 1. */
export type RunEvent =
  | {type: 'start'; cells: number}
  | {type: 'cell'; cell: number; cells: number}
  | {type: 'progress'; cell: number; cells: number; progress: Progress}
  | {type: 'end'; result: RunResult};

export interface RunOptions {
  /** The kernel. Default: the course's own. */
  spec?: KernelSpec;
  /** The folder from which the cells import and read: the notebook's own. */
  cwd: string;
  /** Seconds that one cell may take; 0 for no limit. Default 0. */
  timeout?: number;
  /** Environment variables for the kernel. */
  env?: Record<string, string>;
  onEvent?: (event: RunEvent) => void;
  /** Aborted to stop the run: the running cell is interrupted and no other one begins. */
  signal?: AbortSignal;
  /** Aborted to end the kernel at once. */
  force?: AbortSignal;
}

export type RunStatus = 'ok' | 'failed' | 'timeout' | 'died' | 'interrupted';

/** The cell at which a run ended before the last one. */
export interface RunFailure {
  /** Its number among the code cells, and how many there are; 0 when no cell had begun. */
  cell: number;
  cells: number;
  /** One sentence that says what happened. */
  reason: string;
  source: string;
  outputs: CodeCell['outputs'];
}

export interface RunResult {
  status: RunStatus;
  /** The notebook with the outputs of all cells that have run. The one handed in is left as it was. */
  notebook: Notebook;
  seconds: number;
  failure?: RunFailure;
}

/** From the stop button to the second, harder one, and to the end of the kernel. */
const SECOND_INTERRUPT_MS = 4000;
const KILL_MS = 5000;

/** Runs all code cells in order and stops at the first failure. A kernel that cannot be started is a failure, too. */
export async function runNotebook(notebook: Notebook, options: RunOptions): Promise<RunResult> {
  const {cwd, env, onEvent = () => {}, spec = kernelSpec()} = options;
  const began = Date.now();
  const executed = withoutOutputs(notebook);
  const codeCells = executed.cells.filter((cell): cell is CodeCell => cell.cell_type === 'code');
  const cells = codeCells.length;
  onEvent({type: 'start', cells});
  let k = 0;
  const outputs = new CellOutputs((progress) => onEvent({type: 'progress', cell: k, cells, progress}));
  let stopped: {status: RunStatus; reason: string} | undefined;
  let kernel: KernelClient | undefined;
  try {
    kernel = await startKernel(spec, cwd, env, options);
    executed.metadata.language_info = kernel.info.language_info;
    kernel.listen((message, channel) => channel === 'iopub' && outputs.take(message));
    for (const cell of codeCells) {
      k++;
      if (cell.source.trim() === '' || tagsOf(cell).includes('skip-execution')) continue;
      if (options.signal?.aborted)
        stopped = {status: 'interrupted', reason: 'The run was stopped before this cell'};
      else {
        const begun = (): void => onEvent({type: 'cell', cell: k, cells});
        stopped = await runCell(kernel, cell, outputs, options, begun);
      }
      if (stopped) break;
    }
  } catch (error) {
    if (kernel && !(error instanceof KernelDied)) throw error;
    stopped = {status: 'died', reason: (error as Error).message};
  } finally {
    await kernel?.shutdown();
  }
  const cell = codeCells[k - 1];
  const failure = stopped && {
    cell: k,
    cells,
    reason: stopped.reason,
    source: cell?.source ?? '',
    outputs: cell?.outputs ?? [],
  };
  const seconds = (Date.now() - began) / 1000;
  const result: RunResult = {status: stopped?.status ?? 'ok', notebook: executed, seconds, failure};
  onEvent({type: 'end', result});
  return result;
}

async function startKernel(
  spec: KernelSpec,
  cwd: string,
  env: Record<string, string> | undefined,
  {signal, force}: RunOptions,
): Promise<KernelClient> {
  const kernel = await KernelClient.start(spec, {cwd, env});
  if (signal?.aborted || force?.aborted) await kernel.kill();
  return kernel;
}

// Undefined when the next cell may run.
async function runCell(
  kernel: KernelClient,
  cell: CodeCell,
  outputs: CellOutputs,
  {timeout = 0, signal, force}: RunOptions,
  onBegin: () => void,
): Promise<{status: RunStatus; reason: string} | undefined> {
  const mayFail = tagsOf(cell).includes('raises-exception');
  let why: {status: RunStatus; reason: string} | undefined;
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, act: () => void): void => void timers.push(setTimeout(act, ms));
  let begun = false;
  const stop = (status: RunStatus, reason: string): void => {
    why ??= {status, reason};
    if (!begun) return void kernel.kill(); // nothing is lost, and a kernel that starts heeds no signal
    kernel.interrupt();
    after(SECOND_INTERRUPT_MS, () => kernel.interrupt());
    after(KILL_MS, () => void kernel.kill());
  };
  const onSignal = (): void => stop('interrupted', 'The run was stopped');
  const onForce = (): void => void kernel.kill();
  signal?.addEventListener('abort', onSignal, {once: true});
  force?.addEventListener('abort', onForce, {once: true});
  const stopListening = kernel.listen(({header}) => {
    if (begun || header.msg_type !== 'execute_input') return;
    begun = true;
    onBegin();
    const late = `The cell ran longer than its limit of ${timeout} s`;
    if (timeout > 0) after(timeout * 1000, () => stop('timeout', late));
  });
  try {
    const reply = await kernel.execute(cell.source, {
      stopOnError: !mayFail,
      begun: (id) => outputs.expect(id, cell),
    });
    cell.execution_count = reply.execution_count ?? null;
    if (why || reply.status === 'ok' || mayFail) return why;
    return {status: 'failed', reason: describeReply(reply)};
  } catch (error) {
    if (!(error instanceof KernelDied)) throw error;
    why ??= {status: 'died', reason: describeDeath(error.death)};
    if (begun && why.status !== 'died') why.reason += ', did not heed the stop signal, and was ended';
    cell.outputs.push(errorOutput('KernelDied', why.reason));
    return why;
  } finally {
    timers.forEach(clearTimeout);
    stopListening();
    signal?.removeEventListener('abort', onSignal);
    force?.removeEventListener('abort', onForce);
  }
}

function withoutOutputs(notebook: Notebook): Notebook {
  const copy = structuredClone(notebook);
  for (const cell of copy.cells) {
    if (cell.cell_type !== 'code') continue;
    cell.outputs = [];
    cell.execution_count = null;
  }
  return copy;
}

function tagsOf({metadata}: CodeCell): string[] {
  return Array.isArray(metadata.tags) ? (metadata.tags as string[]) : [];
}

function describeReply({status, ename, evalue}: Content): string {
  return status === 'error' ? `${ename}: ${evalue}` : `The kernel did not run the cell (${status})`;
}

function errorOutput(ename: string, evalue: string): ErrorOutput {
  return {output_type: 'error', ename, evalue, traceback: [`${ename}: ${evalue}`]};
}
