/** Functions that assign to variables, run as if they did not. */
import * as tf from '../tf';
import {tfjsEngine} from './native';

/** What `f` returns; the variables that it assigned to have their values back. For evaluation. */
export function leavingVariables<T extends tf.TensorContainer>(f: () => T): T {
  return tf.tidy(() => {
    const variables = Object.values(tfjsEngine().registeredVariables);
    const before = variables.map((variable) => variable.clone());
    try {
      return f();
    } finally {
      variables.forEach((variable, i) => {
        if (!variable.isDisposed && variable.dataId !== before[i].dataId) variable.assign(before[i]);
      });
    }
  });
}
