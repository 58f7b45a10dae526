import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {lessonPaths} from '../../tools/notebook/lesson';
import {isClean, parseNotebook} from '../../tools/notebook/notebook';

const LINE = 92; // columns that a projector shows
const LINES = 16;

for (const file of lessonPaths()) {
  const stem = path.basename(file, '.ipynb');
  describe(`notebooks/${stem}.ipynb`, () => {
    const notebook = parseNotebook(fs.readFileSync(file, 'utf8'), file);
    const code = notebook.cells
      .filter((cell) => cell.cell_type === 'code')
      .map((cell) => [cell.source].flat().join(''));

    it('is stored without outputs, counts and front-end metadata', () => assert.ok(isClean(notebook)));

    it('begins with its options, its own name and a seed', () => {
      assert.match(code[0], new RegExp(`startLesson\\('${stem}', \\{seed: \\d+\\}\\)`));
      assert.match(code[0], /lesson\.choose\(\{\s+quick:/);
    });

    it('ends with its table', () => assert.match(code[code.length - 1], /lesson\.finish\(\)/));

    it('has cells that fit a projector', () => {
      for (const cell of code) {
        const lines = cell.split('\n');
        assert.ok(lines.length <= LINES, `${lines.length} lines in the cell that begins ${lines[0]}`);
        const wide = lines.find((line) => line.length > LINE);
        assert.equal(wide, undefined);
      }
    });
  });
}
