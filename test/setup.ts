/** Before the first test: the engine is ready. */
import * as tf from '../lib/tf';

export const mochaHooks = {
  beforeAll: async () => tf.ready(),
};
