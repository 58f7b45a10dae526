/**
 * tslab's converter from cells to JavaScript, with syntax errors told instead of "Debug Failure", and able
 * to go on after a failure of its own.
 */
import type * as typescript from '@tslab/typescript-for-tslab';
import {tslabParts, type Converter, type ConvertResult} from './tslab';
import type {TypeScript} from './typescript';

/** tslab writes this line before every cell, so that TypeScript takes it for a module. */
const PREFIX = 'export {};\n';
/** By how much a line of a cell is smaller than the line that a source map gives. */
export const LINES_BEFORE_CELL = 1;

/** A converter for the notebook in the current folder. Takes about a second. */
export function createCellConverter(): Converter {
  const {ts, converter: tslab} = tslabParts();
  const create = () => tslab.createConverter({isJS: false, isBrowser: false});
  let converter = create();
  return {
    convert(declarations, source): ConvertResult {
      const diagnostics = syntaxErrors(ts, source);
      if (diagnostics.length > 0) return {diagnostics};
      try {
        return converter.convert(declarations, source);
      } catch (error) {
        // After an exception tslab's converter refuses all further work.
        converter.close();
        converter = create();
        throw new Error(
          `TypeScript ${ts.version} could not compile this cell (${firstLine(error)}). ` +
            'Nothing of it has run. Write it in a simpler way, or split it to find the line that it stumbles over.',
        );
      }
    },
    inspect: (declarations, source, position) => converter.inspect(declarations, source, position),
    complete: (declarations, source, position) => converter.complete(declarations, source, position),
    addModule: (name, content, meta) => converter.addModule(name, content, meta),
    close: () => converter.close(),
  };
}

/** What the parser alone finds wrong; the type checker is not asked then, and cannot stumble over it. */
function syntaxErrors(ts: TypeScript, source: string): ConvertResult['diagnostics'] {
  const file = ts.createSourceFile(
    'cell.ts',
    PREFIX + source,
    ts.ScriptTarget.ES2022,
  ) as typescript.SourceFile & {
    parseDiagnostics: typescript.DiagnosticWithLocation[];
  };
  const place = (offset: number) => {
    const within = Math.min(Math.max(offset, PREFIX.length), PREFIX.length + source.length);
    const {line, character} = file.getLineAndCharacterOfPosition(within);
    return {offset: within - PREFIX.length, line: line - LINES_BEFORE_CELL, character};
  };
  return file.parseDiagnostics.map(({start, length, messageText, category, code}) => ({
    start: place(start),
    end: place(start + length),
    messageText: ts.flattenDiagnosticMessageText(messageText, '\n'),
    category,
    code,
  }));
}

function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error).split('\n')[0];
}
