/** What the library says, in the words of the command line. */

type Rule = [RegExp, string | ((whole: string, ...parts: string[]) => string)];

const RULES: readonly Rule[] = [
  [
    /leave it out \(drop: \[("(?:[^"\\]|\\.)*")\]\)/,
    (_, name) => {
      const typed = asTyped(JSON.parse(name) as string);
      return `leave it out with --drop ${typed}, or keep it as the rows' name with --id ${typed}`;
    },
  ],
  [/header: false/, '--no-header'],
  [/decimal: "([.,])"/, '--decimal $1'],
  [/encoding: "(\w+)"/, '--encoding $1'],
  [/the option delimiter/, '--delimiter'],
  [/or allow a rate of ([\d.]+)/, 'or allow more with --false-alarms $1'],
  [/all (\d+) are dropped/, 'all $1 are left out by --drop, --id or --label'],
  [
    /^x: expected at least 2 features, got 1$/,
    'method: expected another one for a single column, got pca, which needs two; see --help',
  ],
  [/fit (?:it|the detector) again$/, 'learn it again with --train and --save'],
];

/** A message of the library with the options that help in place of the library's own. */
export function inOptions(message: string): string {
  return RULES.reduce(
    (text, [pattern, words]) =>
      typeof words === 'string' ? text.replace(pattern, words) : text.replace(pattern, words),
    message,
  );
}

/** A name as it is typed in a shell. */
export function asTyped(name: string): string {
  return /^[\p{L}\p{N}_.-]+$/u.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
