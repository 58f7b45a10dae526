import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import {PATIENCE_MS} from '../../tools/kernel/interrupt';
import {Page, wait} from './page';

const display = JSON.stringify(path.resolve(__dirname, '..', '..', 'lib', 'display.js'));
// Plain timers and the emitter stand for `fit`, which looks at the flag between two steps.
const training = `
let steps = 0;
const {interrupts} = require(${display});
async function fakeFit(heeds = true, most = 500): Promise<number> {
  let stopped = false;
  const stop = () => { stopped = heeds; };
  interrupts.on('interrupt', stop);
  try {
    for (steps = 0; steps < most && !stopped; steps++) await new Promise((r) => setTimeout(r, 10));
  } finally {
    interrupts.off('interrupt', stop);
  }
  return steps;
}`;

describe('the stop button', function () {
  if (process.platform === 'win32') return; // there are no signals to send
  let page: Page;
  before(async () => {
    page = await Page.open();
    assert.equal((await page.run(training)).reply.status, 'ok');
  });
  after(() => page?.close());

  it('lets training end well after its step, and what it made stays usable', async () => {
    const running = page.run('const done = await fakeFit();\ndone');
    await wait(300);
    page.kernel.interrupt();
    const {reply, result} = await running;
    assert.equal(reply.status, 'ok');
    assert.ok(Number(result) > 0 && Number(result) < 500, `${result} steps`);
    assert.equal((await page.run('done === steps')).result, 'true');
  });

  it('does the same for a message on the control channel', async () => {
    const running = page.run('await fakeFit()');
    await wait(300);
    assert.deepEqual(await page.kernel.request('interrupt_request', {}, 'control'), {status: 'ok'});
    assert.equal((await running).reply.status, 'ok');
  });

  it('breaks off a cell that awaits where nobody listens', async () => {
    const running = page.run('await new Promise(() => {})');
    await wait(200);
    page.kernel.interrupt();
    assert.equal((await running).reply.ename, 'Interrupted');
  });

  it('breaks off, the second time, training that does not heed it', async () => {
    const running = page.run('await fakeFit(false, 60)');
    await wait(200);
    page.kernel.interrupt();
    await wait(200);
    page.kernel.interrupt();
    const {reply} = await running;
    assert.deepEqual([reply.ename, reply.evalue], ['Interrupted', 'The cell was interrupted']);
    await wait(600); // until it has ended in the background
  });

  it('breaks off an endless loop', async () => {
    const running = page.run('console.log("looping");\nwhile (true) {}');
    await wait(300);
    page.kernel.interrupt();
    const {reply, stdout} = await running;
    assert.deepEqual(
      [reply.ename, reply.traceback],
      ['Interrupted', ['Interrupted: The cell was interrupted']],
    );
    assert.equal(stdout, 'looping\n');
    assert.equal((await page.run('"alive"')).result, "'alive'");
  });

  it('breaks off training that has not stopped five seconds later', async () => {
    const began = Date.now();
    const running = page.run('await fakeFit(false, 1000)');
    await wait(200);
    page.kernel.interrupt();
    assert.equal((await running).reply.ename, 'Interrupted');
    assert.ok(Date.now() - began >= PATIENCE_MS);
  });

  it('does nothing between cells', async () => {
    page.kernel.interrupt();
    await wait(100);
    assert.equal((await page.run('"alive"')).result, "'alive'");
  });
});
