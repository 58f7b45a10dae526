/**
 * Notices changes of the modules beside a notebook, by a look at them before each cell.
 *
 * TypeScript's own watchers tell of a change some time later, or, for a folder, through a second timer, for
 * which tslab has no room: every cell after that fails with "Unexpected pending rebuildTimer".
 */
import * as fs from 'node:fs';
import type * as typescript from '@tslab/typescript-for-tslab';

interface Watched {
  file: string;
  state: string;
  tell: typescript.FileWatcherCallback;
}

export class Watching {
  private readonly files = new Set<Watched>();

  /** Takes the place of the watchers of `sys`, for this process. */
  install(sys: typescript.System): void {
    sys.watchDirectory = () => ({close() {}});
    sys.watchFile = (file, tell) => {
      // Packages and declarations do not change under a running kernel, and there are a thousand of them.
      if (/[\\/]node_modules[\\/]|\.d\.ts$|[\\/]package\.json$/.test(file)) return {close() {}};
      const watched = {file, state: stateOf(file), tell};
      this.files.add(watched);
      return {close: () => void this.files.delete(watched)};
    };
  }

  /** Tells TypeScript of every file that has come, gone or changed since the last look. */
  look(): void {
    for (const watched of [...this.files]) {
      const {file, state: before, tell} = watched;
      const state = stateOf(file);
      if (state === before) continue;
      watched.state = state;
      tell(file, before === '' ? CREATED : state === '' ? DELETED : CHANGED);
    }
  }
}

// ts.FileWatcherEventKind
const [CREATED, CHANGED, DELETED] = [0, 1, 2];

function stateOf(file: string): string {
  const stat = fs.statSync(file, {throwIfNoEntry: false});
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : '';
}
