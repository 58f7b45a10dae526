/**
 * The kernel's side of Jupyter's protocol: one request after another from the shell channel, those of the
 * control channel at once, each between the states busy and idle.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
import type {CellRunner, Outcome} from './cells';
import {History} from './history';
import {Interrupter} from './interrupt';
import {Output} from './output';
import {plainText, teachTensors} from './text';
import {tslabParts} from './tslab';
import {typescriptVersion} from './typescript';
import {createMessage, type Content, type Message} from './wire';

/** Sends a message to those who asked (`reply`) or to all (`publish`). */
export interface Channels {
  reply(message: Message, channel: 'shell' | 'control'): void;
  publish(message: Message): void;
}

type Reply = {type: string; content: Content};

export class KernelSession {
  readonly output: Output;
  readonly interrupter = new Interrupter(() => this.cells?.interrupt());
  private readonly waiting: {request: Message; aborted: boolean}[] = [];
  private readonly history = new History();
  private cells: CellRunner | undefined;
  private working = false;
  private count = 0;

  /** `load` makes the cell runner, which takes a second: it is called before the first cell. */
  constructor(
    private readonly channels: Channels,
    private readonly load: () => CellRunner,
    private readonly exit: () => void,
  ) {
    this.output = new Output((type, content, parent) =>
      channels.publish(createMessage(type, content, parent)),
    );
  }

  /** Makes the cell runner, if that has not been done. */
  ready(): CellRunner {
    return (this.cells ??= this.load());
  }

  /** A request from the shell channel: answered after all earlier ones. */
  shell(request: Message): void {
    this.waiting.push({request, aborted: false});
    if (!this.working) void this.work();
  }

  /** A request from the control channel: answered at once, if a cell leaves time for it. */
  control(request: Message): void {
    void this.answer(request, 'control', async () => {
      switch (request.header.msg_type) {
        case 'interrupt_request':
          this.interrupter.request();
          return {type: 'interrupt_reply', content: {status: 'ok'}};
        default:
          return this.handle(request);
      }
    });
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const {request, aborted} = next;
      await this.answer(request, 'shell', () => (aborted ? abortedReply(request) : this.handle(request)));
    }
    this.working = false;
  }

  private async answer(
    request: Message,
    channel: 'shell' | 'control',
    handle: () => Reply | undefined | Promise<Reply | undefined>,
  ): Promise<void> {
    this.output.publish('status', {execution_state: 'busy'}, request);
    try {
      const reply = await handle();
      if (reply) this.channels.reply(createMessage(reply.type, reply.content, request), channel);
    } catch (error) {
      const {name: ename, message: evalue} = error as Error;
      const content = {status: 'error', ename, evalue, traceback: [`${ename}: ${evalue}`]};
      this.channels.reply(createMessage(replyType(request), content, request), channel);
    }
    this.output.publish('status', {execution_state: 'idle'}, request);
    if (request.header.msg_type === 'shutdown_request') this.exit();
  }

  private handle(request: Message): Reply | undefined | Promise<Reply> {
    const {content} = request;
    const type = replyType(request);
    switch (request.header.msg_type) {
      case 'execute_request':
        return this.execute(request);
      case 'kernel_info_request':
        return {type, content: kernelInfo()};
      case 'is_complete_request':
        return {type, content: isComplete(content.code)};
      case 'complete_request':
        return {type, content: this.complete(content.code, content.cursor_pos)};
      case 'inspect_request':
        return {type, content: this.inspect(content.code, content.cursor_pos)};
      case 'history_request':
        return {type, content: {status: 'ok', history: this.history.find(content)}};
      case 'comm_info_request':
        return {type, content: {status: 'ok', comms: {}}};
      case 'comm_open': // this kernel offers no targets
        this.output.publish('comm_close', {comm_id: content.comm_id, data: {}}, request);
        return undefined;
      case 'comm_msg':
      case 'comm_close':
        return undefined;
      case 'shutdown_request': {
        const reply = {type, content: {status: 'ok', restart: Boolean(content.restart)}};
        this.output.publish(type, reply.content, request);
        return reply;
      }
      default:
        if (!request.header.msg_type.endsWith('_request')) return undefined;
        throw new Error(`${request.header.msg_type}: this kernel does not know such requests`);
    }
  }

  private async execute(request: Message): Promise<Reply> {
    const {code, silent = false, store_history = !silent, stop_on_error = true} = request.content;
    const stored = store_history && !silent;
    const cells = this.ready(); // before the input is published, which tells clients that the cell has begun
    if (stored) this.history.add(++this.count, code);
    const count = this.count;
    if (!silent) this.output.publish('execute_input', {code, execution_count: count}, request);
    teachTensors();
    this.interrupter.cellBegins();
    const outcome = await this.output.within(request, () =>
      cells.run(code, stored ? `cell [${count}]` : 'cell'),
    );
    this.interrupter.cellEnds();
    if (!silent) this.publishOutcome(outcome, count, request);
    const type = 'execute_reply';
    if (outcome.ok) {
      return {type, content: {status: 'ok', execution_count: count, user_expressions: {}, payload: []}};
    }
    // Before the reply, so that only requests are aborted which could not know of the error.
    if (stop_on_error) await this.abortWaiting();
    return {type, content: {status: 'error', execution_count: count, ...outcome.failure, payload: []}};
  }

  private publishOutcome(outcome: Outcome, count: number, request: Message): void {
    if (!outcome.ok) return this.output.publish('error', {...outcome.failure}, request);
    if (!outcome.value) return;
    const data = {'text/plain': plainText(outcome.value.shown)};
    this.output.publish('execute_result', {execution_count: count, data, metadata: {}}, request);
  }

  private async abortWaiting(): Promise<void> {
    // What had arrived while the cell ran may still lie in the socket: read until nothing more comes.
    for (let before = -1; before !== this.waiting.length;) {
      before = this.waiting.length;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const entry of this.waiting) {
      if (entry.request.header.msg_type === 'execute_request') entry.aborted = true;
    }
  }

  // Jupyter counts code points, TypeScript counts UTF-16 units.
  private complete(code: string, cursor: number): Content {
    const {start, end, candidates} = this.ready().complete(code, [...code].slice(0, cursor).join('').length);
    const points = (units: number) => [...code.slice(0, units)].length;
    return {
      status: 'ok',
      matches: candidates,
      cursor_start: points(start),
      cursor_end: points(end),
      metadata: {},
    };
  }

  private inspect(code: string, cursor: number): Content {
    const text = this.ready().inspect(code, [...code].slice(0, cursor).join('').length);
    const data = text === undefined ? {} : {'text/plain': text};
    return {status: 'ok', found: text !== undefined, data, metadata: {}};
  }
}

function replyType(request: Message): string {
  return request.header.msg_type.replace(/_request$/, '_reply');
}

function abortedReply(request: Message): Reply {
  return {type: replyType(request), content: {status: 'aborted', user_expressions: {}, payload: []}};
}

function isComplete(code: string): Content {
  const {completed, indent} = tslabParts().converter.isCompleteCode(code);
  return completed ? {status: 'complete'} : {status: 'incomplete', indent: indent ?? ''};
}

function kernelInfo(): Content {
  const version = typescriptVersion();
  return {
    status: 'ok',
    protocol_version: '5.3',
    implementation: 'tslab',
    implementation_version: version,
    banner: `TypeScript ${version} on Node ${process.versions.node}`,
    help_links: [
      {text: 'TypeScript handbook', url: 'https://www.typescriptlang.org/docs/handbook/intro.html'},
    ],
    debugger: false,
    language_info: {
      name: 'typescript',
      version,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      // JupyterLab looks at `mode`, the classic notebook at the other two.
      codemirror_mode: {mode: 'typescript', name: 'javascript', typescript: true},
      nbconvert_exporter: 'script',
    },
  };
}
