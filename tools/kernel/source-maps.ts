/**
 * Where a line of compiled JavaScript was written in a cell, or in a module beside the notebook.
 *
 * tslab compiles a cell in two steps, TypeScript → modern modules → CommonJS, and keeps no source map. Each
 * step is made to leave one here; a place is looked up through both.
 */
import {SourceMap, type SourceMapPayload} from 'node:module';

export interface Place {
  /** Counted from 1. */
  line: number;
  column: number;
}

const COMMENT = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/;

/** Separates JavaScript from the inline source map at its end. */
export function splitSourceMap(js: string): {js: string; map?: SourceMap} {
  const found = COMMENT.exec(js);
  if (!found) return {js};
  const payload = JSON.parse(Buffer.from(found[1], 'base64').toString('utf8')) as SourceMapPayload;
  return {js: js.slice(0, found.index), map: new SourceMap(payload)};
}

/** The maps of one piece of output, last step first. */
export class OriginalPlaces {
  constructor(private readonly maps: readonly SourceMap[]) {}

  /** The place in the source that was compiled, or undefined for code that the compiler added. */
  find(place: Place): Place | undefined {
    let line = place.line - 1;
    let column = place.column - 1;
    for (const map of this.maps) {
      const entry = map.findEntry(line, column);
      if (!('originalLine' in entry)) return undefined;
      line = entry.originalLine;
      column = entry.originalColumn;
    }
    return {line: line + 1, column: column + 1};
  }
}
