/** Arrays of any shape and type. */
import type {NpyArray, NpyData} from '../../lib/data/npy';
import type {RandomStream} from '../../lib/random';

const makers = [
  Float64Array,
  Float32Array,
  Int32Array,
  Int16Array,
  Int8Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
] as const;

/** Up to four dimensions of up to four; every bit pattern that is a number. */
export function randomArray(random: RandomStream): NpyArray {
  const shape = Array.from({length: random.integer(5)}, () => random.integer(5));
  const size = shape.reduce((a, b) => a * b, 1);
  const Maker = makers[random.integer(makers.length)];
  const bytes = Uint8Array.from({length: size * Maker.BYTES_PER_ELEMENT}, () => random.integer(256));
  const data: NpyData = new Maker(bytes.buffer);
  return {shape, data: data.map((value) => (Number.isNaN(value) ? 0 : value)) as NpyData};
}
