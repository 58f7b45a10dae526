/**
 * Stack traces as a reader of the notebook needs them: the cell and the line as it stands there, the names
 * of lib's files and of packages in between, and nothing of the kernel's own machinery.
 */
import * as path from 'node:path';
import * as util from 'node:util';
import type {OriginalPlaces, Place} from './source-maps';

/** A cell or a module beside the notebook, as it was compiled. */
export interface Unit {
  /** As it is named in a trace, e.g. "cell [3]" or "helpers.ts". */
  name: string;
  source?: string;
  places?: OriginalPlaces;
  /** Lines before the compiled code in the script that ran, and the last line of it there. */
  shift: number;
  end: number;
  /** Lines before the reader's code in the source that was compiled. */
  linesBefore: number;
}

/** What the protocol's `error` message carries. */
export interface Failure {
  ename: string;
  evalue: string;
  traceback: string[];
}

const MOST_FRAMES = 12;
const projectRoot = path.resolve(__dirname, '..', '..', '..');
const units = new Map<string, Unit>();
const firstPlaces = new WeakMap<object, {unit: Unit; place: Place}>();

/** Makes a unit known by the script name under which it runs. */
export function registerUnit(script: string, unit: Unit): void {
  units.set(script, unit);
}

/** From here on every `error.stack` in this process is written for the reader. */
export function installTraces(folder: string): void {
  Error.stackTraceLimit = 50; // the cell's own line often lies below 30 frames of a package
  Error.prepareStackTrace = (error, sites) => {
    try {
      return [headline(error), ...frames(error, sites, folder)].join('\n');
    } catch {
      return headline(error);
    }
  };
}

/** Whatever was thrown, as name, message and trace. */
export function describeThrown(thrown: unknown): Failure {
  if (!(thrown instanceof Error) && !util.types.isNativeError(thrown)) {
    const evalue = util.inspect(thrown, {depth: 2});
    return {ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`, '    (throw an Error to see where)']};
  }
  const error = thrown as Error;
  const ename = String(error.name || error.constructor?.name || 'Error');
  // Node puts the compiled line before the stack of an error that comes out of a cell.
  const stack = String(error.stack ?? '');
  const start = stack.indexOf(headline(error));
  const own = start >= 0 ? stack.slice(start) : stack || headline(error);
  const traceback = [...own.split('\n'), ...excerpt(error), ...causes(error)];
  return {ename, evalue: String(error.message), traceback};
}

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function frames(error: Error, sites: NodeJS.CallSite[], folder: string): string[] {
  const lines: string[] = [];
  for (const site of sites) {
    const where = placeOf(error, site, folder);
    if (!where) continue;
    const name = functionName(site);
    const line = `    at ${site.isAsync() ? 'async ' : ''}${name ? `${name} (${where})` : where}`;
    const passing = !where.includes('line ');
    if (passing && lines.at(-1)?.includes(where)) continue; // one line for each stretch of a file or package
    lines.push(line);
  }
  return lines.length > MOST_FRAMES
    ? [...lines.slice(0, MOST_FRAMES - 2), '    …', lines[lines.length - 1]]
    : lines;
}

function placeOf(error: Error, site: NodeJS.CallSite, folder: string): string | undefined {
  const script = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
  if (!script || script.startsWith('node:') || script.startsWith('evalmachine.')) return undefined;
  const at = {line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1};
  const unit = units.get(script) ?? units.get(script.replaceAll('\\', '/'));
  if (unit) return placeInUnit(error, unit, at);
  const inPackages = script.split(/[\\/]node_modules[\\/]/);
  if (inPackages.length > 1) {
    const [first, second] = inPackages[inPackages.length - 1].split(/[\\/]/);
    const name = first.startsWith('@') ? `${first}/${second}` : first;
    return name === 'tslab' || name === 'zeromq' ? undefined : name;
  }
  const compiled = path.relative(path.join(projectRoot, 'dist'), script).replaceAll('\\', '/');
  if (compiled.startsWith('lib/')) return compiled.replace(/\.js$/, '.ts');
  if (!compiled.startsWith('../')) return undefined; // the kernel itself
  const own = path.relative(folder, script);
  return `${own.startsWith('..') ? script : own}, line ${at.line}:${at.column}`;
}

function placeInUnit(error: Error, unit: Unit, at: Place): string | undefined {
  if (at.line <= unit.shift || at.line > unit.end) return undefined; // the function around a cell's code
  const found = unit.places?.find({line: at.line - unit.shift, column: at.column});
  if (!found || found.line <= unit.linesBefore) return undefined;
  const place = {line: found.line - unit.linesBefore, column: found.column};
  if (!firstPlaces.has(error)) firstPlaces.set(error, {unit, place});
  return `${unit.name}, line ${place.line}:${place.column}`;
}

function functionName(site: NodeJS.CallSite): string {
  const name = site.getFunctionName();
  if (!name || name === 'eval') return '';
  const type = site.isToplevel() ? null : site.getTypeName();
  const plain = !type || type === 'Object' || type === 'Module' || type === 'Proxy' || name.includes('.');
  return `${site.isConstructor() ? 'new ' : plain || name.startsWith(type) ? '' : `${type}.`}${name}`;
}

// The reader's line with its neighbours.
function excerpt(error: Error): string[] {
  const first = firstPlaces.get(error);
  if (!first?.unit.source) return [];
  return ['', ...excerptOf(first.unit.source, first.place.line)];
}

/** A line of a source with one neighbour on each side, numbered; an arrow marks it. */
export function excerptOf(source: string, line: number): string[] {
  const all = source.split('\n');
  const from = Math.max(1, line - 1);
  const to = Math.min(all.length, line + 1);
  const width = String(to).length;
  return all
    .slice(from - 1, to)
    .map((text, i) => ({text: text.length > 160 ? text.slice(0, 159) + '…' : text, number: from + i}))
    .map(({text, number}) => `${number === line ? '→' : ' '} ${String(number).padStart(width)} │ ${text}`);
}

function causes(error: Error): string[] {
  const lines: string[] = [];
  const {cause, errors} = error as {cause?: unknown; errors?: unknown};
  const inner = [
    ...(cause === undefined ? [] : [cause]),
    ...(Array.isArray(errors) ? errors.slice(0, 3) : []),
  ];
  for (const one of inner) {
    const text = one instanceof Error ? (one.stack ?? headline(one)) : util.inspect(one, {depth: 1});
    lines.push('', ...`caused by ${text}`.split('\n').slice(0, MOST_FRAMES));
  }
  return lines;
}
