/**
 * The TypeScript inside tslab, with what the kernel needs of it beyond tslab: source maps, watchers that
 * cannot break it, and names of earlier cells recognised everywhere.
 */
import {createRequire, Module} from 'node:module';
import * as path from 'node:path';
import type * as typescript from '@tslab/typescript-for-tslab';
import {projectRoot} from '../../lib/root';
import {loadWithCodeCache} from './code-cache';
import {OriginalPlaces, splitSourceMap} from './source-maps';
import {Watching} from './watching';

export type TypeScript = typeof typescript;
type Builder = typescript.EmitAndSemanticDiagnosticsBuilderProgram;
type WatchHost = typescript.WatchCompilerHostOfFilesAndCompilerOptions<Builder>;

const fromTslab = createRequire(require.resolve('tslab/package.json'));
const TYPESCRIPT = '@tslab/typescript-for-tslab';

/** The version of TypeScript that compiles cells, read without loading it. */
export function typescriptVersion(): string {
  return (fromTslab(`${TYPESCRIPT}/package.json`) as {version: string}).version;
}

/** The places of compiled code by its text; the converter hands on nothing but text. */
const placesByOutput = new Map<string, OriginalPlaces>();

/** Looks up, and forgets, where the lines of a piece of output come from. */
export function takePlaces(output: string): OriginalPlaces | undefined {
  const places = placesByOutput.get(output);
  placesByOutput.delete(output);
  return places;
}

/** To be asked for a look before a cell is compiled. */
export const watching = new Watching();

let prepared: TypeScript | undefined;

/** Loads tslab's TypeScript and puts the kernel's own version of it where tslab will find it. */
export function loadTypeScript(): TypeScript {
  if (prepared) return prepared;
  const tsFile = fromTslab.resolve(TYPESCRIPT);
  const loaded = loadWithCodeCache(tsFile, path.join(projectRoot, '.course', 'code-cache'));
  process.once('exit', loaded.store);
  const ts = loaded.exports as TypeScript;
  watching.install(ts.sys);
  // The exports of TypeScript are read-only; tslab is handed an object that inherits from them.
  const own: Partial<TypeScript> & {__esModule: true} = {
    __esModule: true, // else tslab makes a copy of the inherited object's own properties, which are few
    createWatchCompilerHost: ((files: string[], options: typescript.CompilerOptions, ...rest: never[]) =>
      (ts.createWatchCompilerHost as (...args: unknown[]) => unknown)(
        files,
        // Only Node's types are global in a cell: not those of a test runner that happens to be installed.
        {...options, inlineSourceMap: true, types: ['node']},
        ...rest,
      )) as TypeScript['createWatchCompilerHost'],
    createWatchProgram: ((host: WatchHost) => {
      const {afterProgramCreate} = host;
      host.afterProgramCreate = (builder) => afterProgramCreate?.(expandingShorthands(ts, builder));
      return (ts.createWatchProgram as (host: WatchHost) => unknown)(host);
    }) as TypeScript['createWatchProgram'],
    transpileModule: (input, options) => transpileWithMaps(ts, input, options),
  };
  prepared = Object.create(ts, Object.getOwnPropertyDescriptors(own)) as TypeScript;
  fromTslab.cache[tsFile] = Object.assign(new Module(tsFile), {exports: prepared, loaded: true});
  return prepared;
}

// tslab overlooks one way to use a name from an earlier cell: `fit(model, {epochs})`, which would end with
// "epochs is not defined". It is written out here as `{epochs: exports.epochs}`, as tslab does elsewhere.
function expandingShorthands(ts: TypeScript, builder: Builder): Builder {
  const checker = builder.getProgram().getTypeChecker();
  const fromEarlierCell = (node: typescript.ShorthandPropertyAssignment) =>
    checker
      .getShorthandAssignmentValueSymbol(node)
      ?.declarations?.some((declaration) => declaration.getSourceFile().fileName.endsWith('/__prev__.d.ts'));
  const expand: typescript.TransformerFactory<typescript.SourceFile> = (context) => {
    const {factory} = context;
    const visit = (node: typescript.Node): typescript.Node => {
      if (!ts.isShorthandPropertyAssignment(node) || !fromEarlierCell(node)) {
        return ts.visitEachChild(node, visit, context);
      }
      const name = factory.createIdentifier(node.name.text);
      const value = factory.createPropertyAccessExpression(factory.createIdentifier('exports'), name);
      const {objectAssignmentInitializer: initial} = node; // as in ({epochs = 5} = options)
      const whole = initial ? factory.createAssignment(value, initial) : value;
      return ts.setTextRange(factory.createPropertyAssignment(node.name, whole), node);
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };
  return Object.create(builder, {
    emit: {
      value: ((file, writeFile, token, onlyDeclarations, transformers) => {
        const before = [expand, ...(transformers?.before ?? [])];
        return builder.emit(file, writeFile, token, onlyDeclarations, {...transformers, before});
      }) satisfies Builder['emit'],
    },
  }) as Builder;
}

function transpileWithMaps(
  ts: TypeScript,
  input: string,
  options: typescript.TranspileOptions,
): typescript.TranspileOutput {
  const first = splitSourceMap(input);
  const compilerOptions = {...options.compilerOptions, inlineSourceMap: true};
  const output = ts.transpileModule(first.js, {...options, compilerOptions});
  const second = splitSourceMap(output.outputText);
  if (first.map && second.map) {
    placesByOutput.set(second.js, new OriginalPlaces([second.map, first.map]));
  }
  return {...output, outputText: second.js};
}
