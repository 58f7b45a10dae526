/** What a training run leaves behind in numbers. */
export interface EpochRecord {
  /** 1 for the first. */
  epoch: number;
  /** Mean over the epoch's batches of each loss term, taken before each update. */
  train: Record<string, number>;
  /** Mean over the validation examples of each term, after the epoch. */
  validation?: Record<string, number>;
  /** At the last step of the epoch. */
  learningRate: number;
  /** Since training began. */
  seconds: number;
}

/** Why training ended. */
export type Ending = 'completed' | 'stopped early' | 'interrupted';

export interface History {
  epochs: EpochRecord[];
  /** Optimizer steps taken. */
  steps: number;
  ending: Ending;
  seconds: number;
}
