/** Learning rates that change over a run. */
import {assertChoice} from '../check';

/** The factor on the learning rate, given the fraction of all steps that is done, 0 to 1. */
export type Schedule = 'constant' | 'cosine' | ((done: number) => number);

const schedules = {
  constant: () => 1,
  /** From 1 down to 0 along half a cosine: Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983 eq. 5 */
  cosine: (done: number) => (1 + Math.cos(Math.PI * done)) / 2,
};

/** @throws RangeError listing the known names. */
export function scheduleFunction(schedule: Schedule): (done: number) => number {
  if (typeof schedule === 'function') return schedule;
  assertChoice('schedule', schedule, ['constant', 'cosine'] as const);
  return schedules[schedule];
}
