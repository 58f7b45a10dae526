/**
 * Second names for the memory of tensors. tfjs tells tensors apart by their memory, and two may share it: a
 * batch that is handed over twice, two variables that began as one tensor. A recording has to tell them apart.
 */
import type * as tf from '../tf';
import {nativeBackend, tfjsEngine, typeNumber, type TensorEntry} from './native';

export class Aliases {
  private readonly backend = nativeBackend();
  private readonly all: {entry: TensorEntry; guard: tf.Tensor}[] = [];

  /** Another name for a tensor's memory, which it never frees; it counts for one user. */
  of({dataId, shape, dtype}: tf.Tensor): object {
    const [id] = this.backend.getInputTensorIds([{dataId} as tf.Tensor]); // hands over values that still wait
    const alias = {};
    const type = typeNumber(this.backend.binding, dtype);
    const entry = {shape, dtype: type, id, values: null, refCount: 2}; // the user and the guard
    this.backend.tensorMap.set(alias, entry);
    this.all.push({entry, guard: tfjsEngine().makeTensorFromDataId(alias, shape, dtype)});
    return alias;
  }

  /** Forgets all of them; to be called when their users are gone. */
  forget(): void {
    for (const {entry, guard} of this.all) {
      entry.id = -1; // the memory belongs to another
      guard.dispose();
    }
  }
}

/** Lets a variable go by another name. */
export function setDataId(variable: tf.Variable, id: object): void {
  (variable as {dataId: object}).dataId = id;
}
