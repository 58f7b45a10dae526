/**
 * What a cell prints and shows, on its way to the page: text is gathered for a moment instead of sent line
 * by line, and belongs to the cell whose code printed it, even when another one is running by then.
 */
import {AsyncLocalStorage} from 'node:async_hooks';
import {StringDecoder} from 'node:string_decoder';
import type {Content, Message} from './wire';

export type StreamName = 'stdout' | 'stderr';

/** Publishes to the page a message that belongs to the request `parent`. */
export type Publish = (type: string, content: Content, parent: Message) => void;

const MOST_CHARACTERS = 16_384;
const SHORTEST_PAUSE_MS = 100;

export class Output {
  private readonly cells = new AsyncLocalStorage<Message>();
  private latest: Message | undefined;
  private pending: {name: StreamName; text: string; parent: Message} | undefined;
  private flushedAt = 0;

  constructor(private readonly send: Publish) {}

  /** Runs a cell's code; what it prints, now or later, is published as belonging to `request`. */
  async within<T>(request: Message, run: () => Promise<T>): Promise<T> {
    this.latest = request;
    return this.cells.run(request, run);
  }

  /** Publishes after all text that was written before. */
  publish(type: string, content: Content, parent: Message): void {
    this.flush();
    this.send(type, content, parent);
  }

  /** Shows, or replaces, a bundle in the cell whose code calls this. */
  display(content: Content, update = false): void {
    const parent = this.parent();
    if (!parent || parent.content.silent) return;
    this.publish(update ? 'update_display_data' : 'display_data', content, parent);
  }

  write(name: StreamName, text: string): void {
    const parent = this.parent();
    if (!parent || parent.content.silent || text === '') return;
    if (this.pending && (this.pending.name !== name || this.pending.parent !== parent)) this.flush();
    if (!this.pending) {
      this.pending = {name, text: '', parent};
      setImmediate(() => this.flush());
    }
    this.pending.text += text;
    // At once after a pause: a cell that computes without a break prints all the same while it runs.
    const paused = Date.now() - this.flushedAt > SHORTEST_PAUSE_MS;
    if (paused || this.pending.text.length > MOST_CHARACTERS) this.flush();
  }

  flush(): void {
    if (!this.pending) return;
    const {name, text, parent} = this.pending;
    this.pending = undefined;
    this.flushedAt = Date.now();
    this.send('stream', {name, text}, parent);
  }

  /** Makes `process.stdout` and `process.stderr`, and with them `console`, write to the page. */
  capture(): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const decoder = new StringDecoder('utf8');
      const stream = process[name];
      stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
        this.write(name, typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)));
        const callback = typeof encoding === 'function' ? encoding : done;
        if (typeof callback === 'function') process.nextTick(callback as () => void);
        return true;
      };
      // The page is no terminal, whatever the kernel was started from: no colours, no cursor movements.
      Object.defineProperty(stream, 'isTTY', {value: false, configurable: true});
    }
    delete process.env.FORCE_COLOR;
  }

  private parent(): Message | undefined {
    return this.cells.getStore() ?? this.latest;
  }
}
