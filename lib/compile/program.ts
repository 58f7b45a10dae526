/**
 * A function of tensors that is called again and again: the common part of compiled functions and
 * training steps. On the native engine it is recorded once for each combination of input shapes and run as a
 * TensorFlow graph; on WebAssembly, or with COURSE_COMPILE=off, the same function runs as it is.
 */
import {assertChoice} from '../check';
import {atStep} from '../random';
import * as tf from '../tf';
import {dropTape, nativeBackend} from './native';
import {record, type Blame, type Recording} from './recorder';
import {RecordingError} from './refusals';
import {Residents} from './residents';
import {Session} from './session';

/** Whether functions are recorded: on the native engine, unless COURSE_COMPILE=off asks for eager runs. */
export function isCompiling(): boolean {
  const wanted = process.env.COURSE_COMPILE || 'on';
  assertChoice('COURSE_COMPILE', wanted, ['on', 'off']);
  return wanted === 'on' && tf.engine.name === 'native';
}

/** Tensors in, tensors out; draws from `lib/random` in it are keyed by the number of the call. */
export type Body = (inputs: tf.Tensor[], scalars: tf.Scalar[]) => tf.Tensor[];

export class Program {
  private readonly graphs = new Map<string, LoadedGraph>();
  private disposed = false;

  /**
   * @param what it is called in messages.
   * @param scalars how many numbers change from call to call.
   * @param hidden variables of its own that nobody looks at as a rule.
   */
  constructor(
    private readonly what: string,
    private readonly body: Body,
    private readonly scalars: number,
    private readonly hidden: ReadonlySet<tf.Variable> = new Set(),
  ) {}

  /** Graphs recorded so far, one for each combination of input shapes. 0 when running eagerly. */
  get graphCount(): number {
    return this.graphs.size;
  }

  /** Runs once. The caller disposes what comes back. */
  run(inputs: tf.Tensor[], scalars: number[], step: number): tf.Tensor[] {
    if (this.disposed) throw new Error(`${this.what}: it has been disposed; make a new one`);
    try {
      return isCompiling() ? this.runRecorded(inputs, scalars, step) : this.runEagerly(inputs, scalars, step);
    } catch (error) {
      dropTape();
      throw error;
    }
  }

  /** Looks whether the function still does what was recorded, at the next call of each graph. */
  checkNext(): void {
    for (const graph of this.graphs.values()) graph.nextCheck = graph.calls;
  }

  /** Frees the graphs. Variables keep their values. */
  dispose(): void {
    for (const graph of this.graphs.values()) graph.dispose();
    this.graphs.clear();
    this.disposed = true;
  }

  private runRecorded(inputs: tf.Tensor[], scalars: number[], step: number): tf.Tensor[] {
    const key = inputs.map(({dtype, shape}) => `${dtype}[${shape.join()}]`).join(' ');
    let graph = this.graphs.get(key);
    if (!graph) {
      graph = new LoadedGraph(this.record(inputs, scalars, step), this.hidden);
      this.graphs.set(key, graph);
    }
    graph.residents.refuseDisposed();
    if (graph.calls === graph.nextCheck) this.check(graph, inputs, scalars, step);
    return graph.run(inputs, scalars, step);
  }

  private runEagerly(inputs: tf.Tensor[], scalars: number[], step: number): tf.Tensor[] {
    return tf.tidy(() => {
      const numbers = scalars.map((value) => tf.scalar(value));
      const outputs = atStep(tf.scalar(step, 'int32'), () => this.body(inputs, numbers));
      return outputs.map((tensor) => tensor.clone()); // an input that is handed through stays the caller's
    });
  }

  // The function's own inputs come first, then the scalars in one vector, then the number of the step.
  private record(inputs: tf.Tensor[], scalars: number[], step: number, blame?: Blame): Recording {
    const own = [tf.tensor1d(scalars.length > 0 ? scalars : [0]), tf.scalar(step, 'int32')];
    try {
      return record(
        (fed) => {
          const numbers = this.scalars > 0 ? (tf.unstack(fed[inputs.length]) as tf.Scalar[]) : [];
          return atStep(fed[inputs.length + 1] as tf.Scalar, () =>
            this.body(fed.slice(0, inputs.length), numbers),
          );
        },
        [...inputs, ...own],
        blame,
      );
    } finally {
      tf.dispose(own);
    }
  }

  /**
   * Records once more and compares: what differs is a JavaScript value that changes from call to call, and
   * would have stayed as it was in the graph. Done at calls 2, 4, 8, … of each graph.
   */
  private check(graph: LoadedGraph, inputs: tf.Tensor[], scalars: number[], step: number): void {
    const {lines} = this.record(inputs, scalars, step).graph;
    const place = graph.lines.findIndex((line, i) => line !== lines[i]);
    if (place < 0 && lines.length === graph.lines.length) {
      graph.nextCheck = 2 * Math.max(1, graph.calls);
      return;
    }
    const message = differenceMessage(this.what, graph.calls, graph.lines[place], lines[place]);
    if (place >= 0 && place < lines.length) this.record(inputs, scalars, step, {place, message});
    throw new RecordingError(message);
  }
}

function differenceMessage(what: string, calls: number, was = 'nothing', is = 'nothing more'): string {
  const name = (line: string) => line.split('(', 1)[0];
  const both = (start: string) => was.startsWith(start) && is.startsWith(start);
  const found = both('Const ')
    ? `a tensor that is made here from JavaScript values (then ${valueOf(was)}, now ${valueOf(is)}) would stay as it was at first`
    : both('captured ')
      ? 'a tensor from outside the function is another one now, and the one recorded would stay'
      : `it takes another way now than when it was recorded (then ${name(was)}, now ${name(is)}), as a JavaScript if or loop on changing values does`;
  return (
    `${what}: after ${calls} call${calls === 1 ? '' : 's'}, ${found}. ` +
    'Hand numbers that change to the step as scalars and tensors as part of the batch; draw random numbers ' +
    'from a RandomStream; choose with tf.where, or make a second step for the second way'
  );
}

// "Const [2] 1 0.5 0.25" as "0.5 0.25"; larger ones are known by a digest only.
function valueOf(line: string): string {
  const value = line.replace(/^Const \[.*?\] \d+ /, '');
  return /^[0-9a-f]{40}$/.test(value) ? 'other values' : value;
}

/** A recording in its session, with the variables that live there. */
class LoadedGraph {
  readonly lines: string[];
  calls = 0;
  nextCheck = 1;
  private readonly session: Session;
  readonly residents: Residents;
  private readonly fed: number[];
  private readonly inputNames: string;
  private readonly outputNames: string;
  private readonly backend = nativeBackend();

  constructor(recording: Recording, hidden: ReadonlySet<tf.Variable>) {
    const {graph, inputs, captured} = recording;
    this.lines = graph.lines.slice();
    this.outputNames = this.addOutputs(recording);
    this.residents = new Residents(recording, hidden);
    this.session = new Session(graph);
    this.residents.begin(this.session, captured);
    this.fed = inputs.flatMap((name, i) => (name ? [i] : []));
    this.inputNames = this.fed.map((i) => `${inputs[i]}:0`).join(',');
  }

  run(inputs: tf.Tensor[], scalars: number[], step: number): tf.Tensor[] {
    const {backend, fed} = this;
    const {binding} = backend;
    this.residents.ready();
    const own: number[] = [];
    const feed = (i: number) => {
      if (i < inputs.length) return backend.getInputTensorIds([inputs[i]])[0];
      const id =
        i === inputs.length
          ? binding.createTensor([scalars.length], binding.TF_FLOAT, Float32Array.from(scalars))
          : binding.createTensor([], binding.TF_INT32, Int32Array.of(step));
      own.push(id);
      return id;
    };
    try {
      const outputs = this.session.run(fed.map(feed), this.inputNames, this.outputNames);
      this.calls++;
      return outputs.map((output) => backend.createOutputTensor(output));
    } finally {
      own.forEach((id) => binding.deleteTensor(id));
    }
  }

  dispose(): void {
    this.residents.release();
    this.session.dispose();
  }

  // The first output waits for every change of a variable, so that one run does all.
  private addOutputs({graph, outputs, types, effects}: Recording): string {
    const {binding} = this.backend;
    const after = effects.map((effect) => `^${effect}`);
    return outputs
      .map((symbol, i) => {
        const type = {name: 'T', type: binding.TF_ATTR_TYPE, value: types[i]};
        return `${graph.effect('Identity', [symbol, ...(i === 0 ? after : [])], [type], `output_${i}`)}:0`;
      })
      .join(',');
  }
}
