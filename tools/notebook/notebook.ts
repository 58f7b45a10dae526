/**
 * A notebook as a value: read with clear errors, cleaned for storage, written in one fixed form.
 * https://nbformat.readthedocs.io/en/latest/format_description.html
 */
import {createHash} from 'node:crypto';

/** A part of a notebook whose fields this project hands on untouched. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>;

export interface StreamOutput {
  output_type: 'stream';
  name: 'stdout' | 'stderr';
  text: string;
}

export interface DataOutput {
  output_type: 'display_data' | 'execute_result';
  /** MIME type → content; text as one string. */
  data: Json;
  metadata: Json;
  /** Only of an execute_result. */
  execution_count?: number | null;
}

export interface ErrorOutput {
  output_type: 'error';
  ename: string;
  evalue: string;
  traceback: string[];
}

export type CellOutput = StreamOutput | DataOutput | ErrorOutput;

export interface CodeCell {
  cell_type: 'code';
  id: string;
  metadata: Json;
  source: string;
  outputs: CellOutput[];
  execution_count: number | null;
}

export interface TextCell {
  cell_type: 'markdown' | 'raw';
  id: string;
  metadata: Json;
  source: string;
  attachments?: Json;
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  cells: Cell[];
  metadata: Json;
  nbformat: 4;
  nbformat_minor: 5;
}

/** The kernel that every lesson names; also what stock tslab calls itself. */
export const KERNELSPEC = {display_name: 'TypeScript', language: 'typescript', name: 'tslab'};

/** The language of a stored lesson. Without it nbconvert takes the code for Python. */
export const LANGUAGE_INFO = {
  file_extension: '.ts',
  mimetype: 'text/typescript',
  name: 'typescript',
  pygments_lexer: 'typescript',
};

/**
 * Reads a notebook of nbformat 4; cells from before 4.5 are given ids.
 * @throws Error naming `file`, what was expected and what came.
 */
export function parseNotebook(text: string, file: string): Notebook {
  let json: Json;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
  } catch (error) {
    throw new Error(`${file}: expected a notebook in JSON, got ${(error as Error).message}`);
  }
  if (typeof json !== 'object' || json === null || !('nbformat' in json)) {
    throw new Error(`${file}: expected a notebook with the key nbformat, got other JSON`);
  }
  if (json.nbformat !== 4) {
    const remedy = `convert it with: jupyter nbconvert --to notebook --nbformat 4 "${file}"`;
    throw new Error(`${file}: expected nbformat 4, got ${json.nbformat}; ${remedy}`);
  }
  if (!Array.isArray(json.cells))
    throw new Error(`${file}: expected a list of cells, got ${typeof json.cells}`);
  const cells = json.cells.map((cell: unknown, i: number) => parseCell(cell, i, file));
  checkIds(cells, file);
  return {cells, metadata: isObject(json.metadata) ? json.metadata : {}, nbformat: 4, nbformat_minor: 5};
}

/** @throws Error when the notebook names no kernel, or not the one of this course. */
export function checkKernel({metadata}: Notebook, file: string): void {
  const name = metadata.kernelspec?.name;
  if (name === KERNELSPEC.name) return;
  const remedy =
    name === undefined
      ? 'choose the TypeScript kernel in Jupyter or VS Code and save the notebook'
      : 'notebooks in other languages are not run here';
  throw new Error(`${file}: expected the kernelspec ${KERNELSPEC.name}, got ${name ?? 'none'}; ${remedy}`);
}

/** The text of a notebook file, byte for byte as Jupyter writes it: keys sorted, one space, lines as lists. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code'
      ? {...cell, source: lines(cell.source), outputs: cell.outputs.map(formatOutput)}
      : {...cell, source: lines(cell.source)},
  );
  return JSON.stringify(sorted({...notebook, cells}), null, 1) + '\n';
}

/**
 * The notebook as it is stored: no outputs, no counts, nothing that a front end leaves behind, the kernel
 * and the language of the course. Teaching marks (tags, nbgrader, slideshow) stay.
 */
export function cleanNotebook(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell): Cell => {
    const metadata = without(cell.metadata, TRACES_OF_FRONT_ENDS);
    if (isObject(metadata.jupyter)) {
      metadata.jupyter = without(metadata.jupyter, ['outputs_hidden']);
      if (Object.keys(metadata.jupyter as Json).length === 0) delete metadata.jupyter;
    }
    return cell.cell_type === 'code'
      ? {...cell, metadata, outputs: [], execution_count: null}
      : {...cell, metadata};
  });
  const metadata = {
    ...without(notebook.metadata, TRACES_OF_FRONT_ENDS),
    kernelspec: {...KERNELSPEC},
    language_info: {...LANGUAGE_INFO},
  };
  return {...notebook, cells, metadata};
}

/** Whether a notebook is as {@link cleanNotebook} leaves it. */
export function isClean(notebook: Notebook): boolean {
  return formatNotebook(notebook) === formatNotebook(cleanNotebook(notebook));
}

/** The first heading of a notebook, or an empty string. */
export function titleOf({cells}: Notebook): string {
  const headings = cells
    .filter((cell) => cell.cell_type === 'markdown')
    .map(({source}) => /^#+ +(.+)$/m.exec(source));
  return headings.find((found) => found)?.[1].trim() ?? '';
}

const TRACES_OF_FRONT_ENDS = [
  'ExecuteTime',
  'collapsed',
  'execution',
  'orig_nbformat',
  'scrolled',
  'toc',
  'trusted',
  'vscode',
  'widgets',
];

function parseCell(cell: unknown, index: number, file: string): Cell {
  const where = `${file}: cell ${index + 1}`;
  if (!isObject(cell)) throw new Error(`${where}: expected an object, got ${JSON.stringify(cell)}`);
  const {cell_type, source} = cell;
  if (cell_type !== 'code' && cell_type !== 'markdown' && cell_type !== 'raw') {
    throw new Error(
      `${where}: cell_type: expected one of code, markdown, raw, got ${JSON.stringify(cell_type)}`,
    );
  }
  if (typeof source !== 'string' && !isListOfStrings(source)) {
    throw new Error(`${where}: source: expected text or a list of lines, got ${JSON.stringify(source)}`);
  }
  const text = joined(source);
  const common = {
    id: parseId(cell.id, index, text, where),
    metadata: isObject(cell.metadata) ? cell.metadata : {},
    source: text,
  };
  if (cell_type !== 'code') {
    return {cell_type, ...common, ...(isObject(cell.attachments) ? {attachments: cell.attachments} : {})};
  }
  const outputs = Array.isArray(cell.outputs) ? (cell.outputs as Json[]).map(parseOutput) : [];
  const count: unknown = cell.execution_count;
  return {cell_type, ...common, outputs, execution_count: typeof count === 'number' ? count : null};
}

// Before nbformat 4.5 cells had no ids; one made from the text stays the same from run to run.
function parseId(id: unknown, index: number, source: string, where: string): string {
  if (id === undefined) return createHash('sha256').update(`${index}\n${source}`).digest('hex').slice(0, 8);
  if (typeof id === 'string' && /^[\w-]{1,64}$/.test(id)) return id;
  throw new Error(`${where}: id: expected 1 to 64 letters, digits, - or _, got ${JSON.stringify(id)}`);
}

function checkIds(cells: Cell[], file: string): void {
  const seen = new Map<string, number>();
  cells.forEach(({id}, i) => {
    const before = seen.get(id);
    if (before !== undefined) {
      throw new Error(
        `${file}: expected different ids in all cells, got "${id}" in cell ${before} and cell ${i + 1}`,
      );
    }
    seen.set(id, i + 1);
  });
}

function parseOutput(output: Json): CellOutput {
  if (output.output_type === 'stream') return {...output, text: joined(output.text ?? '')} as StreamOutput;
  if (!isObject(output.data)) return output as ErrorOutput;
  const data = Object.entries(output.data as Json).map(([mime, value]) => [
    mime,
    isTextual(mime) && isListOfStrings(value) ? joined(value) : value,
  ]);
  return {...output, data: Object.fromEntries(data) as Json} as DataOutput;
}

function formatOutput(output: CellOutput): Json {
  if (output.output_type === 'stream') return {...output, text: lines(output.text)};
  if (output.output_type === 'error') return output;
  const data = Object.entries(output.data).map(([mime, value]) => [
    mime,
    isTextual(mime) && typeof value === 'string' ? lines(value) : (value as unknown),
  ]);
  return {...output, data: Object.fromEntries(data) as Json};
}

function isTextual(mime: string): boolean {
  return mime.startsWith('text/') || mime === 'image/svg+xml' || mime === 'application/javascript';
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function joined(text: string | string[]): string {
  return Array.isArray(text) ? text.join('') : text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

function without(object: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
