import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {bootstrapInterval} from '../../lib/metrics/bootstrap';
import {auroc, averagePrecision, falseAlarmsAt, rocCurve} from '../../lib/metrics/detection';
import {RandomStream} from '../../lib/random';
import {projectRoot} from '../../lib/root';
import {assertClose} from '../helpers';

interface Curves {
  normal: number[];
  anomalous: number[];
  auroc: number;
  averagePrecision: number;
}

const {curves} = JSON.parse(
  fs.readFileSync(path.join(projectRoot, 'test', 'fixtures', 'detection.json'), 'utf8'),
) as {curves: Curves[]};

describe('auroc and averagePrecision', () => {
  for (const [place, {normal, anomalous, ...expected}] of curves.entries()) {
    it(`agree with scikit-learn, with and without ties, ${place}`, () => {
      assertClose(auroc(normal, anomalous), expected.auroc, 1e-12);
      assertClose(averagePrecision(normal, anomalous), expected.averagePrecision, 1e-12);
    });
  }

  it('count by hand: of the pairs of 1 2 3 with 2 4, four are won and one is drawn', () => {
    assert.equal(auroc([1, 3, 2], [4, 2]), (4 + 1 / 2) / 6);
    // 4: 1 of 1; 3; 2 and 2: 2 of 4
    assertClose(averagePrecision([1, 3, 2], [4, 2]), (1 / 2) * 1 + (1 / 2) * (2 / 4), 1e-12);
  });

  it('turn round with the scores, and are unmoved by what leaves the order as it is', () => {
    const {normal, anomalous} = curves[1];
    const mapped = (scores: number[], f: (score: number) => number) => Float32Array.from(scores, f);
    assertClose(auroc(mapped(normal, (s) => -s), mapped(anomalous, (s) => -s)), 1 - curves[1].auroc, 1e-12); // prettier-ignore
    assert.equal(auroc(mapped(normal, (s) => s ** 3), mapped(anomalous, (s) => s ** 3)), curves[1].auroc); // prettier-ignore
  });

  it('are 1 when every anomaly stands above, 1/2 and the share of anomalies when all scores are one', () => {
    assert.deepEqual([auroc([0, 1], [2, 3]), averagePrecision([0, 1], [2, 3])], [1, 1]);
    assert.deepEqual([auroc([7, 7, 7], [7]), averagePrecision([7, 7, 7], [7])], [1 / 2, 1 / 4]);
  });
});

describe('falseAlarmsAt(detection, normal, anomalous)', () => {
  const normal = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

  it('takes the highest threshold that finds enough: of 4 anomalies, three at 0.75 and at 0.7, four at 0.76', () => {
    const anomalous = [3, 8, 12, 20];
    assert.equal(falseAlarmsAt(0.75, normal, anomalous), 3 / 10); // 8, 9, 10 are at or above 8
    assert.equal(falseAlarmsAt(0.7, normal, anomalous), 3 / 10);
    assert.equal(falseAlarmsAt(0.76, normal, anomalous), 8 / 10);
    assert.equal(falseAlarmsAt(0.5, normal, anomalous), 0);
  });

  it('does not fall to rounding: 0.95 of 20 anomalies are 19', () => {
    const anomalous = Array.from({length: 20}, (_, i) => (i === 0 ? 0 : 20));
    assert.equal(falseAlarmsAt(0.95, normal, anomalous), 0);
    assert.equal(falseAlarmsAt(1, normal, anomalous), 1);
  });

  it('refuses a share of 0 or above 1', () => {
    assert.throws(
      () => falseAlarmsAt(1.1, normal, [1]),
      /detection: expected a share above 0 and at most 1, got 1.1/,
    );
    assert.throws(
      () => falseAlarmsAt(0, normal, [1]),
      /detection: expected a share above 0 and at most 1, got 0/,
    );
  });
});

describe('rocCurve(normal, anomalous)', () => {
  it('goes through its corners alone', () => {
    // 4 and 3 are anomalies, 2 is one of each, 1 and 0 are normal
    assert.deepEqual(rocCurve([0, 1, 2], [2, 3, 4]), {
      falseAlarms: [0, 0, 1 / 3, 1],
      detections: [0, 2 / 3, 1, 1],
    });
  });

  it('encloses the area under the curve', () => {
    for (const {normal, anomalous, auroc: area} of curves) {
      const {falseAlarms: x, detections: y} = rocCurve(normal, anomalous);
      const strips = x.map((right, i) => (i === 0 ? 0 : ((right - x[i - 1]) * (y[i] + y[i - 1])) / 2));
      assertClose(strips.reduce((sum, strip) => sum + strip, 0), area, 1e-12); // prettier-ignore
    }
  });
});

describe('scores of detection', () => {
  it('are refused when there are none or one is not finite, by name', () => {
    for (const metric of [auroc, averagePrecision, rocCurve]) {
      assert.throws(() => metric([], [1]), /normal: expected at least one score, got none/);
      assert.throws(() => metric([1], [2, NaN]), /anomalous: expected finite scores, got NaN/);
      assert.throws(() => metric([1, -Infinity], [2]), /normal: expected finite scores, got -Infinity/);
    }
  });
});

describe('bootstrapInterval', () => {
  const draw = (n: number, shift: number, seed: number) =>
    new RandomStream(seed).normals(n).map((z) => z + shift);

  it('is as wide as the textbook says for a mean: ± 1.96 deviations ÷ √n', () => {
    const x = draw(400, 0, 1);
    const mean = (scores: ArrayLike<number>) => Array.from(scores).reduce((sum, s) => sum + s, 0) / 400;
    const deviation = Math.sqrt(mean(x.map((s) => (s - mean(x)) ** 2)));
    const {low, high} = bootstrapInterval((normal) => mean(normal), x, [0], {draws: 2000});
    assertClose([low, high], [mean(x) - (1.96 * deviation) / 20, mean(x) + (1.96 * deviation) / 20], 0.008);
  });

  it('draws each group for itself: the deviation of an AUROC by Hanley and McNeil, for equal kinds', () => {
    const {low, high} = bootstrapInterval(auroc, draw(300, 0, 2), draw(100, 0, 3), {draws: 500, level: 0.68});
    // (1 + (n - 1 + m - 1) / 3) / (4 n m) is the variance when both kinds have one distribution
    assertClose((high - low) / 2, Math.sqrt((300 + 100 + 1) / (12 * 300 * 100)), 0.004);
  });

  it('is the same again from one seed, another from another, and no wider at a lower level', () => {
    const at = (options: object) => bootstrapInterval(auroc, draw(50, 0, 4), draw(50, 1, 5), {draws: 100, ...options}); // prettier-ignore
    assert.deepEqual(at({seed: 1}), at({seed: 1}));
    assert.notDeepEqual(at({seed: 1}), at({seed: 2}));
    assert.ok(at({level: 0.5}).low > at({level: 0.95}).low && at({level: 0.5}).high < at({level: 0.95}).high);
  });

  it('refuses no scores, one draw and a level above 1', () => {
    assert.throws(() => bootstrapInterval(auroc, [], [1]), /normal: expected at least one score, got none/);
    assert.throws(
      () => bootstrapInterval(auroc, [1], [1], {draws: 1}),
      /draws: expected a whole number >= 2/,
    );
    assert.throws(
      () => bootstrapInterval(auroc, [1], [1], {level: 2}),
      /level: expected a number from 0 to 1/,
    );
  });
});
