import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {writeArrays} from '../../lib/data/safetensors';
import {DenseAutoencoder} from '../../lib/models/dense-autoencoder';
import {loadCheckpoint, saveCheckpoint} from '../../lib/train/checkpoint';

const config = {inputDim: 4, hiddenDims: [3], latentDim: 2};
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'checkpoint-'));
const file = path.join(folder, 'model.safetensors');

describe('a checkpoint', () => {
  it('gives a model back its weights, bit for bit', () => {
    const saved = new DenseAutoencoder({...config, seed: 1});
    saveCheckpoint(file, saved);
    const loaded = new DenseAutoencoder({...config, seed: 1});
    loaded.variables[0].assign(loaded.variables[0].zerosLike());
    loadCheckpoint(file, loaded);
    assert.deepEqual(weights(loaded), weights(saved));
    assert.deepEqual(fs.readdirSync(folder), ['model.safetensors']);
  });

  it('is refused at whatever length it is cut, and the model keeps its weights', () => {
    const model = new DenseAutoencoder({...config, seed: 1});
    saveCheckpoint(file, model);
    const whole = fs.readFileSync(file);
    const before = weights(model);
    for (let length = 0; length < whole.length; length += 7) {
      fs.writeFileSync(path.join(folder, 'cut'), whole.subarray(0, length));
      assert.throws(
        () => loadCheckpoint(path.join(folder, 'cut'), model),
        /cut: expected a whole checkpoint, got/,
      );
    }
    assert.deepEqual(weights(model), before);
  });

  it('is refused when a weight was altered', () => {
    const model = new DenseAutoencoder({...config, seed: 1});
    saveCheckpoint(file, model);
    const bytes = fs.readFileSync(file);
    bytes[bytes.length - 1] ^= 1;
    fs.writeFileSync(path.join(folder, 'altered'), bytes);
    assert.throws(() => loadCheckpoint(path.join(folder, 'altered'), model), /the file was altered/);
  });

  it('is refused at whatever place of its header a byte was altered', () => {
    const model = new DenseAutoencoder({...config, seed: 1});
    saveCheckpoint(file, model);
    const whole = fs.readFileSync(file);
    const sealed = new Set<number>(); // places at which another name of the seal leaves all else as it was
    for (let i = 0; i < 4; i++) sealed.add(whole.indexOf('seal') + i);
    for (let place = 0; place < 8 + Number(whole.readBigUInt64LE(0)); place++) {
      if (sealed.has(place)) continue;
      const bytes = Buffer.from(whole);
      bytes[place] ^= 1;
      fs.writeFileSync(path.join(folder, 'altered'), bytes);
      assert.throws(
        () => loadCheckpoint(path.join(folder, 'altered'), model),
        /altered: expected/,
        `${place}`,
      );
    }
  });

  it('is read as before where it was written before headers were sealed', () => {
    const saved = new DenseAutoencoder({...config, seed: 1});
    saveCheckpoint(file, saved);
    const bytes = fs.readFileSync(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const json = Buffer.from(bytes.toString('utf8', 8, 8 + length).replace(/,"seal":"\w+"/, ''));
    const begin = Buffer.alloc(8);
    begin.writeBigUInt64LE(BigInt(json.length));
    assert.ok(json.length < length);
    fs.writeFileSync(file, Buffer.concat([begin, json, bytes.subarray(8 + length)]));
    const loaded = new DenseAutoencoder({...config, seed: 1});
    loaded.variables[0].assign(loaded.variables[0].zerosLike());
    loadCheckpoint(file, loaded);
    assert.deepEqual(weights(loaded), weights(saved));
  });

  it('says what it got where there is none', () => {
    const model = new DenseAutoencoder(config);
    const says = (name: string, message: RegExp) =>
      assert.throws(() => loadCheckpoint(path.join(folder, name), model), {message});
    says('none', /none: expected a checkpoint, got none of that name$/);
    says('.', /: expected a checkpoint, got a folder$/);
    fs.writeFileSync(path.join(folder, 'letter.txt'), 'Dear Sir,\nhere is my table.\n');
    says('letter.txt', /letter\.txt: expected a checkpoint, got a file that does not begin like one$/);
  });

  it('is refused by a model of other options or another kind, and by an older course', () => {
    saveCheckpoint(file, new DenseAutoencoder(config));
    assert.throws(
      () => loadCheckpoint(file, new DenseAutoencoder({...config, latentDim: 1})),
      /expected a model with options .*"latentDim":1.* got .*"latentDim":2/,
    );
    const other = Object.assign(Object.create(new DenseAutoencoder(config)) as DenseAutoencoder, {
      kind: 'Other',
    });
    assert.throws(() => loadCheckpoint(file, other), /expected a Other, got a DenseAutoencoder/);
    writeArrays(path.join(folder, 'newer'), {metadata: {kind: 'DenseAutoencoder', version: '9'}, arrays: {}});
    assert.throws(
      () => loadCheckpoint(path.join(folder, 'newer'), new DenseAutoencoder(config)),
      /expected checkpoint version 1, got 9/,
    );
  });
});

function weights(model: DenseAutoencoder): unknown {
  return model.variables.map((variable) => variable.arraySync());
}
