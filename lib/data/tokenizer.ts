/** Texts as numbers, and back. */
import {assertInteger} from '../check';

/** What stands for a token that is hidden: the last of every vocabulary. */
const MASK = '<mask>';
/** What stands for a word that is not in the vocabulary: the last but one of words. */
const UNKNOWN = '<unknown>';

export interface Tokenizer {
  /** The tokens by their numbers; the last one is the mask, which no text contains. */
  readonly vocabulary: readonly string[];
  /** Number of tokens, the mask included. */
  readonly size: number;
  /** The number of the mask, size - 1. */
  readonly mask: number;
  encode(text: string): Int32Array;
  /** @throws RangeError naming the first number that is not one of a token, and its place. */
  decode(tokens: ArrayLike<number>): string;
}

/** One token for each character (UTF-16 code unit), in the order of their codes. decode(encode(t)) is t. */
export class CharacterTokenizer implements Tokenizer {
  readonly vocabulary: readonly string[];
  private readonly numbers: Map<string, number>;

  /** @param text every character that is to be known, in any order, as often as you like. */
  constructor(text: string) {
    const characters = [...new Set(text.split(''))].sort();
    if (characters.length === 0) throw new RangeError('text: expected at least one character, got none');
    this.vocabulary = [...characters, MASK];
    this.numbers = new Map(characters.map((character, i) => [character, i]));
  }

  get size(): number {
    return this.vocabulary.length;
  }

  get mask(): number {
    return this.size - 1;
  }

  /** @throws RangeError naming the first character that is not in the vocabulary, and its place. */
  encode(text: string): Int32Array {
    const tokens = new Int32Array(text.length);
    for (let i = 0; i < text.length; i++) {
      const number = this.numbers.get(text[i]);
      if (number === undefined) {
        throw new RangeError(
          `text: expected characters of the vocabulary (${this.size - 1}), got ${JSON.stringify(text[i])} at place ${i}`,
        );
      }
      tokens[i] = number;
    }
    return tokens;
  }

  decode(tokens: ArrayLike<number>): string {
    return strings(this.vocabulary, tokens).join('');
  }
}

/**
 * One token for each of the most frequent words, and one for all others. A word is a run of letters, digits
 * and apostrophes, or any other sign by itself; blanks only divide. Upper and lower case are different words.
 */
export class WordTokenizer implements Tokenizer {
  readonly vocabulary: readonly string[];
  /** The number of the token for all other words, size - 2. */
  readonly unknown: number;
  private readonly numbers: Map<string, number>;

  /** @param most number of words in the vocabulary, the most frequent of the text; of equals the first met. */
  constructor(text: string, most: number) {
    assertInteger('most', most);
    const counts = new Map<string, number>();
    for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const known = [...counts].sort((a, b) => b[1] - a[1]).slice(0, most);
    this.vocabulary = [...known.map(([word]) => word), UNKNOWN, MASK];
    this.unknown = known.length;
    this.numbers = new Map(known.map(([word], i) => [word, i]));
  }

  get size(): number {
    return this.vocabulary.length;
  }

  get mask(): number {
    return this.size - 1;
  }

  encode(text: string): Int32Array {
    return Int32Array.from(words(text), (word) => this.numbers.get(word) ?? this.unknown);
  }

  /** The words with a blank between each two: what divided them in the text is not kept. */
  decode(tokens: ArrayLike<number>): string {
    return strings(this.vocabulary, tokens).join(' ');
  }
}

/** The words and signs of a text, in order. */
export function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}']+|[^\p{L}\p{N}'\s]/gu) ?? [];
}

function strings(vocabulary: readonly string[], tokens: ArrayLike<number>): string[] {
  return Array.from(tokens, (token, i) => {
    const string = vocabulary[token];
    if (string === undefined)
      throw new RangeError(
        `tokens: expected numbers from 0 to ${vocabulary.length - 1}, got ${token} at place ${i}`,
      );
    return string;
  });
}
