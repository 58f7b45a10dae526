/**
 * Runs cells, one at a time, through tslab's executor: names declared in one cell are known in the next.
 */
import {createCellConverter, LINES_BEFORE_CELL} from './compiler';
import {describeThrown, excerptOf, registerUnit, type Failure} from './traces';
import {tslabParts, type ConverterSet, type Executor} from './tslab';
import {takePlaces} from './typescript';

/** How a cell ended. */
export type Outcome = {ok: true; value?: {shown: unknown}} | {ok: false; failure: Failure};

/** Sent as `ename` of a cell that the reader, or a time limit, has stopped. */
export const INTERRUPTED = 'Interrupted';

/** Runs cells in the folder `folder`, which is the current one; modules are found from there. */
export class CellRunner {
  private readonly executor: Executor;
  private count = 0;
  private name = 'cell';
  private value: {shown: unknown} | undefined;
  private diagnostics: string[] = [];
  private thrown: {what: unknown} | undefined;
  private interrupted = false;

  constructor(folder: string) {
    const converter = createCellConverter();
    const node: ConverterSet['node'] = {
      ...converter,
      convert: (declarations, source) => this.labelled(converter.convert(declarations, source), source),
    };
    const convs = {node, browser: node, close: () => converter.close()};
    this.executor = tslabParts().executor.createExecutor(folder, convs, {
      log: (shown) => (this.value = {shown}),
      error: (...args) => this.collect(args),
    });
  }

  /** Runs one cell; `name` stands for it in traces, e.g. "cell [3]". Never throws. */
  async run(source: string, name: string): Promise<Outcome> {
    this.name = name;
    this.value = undefined;
    this.thrown = undefined;
    this.diagnostics = [];
    this.interrupted = false;
    try {
      await this.executor.execute(source);
    } catch (error) {
      this.thrown ??= {what: error};
    }
    const failure = this.failure(source);
    return failure ? {ok: false, failure} : {ok: true, value: this.value};
  }

  /** Ends the running cell at its next await. What it has started goes on, unheeded. */
  interrupt(): void {
    this.interrupted = true;
    this.executor.interrupt();
  }

  complete(source: string, position: number): {start: number; end: number; candidates: string[]} {
    return this.executor.complete(source, position);
  }

  /** What is known of the name at `position`: its type and documentation. */
  inspect(source: string, position: number): string | undefined {
    const info = this.executor.inspect(source, position);
    return info ? tslabParts().inspect.printQuickInfo(info) : undefined;
  }

  close(): void {
    this.executor.close();
  }

  // Gives the compiled code a name by which its lines can be found again.
  private labelled(
    result: ReturnType<ConverterSet['node']['convert']>,
    source: string,
  ): ReturnType<ConverterSet['node']['convert']> {
    for (const {path, data} of result.sideOutputs ?? []) {
      const name = path.split('/').slice(-1)[0].replace(/\.js$/, '.ts');
      registerUnit(path, {name, places: takePlaces(data), shift: 0, end: Infinity, linesBefore: 0});
    }
    if (!result.output) return result;
    const script = `tslab-cell-${++this.count}.js`;
    const places = takePlaces(result.output);
    const end = 1 + result.output.split('\n').length;
    registerUnit(script, {name: this.name, source, places, shift: 1, end, linesBefore: LINES_BEFORE_CELL});
    return {...result, output: `\n${result.output}\n//# sourceURL=${script}`};
  }

  // tslab reports both kinds of failure as text for the console: a diagnostic in five parts, or what was thrown.
  private collect(args: unknown[]): void {
    if (args.length === 5) {
      const [, file, line, column, message] = args as [string, string, number, number, string];
      this.diagnostics.push(`${file}${line}:${column} - ${message}`);
    } else {
      this.thrown = {what: args[0]};
    }
  }

  private failure(source: string): Failure | undefined {
    if (this.diagnostics.length > 0) return typeScriptError(this.diagnostics, source);
    if (!this.thrown) return undefined;
    const {what} = this.thrown;
    const bySignal = (what as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';
    if (!this.interrupted && !bySignal) return describeThrown(what);
    const evalue = 'The cell was interrupted';
    return {ename: INTERRUPTED, evalue, traceback: [`${INTERRUPTED}: ${evalue}`]};
  }
}

function typeScriptError(diagnostics: string[], source: string): Failure {
  const line = /^(\d+):/.exec(diagnostics[0])?.[1];
  const lines = line ? ['', ...excerptOf(source, Number(line))] : [];
  return {
    ename: 'TypeScriptError',
    evalue: diagnostics.join('\n'),
    traceback: ['TypeScriptError', ...diagnostics.flatMap((text) => text.split('\n')), ...lines],
  };
}
