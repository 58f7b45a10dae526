/** A web page where a file was expected: a hotel's log-in page, a proxy's refusal, an error page. */

/** The beginning of what a server sent, in quotes, without what would control a terminal. */
export function excerpt(text: string): string {
  const plain = withoutControls(text.slice(0, 1000));
  return JSON.stringify(plain.length > 60 ? `${plain.slice(0, 60)}…` : plain);
}

/** Without control characters, and without those that turn the direction of text round. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '');
}

/** Such as `a web page ("Log in to Example Wi-Fi")`; undefined when the bytes are none. */
export function webPage(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF?\s*/, '');
  if (!/^(<!doctype html|<html|<head|<body|<!--|<\?xml[^>]*>\s*<(!doctype )?html)/i.test(text))
    return undefined;
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1].replace(/\s+/g, ' ').trim();
  return title ? `a web page (${excerpt(title)})` : 'a web page';
}
