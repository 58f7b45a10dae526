import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {projectRoot} from '../../lib/root';
import * as tf from '../../lib/tf';
import {
  formatTable,
  geometricMean,
  README_MARKS,
  readmeTable,
  ratios,
  summarize,
  type Report,
  type Row,
} from '../../tools/bench/report';
import {Peers} from '../../tools/bench/peers';
import {compiledTraining, eagerTraining} from '../../tools/bench/trainings';
import {workloads} from '../../tools/bench/workloads';
import {withTable} from '../../tools/figures/readme';
import {assertClose} from '../helpers';

describe('the benchmark’s numbers', () => {
  it('are medians and quartiles', () => {
    assert.deepEqual(summarize([4, 1, 2, 3, 100]), {median: 3, low: 2, high: 4, steps: 5});
    assert.throws(() => summarize([]), /times: expected at least one, got none/);
  });

  it('are compared by the geometric mean of ratios, over the workloads that have both', () => {
    assertClose(geometricMean([2, 8]), 4);
    const rows = [row(2, 8, 4), row(10, 20)];
    assert.deepEqual(ratios(rows, 'eager').each, [4, 2]);
    assertClose(ratios(rows, 'eager').mean!, Math.sqrt(8));
    assert.deepEqual(ratios(rows, 'torch'), {each: [2, undefined], mean: 2});
    assert.equal(ratios(rows, 'compiled').mean, undefined);
  });

  it('make a table with an empty cell where PyTorch is missing', () => {
    const lines = formatTable([row(2, 8, 4), row(10, 20)]).split('\n');
    assert.equal(lines.length, 4);
    assert.match(lines[1], /^x\s+8\.00 \[8\.00–8\.00\]\s+2\.00 \[2\.00–2\.00\]\s+4\.00/);
    assert.match(lines[3], /^geometric mean\s+2\.83\s+2\.00\s*$/);
  });

  it('stand in the README as they are stored', () => {
    const stored = fs.readFileSync(path.join(projectRoot, 'tools', 'bench', 'results.json'), 'utf8');
    const readme = fs.readFileSync(path.join(projectRoot, 'README.md'), 'utf8');
    const table = readmeTable(JSON.parse(stored) as Report);
    assert.equal(withTable(readme, table, README_MARKS), readme, 'run npm run bench -- --store');
  });
});

describe('the benchmark’s trainings', () => {
  for (const workload of workloads) {
    it(`${workload.name}: compiled and eager steps give the same loss at first, and leave no tensor`, function () {
      if (tf.engine.name !== 'native') this.skip();
      const before = tf.memory().numTensors;
      const data = workload.data(4);
      const small = {...workload, batch: 4, data: () => data.clone()};
      const [ours, theirs] = [compiledTraining(small, 4), eagerTraining(small, 4)];
      if (workload.random)
        assert.ok(Math.abs(ours.losses[0] / theirs.losses[0] - 1) < 0.2); // other draws
      else assertClose(ours.losses, theirs.losses, 1e-4);
      ours.dispose();
      theirs.dispose();
      data.dispose();
      assert.equal(tf.memory().numTensors, before);
    });
  }
});

describe('PyTorch', () => {
  it('is left out with a reason where there is none', async () => {
    assert.match(String(await Peers.start('no-such-python', 1)), /^no PyTorch in no-such-python: .*ENOENT/);
    assert.match(
      String(await Peers.start(process.execPath, 1)), // Node cannot run the script
      /^no PyTorch in .*: ./,
    );
  });
});

function row(ours: number, eager: number, torch?: number): Row {
  const times = (ms: number) => summarize([ms]);
  return {
    workload: 'x',
    title: 'x',
    ours: times(ours),
    eager: times(eager),
    ...(torch ? {torch: times(torch)} : {}),
    bound: 1,
    recording: 100,
    memory: 10,
  };
}
