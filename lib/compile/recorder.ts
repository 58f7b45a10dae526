/**
 * Records what a function of tensors does. tfjs-node runs every operation through two functions of its
 * backend, and each call is a TensorFlow node: operation, attributes, inputs. The function runs once, on
 * real tensors, while those calls are written down; afterwards everything it changed is put back.
 *
 * What a graph could not repeat is refused while it is recorded: see refusals.ts.
 */
import * as tf from '../tf';
import {Aliases, setDataId} from './aliases';
import {withFusedGradients} from './gradients';
import {Graph, type NodeOutput} from './graph';
import {nativeBackend, tfjsEngine, typeNumber, type Attribute, type TensorEntry} from './native';
import {randomMessage, READING, RecordingError, refuseRandom, unrecordedMessage} from './refusals';
import {rewrite} from './rewrite';

/** A variable that the graph reads or changes. */
export interface GraphVariable {
  variable: tf.Variable;
  /** The name of its VarHandleOp. */
  handle: string;
  /** The name of the node that reads it. */
  read: string;
  /** Whether the graph changes it. */
  changes: boolean;
  /** What has to be done before the next change: whoever reads it gets it as it was. */
  before: string[];
}

/** A graph and how it is fed. */
export interface Recording {
  graph: Graph;
  /** For each input of the function: its placeholder, or undefined if nothing depends on it. */
  inputs: (string | undefined)[];
  outputs: NodeOutput[];
  /** TensorFlow's type numbers of the outputs. */
  types: number[];
  variables: GraphVariable[];
  /** Nodes that change variables: to be run with every call. */
  effects: string[];
  /** Tensors from outside that are too large for a constant: placed in a variable of the graph when it is loaded. */
  captured: {handle: string; tensor: tf.Tensor}[];
}

/** Stops a recording where its node number `place` is made: to show the line it comes from. */
export interface Blame {
  place: number;
  message: string;
}

/** Numbers in a captured tensor up to which it is written into the graph as a constant. */
const CONSTANT_SIZE = 64;

let current: Recorder | undefined;

/** The recording that is going on, if any. */
export function currentRecorder(): Recorder | undefined {
  return current;
}

/** Records `f` on these inputs; a `blame` makes it throw at one node. */
export function record(
  f: (inputs: tf.Tensor[]) => tf.Tensor[],
  inputs: tf.Tensor[],
  blame?: Blame,
): Recording {
  return new Recorder(inputs, blame).run(f);
}

export class Recorder {
  private readonly backend = nativeBackend();
  private readonly binding = this.backend.binding;
  private readonly graph = new Graph();
  private readonly symbols = new Map<object, NodeOutput>();
  /** Outputs that may differ from call to call. */
  private readonly live = new Set<NodeOutput>();
  private readonly registered = registeredVariables();
  private readonly owners = new Map<object, tf.Variable>();
  /** The memory of each variable as far as the graph knows of it. */
  private readonly noted = new Map<tf.Variable, object>();
  private readonly variables = new Map<tf.Variable, GraphVariable>();
  private readonly captured: Recording['captured'] = [];
  private readonly effects: string[] = [];
  private readonly placeholders: (string | undefined)[];
  private readonly aliases = new Aliases();
  private kernel = 0;
  private refusal: RecordingError | undefined;

  constructor(
    private inputs: tf.Tensor[],
    private readonly blame?: Blame,
  ) {
    this.placeholders = inputs.map(() => undefined);
  }

  run(f: (inputs: tf.Tensor[]) => tf.Tensor[]): Recording {
    const before = this.registered.map((variable) => variable.dataId);
    before.forEach((id) => this.backend.incRef(id)); // an assignment in f must not free them
    let outputs: NodeOutput[] = [];
    let types: number[] = [];
    try {
      this.setApart();
      const ids = this.inputs.map((tensor) => this.aliases.of(tensor));
      const during = this.registered.map((variable) => variable.dataId);
      this.registered.forEach((variable, i) => this.noted.set(variable, during[i]));
      tf.tidy(() => {
        this.inputs = this.inputs.map(({shape, dtype}, i) =>
          tfjsEngine().makeTensorFromDataId(ids[i], shape, dtype),
        );
        const restore = this.intercept();
        try {
          const results = withFusedGradients(() => f(this.inputs));
          if (this.refusal) throw this.refusal;
          outputs = results.map((tensor) => this.symbol(tensor));
          types = results.map(({dtype}) => typeNumber(this.binding, dtype));
          this.noteAssignments();
        } finally {
          restore();
          this.putBack(before, during);
        }
      });
    } finally {
      this.aliases.forget();
      before.forEach((id) => this.backend.disposeData(id));
    }
    return {
      graph: this.graph,
      inputs: this.placeholders,
      outputs,
      types,
      variables: [...this.variables.values()],
      effects: this.effects,
      captured: this.captured,
    };
  }

  /** The output that a tensor stands for; a tensor from elsewhere becomes a constant or a captured value. */
  symbol(tensor: {dataId: object; shape: number[]; dtype: string}): NodeOutput {
    const known = this.symbols.get(tensor.dataId);
    if (known !== undefined) return known;
    const symbol = this.newSymbol(tensor);
    this.symbols.set(tensor.dataId, symbol);
    return symbol;
  }

  /** The graph's side of a variable. */
  variable(variable: tf.Variable): GraphVariable {
    const known = this.variables.get(variable);
    if (known) return known;
    const i = this.variables.size;
    const [handle, read] = this.storage(`variable_${i}`, variable);
    const entry = {variable, handle, read, changes: false, before: []};
    this.variables.set(variable, entry);
    this.live.add(`${read}:0`);
    return entry;
  }

  /**
   * Adds an operation that changes variables in place, such as ResourceApplyAdam.
   * @param changed the handles that come first among its inputs.
   */
  update(op: string, changed: tf.Variable[], inputs: tf.Tensor[], attributes: Attribute[]): void {
    changed.forEach((variable) => this.noteAssignment(variable));
    const entries = changed.map((variable) => this.variable(variable));
    for (const entry of entries) entry.changes = true;
    this.addEffect(
      op,
      [...entries.map(({handle}) => `${handle}:0`), ...inputs.map((tensor) => this.symbol(tensor))],
      attributes,
      entries,
    );
  }

  private addEffect(
    op: string,
    inputs: NodeOutput[],
    attributes: Attribute[],
    entries: GraphVariable[],
  ): void {
    const before = [...new Set(entries.flatMap((entry) => entry.before))].map((name) => `^${name}`);
    const effect = this.graph.effect(op, [...inputs, ...before], attributes);
    for (const entry of entries) entry.before = [effect];
    this.effects.push(effect);
  }

  private intercept(): () => void {
    const {backend} = this;
    const engine = tfjsEngine();
    const {executeSingleOutput, executeMultipleOutputs, write} = backend;
    const {readSync, read, runKernel} = engine;
    backend.executeSingleOutput = (name, attributes, inputs) => {
      const recorded = rewrite({op: name, attributes, inputs}, this.binding, (axes) =>
        Array.from(backend.readSync(axes.dataId)),
      );
      // symbols first: values made in JavaScript are there only until the operation takes them over
      const symbols = recorded.inputs.map((tensor) => this.symbol(tensor));
      const output = executeSingleOutput.call(backend, name, attributes, inputs);
      this.add(recorded.op, recorded.attributes, symbols, [output]);
      return output;
    };
    backend.executeMultipleOutputs = (name, attributes, inputs, count) => {
      const symbols = inputs.map((tensor) => this.symbol(tensor));
      const outputs = executeMultipleOutputs.call(backend, name, attributes, inputs, count);
      this.add(name, attributes, symbols, outputs);
      return outputs;
    };
    backend.write = (values, shape, dtype) => {
      refuseRandom();
      return write.call(backend, values, shape, dtype);
    };
    engine.readSync = (id) => {
      this.refuseReading(id);
      return readSync.call(engine, id);
    };
    engine.read = (id) => {
      if (!this.isLive(id)) return read.call(engine, id);
      this.refusal ??= new RecordingError(READING); // thrown at the end: nobody may be waiting for the promise
      return new Promise(() => {});
    };
    engine.runKernel = (name, inputs, attributes) => {
      this.kernel++;
      try {
        const outputs = runKernel.call(engine, name, inputs, attributes);
        this.refuseUnrecorded(name, inputs, outputs);
        return outputs;
      } finally {
        this.kernel--;
      }
    };
    const outer = current;
    current = this; // eslint-disable-line @typescript-eslint/no-this-alias
    return () => {
      current = outer;
      const own = [backend, engine] as unknown as Record<string, unknown>[];
      for (const name of ['executeSingleOutput', 'executeMultipleOutputs', 'write']) delete own[0][name];
      for (const name of ['readSync', 'read', 'runKernel']) delete own[1][name];
    };
  }

  private add(op: string, attributes: Attribute[], symbols: NodeOutput[], outputs: tf.Tensor[]): void {
    if (op === 'Multinomial') throw new RecordingError(randomMessage('multinomial'));
    const node = this.graph.node(op, symbols, [...attributes, ...this.leftOut(op, attributes, outputs)]);
    const live = symbols.some((symbol) => this.live.has(symbol));
    outputs.forEach((output, i) => {
      const symbol = `${node}:${i}`;
      this.symbols.set(output.dataId, symbol);
      if (live) this.live.add(symbol);
    });
    this.blameHere();
  }

  // Attributes that TensorFlow finds by itself when it runs an operation alone, but not in a graph.
  private leftOut(op: string, attributes: Attribute[], [output]: tf.Tensor[]): Attribute[] {
    if (op !== 'ExpandDims' || attributes.some(({name}) => name === 'T')) return [];
    const {dtype} = this.backend.tensorMap.get(output.dataId);
    return [{name: 'T', type: this.binding.TF_ATTR_TYPE, value: dtype}];
  }

  private newSymbol(tensor: {dataId: object; shape: number[]; dtype: string}): NodeOutput {
    const input = this.inputs.findIndex(({dataId}) => dataId === tensor.dataId);
    if (input >= 0) return this.placeholder(input);
    const owner = this.owners.get(tensor.dataId);
    if (owner) {
      const {before, read} = this.variable(owner);
      if (before.length === 0) before.push(read);
      return `${read}:0`;
    }
    const entry = this.backend.tensorMap.get(tensor.dataId);
    const size = entry.shape.reduce((a, b) => a * b, 1);
    const made = entry.values !== null; // handed to TensorFlow just now, so it was made from JavaScript values
    if (made || size <= CONSTANT_SIZE || entry.dtype !== this.binding.TF_FLOAT)
      return this.constant(tensor.dataId, entry);
    const i = this.captured.length;
    this.graph.note(`captured ${identity(tensor.dataId)}`);
    const [handle, read] = this.storage(`captured_${i}`, tensor as tf.Tensor);
    this.captured.push({handle, tensor: tensor as tf.Tensor});
    return `${read}:0`;
  }

  private constant(dataId: object, entry: TensorEntry): NodeOutput {
    const symbol = this.graph.constant(this.backend.readSync(dataId), entry.shape, entry.dtype);
    this.blameHere();
    return symbol;
  }

  private placeholder(i: number): NodeOutput {
    const {shape, dtype} = this.inputs[i];
    const {binding} = this;
    const name = `input_${i}`;
    this.graph.effect(
      'Placeholder',
      [],
      [
        {name: 'dtype', type: binding.TF_ATTR_TYPE, value: typeNumber(binding, dtype)},
        {name: 'shape', type: binding.TF_ATTR_SHAPE, value: shape},
      ],
      name,
    );
    this.placeholders[i] = name;
    this.live.add(`${name}:0`);
    return `${name}:0`;
  }

  private storage(
    name: string,
    {shape, dtype}: {shape: number[]; dtype: string},
  ): [handle: string, read: string] {
    const {binding} = this;
    const type = {name: 'dtype', type: binding.TF_ATTR_TYPE, value: typeNumber(binding, dtype)};
    const handle = this.graph.effect(
      'VarHandleOp',
      [],
      [
        type,
        {name: 'shape', type: binding.TF_ATTR_SHAPE, value: shape},
        {name: 'shared_name', type: binding.TF_ATTR_STRING, value: name},
      ],
      name,
    );
    return [handle, this.graph.effect('ReadVariableOp', [`${handle}:0`], [type], `${name}_read`)];
  }

  private noteAssignments(): void {
    const fresh = registeredVariables().filter((variable) => !this.noted.has(variable));
    if (fresh.length > 0) {
      tf.dispose(fresh);
      throw new RecordingError(
        `tf.variable: the step makes ${fresh.length} variable(s) while it is recorded, which would start anew with each graph; ` +
          'make them before the step, once',
      );
    }
    for (const variable of this.registered) {
      if (variable.isDisposed) throw new RecordingError('tf.dispose: the step disposes a variable');
      this.noteAssignment(variable);
    }
  }

  // An assignment gives a variable other memory.
  private noteAssignment(variable: tf.Variable): void {
    if (variable.dataId === this.noted.get(variable)) return;
    this.noted.set(variable, variable.dataId);
    const value = this.symbol(variable);
    const entry = this.variable(variable);
    entry.changes = true;
    const {binding} = this;
    const type = {name: 'dtype', type: binding.TF_ATTR_TYPE, value: typeNumber(binding, variable.dtype)};
    this.addEffect('AssignVariableOp', [`${entry.handle}:0`, value], [type], [entry]);
  }

  private putBack(before: object[], during: object[]): void {
    this.registered.forEach((variable, i) => {
      if (variable.isDisposed || variable.dataId === before[i]) return;
      if (variable.dataId === during[i]) {
        this.backend.disposeData(during[i]); // was only set apart
        return setDataId(variable, before[i]);
      }
      const held = tfjsEngine().makeTensorFromDataId(before[i], variable.shape, variable.dtype);
      if (during[i] === before[i]) this.backend.incRef(before[i]); // the assignment has let go of it
      variable.assign(held);
      held.dispose();
    });
  }

  // Variables that share their memory with another tensor go by names of their own while recording.
  private setApart(): void {
    for (const variable of this.registered) {
      const {refCount} = this.backend.tensorMap.get(variable.dataId);
      if (refCount > 2) setDataId(variable, this.aliases.of(variable)); // 2: the variable and this recording
      this.owners.set(variable.dataId, variable);
    }
  }

  private refuseReading(id: object): void {
    if (this.isLive(id)) throw new RecordingError(READING);
  }

  /** Whether what this memory holds may differ from call to call. */
  private isLive(id: object): boolean {
    const symbol = this.symbols.get(id) ?? this.newSymbolIfInput(id);
    return symbol !== undefined && this.live.has(symbol);
  }

  private newSymbolIfInput(id: object): NodeOutput | undefined {
    const isInput = this.inputs.some(({dataId}) => dataId === id);
    const owner = this.owners.get(id);
    if (isInput) return this.symbol(this.inputs.find(({dataId}) => dataId === id)!);
    return owner && `${this.variable(owner).read}:0`;
  }

  private refuseUnrecorded(name: string, inputs: object, outputs: unknown): void {
    if (this.kernel > 1) return;
    const all = (Array.isArray(outputs) ? outputs : [outputs]) as tf.Tensor[];
    if (
      all.every(
        (tensor) => !tensor?.dataId || this.symbols.has(tensor.dataId) || this.isOutside(tensor.dataId),
      )
    )
      return;
    const live = Object.values(inputs)
      .flat()
      .some((tensor) => tensor?.dataId && this.live.has(this.symbol(tensor)));
    if (!live) return;
    throw new RecordingError(unrecordedMessage(name));
  }

  private isOutside(id: object): boolean {
    return this.owners.has(id) || this.inputs.some(({dataId}) => dataId === id);
  }

  private blameHere(): void {
    if (this.blame && this.graph.size > this.blame.place) throw new RecordingError(this.blame.message);
  }
}

const identities = new WeakMap<object, number>();
let known = 0;

// A number for a tensor's memory: another tensor, another number.
function identity(dataId: object): number {
  if (!identities.has(dataId)) identities.set(dataId, ++known);
  return identities.get(dataId)!;
}

function registeredVariables(): tf.Variable[] {
  return Object.values(tfjsEngine().registeredVariables);
}
