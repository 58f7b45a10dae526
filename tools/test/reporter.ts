/** mocha's usual report, and the counts for the process that started it. */
import * as Mocha from 'mocha';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const {passes, failures, pending} = this.stats;
      process.send?.({passed: passes, failed: failures, skipped: pending} satisfies Counts);
    });
  }
}

module.exports = CountingReporter;
