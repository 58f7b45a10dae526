/** One line on the terminal while a file comes: how much, and how long it will take. */
import {clock, type Terminal} from '../notebook/progress';

const REDRAW_MS = 100;
const WIDTH = 20;

export class DownloadLine {
  private began = Date.now();
  private drawn = 0;
  private first: number | undefined;

  constructor(
    private readonly name: string,
    private readonly terminal: Terminal,
  ) {
    if (!terminal.isTTY) terminal.write(`${name}: fetching\n`);
  }

  readonly take = (done: number, total?: number): void => {
    const now = Date.now();
    if (this.first === undefined || done < this.first) [this.first, this.began] = [done, now];
    if (!this.terminal.isTTY || (now - this.drawn < REDRAW_MS && done !== total)) return;
    this.drawn = now;
    const speed = (done - this.first) / Math.max(1, now - this.began);
    const text = `${this.name}  ${amountText(done, total, speed > 0 ? speed * 1000 : undefined)}`;
    this.terminal.write(`\r\x1b[2K${text.slice(0, (this.terminal.columns || 80) - 1)}`);
  };

  end(): void {
    if (this.terminal.isTTY) this.terminal.write('\r\x1b[2K');
  }
}

/** For example "██████░░░░ 1.2 of 2.7 MB  0:03 left". @param speed bytes per second. */
export function amountText(done: number, total?: number, speed?: number): string {
  if (!total) return sizeText(done);
  const full = Math.round(Math.min(1, done / total) * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const left = speed ? `  ${clock((total - done) / speed)} left` : '';
  return `${bar} ${sizeText(done)} of ${sizeText(total)}${left}`;
}

/** 770016 → "770 kB". */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
