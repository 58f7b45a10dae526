/** The page of one executed notebook. */
import type {Results} from '../../../lib/lesson/results';
import {resultsTable} from '../../../lib/lesson/table';
import type {Cell, CellOutput, CodeCell, Notebook, TextCell} from '../notebook';
import {codeBlock} from './code';
import {display} from './displays';
import {Draft} from './draft';
import {settleImages} from './links';
import {Html, markup} from './markup';
import {prose} from './prose';
import {resultsSection} from './results';

export interface LessonPageOptions {
  /** The lesson's name, which is also its folder in the site. */
  lesson: string;
  /** Its numbers, if it wrote any. */
  results?: Results;
  /** The project's folder: pictures that the text names by path are looked for in it. */
  project: string;
}

/**
 * A lesson as a draft of a page: text, code, outputs, and the results where the lesson shows them.
 * @throws Error when the notebook was not executed.
 */
export function lessonPage(notebook: Notebook, options: LessonPageOptions): Draft {
  const {lesson} = options;
  const code = notebook.cells.filter(isCode);
  if (!code.some(({outputs, execution_count}) => outputs.length > 0 || execution_count !== null)) {
    throw new Error(
      `${lesson}: expected an executed notebook, got one without outputs; run it first: npm start -- ${lesson}`,
    );
  }
  const failed = code.some(isFailed);
  const results = failed ? undefined : options.results; // what lies there is of an earlier run
  const page = new LessonPage({...options, results});
  if (failed) page.draft.addNotice('The run that this page shows ended early, with an error.');
  notebook.cells.filter(({source}) => source.trim() !== '').forEach((cell) => page.addCell(cell));
  page.finish();
  return page.draft;
}

class LessonPage {
  readonly draft: Draft;
  private figures = 0;
  private results?: Results; // until they are shown

  constructor(private readonly options: LessonPageOptions) {
    const {lesson, results} = options;
    this.draft = new Draft(`notebooks/${lesson}.ipynb`, `${lesson}/index.html`, lesson);
    this.results = results;
  }

  addCell(cell: Cell): void {
    if (isCode(cell)) {
      this.draft.add(codeBlock(cell.source, 'typescript'));
      cell.outputs.forEach((output) => this.addOutput(output));
    } else if (cell.cell_type === 'markdown') this.addText(prose(cell.source), cell);
    else this.draft.add(codeBlock(cell.source));
  }

  finish(): void {
    const {draft} = this;
    const title = draft.headings.find(({level}) => level === 1);
    if (title) draft.title = title.text || draft.title;
    else draft.parts.unshift(markup`<h1>${draft.title}</h1>`);
    if (this.results) draft.add(resultsSection(this.results, 'h2'));
  }

  private addText(element: Element, {attachments}: Pick<TextCell, 'attachments'> = {}): void {
    settleImages(element, this.draft, this.options.project, attachments);
    this.draft.addProse(element);
  }

  private addOutput(output: CellOutput): void {
    if (this.results && isTableOf(this.results, output)) {
      this.draft.add(resultsSection(this.results, 'h3'));
      this.results = undefined;
      return;
    }
    const part = display(output, this.draft, this.figures + 1);
    if (part instanceof Html) {
      if (part.text.startsWith('<figure')) this.figures++;
      this.draft.add(part);
    } else if (part) this.addText(part);
  }
}

function isCode(cell: Cell): cell is CodeCell {
  return cell.cell_type === 'code';
}

// Cells that are meant to fail say so by a tag.
function isFailed({outputs, metadata}: CodeCell): boolean {
  const tags: unknown = metadata.tags;
  const meant = Array.isArray(tags) && tags.includes('raises-exception');
  return !meant && outputs.some(({output_type}) => output_type === 'error');
}

// The table with which a lesson ends: it is shown together with the circumstances of the run.
function isTableOf({metrics}: Results, output: CellOutput): boolean {
  return 'data' in output && output.data['text/markdown'] === resultsTable(metrics);
}
