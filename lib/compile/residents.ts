/**
 * Variables that live inside a session. While a session is the one that changes a variable, the tfjs
 * variable holds a promise instead of numbers: whoever looks (prints it, saves it, uses it in an
 * operation) makes the session hand its numbers over, once for all variables of the group. So a variable
 * is never stale, and nothing is copied while nobody looks.
 *
 * tfjs gives a variable another `dataId` whenever it gets a new value. That identity is the version here:
 * a session whose note of it differs from the variable's own has old numbers, and takes the new ones in.
 */
import type * as tf from '../tf';
import {nativeBackend, tfjsEngine, typeNumber, type NativeBackend, type TensorEntry} from './native';
import type {GraphVariable, Recording} from './recorder';
import type {Session} from './session';

interface Resident extends GraphVariable {
  /** The value that the session has, as the variable knows it. */
  version?: object;
}

export class Residents {
  private readonly backend: NativeBackend = nativeBackend();
  private readonly residents: Resident[];
  private readonly assignNames: string;
  private readonly changing: Resident[];
  /** What is looked at together: the model's variables, and the optimizers' running values. */
  private readonly groups: Resident[][];
  private session: Session | undefined;
  private disposed = false;

  /**
   * Adds to the graph what takes values in; to be called before the session is made.
   * @param hidden variables that nobody looks at as a rule: they are handed over only if someone does.
   */
  constructor(recording: Recording, hidden: ReadonlySet<tf.Variable>) {
    this.residents = recording.variables.map((variable) => ({...variable}));
    this.changing = this.residents.filter(({changes}) => changes);
    this.assignNames = this.addAssignments(recording);
    this.groups = [false, true].map((wanted) =>
      this.changing.filter(({variable}) => hidden.has(variable) === wanted),
    );
  }

  /** Puts in the tensors that the graph took from outside; once, when the session is new. */
  begin(session: Session, captured: Recording['captured']): void {
    this.session = session;
    if (captured.length === 0) return;
    const ids = this.backend.getInputTensorIds(captured.map(({tensor}) => tensor));
    this.free(session.run(ids, captured.map(({handle}) => `${handle}_new:0`).join(','), 'captured_taken:0'));
  }

  /** @throws Error naming a variable that is gone. */
  refuseDisposed(): void {
    const gone = this.residents.find(({variable}) => variable.isDisposed);
    if (gone)
      throw new Error(`variable ${gone.variable.name}: it has been disposed, and the step still uses it`);
  }

  /** Before a call: the session gets what others have changed, and what was looked at may change again. */
  ready(): void {
    if (this.residents.some(({variable, version}) => variable.dataId !== version)) this.takeIn();
    for (const resident of this.changing) {
      const entry = this.backend.tensorMap.get(resident.version!);
      if (!(entry instanceof Promised) || entry.refCount > 1 || entry.isKept) this.renew(resident, entry);
    }
  }

  /** Hands everything over to tfjs; after that the session may go. */
  release(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const group of this.groups) {
      if (group.some(({version}) => version && this.isPromised(version))) this.handOver(group);
    }
  }

  private isPromised(version: object): boolean {
    if (!this.backend.tensorMap.has(version)) return false;
    const entry = this.backend.tensorMap.get(version);
    return entry instanceof Promised && !entry.isKept;
  }

  // A tensor made from JavaScript values shares its memory with V8. A session that kept it would give it back
  // from a thread of its own, at the same time as others, and once in a while the process would die of it: so
  // what the session keeps are copies.
  private addAssignments({graph, captured}: Recording): string {
    const {binding} = this.backend;
    const one = graph.constant(Float32Array.of(1), [], binding.TF_FLOAT);
    const group = (entries: {handle: string; tensor: tf.Tensor}[], done: string) => {
      const assigned = entries.map(({handle, tensor}) => {
        const type = {
          name: 'dtype',
          type: binding.TF_ATTR_TYPE,
          value: typeNumber(binding, tensor.dtype),
        };
        const shape = {name: 'shape', type: binding.TF_ATTR_SHAPE, value: tensor.shape};
        const fed = graph.effect('Placeholder', [], [type, shape], `${handle}_new`);
        const copy = graph.effect('DeepCopy', [`${fed}:0`], [{...type, name: 'T'}]);
        return `^${graph.effect('AssignVariableOp', [`${handle}:0`, `${copy}:0`], [type])}`;
      });
      const type = {name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT};
      graph.effect('Identity', [one, ...assigned], [type], done);
    };
    group(
      this.residents.map(({handle, variable}) => ({handle, tensor: variable})),
      'variables_taken',
    );
    group(captured, 'captured_taken');
    return this.residents.map(({handle}) => `${handle}_new:0`).join(',');
  }

  private takeIn(): void {
    const ids = this.backend.getInputTensorIds(this.residents.map(({variable}) => variable));
    this.free(this.session!.run(ids, this.assignNames, 'variables_taken:0'));
    for (const resident of this.residents) resident.version = resident.variable.dataId;
  }

  // The variable gets a new promise. The old value stays with whoever shares it.
  private renew(resident: Resident, entry: TensorEntry): void {
    const group = this.groups.find((residents) => residents.includes(resident))!;
    if (entry instanceof Promised && !entry.isKept) this.handOver(group);
    const {variable} = resident;
    const version = {};
    const promised = new Promised(variable.shape, typeNumber(this.backend.binding, variable.dtype));
    this.backend.tensorMap.set(version, promised);
    const tensor = tfjsEngine().makeTensorFromDataId(version, variable.shape, variable.dtype);
    variable.assign(tensor);
    tensor.dispose();
    promised.fetch = () => this.handOver(group); // only now: disposing asks for the handle
    resident.version = version;
  }

  private handOver(group: Resident[]): void {
    const outputs = this.session!.run([], '', group.map(({read}) => `${read}:0`).join(','));
    group.forEach(({version}, i) => {
      if (version && this.isPromised(version))
        (this.backend.tensorMap.get(version) as Promised).keep(outputs[i].id);
      else this.backend.binding.deleteTensor(outputs[i].id);
    });
  }

  private free(outputs: {id: number}[]): void {
    outputs.forEach(({id}) => this.backend.binding.deleteTensor(id));
  }
}

/** An entry in tfjs-node's table whose handle is fetched when it is first asked for. */
class Promised implements TensorEntry {
  readonly values = null;
  refCount = 1;
  private handle: number | undefined;

  constructor(
    readonly shape: number[],
    readonly dtype: number,
  ) {}

  /** Has {@link keep} called. */
  fetch: (() => void) | undefined;

  /** Whether the value is there: it is then the value of that moment, for good. */
  get isKept(): boolean {
    return this.handle !== undefined;
  }

  keep(handle: number): void {
    this.handle = handle;
  }

  get id(): number {
    if (this.handle === undefined) this.fetch?.();
    return this.handle ?? -1;
  }
}
