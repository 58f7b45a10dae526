/** The parts of README.md and figures/README.md that are made from the stored results. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import {readResults, type Results} from '../../lib/lesson/results';
import {formatValue} from '../../lib/lesson/table';

/** Comments between which a table of the README stands. */
export interface Marks {
  begin: string;
  end: string;
}

const RESULTS: Marks = {
  begin: '<!-- results: made by npm run figures -->',
  end: '<!-- end of results -->',
};

/** The stored results of every lesson, in the order of their names. */
export function storedResults(figures: string): Results[] {
  return fs
    .readdirSync(figures)
    .sort()
    .map((lesson) => path.join(figures, lesson, 'results.json'))
    .filter((file) => fs.existsSync(file))
    .map(readResults);
}

/** One row for each metric that has a published value beside it, and the rest below them. */
export function readmeTable(all: readonly Results[]): string {
  const rows = all.flatMap(({lesson, metrics}) =>
    metrics.map(
      ({name, value, unit, better, published}) =>
        `| [${lesson}](notebooks/${lesson}.ipynb) | ${name} | ${formatValue(value)} | ${published ? formatValue(published.value) : '–'} | ` +
        `${unit}, ${better} is better | ${published?.source ?? ''} |`,
    ),
  );
  return ['| lesson | metric | ours | published | unit | source |', '|---|---|--:|--:|---|---|', ...rows].join('\n');
}

/** The README with its table replaced. @throws Error when the two marks are not there. */
export function withTable(readme: string, table: string, marks = RESULTS): string {
  const [begin, end] = [readme.indexOf(marks.begin), readme.indexOf(marks.end)];
  if (begin < 0 || end < begin)
    throw new Error(`README.md: expected the marks ${marks.begin} and ${marks.end}, got none`);
  return `${readme.slice(0, begin + marks.begin.length)}\n\n<!-- prettier-ignore -->\n${table}\n\n${readme.slice(end)}`;
}

/** The gallery: every stored figure under the name of its lesson. */
export function gallery(figures: string): string {
  const lessons = fs.readdirSync(figures, {withFileTypes: true}).filter((entry) => entry.isDirectory());
  const section = (lesson: string) => {
    const images = fs.readdirSync(path.join(figures, lesson)).filter((file) => file.endsWith('.png'));
    return [`## ${lesson}`, ...images.sort().map((file) => `![${file.slice(0, -4)}](${lesson}/${file})`)].join('\n\n');
  };
  const opening = '# Figures\n\nEach also as SVG. Made by `npm run figures`.';
  return [opening, ...lessons.map(({name}) => name).sort().map(section)].join('\n\n') + '\n';
}
