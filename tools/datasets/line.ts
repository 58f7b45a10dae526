/**
 * What is said while a file comes: how much, and how long it will take; and, while none comes, that it is waited
 * for. On a terminal one line drawn over itself, elsewhere a plain line now and then.
 */
import {clock, type Terminal} from '../notebook/progress';

const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 10_000;
const SILENCE_MS = 1500;
const WIDTH = 20;

export class DownloadLine {
  private began = Date.now();
  private said = Date.now();
  private drawn = 0;
  private first: number | undefined;
  private readonly waiting: NodeJS.Timeout;

  constructor(
    private readonly name: string,
    private readonly terminal: Terminal,
  ) {
    if (!terminal.isTTY) terminal.write(`${name}: fetching\n`);
    this.waiting = setTimeout(() => this.draw('no answer yet'), SILENCE_MS);
  }

  readonly take = (done: number, total?: number): void => {
    clearTimeout(this.waiting);
    const now = Date.now();
    if (this.first === undefined || done < this.first) [this.first, this.began] = [done, now];
    const speed = ((done - this.first) / Math.max(1, now - this.began)) * 1000;
    if (this.terminal.isTTY) {
      if (now - this.drawn < REDRAW_MS && done !== total) return;
      this.drawn = now;
      this.draw(amountText(done, total, speed));
    } else if (now - this.said >= PLAIN_EVERY_MS) {
      this.said = now;
      this.draw(plainText(done, total, speed));
    }
  };

  readonly retry = (reason: string, next: number, of: number): void => {
    clearTimeout(this.waiting);
    this.draw(`${reason}; trying again, ${next} of ${of}`);
  };

  end(): void {
    clearTimeout(this.waiting);
    if (this.terminal.isTTY) this.terminal.write('\r\x1b[2K');
  }

  private draw(text: string): void {
    const {isTTY, columns} = this.terminal;
    if (!isTTY) this.terminal.write(`${this.name}: ${text}\n`);
    else this.terminal.write(`\r\x1b[2K${`${this.name}  ${text}`.slice(0, (columns || 80) - 1)}`);
  }
}

/** For example "34 %, 1.2 of 3.6 MB, 0:21 left". @param speed bytes per second. */
export function plainText(done: number, total?: number, speed?: number): string {
  if (!total) return sizeText(done);
  const left = speed ? `, ${clock((total - done) / speed)} left` : '';
  return `${Math.floor((done / total) * 100)} %, ${sizeText(done)} of ${sizeText(total)}${left}`;
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
