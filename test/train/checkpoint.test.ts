import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
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
    const newer = fs.readFileSync(file, 'latin1').replace('"version":"1"', '"version":"9"');
    fs.writeFileSync(path.join(folder, 'newer'), newer, 'latin1');
    assert.throws(
      () => loadCheckpoint(path.join(folder, 'newer'), new DenseAutoencoder(config)),
      /expected checkpoint version 1, got 9/,
    );
  });
});

function weights(model: DenseAutoencoder): unknown {
  return model.variables.map((variable) => variable.arraySync());
}
