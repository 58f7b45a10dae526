/**
 * tslab's converter from cells to JavaScript, with syntax errors told instead of "Debug Failure", and able
 * to go on after a failure of its own.
 */
import * as path from 'node:path';
import type * as typescript from '@tslab/typescript-for-tslab';
import {tslabParts, type Converter, type ConvertResult} from './tslab';
import {watching, type TypeScript} from './typescript';

/** tslab writes this line before every cell, so that TypeScript takes it for a module. */
const PREFIX = 'export {};\n';
/** By how much a line of a cell is smaller than the line that a source map gives. */
export const LINES_BEFORE_CELL = 1;

const CANNOT_FIND_MODULE = 2307;
type Diagnostic = ConvertResult['diagnostics'][number];

/** A converter for the notebook in the current folder. Takes about a second. */
export function createCellConverter(): Converter {
  const {ts, converter: tslab} = tslabParts();
  const create = () => tslab.createConverter({isJS: false, isBrowser: false});
  let converter = create();
  return {
    convert(declarations, source): ConvertResult {
      const diagnostics = syntaxErrors(ts, source);
      if (diagnostics.length > 0) return {diagnostics};
      watching.look();
      try {
        const result = converter.convert(declarations, source);
        if (!result.diagnostics.some((diagnostic) => foundByNow(ts, diagnostic))) return result;
        // TypeScript remembers that it was not there.
        converter.close();
        converter = create();
        return converter.convert(declarations, source);
      } catch (error) {
        // After an exception tslab's converter refuses all further work.
        converter.close();
        converter = create();
        throw new CompilerFailure(
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

// Whether a diagnostic complains of a missing module that is there now.
function foundByNow(ts: TypeScript, {code, messageText, fileName}: Diagnostic): boolean {
  const name = code === CANNOT_FIND_MODULE ? /'([^']+)'/.exec(messageText)?.[1] : undefined;
  if (name === undefined) return false;
  const from = path.resolve(fileName ?? 'cell.ts');
  const options = {moduleResolution: ts.ModuleResolutionKind.Node10, allowJs: true, resolveJsonModule: true};
  return ts.resolveModuleName(name, from, options, ts.sys).resolvedModule !== undefined;
}

/** TypeScript itself has failed; shown under the same name as what it finds wrong with a cell. */
class CompilerFailure extends Error {
  override readonly name = 'TypeScriptError';
}

/** What the parser alone finds wrong; the type checker is not asked then, and cannot stumble over it. */
function syntaxErrors(ts: TypeScript, source: string): Diagnostic[] {
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
