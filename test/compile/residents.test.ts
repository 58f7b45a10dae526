import * as assert from 'node:assert/strict';
import {isCompiling} from '../../lib/compile';
import {record} from '../../lib/compile/recorder';
import {Residents} from '../../lib/compile/residents';
import * as tf from '../../lib/tf';

describe('variables that live in a session', () => {
  it('are copies: what a tensor shares with JavaScript never stays in a session, whose threads would free it', function () {
    if (!isCompiling()) return this.skip();
    const [w, b] = [1, 2].map((value) => tf.variable(tf.fill([2], value)));
    const recording = record(([x]) => [tf.tidy(() => tf.add(tf.mul(w, x), b))], [tf.ones([2])]);
    new Residents(recording, new Set());
    const {lines} = recording.graph;
    const assignments = lines.filter((line) => line.startsWith('AssignVariableOp('));
    assert.equal(assignments.length, 2, lines.join('\n'));
    for (const line of assignments) assert.match(line, /^AssignVariableOp\(\w+:0, DeepCopy_\d+:0\)/);
  });
});
