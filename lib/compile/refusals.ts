/** What a graph could not repeat, and the words for it. */
import {tfjsEngine} from './native';

/** A step that cannot be recorded as a graph; the message says what to write instead. */
export class RecordingError extends Error {
  override name = 'RecordingError';
}

/** For whoever reads the value of a tensor. */
export const READING =
  'dataSync, arraySync, data, array or print: this reads the value of a tensor inside a step that is being recorded, ' +
  'where it would be frozen. Return it among the named losses; choose by value with tf.where; ' +
  'hand numbers that change to the step as scalars';

/** For an operation whose result comes from JavaScript. */
export function unrecordedMessage(name: string): string {
  return (
    `${name}: this operation has no TensorFlow node, so that its result would be frozen. Do it before the step, ` +
    'write it with other operations, or train with COURSE_COMPILE=off'
  );
}

/** For tfjs's random functions, which draw in JavaScript. */
export function randomMessage(name: string): string {
  return (
    `tf.${name}: its numbers are drawn in JavaScript and would be the same in every step. Draw them from a ` +
    'RandomStream instead: random.normal(shape), random.uniformTensor(shape), random.mask(shape, probability)'
  );
}

/** Refuses data that one of tfjs's random functions is making: tfjs notes the running function as a scope's name. */
export function refuseRandom(): void {
  for (const {name} of tfjsEngine().state.scopeStack) {
    const random = /^(random[A-Z][A-Za-z]*|truncatedNormal|dropout|rand|multinomial)(?=__op$)/.exec(
      name,
    )?.[1];
    if (random) throw new RecordingError(randomMessage(random));
  }
}
