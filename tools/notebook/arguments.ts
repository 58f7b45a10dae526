/** What `npm start` and `npm run site` are told on the command line. */
import {parseArgs, type ParseArgsConfig} from 'node:util';
import {assertChoice} from '../../lib/check';
import {profiles, type Profile} from '../../lib/lesson/profile';
import {findLesson, lessonPaths} from './lesson';

const STANDARD_LIMIT_S = 3600;

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{args: string[]; allowPositionals: true; options: T}>
>;

/** Options and names. @throws RangeError naming the known options when there is another one. */
export function parsed<T extends Options>(args: string[], options: T): Parsed<T> {
  try {
    return parseArgs({args, allowPositionals: true, options});
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new RangeError(
      `${(error as Error).message.split('. To specify')[0]}. Known options: ${known.join(', ')}`,
    );
  }
}

/** How much is computed and how long a cell may take. @throws RangeError for what is no profile or no time. */
export function effort(
  profile: string | undefined,
  timeout: string | undefined,
): {profile?: Profile; timeout: number} {
  if (profile !== undefined) assertChoice('profile', profile, profiles);
  const full = (profile ?? process.env.COURSE_PROFILE) === 'full';
  if (timeout === undefined) return {profile, timeout: full ? 0 : STANDARD_LIMIT_S};
  const seconds = Number(timeout);
  if (timeout.trim() !== '' && seconds >= 0 && Number.isFinite(seconds)) return {profile, timeout: seconds};
  throw new RangeError(`timeout: expected seconds >= 0 (0 for no limit), got ${JSON.stringify(timeout)}`);
}

/** The notebooks that are meant by `names`; "all" means every lesson, and no name means `otherwise`. */
export function chosenLessons(names: readonly string[], otherwise: 'first' | 'all'): string[] {
  const known = lessonPaths();
  const all = names.includes('all') || (names.length === 0 && otherwise === 'all');
  if (names.length > 0 && !all) return names.map((name) => findLesson(name, known));
  if (known.length === 0) throw new Error('lesson: expected notebooks in the folder notebooks, found none');
  return all ? known : known.slice(0, 1);
}
