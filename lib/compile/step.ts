/**
 * A training step: losses of a batch, their gradients, one update of each player's variables. Recorded
 * once per shape of batch and run as one graph; see program.ts for where and when.
 */
import * as tf from '../tf';
import {gradientsOfPlayers} from './players';
import {Program} from './program';
import type {Optimizer} from './optimizers';

/** A tensor, or several by place or name. */
export type Batch = tf.Tensor | readonly tf.Tensor[] | {readonly [name: string]: tf.Tensor};

/** Losses by name, each a scalar. */
export type Losses = {readonly [name: string]: tf.Scalar};

/** Numbers that change from step to step, by name; `learningRate` is always among them. */
export type Scalars<S extends string> = Record<S | 'learningRate', number>;

/** Who changes which variables, to make which loss smaller. */
export interface Player {
  /** What this player may change, and nothing else. */
  variables: readonly tf.Variable[];
  optimizer: Optimizer;
  /** Name of the loss it minimises. Default "total". */
  minimizes?: string;
  /** Factor on the step's learning rate. Default 1. */
  rate?: number;
}

export interface StepOptions<B extends Batch, S extends string> {
  /**
   * The losses of a batch. Random draws in it come from `lib/random` and differ from step to step; what it
   * assigns to variables (running averages, a codebook) stays.
   */
  losses: (batch: B, scalars: Record<S | 'learningRate', tf.Scalar>) => Losses;
  /** One player, or several with variables of their own, who all move at once. */
  players: Player | readonly Player[];
  /** Names of the numbers that change from step to step, beside learningRate. */
  scalars?: readonly S[];
}

/** The step of a training; see {@link compileStep}. */
export class CompiledStep<B extends Batch, S extends string = never> {
  private readonly program: Program;
  private readonly players: readonly Player[];
  private readonly slots: tf.Variable[][][];
  private readonly scalarNames: string[];
  private names: string[] = [];
  private form: string | undefined;
  private taken = 0;

  constructor(private readonly options: StepOptions<B, S>) {
    this.players = [options.players].flat() as Player[];
    refuseOverlap(this.players);
    this.scalarNames = ['learningRate', ...(options.scalars ?? [])];
    this.slots = this.players.map(({variables, optimizer}) =>
      variables.map((variable) =>
        Array.from({length: optimizer.slots}, () =>
          tf.tidy(() => tf.variable(tf.zeros(variable.shape), false)),
        ),
      ),
    );
    const powers = 2 * this.players.length;
    this.program = new Program(
      'step',
      (inputs, scalars) => this.body(inputs, scalars),
      this.scalarNames.length + powers,
      new Set(this.slots.flat(2)),
    );
  }

  /** Steps taken. */
  get count(): number {
    return this.taken;
  }

  /** Graphs recorded so far: one per shape of batch, 0 when running eagerly. */
  get graphs(): number {
    return this.program.graphCount;
  }

  /** Changes the variables once. The losses come back as they were before the change. */
  run(batch: B, scalars: Scalars<S>): Record<string, number> {
    const t = this.taken + 1;
    const numbers = this.scalarNames.map((name) => number(name, (scalars as Record<string, number>)[name]));
    const powers = this.players.flatMap(({optimizer}) => optimizer.decays.map((decay) => decay ** t));
    this.assertForm(formOf(batch));
    this.shape = shapeOf(batch);
    const [vector] = this.program.run(tensorsOf(batch), [...numbers, ...powers], this.taken);
    const values = vector.dataSync();
    vector.dispose();
    this.taken = t;
    return Object.fromEntries(this.names.map((name, i) => [name, values[i]]));
  }

  /** Looks at the next call whether the losses still do what was recorded; costs one eager step. */
  checkNext(): void {
    this.program.checkNext();
  }

  /** Frees the graphs and the optimizers' running values. The variables keep what they have learned. */
  dispose(): void {
    this.program.dispose();
    tf.dispose(this.slots as never);
    this.slots.length = 0;
  }

  // The graph knows the tensors of a batch by their places: the same batch has the same names each time.
  private assertForm(form: string): void {
    this.form ??= form;
    if (form !== this.form)
      throw new TypeError(`batch: expected ${this.form} as in the first step, got ${form}`);
  }

  private shape: (tensors: tf.Tensor[]) => Batch = ([tensor]) => tensor;

  private body(inputs: tf.Tensor[], scalars: tf.Scalar[]): tf.Tensor[] {
    const named = Object.fromEntries(this.scalarNames.map((name, i) => [name, scalars[i]]));
    const powers = scalars.slice(this.scalarNames.length);
    const kept: tf.Scalar[] = []; // or tfjs would free all losses but the one whose gradient it takes
    const forward = () => {
      const losses = this.options.losses(
        this.shape(inputs) as B,
        named as Record<S | 'learningRate', tf.Scalar>,
      );
      this.names = Object.keys(losses);
      for (const [name, value] of Object.entries(losses)) kept.push(tf.keep(scalarOf(name, value)));
      return Object.fromEntries(this.names.map((name, i) => [name, kept[i]]));
    };
    try {
      this.update(gradientsOfPlayers(this.players, forward), named.learningRate, powers);
      return [tf.stack(kept)];
    } finally {
      tf.dispose(kept);
    }
  }

  private update(gradients: tf.Tensor[][], learningRate: tf.Scalar, powers: tf.Scalar[]): void {
    this.players.forEach(({variables, optimizer, rate = 1}, i) => {
      const ownRate = rate === 1 ? learningRate : (learningRate.mul(rate) as tf.Scalar);
      const clipped = clipByNorm(gradients[i], optimizer.clipNorm);
      variables.forEach((variable, j) =>
        optimizer.update(variable, clipped[j], this.slots[i][j], {
          learningRate: ownRate,
          powers: [powers[2 * i], powers[2 * i + 1]],
        }),
      );
    });
  }
}

/**
 * A training step for these losses, variables and optimizers.
 *
 *     const step = compileStep({losses: (x) => model.losses(x), players: {variables: model.variables, optimizer: adam()}});
 *     const {total} = step.run(x, {learningRate: 1e-3});
 *
 * @throws TypeError for a loss that is no scalar or has an unknown name, and for a batch of another form
 * than the first; Error for no variables, for a
 * variable that its loss does not reach, for one that two players claim; RecordingError for what a graph
 * cannot repeat.
 */
export function compileStep<B extends Batch, S extends string = never>(
  options: StepOptions<B, S>,
): CompiledStep<B, S> {
  return new CompiledStep(options);
}

function scalarOf(name: string, value: tf.Tensor): tf.Scalar {
  if (value.size !== 1)
    throw new TypeError(`loss ${name}: expected a scalar, got shape [${value.shape.join(', ')}]`);
  return tf.reshape(value, []) as tf.Scalar;
}

function number(name: string, value: number | undefined): number {
  if (typeof value !== 'number')
    throw new TypeError(`${name}: expected a number among the scalars, got ${value}`);
  return value;
}

function refuseOverlap(players: readonly Player[]): void {
  const seen = new Set<tf.Variable>();
  for (const {variables} of players) {
    if (variables.length === 0)
      throw new Error('variables: expected at least one that training may change, got none');
    for (const variable of variables) {
      if (seen.has(variable))
        throw new Error(
          `variable ${variable.name} [${variable.shape.join(', ')}]: expected one optimizer, got two that claim it`,
        );
      seen.add(variable);
    }
  }
}

// Scales the gradients down together where their norm is larger than the limit.
function clipByNorm(gradients: tf.Tensor[], limit: number): tf.Tensor[] {
  if (limit === Infinity) return gradients;
  const norm = tf.sqrt(tf.addN(gradients.map((gradient) => gradient.square().sum())));
  const factor = tf.div(limit, tf.maximum(norm, limit));
  return gradients.map((gradient) => gradient.mul(factor));
}

function tensorsOf(batch: Batch): tf.Tensor[] {
  if (batch instanceof tf.Tensor) return [batch];
  return namesOf(batch).map((name) => (batch as Record<string, tf.Tensor>)[name]);
}

// Names in one order, whatever order they were written in; places for a list.
function namesOf(batch: Exclude<Batch, tf.Tensor>): string[] {
  return Array.isArray(batch) ? Object.keys(batch) : Object.keys(batch).sort();
}

function formOf(batch: Batch): string {
  if (batch instanceof tf.Tensor) return 'one tensor';
  return Array.isArray(batch)
    ? `a list of ${batch.length} tensors`
    : `tensors named ${namesOf(batch).join(', ')}`;
}

// How the tensors of a batch are put together again.
function shapeOf(batch: Batch): (tensors: tf.Tensor[]) => Batch {
  if (batch instanceof tf.Tensor) return ([tensor]) => tensor;
  if (Array.isArray(batch)) return (tensors) => tensors;
  const names = namesOf(batch);
  return (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
}
