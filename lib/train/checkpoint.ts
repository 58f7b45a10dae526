/**
 * Checkpoints: a model's kind, options, seed, versions and weights in one file, in the safetensors format
 * (8 bytes header length, a JSON header, the numbers; https://github.com/huggingface/safetensors), so that
 * Python reads it too. Written to a temporary name and renamed when whole.
 */
import {createHash} from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import type {Storable} from '../models/autoencoder';
import * as tf from '../tf';

const VERSION = 1;

interface Header {
  __metadata__: Record<string, string>;
  [tensor: string]: unknown;
}

/** Writes the model to `file`; an existing file is replaced only by a whole new one. */
export function saveCheckpoint(file: string, model: Storable): void {
  const stored = storedOf(model);
  const arrays = stored.map((variable) => variable.dataSync() as Float32Array);
  const payload = Buffer.concat(arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)));
  const header: Header = {
    __metadata__: {
      version: String(VERSION),
      kind: model.kind,
      config: JSON.stringify(model.config),
      versions: JSON.stringify({tfjs: tf.version_core, ...tf.engine.versions}),
      sha256: sha256(payload),
    },
  };
  let start = 0;
  stored.forEach((variable, i) => {
    const end = start + arrays[i].byteLength;
    header[String(i)] = {dtype: 'F32', shape: variable.shape, data_offsets: [start, end]};
    start = end;
  });
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  fs.mkdirSync(path.dirname(path.resolve(file)), {recursive: true});
  const temporary = `${file}.${process.pid}.part`;
  try {
    fs.writeFileSync(temporary, Buffer.concat([length, json, payload]));
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, {force: true});
  }
}

/**
 * Gives a model the weights of a checkpoint. Nothing is changed unless all of it fits.
 * @throws Error if the file is truncated or altered, is of a newer version, or holds another model.
 */
export function loadCheckpoint(file: string, model: Storable): void {
  const {header, payload} = read(file);
  const metadata = header.__metadata__;
  if (Number(metadata.version) > VERSION) {
    throw new Error(
      `${file}: expected checkpoint version ${VERSION}, got ${metadata.version}; a newer version of the course wrote it, update yours`,
    );
  }
  if (metadata.kind !== model.kind)
    throw new Error(`${file}: expected a ${model.kind}, got a ${metadata.kind}`);
  const config = JSON.parse(metadata.config) as object;
  if (!isDeepStrictEqual(config, JSON.parse(JSON.stringify(model.config)))) {
    throw new Error(
      `${file}: expected a model with options ${JSON.stringify(model.config)}, got ${metadata.config}`,
    );
  }
  if (sha256(payload) !== metadata.sha256)
    throw new Error(
      `${file}: expected weights with SHA-256 ${metadata.sha256}, got others; the file was altered`,
    );
  const bytes = payload.buffer.slice(payload.byteOffset, payload.byteOffset + payload.byteLength);
  let start = 0;
  tf.tidy(() => {
    for (const variable of storedOf(model)) {
      variable.assign(
        tf.tensor(new Float32Array(bytes.slice(start, start + 4 * variable.size)), variable.shape),
      );
      start += 4 * variable.size;
    }
  });
}

function storedOf(model: Storable): tf.Variable[] {
  return [...model.variables, ...(model.state ?? [])];
}

function read(file: string): {header: Header; payload: Buffer} {
  const bytes = fs.readFileSync(file);
  const fail = (found: string): never => {
    throw new Error(`${file}: expected a whole checkpoint, got ${found}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes`);
  const length = Number(bytes.readBigUInt64LE(0));
  if (length > bytes.length - 8)
    fail(`${bytes.length} bytes where the header alone needs ${8 + length}; truncated, or no checkpoint`);
  let header: Header;
  try {
    header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Header;
  } catch {
    return fail('a header that is not JSON');
  }
  if (!header.__metadata__?.kind) fail('a safetensors file that this course did not write');
  const payload = bytes.subarray(8 + length);
  const end = Object.entries(header).reduce((max, [name, entry]) => {
    return name === '__metadata__' ? max : Math.max(max, (entry as {data_offsets: number[]}).data_offsets[1]);
  }, 0);
  if (payload.length !== end) fail(`${payload.length} bytes of weights instead of ${end}; truncated`);
  return {header, payload};
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
