/**
 * A kernel as a child process, spoken to over ZeroMQ: started from a kernelspec, asked to run code, told to
 * stop, and never left behind.
 */
import {spawn, type ChildProcess} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as zmq from 'zeromq';
import type {KernelSpec} from '../kernel/kernelspec';
import {
  address,
  createMessage,
  decode,
  encode,
  type Connection,
  type Content,
  type Message,
} from '../kernel/wire';
import {newConnection} from './connection';
import {describeDeath, type Death} from './death';

export interface ClientOptions {
  /** The kernel's current folder: where a notebook's imports start from. */
  cwd: string;
  /** Added to this process's environment and to the kernelspec's. */
  env?: Record<string, string>;
  /** Milliseconds until the kernel must have answered. Default 60,000. */
  startLimit?: number;
}

/** The kernel ended although nobody had told it to. */
export class KernelDied extends Error {
  override readonly name = 'KernelDied';

  constructor(readonly death: Death) {
    super(describeDeath(death));
  }
}

export type Channel = 'shell' | 'control' | 'iopub';
export type Listener = (message: Message, channel: Channel) => void;

const TRIES = 4;
const ASK_AGAIN_MS = 40;
const GOODBYE_MS = 2000;
const LAST_WORDS = 16_384;

export class KernelClient {
  /** Content of the kernel's `kernel_info_reply`. */
  info: Content = {};
  /** Set when the process has ended. */
  death: Death | undefined;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Death>;
  private readonly session = randomUUID();
  private readonly shell = new zmq.Dealer({reconnectInterval: 10, sendTimeout: 0, linger: 0});
  private readonly control = new zmq.Dealer({reconnectInterval: 10, sendTimeout: 0, linger: 0});
  private readonly iopub = new zmq.Subscriber({reconnectInterval: 10, receiveHighWaterMark: 0, linger: 0});
  private readonly listeners = new Set<Listener>();
  private lastWords = '';

  private constructor(
    private readonly spec: KernelSpec,
    private readonly connection: Connection,
    private readonly connectionFile: string,
    private readonly process: ChildProcess,
  ) {
    for (const stream of [process.stdout, process.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => (this.lastWords = (this.lastWords + text).slice(-LAST_WORDS)));
    }
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.death ??= {code, signal, lastWords: this.lastWords.trim()};
        resolve(this.death);
      };
      process.on('close', end); // 'exit' comes before the last words have been read
      process.on('error', (error) => {
        this.lastWords = `${spec.argv[0]}: ${error.message}`;
        end(null, null);
      });
    });
    globalThis.process.on('exit', this.killNow);
  }

  /** Starts a kernel and waits until it answers. @throws KernelDied, or Error when it stays silent. */
  static async start(spec: KernelSpec, options: ClientOptions): Promise<KernelClient> {
    for (let tries = 1; ; tries++) {
      const client = await KernelClient.launch(spec, options);
      try {
        await client.handshake(options.startLimit ?? 60_000);
        return client;
      } catch (error) {
        await client.kill();
        // Another program may have taken a port in between.
        const portTaken = client.death?.code === 98 || /address already in use/i.test(client.lastWords);
        if (!portTaken || tries >= TRIES) throw error;
      }
    }
  }

  private static async launch(spec: KernelSpec, {cwd, env}: ClientOptions): Promise<KernelClient> {
    const connection = await newConnection();
    const file = path.join(os.tmpdir(), `course-kernel-${randomUUID()}.json`);
    fs.writeFileSync(file, JSON.stringify(connection), {mode: 0o600});
    const [command, ...args] = spec.argv.map((arg) =>
      arg.replaceAll('{connection_file}', file).replaceAll('{resource_dir}', spec.folder),
    );
    const child = spawn(command === 'node' ? process.execPath : command, args, {
      cwd,
      env: {...process.env, ...spec.env, ...env, COURSE_PARENT_PID: String(process.pid)},
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C in the terminal reaches this process alone, which passes it on once, and
      // whatever the cells have started can be ended together with the kernel.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    return new KernelClient(spec, connection, file, child);
  }

  /** The kernel's process id. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Calls `listener` for every message from the kernel; the returned function ends that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Sends a request and returns its id, which answers carry as their parent's. */
  send(type: string, content: Content, channel: 'shell' | 'control' = 'shell'): string {
    const message = createMessage(type, content, undefined, this.session);
    void this[channel].send(encode(message, this.connection.key));
    return message.header.msg_id;
  }

  /** Sends a request and waits for its reply. @throws KernelDied */
  async request(type: string, content: Content, channel: 'shell' | 'control' = 'shell'): Promise<Content> {
    const id = this.send(type, content, channel);
    return this.until((message, from) =>
      from === channel && message.parent.msg_id === id ? message.content : undefined,
    );
  }

  /**
   * Runs code and resolves with the content of `execute_reply` when the kernel is idle again. Messages on
   * the way are for those who {@link listen}; `begun` is told the id that they carry. @throws KernelDied
   */
  async execute(
    code: string,
    options: {stopOnError?: boolean; begun?: (id: string) => void} = {},
  ): Promise<Content> {
    const {stopOnError = true, begun} = options;
    const id = this.send('execute_request', {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: stopOnError,
    });
    begun?.(id);
    let reply: Content | undefined;
    let idle = false;
    return this.until(({header, parent, content}, channel) => {
      if (parent.msg_id !== id) return undefined;
      if (channel === 'shell') reply = content;
      if (header.msg_type === 'status' && content.execution_state === 'idle') idle = true;
      return idle ? reply : undefined;
    });
  }

  /** Presses the stop button, in the way that the kernelspec asks for. */
  interrupt(): void {
    if (this.death) return;
    if (this.spec.interrupt_mode === 'message') this.send('interrupt_request', {}, 'control');
    else this.process.kill('SIGINT');
  }

  /** Asks the kernel to end, and ends it if it does not. */
  async shutdown(): Promise<void> {
    if (!this.death) {
      this.send('shutdown_request', {restart: false}, 'control');
      await Promise.race([this.ended, wait(GOODBYE_MS)]);
    }
    await this.kill();
  }

  /** Ends the kernel, and what its cells have started, at once. */
  async kill(): Promise<void> {
    this.killNow();
    await this.ended;
    globalThis.process.off('exit', this.killNow);
    for (const socket of [this.shell, this.control, this.iopub]) socket.close();
  }

  // Also runs when this process ends for whatever reason, so it waits for nothing.
  private readonly killNow = (): void => {
    const {pid} = this.process;
    fs.rmSync(this.connectionFile, {force: true});
    if (pid === undefined) return;
    try {
      // The group outlives the kernel when a cell has left a child behind.
      if (process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
    } catch {
      // nothing of it was left
    }
    this.process.kill('SIGKILL');
  };

  // A subscriber misses what was published before its subscription arrived: ask until both channels answer.
  private async handshake(limit: number): Promise<void> {
    const {connection} = this;
    this.shell.connect(address(connection, connection.shell_port));
    this.control.connect(address(connection, connection.control_port));
    this.iopub.connect(address(connection, connection.iopub_port));
    this.iopub.subscribe();
    void this.receive(this.shell, 'shell');
    void this.receive(this.control, 'control');
    void this.receive(this.iopub, 'iopub');
    const ask = (): unknown => this.send('kernel_info_request', {});
    const asking = setInterval(ask, ASK_AGAIN_MS);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const words = this.lastWords.trim() || '(nothing)';
        reject(
          new Error(
            `kernel: expected an answer within ${limit / 1000} s, got none. It last wrote:\n${words}`,
          ),
        );
      }, limit);
    });
    let published = false;
    const answered = this.until((message, channel) => {
      if (channel === 'iopub') published = true;
      if (message.header.msg_type === 'kernel_info_reply') this.info = message.content;
      return published && this.info.language_info ? true : undefined;
    });
    ask();
    try {
      await Promise.race([answered, late]);
    } finally {
      clearInterval(asking);
      clearTimeout(timer);
      answered.catch(() => {});
    }
  }

  private async receive(socket: zmq.Dealer | zmq.Subscriber, channel: Channel): Promise<void> {
    for await (const frames of socket) {
      const message = decode(frames, this.connection.key);
      for (const listener of [...this.listeners]) listener(message, channel);
    }
  }

  // The first defined answer of `look` to a message. @throws KernelDied
  private until<T>(look: (message: Message, channel: Channel) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.listen((message, channel) => {
        const found = look(message, channel);
        if (found === undefined) return;
        stop();
        resolve(found);
      });
      void this.ended.then(async (death) => {
        await wait(50); // its last messages may still be on their way
        stop();
        reject(new KernelDied(death));
      });
    });
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
