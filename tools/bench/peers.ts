/** PyTorch's side of the benchmark: peers.py in a process of its own, asked line by line. */
import {spawn, type ChildProcess} from 'node:child_process';
import * as path from 'node:path';
import * as readline from 'node:readline';
import {projectRoot} from '../../lib/root';

export type Mode = 'eager' | 'compile';

interface Answer {
  ok?: boolean;
  error?: string;
  ms?: number[];
  torch?: string;
  threads?: number;
  prepare_s?: number;
}

/** A Python process with PyTorch. */
export class Peers {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    /** e.g. "2.13.0+cpu". */
    readonly version: string,
  ) {}

  /** Starts it, or says in a sentence why there is none. */
  static async start(python: string, threads: number): Promise<Peers | string> {
    const script = path.join(projectRoot, 'tools', 'bench', 'peers.py');
    const child = spawn(python, [script, '--threads', String(threads)], {stdio: ['pipe', 'pipe', 'pipe']});
    const failed = new Promise<string>((resolve) => {
      let stderr = '';
      child.stderr.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-2000)));
      child.on('error', (error) => resolve(error.message));
      child.on('exit', () => resolve(stderr.trim().split('\n').pop() ?? 'it ended without a word'));
    });
    const lines = readline.createInterface({input: child.stdout})[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failed]);
    const reason = typeof first === 'string' ? first : first.done ? await failed : undefined;
    if (reason !== undefined) return `no PyTorch in ${python}: ${reason}`;
    const {torch = '?'} = JSON.parse((first as IteratorResult<string>).value as string) as Answer;
    return new Peers(child, lines, torch);
  }

  /** Builds and warms a workload; seconds, or why it does not work. */
  async prepare(workload: string, mode: Mode): Promise<number | string> {
    const answer = await this.ask({prepare: workload, mode});
    return answer.ok ? (answer.prepare_s ?? 0) : (answer.error ?? 'no reason given');
  }

  /** Milliseconds of each of the next steps. */
  async run(workload: string, mode: Mode, steps: number): Promise<number[]> {
    const answer = await this.ask({run: workload, mode, steps});
    if (!answer.ms) throw new Error(`PyTorch, ${workload}, ${mode}: ${answer.error ?? 'no times came back'}`);
    return answer.ms;
  }

  stop(): void {
    this.child.stdin?.end(`${JSON.stringify({quit: true})}\n`);
  }

  private async ask(request: object): Promise<Answer> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    const {value, done} = await this.lines.next();
    if (done) throw new Error('PyTorch: the process ended in the middle of the benchmark');
    return JSON.parse(value as string) as Answer;
  }
}
