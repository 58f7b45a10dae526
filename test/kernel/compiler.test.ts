import * as assert from 'node:assert/strict';
import {createCellConverter} from '../../tools/kernel/compiler';
import {tslabParts} from '../../tools/kernel/tslab';

describe('the converter from cells to JavaScript', () => {
  it('says in a sentence that TypeScript itself has failed, and goes on with the next cell', () => {
    const {converter} = tslabParts();
    const original = converter.createConverter;
    let made = 0;
    const breaking: typeof original = (options) => {
      made++;
      const real = original(options);
      const convert: typeof real.convert = (declarations, source) => {
        if (source.includes('stumble')) throw new Error('Debug Failure. Expected 58 <= 57\nVerbose: …');
        return real.convert(declarations, source);
      };
      return {...real, convert};
    };
    Object.assign(converter, {createConverter: breaking});
    try {
      const cells = createCellConverter();
      assert.throws(() => cells.convert('', 'stumble'), {
        name: 'TypeScriptError',
        message:
          /^TypeScript 5\.\d+\.\d+ could not compile this cell \(Debug Failure\. Expected 58 <= 57\)\. Nothing of it has run/,
      });
      assert.deepEqual(cells.convert('', 'const a = 1;').diagnostics, []);
      assert.equal(made, 2);
      cells.close();
    } finally {
      Object.assign(converter, {createConverter: original});
    }
  }).timeout(30_000);
});
