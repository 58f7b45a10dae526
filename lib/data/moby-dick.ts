/** Moby-Dick; or, The Whale, Herman Melville 1851: 135 chapters, 1.2 million characters of English prose. */
import {cataloguedFile} from './catalogue';
import {readVerified} from './checksum';

/** A text in three parts, and chapter by chapter. */
export interface Book {
  train: string;
  validation: string;
  test: string;
  /** In their order, each beginning with its title. */
  chapters: string[];
}

/**
 * The novel without its front matter and epilogue, the checksum verified. Chapters whose number ends in 9
 * are for validation, those that end in 0 for the test, the other 109 to train on, so that each part has
 * something of every stretch of the voyage.
 *
 * Each paragraph is one line that ends in "\n": line breaks and repeated blanks in it are one blank. Curly
 * quotation marks became straight ones and a dash two hyphens, so that 80 characters are left, all ASCII.
 */
export function loadMobyDick(): Book {
  const file = cataloguedFile('moby-dick', 'text');
  const text = readVerified(file.path, file.sha256)
    .toString('utf8')
    .replace(/\r\n/g, '\n')
    .replace(/[“”]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/—/g, '--');
  const chapters = text.split(/^(?=CHAPTER \d+\. )/m).map(lines);
  const part = (wanted: (digit: number) => boolean) =>
    chapters.filter((_, i) => wanted((i + 1) % 10)).join('');
  return {
    train: part((digit) => digit !== 9 && digit !== 0),
    validation: part((digit) => digit === 9),
    test: part((digit) => digit === 0),
    chapters,
  };
}

// Each paragraph on a line of its own.
function lines(chapter: string): string {
  const paragraphs = chapter.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim());
  return paragraphs
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `${paragraph}\n`)
    .join('');
}
