import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import {isCompiling} from '../../lib/compile';
import {projectRoot} from '../../lib/root';
import {Page} from './page';

const lib = path.join(projectRoot, 'lib').split(path.sep).join('/');

describe('a step in a cell that cannot be recorded', () => {
  let page: Page;
  before(async function () {
    if (!isCompiling()) this.skip();
    page = await Page.open();
    const {reply} = await page.run(
      `import {tf, compileStep, sgd} from '${lib}';\nawait tf.ready();\n` +
        'const w = tf.tidy(() => tf.variable(tf.ones([2])));\nconst x = tf.ones([2]);\nlet k = 1;',
    );
    assert.equal(reply.status, 'ok', String(reply.evalue));
  });
  after(() => page?.close());

  it('shows the line that reads a value', async () => {
    const {reply} = await page.run(
      step(
        '(x: tf.Tensor) => {\n  const y = tf.mul(x, w).sum();\n  if (y.dataSync()[0] > 1) k++;\n  return {total: y as tf.Scalar};\n}',
      ) + 'step.run(x, {learningRate: 1});',
    );
    assert.equal(reply.ename, 'RecordingError');
    assert.ok(
      shownLine(reply.traceback).includes('if (y.dataSync()[0] > 1) k++;'),
      reply.traceback.join('\n'),
    );
  });

  it('shows the line that makes a tensor of a changing number', async () => {
    const {reply} = await page.run(
      step(
        '(x: tf.Tensor) => {\n  const y = tf.mul(x, w).sum();\n  return {total: y.mul(k++) as tf.Scalar};\n}',
      ) + 'step.run(x, {learningRate: 1});\nstep.run(x, {learningRate: 1});',
    );
    assert.match(String(reply.evalue), /made here from JavaScript values \(then 1, now 2\)/);
    assert.ok(shownLine(reply.traceback).includes('return {total: y.mul(k++)'), reply.traceback.join('\n'));
  });
});

function step(losses: string): string {
  return `const step = compileStep({losses: ${losses}, players: {variables: [w] as tf.Variable[], optimizer: sgd()}});\n`;
}

// The excerpt marks the reader's line with an arrow.
function shownLine(traceback: string[]): string {
  return traceback.find((line) => line.startsWith('→')) ?? '';
}
