import * as assert from 'node:assert/strict';
import {
  checkKernel,
  cleanNotebook,
  formatNotebook,
  isClean,
  parseNotebook,
  titleOf,
  type CodeCell,
  type Notebook,
} from '../../tools/notebook/notebook';
import {notebookOf} from './notebooks';

describe('a notebook file', () => {
  it('is read, and written again byte for byte', () => {
    const text = formatNotebook(withOutputs());
    assert.equal(formatNotebook(parseNotebook(text, 'a.ipynb')), text);
  });

  it('is written as Jupyter writes it: sorted keys, one space, text as lines, a newline at the end', () => {
    assert.equal(
      formatNotebook(notebookOf(['const a = 1;\na'])),
      `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "cell-1",
   "metadata": {},
   "outputs": [],
   "source": [
    "const a = 1;\\n",
    "a"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "TypeScript",
   "language": "typescript",
   "name": "tslab"
  },
  "language_info": {
   "file_extension": ".ts",
   "mimetype": "text/typescript",
   "name": "typescript",
   "pygments_lexer": "typescript"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`,
    );
  });

  it('from before nbformat 4.5 gets ids, the same each time', () => {
    const old = JSON.stringify({
      cells: [cell({source: 'a'}), cell({source: 'a'})],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 2,
    });
    const [first, second] = parseNotebook(old, 'old.ipynb').cells;
    assert.match(first.id, /^[0-9a-f]{8}$/);
    assert.notEqual(first.id, second.id);
    assert.deepEqual(parseNotebook(old, 'old.ipynb').cells[0].id, first.id);
  });

  const broken: [name: string, text: string, message: RegExp][] = [
    ['no JSON', '{"cells": [', /^x\.ipynb: expected a notebook in JSON, got .+/],
    ['other JSON', '{"a": 1}', /^x\.ipynb: expected a notebook with the key nbformat, got other JSON$/],
    [
      'nbformat 3',
      '{"nbformat": 3, "worksheets": []}',
      /^x\.ipynb: expected nbformat 4, got 3; convert it with: jupyter nbconvert/,
    ],
    ['no cells', '{"nbformat": 4}', /^x\.ipynb: expected a list of cells, got undefined$/],
    [
      'a cell of an unknown kind',
      file([cell({cell_type: 'heading'})]),
      /cell 1: cell_type: expected one of code, markdown, raw, got "heading"$/,
    ],
    [
      'a cell without source',
      file([cell({source: 5})]),
      /cell 1: source: expected text or a list of lines, got 5$/,
    ],
    [
      'a cell id with a blank',
      file([cell({id: 'a b'})]),
      /cell 1: id: expected 1 to 64 letters, digits, - or _, got "a b"$/,
    ],
    [
      'the same id twice',
      file([cell({id: 'x'}), cell({id: 'y'}), cell({id: 'x'})]),
      /expected different ids in all cells, got "x" in cell 1 and cell 3$/,
    ],
  ];
  for (const [name, text, message] of broken) {
    it(`is refused in a sentence when it has ${name}`, () => {
      assert.throws(() => parseNotebook(text, 'x.ipynb'), {message});
    });
  }

  it('is refused when it names no kernel, or another one', () => {
    assert.throws(
      () => checkKernel({...notebookOf([]), metadata: {}}, 'x.ipynb'),
      /expected the kernelspec tslab, got none; choose/,
    );
    const python = {...notebookOf([]), metadata: {kernelspec: {name: 'python3'}}};
    assert.throws(
      () => checkKernel(python, 'x.ipynb'),
      /expected the kernelspec tslab, got python3; notebooks in other languages/,
    );
    checkKernel(notebookOf([]), 'x.ipynb');
  });

  it('has its first heading as title', () => {
    const text = {type: 'markdown' as const, source: 'before\n\n## The title\n# later'};
    assert.equal(titleOf(notebookOf(['# code', text])), 'The title');
    assert.equal(titleOf(notebookOf([])), '');
  });
});

describe('a stored notebook', () => {
  it('has no outputs, no counts and no traces of a front end, and keeps teaching marks', () => {
    const cleaned = cleanNotebook(withOutputs());
    const [code] = cleaned.cells as CodeCell[];
    assert.deepEqual([code.outputs, code.execution_count], [[], null]);
    assert.deepEqual(code.metadata, {
      tags: ['parameters'],
      nbgrader: {points: 2},
      jupyter: {source_hidden: true},
    });
    assert.deepEqual(Object.keys(cleaned.metadata).sort(), ['kernelspec', 'language_info', 'title']);
    assert.deepEqual(cleaned.metadata.kernelspec, {
      display_name: 'TypeScript',
      language: 'typescript',
      name: 'tslab',
    });
  });

  it('is told from one that is not clean, in each way', () => {
    assert.equal(isClean(cleanNotebook(withOutputs())), true);
    const spoilt: ((notebook: Notebook) => unknown)[] = [
      ({cells}) => ((cells[0] as CodeCell).execution_count = 1),
      ({cells}) => (cells[0] as CodeCell).outputs.push({output_type: 'stream', name: 'stdout', text: ''}),
      ({cells}) => (cells[0].metadata.collapsed = false),
      ({metadata}) => (metadata.kernelspec.display_name = 'My TypeScript'),
      ({metadata}) => delete metadata.language_info.pygments_lexer,
    ];
    for (const spoil of spoilt) {
      const notebook = structuredClone(cleanNotebook(withOutputs()));
      spoil(notebook);
      assert.equal(isClean(notebook), false, String(spoil));
    }
  });

  it('is not changed by being cleaned twice', () => {
    const once = cleanNotebook(withOutputs());
    assert.deepEqual(cleanNotebook(once), once);
  });
});

function withOutputs(): Notebook {
  const notebook = notebookOf(['1 + 1', {type: 'markdown', source: '# Title\n\ntext'}]);
  const [code] = notebook.cells as CodeCell[];
  code.execution_count = 3;
  code.metadata = {
    collapsed: true,
    execution: {'iopub.status.busy': '2026'},
    tags: ['parameters'],
    nbgrader: {points: 2},
    jupyter: {outputs_hidden: true, source_hidden: true},
  };
  code.outputs = [
    {output_type: 'stream', name: 'stdout', text: 'one\ntwo\n'},
    {
      output_type: 'execute_result',
      data: {'text/plain': '2\n3', 'image/png': 'aGk=', 'application/json': {a: ['x']}},
      metadata: {},
      execution_count: 3,
    },
    {output_type: 'error', ename: 'E', evalue: 'v', traceback: ['a', 'b']},
  ];
  notebook.metadata = {...notebook.metadata, title: 'kept', vscode: {}, widgets: {}};
  return notebook;
}

function cell(fields: object): object {
  return {cell_type: 'code', metadata: {}, source: '', outputs: [], execution_count: null, ...fields};
}

function file(cells: object[]): string {
  return JSON.stringify({cells, metadata: {}, nbformat: 4, nbformat_minor: 5});
}
