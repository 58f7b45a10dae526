/** A line that shows how far training is, in the notebook or the terminal, ten times a second at most. */
import {inNotebook, PROGRESS_MIME, show, update, type Bundle} from '../display';
import type {History} from './history';

const INTERVAL_MS = 100;

export interface TrainingProgress {
  /** `done` epochs, with fractions. Gives the event loop a turn now and then, so that a stop can arrive. */
  at(done: number, loss: number): Promise<void>;
  end(history: History): void;
}

export function trainingProgress(epochs: number, visible: boolean): TrainingProgress {
  const page = visible && inNotebook();
  const terminal = visible && !page && process.stderr.isTTY;
  const began = Date.now();
  let last = began;
  let id: string | undefined;

  const put = (bundle: Bundle) => {
    if (terminal) process.stderr.write(`\r\x1b[K${bundle['text/plain'] as string}`);
    if (!page) return;
    if (id === undefined) id = show(bundle);
    else update(id, bundle);
  };

  return {
    async at(done, loss) {
      const now = Date.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      const secondsLeft = ((now - began) / 1000) * (epochs / done - 1);
      const epoch = Math.min(Math.ceil(done), epochs);
      put({
        'text/plain': `epoch ${epoch} of ${epochs} ${bar(done / epochs)} loss ${loss.toPrecision(4)} · ${duration(secondsLeft)} left`,
        [PROGRESS_MIME]: {label: 'training', done, total: epochs, unit: 'epoch', loss, secondsLeft},
      });
      await new Promise((resolve) => setImmediate(resolve));
    },
    end(history) {
      put({'text/plain': summary(history)});
      if (terminal) process.stderr.write('\n');
    },
  };
}

function summary({epochs, steps, ending, seconds}: History): string {
  const last = epochs.at(-1);
  if (!last) return 'training ended before the first epoch was done';
  const validation = last.validation ? `, validation ${last.validation.total.toPrecision(4)}` : '';
  const count = `${epochs.length} epoch${epochs.length === 1 ? '' : 's'}, ${steps} steps in ${duration(seconds)}`;
  return `${ending}: ${count} · loss ${last.train.total.toPrecision(4)}${validation}`;
}

function bar(fraction: number): string {
  const full = Math.round(20 * Math.min(1, fraction));
  return '█'.repeat(full) + '░'.repeat(20 - full);
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
