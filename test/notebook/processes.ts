/** For tests that nothing is left behind. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import {wait} from '../kernel/page';

/** Whether a process has ended, or does so within four seconds. */
export async function gone(pid: number): Promise<boolean> {
  assert.ok(pid > 1, `a process id, got ${pid}`);
  for (let i = 0; i < 80; i++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    if (isZombie(pid)) return true; // where nobody collects orphans
    await wait(50);
  }
  return false;
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
