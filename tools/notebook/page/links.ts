/** Where the links and images of a notebook lead, within the site: every one answers, or is words. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type {Draft} from './draft';
import {imageFile, type ImageFile} from './images';
import type {Json} from '../notebook';

/** Links and images are settled for `page`, one of the `pages` of a site. */
export class Links {
  constructor(
    private readonly pages: readonly Draft[],
    private readonly page: Draft,
  ) {}

  /** Settles every link in an element of the page. */
  settle(element: Element): void {
    for (const link of element.querySelectorAll('a')) {
      const written = link.getAttribute('href');
      const href = written === null ? undefined : this.hrefOf(written);
      if (href === undefined) unlink(link, this.fileOf(written ?? ''));
      else link.setAttribute('href', href);
      if (href !== undefined && /^https?:/.test(href)) link.setAttribute('rel', 'noreferrer');
    }
  }

  /** The address of another page of the site from this one. */
  to(address: string): string {
    const from = path.posix.dirname(this.page.address);
    return path.posix.relative(from, address).split('/').map(encodeURIComponent).join('/');
  }

  // The file of the project that a link means, other than the page's own.
  private fileOf(written: string): string | undefined {
    const url = placeOf(written, this.page.source);
    const file = url?.protocol === 'project:' ? sourceOf(url) : this.page.source;
    return file === this.page.source ? undefined : file;
  }

  private hrefOf(written: string): string | undefined {
    const url = placeOf(written, this.page.source);
    if (!url) return undefined;
    if (/^(https?|mailto):$/.test(url.protocol)) return url.href;
    const target = this.pages.find(({source}) => source === sourceOf(url));
    if (!target) return undefined;
    const fragment = decoded(url.hash.slice(1));
    const id = fragment === '' ? '' : target.idOf(fragment);
    if (id === undefined || (target === this.page && id === '')) return undefined;
    const hash = id === '' ? '' : `#${encodeURIComponent(id)}`;
    return target === this.page ? hash : this.to(target.address) + hash;
  }
}

/**
 * Settles the images of an element: attachments of the cell and pictures of the project become files beside
 * the page. Nothing is fetched from elsewhere: what is not at hand is replaced by its text.
 */
export function settleImages(element: Element, draft: Draft, project: string, attachments: Json = {}): void {
  for (const image of element.querySelectorAll('img')) {
    const found = imageOf(image.getAttribute('src') ?? '', draft, project, attachments);
    if (found) {
      image.setAttribute('src', draft.keep(found));
      if (!image.hasAttribute('alt')) image.setAttribute('alt', '');
    } else image.replaceWith(`[picture not at hand: ${image.getAttribute('alt') || 'without description'}]`);
  }
}

function imageOf(src: string, draft: Draft, project: string, attachments: Json): ImageFile | undefined {
  if (src.startsWith('attachment:')) {
    const attachment: unknown = attachments[decoded(src.slice('attachment:'.length))];
    const [base64] = Object.values((attachment ?? {}) as Json) as unknown[];
    return typeof base64 === 'string' ? imageFile(Buffer.from(base64, 'base64')) : undefined;
  }
  const data = /^data:image\/[\w+.-]+;base64,(.*)$/s.exec(src);
  if (data) return imageFile(Buffer.from(data[1], 'base64'));
  const url = placeOf(src, draft.source);
  if (url?.protocol !== 'project:') return undefined;
  try {
    // Links in the file system are followed before asking whether the picture belongs to the project.
    const file = fs.realpathSync(path.join(project, sourceOf(url)));
    const inside = path.relative(fs.realpathSync(project), file);
    return /^\.\.($|[\\/])/.test(inside) || path.isAbsolute(inside)
      ? undefined
      : imageFile(fs.readFileSync(file));
  } catch {
    return undefined;
  }
}

// The whole address of what is written in a file of the project; undefined for what is none.
function placeOf(written: string, source: string): URL | undefined {
  try {
    const url = new URL(written, `project:/${source.split('/').map(encodeURIComponent).join('/')}`);
    return url.protocol === 'project:' && url.host !== '' ? undefined : url;
  } catch {
    return undefined;
  }
}

function sourceOf(url: URL): string {
  return decoded(url.pathname).replace(/^\/+/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// A link that leads out of the site becomes words, which say where in the project to look.
function unlink(link: Element, file: string | undefined): void {
  const words = link.ownerDocument.createElement('span');
  words.append(...link.childNodes);
  if (file !== undefined && !words.textContent?.includes(file)) words.append(` (${file})`);
  link.replaceWith(words);
}
