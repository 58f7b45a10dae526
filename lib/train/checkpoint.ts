/**
 * Checkpoints: a model's kind, options, seed, versions and weights in one file; see lib/data/safetensors for
 * its form.
 */
import {isDeepStrictEqual} from 'node:util';
import {readArrays, writeArrays} from '../data/safetensors';
import type {Storable} from '../models/autoencoder';
import * as tf from '../tf';

const VERSION = 1;

/** Writes the model to `file`; an existing file is replaced only by a whole new one. */
export function saveCheckpoint(file: string, model: Storable): void {
  const arrays = storedOf(model).map((variable, i) => {
    return [String(i), {shape: variable.shape, data: variable.dataSync<'float32'>()}] as const;
  });
  const metadata = {
    version: String(VERSION),
    kind: model.kind,
    config: JSON.stringify(model.config),
    versions: JSON.stringify({tfjs: tf.version_core, ...tf.engine.versions}),
  };
  writeArrays(file, {metadata, arrays: Object.fromEntries(arrays)});
}

/**
 * Gives a model the weights of a checkpoint. Nothing is changed unless all of it fits.
 * @throws Error if the file is truncated or altered, is of a newer version, or holds another model.
 */
export function loadCheckpoint(file: string, model: Storable): void {
  const {metadata, arrays} = readArrays(file, 'checkpoint');
  if (metadata.kind === undefined) throw new Error(`${file}: expected a checkpoint, got other arrays`);
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
  tf.tidy(() => {
    storedOf(model).forEach((variable, i) => {
      variable.assign(tf.tensor(arrays[String(i)].data, variable.shape));
    });
  });
}

function storedOf(model: Storable): tf.Variable[] {
  return [...model.variables, ...(model.state ?? [])];
}
