import * as assert from 'node:assert/strict';
import {loadMobyDick} from '../../lib/data/moby-dick';
import {CharacterTokenizer, WordTokenizer, words} from '../../lib/data/tokenizer';
import {maskTokens, windows} from '../../lib/data/tokens';
import {RandomStream} from '../../lib/random';
import * as tf from '../../lib/tf';
import {compileFunction} from '../../lib/compile';
import {tensorsLeaked} from '../helpers';

describe('Moby-Dick', () => {
  const {train, validation, test, chapters} = loadMobyDick();

  it('has 135 chapters in their order, paragraph by paragraph', () => {
    assert.equal(chapters.length, 135);
    chapters.forEach((chapter, i) => assert.ok(chapter.startsWith(`CHAPTER ${i + 1}. `)));
    assert.match(
      chapters[0],
      /^CHAPTER 1\. Loomings\.\nCall me Ishmael\. Some years ago--never mind how long precisely--having little or no/,
    );
    assert.ok(chapters[134].endsWith('the sea rolled on as it rolled five thousand years ago.\n'));
  });

  it('keeps every tenth chapter for the test and the one before it for validation', () => {
    assert.equal(
      test,
      [9, 19, 29, 39, 49, 59, 69, 79, 89, 99, 109, 119, 129].map((i) => chapters[i]).join(''),
    );
    assert.ok(validation.startsWith('CHAPTER 9. The Sermon.\n'));
    assert.deepEqual(
      [train.length, validation.length, test.length],
      [1000271, 95844, 92480], // counted by Python from the same rules
    );
    assert.equal(train.length + validation.length + test.length, chapters.join('').length);
  });

  it('is written in 80 characters, all ASCII, no two blanks or line ends together', () => {
    const characters = [...new Set(chapters.join(''))].sort().join('');
    assert.equal(characters.length, 80);
    assert.match(characters, /^[\n -~]*$/);
    assert.ok(!chapters.some((chapter) => /\s\s/.test(chapter)));
  });
});

describe('the character tokenizer', () => {
  it('numbers the characters by their codes, the mask last', () => {
    const tokenizer = new CharacterTokenizer('whale');
    assert.deepEqual(tokenizer.vocabulary, ['a', 'e', 'h', 'l', 'w', '<mask>']);
    assert.deepEqual(Array.from(tokenizer.encode('heal')), [2, 1, 0, 3]);
    assert.deepEqual([tokenizer.size, tokenizer.mask, tokenizer.decode([4, 5])], [6, 5, 'w<mask>']);
  });

  it('gives back any text over its alphabet', () => {
    const alphabet = 'ab \n"\\é鲸🐋<mask>';
    const tokenizer = new CharacterTokenizer(alphabet);
    const random = new RandomStream(1);
    for (let trial = 0; trial < 200; trial++) {
      const text = Array.from(
        {length: random.integer(30)},
        () => alphabet[random.integer(alphabet.length)],
      ).join('');
      assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
    }
  });

  it('names a character that it does not know, and a number that is none of its tokens', () => {
    const tokenizer = new CharacterTokenizer('whale');
    assert.throws(
      () => tokenizer.encode('whole'),
      /text: expected characters of the vocabulary \(5\), got "o" at place 2/,
    );
    assert.throws(() => tokenizer.decode([1, 6]), /tokens: expected numbers from 0 to 5, got 6 at place 1/);
    assert.throws(() => new CharacterTokenizer(''), /text: expected at least one character, got none/);
  });
});

describe('the word tokenizer', () => {
  const text = "The whale, the whale! Ahab's whale";

  it('takes the most frequent words, the first met of equals, and knows no other', () => {
    const tokenizer = new WordTokenizer(text, 3);
    assert.deepEqual(tokenizer.vocabulary, ['whale', 'The', ',', '<unknown>', '<mask>']);
    assert.deepEqual([tokenizer.unknown, tokenizer.mask], [3, 4]);
    assert.deepEqual(Array.from(tokenizer.encode(text)), [1, 0, 2, 3, 0, 3, 3, 0]);
    assert.equal(
      tokenizer.decode(tokenizer.encode(text)),
      'The whale , <unknown> whale <unknown> <unknown> whale',
    );
  });

  it('gives back any words that it knows, with a blank between', () => {
    const tokenizer = new WordTokenizer(text, 100);
    const random = new RandomStream(2);
    const known = words(text);
    for (let trial = 0; trial < 100; trial++) {
      const sentence = Array.from(
        {length: random.integer(12)},
        () => known[random.integer(known.length)],
      ).join(' ');
      assert.equal(tokenizer.decode(tokenizer.encode(sentence)), sentence);
    }
  });
});

describe('windows of tokens', () => {
  const tokens = Int32Array.from({length: 11}, (_, i) => i);

  it('follow one another, the rest is dropped', () => {
    const rows = windows(tokens, 4);
    assert.deepEqual(rows.arraySync(), [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    assert.equal(rows.dtype, 'int32');
  });

  it('begin a stride apart, the last one where it still fits', () => {
    assert.deepEqual(windows(tokens, 5, {stride: 3}).arraySync(), [
      [0, 1, 2, 3, 4],
      [3, 4, 5, 6, 7],
      [6, 7, 8, 9, 10],
    ]);
  });

  it('need one context at least', () => {
    assert.throws(() => windows(tokens, 12), /tokens: expected at least 12, which is one context, got 11/);
    assert.throws(() => windows(tokens, 4, {stride: 0}), /stride: expected a whole number >= 1, got 0/);
  });
});

describe('maskTokens', () => {
  const x = () => tf.range(0, 10000, 1, 'int32').reshape<tf.Tensor2D>([100, 100]);
  const options = {probability: 0.15, mask: 10000};

  it('puts the mask where it says and leaves the rest', () => {
    const {masked, hidden} = maskTokens(x(), options, new RandomStream(1));
    const at = hidden.dataSync<'float32'>();
    masked.dataSync().forEach((token, i) => assert.equal(token, at[i] === 1 ? 10000 : i));
    assert.equal(masked.dtype, 'int32');
    const share = at.reduce((a, b) => a + b, 0) / 10000;
    assert.ok(Math.abs(share - 0.15) < 5 * Math.sqrt((0.15 * 0.85) / 10000), `share ${share}`);
  });

  it('hides other places in each call of a compiled function, and leaves no tensor behind', async () => {
    const random = new RandomStream(1);
    const compiled = compileFunction((batch: tf.Tensor2D) => {
      const {masked, hidden} = maskTokens(batch, options, random);
      return [masked, hidden];
    });
    const tokens = x();
    const [first, second] = [1, 2].map(() => tf.tidy(() => Array.from(compiled(tokens)[0].dataSync())));
    assert.notDeepEqual(first, second);
    assert.equal(await tensorsLeaked(() => tf.dispose(compiled(tokens))), 0);
    compiled.dispose();
  });
});
