/** A kernel whose front end has gone, without a word, must not stay behind. */

/** Calls `then` when the process that started this one has ended. */
export function whenParentEnds(then: () => void, everyMs = 1000): void {
  const parent = parentId();
  if (parent === undefined || !alive(parent)) return;
  setInterval(() => {
    if (!alive(parent)) then();
  }, everyMs).unref();
}

// Jupyter's variable holds a handle on Windows, which says nothing to Node.
function parentId(): number | undefined {
  const named =
    process.env.COURSE_PARENT_PID ?? (process.platform === 'win32' ? '' : process.env.JPY_PARENT_PID);
  const id = Number(named);
  return Number.isInteger(id) && id > 1 ? id : undefined;
}

function alive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
