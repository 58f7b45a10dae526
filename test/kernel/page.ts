/** A front end of the plainest kind: sends requests to a kernel and keeps every message that comes back. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {kernelSpec} from '../../tools/kernel/kernelspec';
import type {Content, Message} from '../../tools/kernel/wire';
import {KernelClient, type Channel} from '../../tools/notebook/client';

export interface Ran {
  /** Content of `execute_reply`. */
  reply: Content;
  /** What was published for this request, in order. */
  published: Message[];
  /** All text printed to stdout and to stderr. */
  stdout: string;
  stderr: string;
  /** `text/plain` of the last expression. */
  result?: string;
}

export class Page {
  readonly messages: {message: Message; channel: Channel}[] = [];

  private constructor(
    readonly kernel: KernelClient,
    readonly folder: string,
  ) {
    kernel.listen((message, channel) => this.messages.push({message, channel}));
  }

  static async open(env: Record<string, string> = {}): Promise<Page> {
    const folder = temporaryFolder();
    return new Page(await KernelClient.start(kernelSpec(), {cwd: folder, env}), folder);
  }

  async run(code: string, stopOnError = true): Promise<Ran> {
    let id = '';
    const reply = await this.kernel.execute(code, {stopOnError, begun: (begun) => (id = begun)});
    return {reply, ...this.published(id)};
  }

  /** What has been published so far for the request `id`. */
  published(id: string): Omit<Ran, 'reply'> {
    const published = this.messages
      .filter(({message, channel}) => channel === 'iopub' && message.parent.msg_id === id)
      .map(({message}) => message);
    const text = (name: string): string =>
      contents(published, 'stream')
        .filter((content) => content.name === name)
        .map((content) => content.text as string)
        .join('');
    const result = contents(published, 'execute_result')[0]?.data['text/plain'] as string | undefined;
    return {published, stdout: text('stdout'), stderr: text('stderr'), result};
  }

  async close(): Promise<void> {
    await this.kernel.shutdown();
    fs.rmSync(this.folder, {recursive: true, force: true});
  }
}

/** The contents of all messages of one type. */
export function contents(messages: Message[], type: string): Content[] {
  return messages.filter(({header}) => header.msg_type === type).map(({content}) => content);
}

/** The types of messages in order, without the states busy and idle. */
export function types(messages: Message[]): string[] {
  return messages.map(({header}) => header.msg_type).filter((type) => type !== 'status');
}

/** Blanks and non-ASCII letters, as in many a user's home. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'Übungen 自编码器 '));
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
