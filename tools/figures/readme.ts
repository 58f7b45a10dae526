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

/** One row for each metric of each lesson but the details. */
export function readmeTable(all: readonly Results[]): string {
  const rows = all.flatMap(({lesson, metrics}) =>
    metrics.filter(({detail}) => !detail).map(
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

/** The gallery: every figure of every lesson, what is to be seen on it, and the command that makes it. */
export function gallery(all: readonly Results[]): string {
  const sections = all.map(({lesson, figures}) => {
    const shown = figures.map(
      ({name, alt}) =>
        `![${name}](${lesson}/${name}.png)\n\n${plainMarkdown(alt)} (\`${name}\`, [SVG](${lesson}/${name}.svg))`,
    );
    const heading = `## [${lesson}](../notebooks/${lesson}.ipynb)`;
    return [heading, `Made by \`npm run figures -- ${lesson}\`.`, ...shown].join('\n\n');
  });
  const opening =
    '# Figures\n\nEvery figure of every lesson in the standard profile, as PNG and, for slides and print, as SVG.\n' +
    '`npm run figures` makes them all, and this page.';
  return [opening, ...sections].join('\n\n') + '\n';
}

// A sentence as Markdown that shows it letter by letter.
function plainMarkdown(sentence: string): string {
  return sentence.replace(/[\\`*_[\]<>$|#~]/g, (c) => `\\${c}`);
}
