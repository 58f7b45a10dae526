/** HTML as a value: what is put into a template is escaped, unless it is HTML already. */

/** Text that is HTML, and safe to put into a page. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | readonly Html[];

/** For example markup`<p title="${title}">${text}</p>`; lists of HTML are joined, undefined is left out. */
export function markup(parts: TemplateStringsArray, ...values: Part[]): Html {
  return new Html(parts.reduce((text, part, i) => text + textOf(values[i - 1]) + part));
}

/** The characters that mean something in HTML, in text as in quoted attributes, replaced by their names. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A value for a script of type application/json: no text in it can end the script or begin a comment. */
export function inertJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`));
}

function textOf(value: Part): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({text}) => text).join('');
  return escapeHtml(String(value));
}
