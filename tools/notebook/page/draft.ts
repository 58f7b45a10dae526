/** A page while it is being made: its parts in order, before its links are settled. */
import type {ImageFile} from './images';
import {markup, type Html} from './markup';

export interface Heading {
  level: number;
  text: string;
  id: string;
}

export class Draft {
  /** What the page shows, in order. Elements come from notebooks: their links are not settled yet. */
  readonly parts: (Html | Element)[] = [];
  readonly headings: Heading[] = [];
  /** Addresses from the page's folder, and what is to lie there. */
  readonly files = new Map<string, Buffer>();
  private readonly ids = new Set<string>(['content', 'results']);

  /**
   * @param source what the page is made of, from the project's folder: by this other pages name it in their links
   * @param address where the page lies in the site, e.g. "01-autoencoder/index.html"
   */
  constructor(
    readonly source: string,
    readonly address: string,
    public title: string,
  ) {}

  add(part: Html | Element): void {
    this.parts.push(part);
  }

  /** Something that the reader should know before reading on. */
  addNotice(text: string): void {
    this.parts.unshift(markup`<p class="notice" role="note">${text}</p>`);
  }

  /** Text of a notebook's author: its headings are given names for links, its tables room to scroll in. */
  addProse(element: Element): void {
    element.className = 'prose';
    for (const heading of element.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
      const text = textOf(heading);
      heading.id = this.idFor(text);
      this.headings.push({level: Number(heading.tagName[1]), text, id: heading.id});
    }
    for (const table of element.querySelectorAll('table')) {
      const room = element.ownerDocument.createElement('div');
      room.className = 'scroll';
      table.replaceWith(room);
      room.append(table);
    }
    this.add(element);
  }

  /** Takes the file of an image into the page and returns its address. */
  keep({address, bytes}: ImageFile): string {
    if (bytes) this.files.set(address, bytes);
    return address;
  }

  /** The name in the page that a link means: as GitHub makes them or as Jupyter does. */
  idOf(fragment: string): string | undefined {
    return [fragment, slug(fragment)].find((id) => this.ids.has(id));
  }

  private idFor(text: string): string {
    const base = slug(text) || 'section';
    let id = base;
    for (let k = 1; this.ids.has(id); k++) id = `${base}-${k}`;
    this.ids.add(id);
    return id;
  }
}

// A formula is in its heading twice, for the eye and for the ear.
function textOf(heading: Element): string {
  const copy = heading.cloneNode(true) as Element;
  for (const seen of copy.querySelectorAll('.katex-html, annotation')) seen.remove();
  return (copy.textContent ?? '').replace(/\s+/g, ' ').trim();
}

function slug(text: string): string {
  const words = text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '');
  return words.trim().replace(/ /g, '-');
}
