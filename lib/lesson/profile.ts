/** How much time a lesson may take: the one place that reads COURSE_PROFILE. */
import {assertChoice} from '../check';

/**
 * quick: seconds, proves that the code runs. standard: about a minute and a half at most. full: reproduces
 * or beats the published number, however long that takes.
 */
export const profiles = ['quick', 'standard', 'full'] as const;

export type Profile = (typeof profiles)[number];

/** The profile of this run. @throws RangeError listing the known ones. */
export function currentProfile(): Profile {
  const name = process.env.COURSE_PROFILE || 'standard';
  assertChoice('COURSE_PROFILE', name, profiles);
  return name;
}
