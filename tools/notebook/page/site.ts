/** The pages of all lessons that have been run, with an index: a folder for any web server, or for none. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {readResults, type Results} from '../../../lib/lesson/results';
import {projectRoot} from '../../../lib/root';
import {cleanNotebook, formatNotebook, parseNotebook} from '../notebook';
import {writeWhole} from '../lesson';
import {Draft} from './draft';
import {COURSE, framed, SOURCES} from './frame';
import {lessonPage} from './lesson-page';
import {markup} from './markup';
import {prose} from './prose';
import {circumstances, resultsTable} from './results';

export interface SiteOptions {
  /** Where lessons have left `<lesson>/<lesson>.ipynb` and `<lesson>/results.json`. */
  from: string;
  /** Where the pages go; may be the same folder. */
  to: string;
}

export interface Site {
  index: string;
  /** The page's file by the lesson's name, in the order of the lessons. */
  pages: Map<string, string>;
  /** Why no page could be made, by the lesson's name. */
  problems: Map<string, string>;
}

interface Lesson {
  name: string;
  draft: Draft;
  results?: Results;
}

/** Makes every page anew: the neighbours and the index of a lesson change with it. */
export function buildSite({from, to}: SiteOptions): Site {
  const problems = new Map<string, string>();
  const lessons = executed(from).flatMap((name) => {
    try {
      return [readLesson(from, name)];
    } catch (error) {
      problems.set(name, (error as Error).message);
      return [];
    }
  });
  writeAssets(path.join(to, 'assets'));
  const notation = notationPage();
  const index = indexPage(lessons);
  const pages = [index, ...lessons.map(({draft}) => draft), notation];
  lessons.forEach(({name, draft}, i) => {
    const [previous, next] = [lessons[i - 1]?.draft, lessons[i + 1]?.draft];
    const notebook = `${name}.ipynb`;
    const text = framed(draft, {pages, previous, next, notebook: encodeURIComponent(notebook)});
    write(to, draft, text);
    if (path.resolve(from) !== path.resolve(to)) {
      // Without outputs, which the page shows: they would be half of the site.
      const source = parseNotebook(notebookText(path.join(from, name, notebook)), notebook);
      writeWhole(path.join(to, name, notebook), formatNotebook(cleanNotebook(source)));
    }
  });
  for (const page of [notation, index]) write(to, page, framed(page, {pages}));
  const files = lessons.map(({name, draft}) => [name, path.join(to, draft.address)] as const);
  return {index: path.join(to, index.address), pages: new Map(files), problems};
}

// The names of the folders that hold an executed notebook.
function executed(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(path.join(folder, name, `${name}.ipynb`)))
    .sort((a, b) => a.localeCompare(b, 'en', {numeric: true}));
}

function readLesson(from: string, name: string): Lesson {
  const file = path.join(from, name, `${name}.ipynb`);
  const notebook = parseNotebook(notebookText(file), file);
  const results = resultsOf(path.join(from, name, 'results.json'));
  const options = {lesson: name, project: projectRoot, results: results === 'other' ? undefined : results};
  const draft = lessonPage(notebook, options);
  if (results === 'other')
    draft.addNotice('The file results.json of this lesson is not one that lessons write.');
  return {name, draft, results: options.results};
}

// Traces of errors name files by their whole path: where the project lies is nothing for other people's eyes.
function notebookText(file: string): string {
  const inJson = JSON.stringify(projectRoot + path.sep).slice(1, -1);
  const literally = inJson.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // Not behind a letter of base64 or in a longer path: a short folder's name may stand in a picture's bytes.
  return fs.readFileSync(file, 'utf8').replace(new RegExp(`(?<![\\w+/=.:-])${literally}`, 'g'), '');
}

// A notebook of somebody's own may write what it likes into a file of this name.
function resultsOf(file: string): Results | 'other' | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    return readResults(file);
  } catch {
    return 'other';
  }
}

function notationPage(): Draft {
  const draft = new Draft('notation.md', 'notation.html', 'Notation');
  draft.addProse(prose(fs.readFileSync(path.join(projectRoot, 'notation.md'), 'utf8')));
  return draft;
}

function indexPage(lessons: readonly Lesson[]): Draft {
  const draft = new Draft('README.md', 'index.html', COURSE);
  const address = (name: string): string => `${encodeURIComponent(name)}/index.html`;
  draft.add(markup`<h1>${COURSE}</h1>
<p>A course of TypeScript notebooks on auto-encoders, after Hung-yi Lee’s lecture (<span lang="zh">李宏毅机器学习</span>: Auto-Encoder).
These pages show the lessons as they ran, with their code, figures and numbers.
<a href="notation.html">Notation</a> lists the symbols and the unit of each loss.</p>
<h2>Lessons</h2>
<ol class="lessons">
${lessons.map(({name, draft: {title}}) => markup`<li><a href="${address(name)}">${title}</a></li>\n`)}</ol>`);
  const measured = lessons.flatMap(({name, draft: {title}, results}) => {
    if (!results || results.metrics.length === 0) return [];
    const run = circumstances(results);
    return [{results, title: markup`<a href="${address(name)}">${title}</a> <small>${run}</small>`}];
  });
  if (measured.length > 0) draft.add(markup`<h2>Results</h2>\n${resultsTable(measured)}`);
  return draft;
}

function write(to: string, {address, files}: Draft, text: string): void {
  const file = path.join(to, address);
  fs.mkdirSync(path.dirname(file), {recursive: true});
  for (const [name, bytes] of files) writeBytes(path.join(path.dirname(file), name), bytes);
  clearImages(path.join(path.dirname(file), 'images'), files);
  writeWhole(file, text);
}

// Pictures of an earlier run. Their names are made by us: nobody else's file is named so.
function clearImages(folder: string, files: ReadonlyMap<string, Buffer>): void {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder)) {
    if (/^[0-9a-f]{16}\.\w+$/.test(name) && !files.has(`images/${name}`)) fs.rmSync(path.join(folder, name));
  }
}

function writeAssets(folder: string): void {
  const katex = path.dirname(require.resolve('katex'));
  const plotly = require.resolve('plotly.js-dist-min/plotly.min.js');
  const fonts = fs.readdirSync(path.join(katex, 'fonts')).filter((name) => name.endsWith('.woff2'));
  // The other formats of its fonts are for browsers before 2018, and stay where they are.
  const style = fs.readFileSync(path.join(katex, 'katex.min.css'), 'utf8');
  const woff2 = style.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[^"]*"\)/g, '');
  writeBytes(path.join(folder, 'katex', 'katex.min.css'), Buffer.from(woff2));
  for (const name of fonts)
    writeBytes(path.join(folder, 'katex', 'fonts', name), fs.readFileSync(path.join(katex, 'fonts', name)));
  writeBytes(path.join(folder, 'page.css'), fs.readFileSync(path.join(SOURCES, 'page.css')));
  writeBytes(path.join(folder, 'plotly.min.js'), fs.readFileSync(plotly));
}

function writeBytes(file: string, bytes: Buffer): void {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(bytes)) return;
  fs.mkdirSync(path.dirname(file), {recursive: true});
  fs.writeFileSync(`${file}.part`, bytes);
  fs.renameSync(`${file}.part`, file);
}
