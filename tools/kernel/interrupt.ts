/**
 * The stop button. First training is asked to stop after the running step, and the cell then ends well, with
 * its model usable; only where nobody listens, or that takes too long, is the cell broken off.
 */
import {interrupts} from '../../lib/display';

/** How long training may take to end its step. */
export const PATIENCE_MS = 5000;

export class Interrupter {
  private running = false;
  private asked = false;
  private timer: NodeJS.Timeout | undefined;

  /** `breakOff` ends the running cell by force. */
  constructor(private readonly breakOff: () => void) {}

  cellBegins(): void {
    this.running = true;
    this.asked = false;
  }

  cellEnds(): void {
    this.running = false;
    clearTimeout(this.timer);
  }

  /** Someone wants the running cell to stop; without one nothing happens. */
  request(): void {
    if (!this.running) return;
    const someoneListens = interrupts.listenerCount('interrupt') > 0;
    const again = this.asked;
    this.asked = true;
    interrupts.emit('interrupt');
    if (again || !someoneListens) return this.breakOff();
    this.timer = setTimeout(() => this.breakOff(), PATIENCE_MS);
  }
}
