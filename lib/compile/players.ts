/** The gradients of several losses, each by the variables of its own player, from one forward pass. */
import type * as tf from '../tf';
import {dropTape, tfjsEngine} from './native';
import type {Losses, Player} from './step';

/** For each player the gradients in the order of its variables. */
export function gradientsOfPlayers(players: readonly Player[], forward: () => Losses): tf.Tensor[][] {
  if (players.length === 1) return [gradientsOf(players[0], forward)];
  const end = keepTape();
  try {
    const losses = forward();
    return players.map((player) => gradientsOf(player, () => losses));
  } finally {
    end();
  }
}

function gradientsOf({variables, minimizes = 'total'}: Player, losses: () => Losses): tf.Tensor[] {
  const f = () => {
    const all = losses();
    if (!(minimizes in all)) {
      throw new TypeError(
        `losses: expected one named "${minimizes}" to minimise, got ${Object.keys(all).join(', ') || 'none'}`,
      );
    }
    return all[minimizes].clone() as tf.Scalar; // tfjs wants it to be new
  };
  const {grads} = tfjsEngine().gradients(f, variables, undefined, true);
  variables.forEach((variable, i) => {
    if (grads[i]) return;
    throw new Error(
      `variable ${variable.name} [${variable.shape.join(', ')}], number ${i}: the loss "${minimizes}" does not depend on it; ` +
        'leave it out of the variables, or use it',
    );
  });
  return grads;
}

// tfjs forgets how a result came about when the outermost gradient is done. Between startTape and endTape
// it remembers, and several gradients can be taken of one forward pass.
function keepTape(): () => void {
  const engine = tfjsEngine();
  engine.startTape();
  return () => {
    engine.endTape();
    dropTape();
  };
}
