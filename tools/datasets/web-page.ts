/** A web page where a file was expected: a hotel's log-in page, a proxy's refusal, an error page. */

/** Such as `a web page ("Log in to Example Wi-Fi")`; undefined when the bytes are none. */
export function webPage(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.subarray(0, 4096))
    .toString('utf8')
    .replace(/^\uFEFF?\s*/, '');
  if (!/^(<!doctype html|<html|<head|<body|<!--|<\?xml[^>]*>\s*<(!doctype )?html)/i.test(text))
    return undefined;
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1].replace(/\s+/g, ' ').trim();
  return title ? `a web page (${JSON.stringify(title.slice(0, 80))})` : 'a web page';
}
