/** A kernel whose front end has gone without a word must not stay behind. */
import {Worker} from 'node:worker_threads';

/**
 * Ends this process, and what it has started, within two seconds after the process that started it. A thread
 * of its own watches, because a cell may never end its turn.
 */
export function endWithParent(): void {
  const parent = parentId();
  if (parent === undefined) return;
  new Worker(WATCH, {eval: true, workerData: {parent}, execArgv: []}).unref();
}

// Jupyter's variable holds a handle on Windows, which says nothing to Node.
function parentId(): number | undefined {
  const {COURSE_PARENT_PID, JPY_PARENT_PID} = process.env;
  const id = Number(COURSE_PARENT_PID ?? (process.platform === 'win32' ? undefined : JPY_PARENT_PID));
  return Number.isInteger(id) && id > 1 ? id : undefined;
}

// An orphan gets another parent at once, while the old one may stay in the table of processes for a while.
const WATCH = `
const {parent} = require('node:worker_threads').workerData;
const isChild = process.ppid === parent && process.platform !== 'win32';
const kill = (id, signal) => {
  try { return process.kill(id, signal); } catch (error) { return error.code === 'EPERM'; }
};
const gone = () => (isChild ? process.ppid !== parent : !kill(parent, 0));
if (isChild || !gone()) {
  setInterval(() => gone() && (kill(-process.pid, 'SIGKILL') || kill(process.pid, 'SIGKILL')), 1000);
}`;
