/**
 * One line per lesson on the terminal: which cell runs, and how far training inside it has come. Where the
 * output is no terminal, a plain line now and then.
 */
import type {Progress} from '../../lib/display';
import type {RunEvent} from './run';

/** The part of a stream that is needed, so that tests can hand in their own. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 10_000;
const BAR_WIDTH = 20;

export class LessonLine {
  private text = '';
  private drawnAt = 0;
  private latest: Progress | undefined;
  private ticking: NodeJS.Timeout | undefined;
  private cellBegan = 0;
  private place = '';

  constructor(
    private readonly name: string,
    private readonly terminal: Terminal = process.stdout,
  ) {}

  /** Takes what a run reports; to be handed to it as `onEvent`. */
  readonly take = (event: RunEvent): void => {
    switch (event.type) {
      case 'start':
        this.drawnAt = this.terminal.isTTY ? 0 : Date.now();
        this.draw(`${this.name}  starting the kernel`);
        this.ticking = setInterval(() => this.tick(), this.terminal.isTTY ? 1000 : PLAIN_EVERY_MS);
        this.ticking.unref();
        break;
      case 'cell':
        this.latest = undefined;
        this.cellBegan = Date.now();
        this.place = `cell ${event.cell} of ${event.cells}`;
        this.draw(this.line());
        break;
      case 'progress':
        this.latest = event.progress;
        this.draw(this.line());
        break;
      case 'end':
        clearInterval(this.ticking);
        this.erase();
    }
  };

  private line(): string {
    if (this.latest) return `${this.name}  ${this.place}  ${progressText(this.latest)}`;
    const seconds = Math.floor((Date.now() - this.cellBegan) / 1000);
    return `${this.name}  ${this.place}${seconds >= 2 ? `  ${clock(seconds)}` : ''}`;
  }

  private tick(): void {
    if (this.place && !this.latest) this.draw(this.line());
  }

  private draw(text: string): void {
    const now = Date.now();
    const {isTTY, columns = 80} = this.terminal;
    if (text === this.text || now - this.drawnAt < (isTTY ? REDRAW_MS : PLAIN_EVERY_MS)) return;
    this.drawnAt = now;
    this.text = text;
    const fitting = text.length > columns - 1 ? `${text.slice(0, columns - 2)}…` : text;
    this.terminal.write(isTTY ? `\r\x1b[2K${fitting}` : `${text}\n`);
  }

  private erase(): void {
    if (this.terminal.isTTY && this.text) this.terminal.write('\r\x1b[2K');
    this.text = '';
  }
}

/** For example "██████░░░░ epoch 3.2 of 10  loss 12.31  0:42 left". */
export function progressText({label, done, total, unit, loss, secondsLeft}: Progress): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.round(share * BAR_WIDTH);
  const parts = [
    '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full),
    `${label} ${unit} ${short(done)} of ${short(total)}`,
  ];
  if (loss !== undefined) parts.push(`loss ${loss.toPrecision(4)}`);
  if (secondsLeft !== undefined && Number.isFinite(secondsLeft)) parts.push(`${clock(secondsLeft)} left`);
  return parts.join('  ');
}

/** Seconds as minutes and seconds: 75 → "1:15". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
