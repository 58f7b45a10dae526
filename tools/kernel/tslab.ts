/** tslab's parts that the kernel uses. They are loaded late, because TypeScript among them takes its time. */
import type * as converter from 'tslab/dist/converter';
import type * as executor from 'tslab/dist/executor';
import type * as inspect from 'tslab/dist/inspect';
import type * as page from 'tslab/dist/jupyter';
import {loadTypeScript, type TypeScript} from './typescript';

export type {Converter, ConvertResult} from 'tslab/dist/converter';
export type {ConverterSet, Executor} from 'tslab/dist/executor';

export interface TslabParts {
  ts: TypeScript;
  converter: typeof converter;
  executor: typeof executor;
  inspect: typeof inspect;
  /** Through its `lastWriteDisplayData`, lib and tslab's own `display` reach the running cell. */
  page: {-readonly [name in keyof typeof page]: (typeof page)[name]};
}

/** Loads the parts; the first call takes some 200 ms. */
export function tslabParts(): TslabParts {
  const ts = loadTypeScript(); // first: tslab takes hold of it while it loads
  /* eslint-disable @typescript-eslint/no-require-imports */
  return {
    ts,
    converter: require('tslab/dist/converter'),
    executor: require('tslab/dist/executor'),
    inspect: require('tslab/dist/inspect'),
    page: require('tslab/dist/jupyter'),
  };
}
