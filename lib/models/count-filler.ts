/**
 * What counting alone can fill in: the distribution of each unknown token given all known ones of a window,
 * on both sides, if the text is a chain of n-grams. It is the floor for a model that fills in by learning.
 *
 *   P(x_i | known) ∝ Σ over the other unknown tokens of Π_t P(x_t | x_{t-n+1} … x_{t-1})
 *
 * by the forward-backward algorithm (Baum, Petrie, Soules & Weiss 1970,
 * https://doi.org/10.1214/aoms/1177697196) over the contexts of n - 1 tokens. Of the contexts that are
 * possible at a place only the likely ones are followed; what is cut off is paid for with a share of the
 * frequencies of single tokens.
 */
import {NGram, type Context, type Filler, type NGramOptions} from './n-gram';

/** A context is dropped when its probability, from the left, is below this share of the best one's ... */
const CUT = 1e-5;
/** ... and when there are this many better ones. */
const MOST = 1000;
/** Share of the single tokens' frequencies in each distribution. */
const FLOOR = 0.01;

// A context at one place of the window, with the token that led to it.
interface State {
  context: Context;
  token: number;
  forward: number;
  backward: number;
}

interface Step {
  states: State[];
  /** Which state led to which, with what probability. */
  edges: {from: State; to: State; p: number}[];
}

export class CountFiller implements Filler {
  private constructor(private readonly chain: NGram) {}

  /** Counts n-grams: see {@link NGram.fit}, whose options and errors these are. */
  static fit(tokens: ArrayLike<number>, size: number, options: NGramOptions = {}): CountFiller {
    return new CountFiller(NGram.fit(tokens, size, options));
  }

  fill(window: ArrayLike<number>): Map<number, Float64Array> {
    const steps: Step[] = [];
    let states: State[] = [{context: {key: 0, length: 0}, token: -1, forward: 1, backward: 0}];
    for (let place = 0; place < window.length; place++) {
      const step = window[place] < this.chain.size ? this.known(states, window[place]) : this.unknown(states);
      states = step.states;
      steps.push(step);
    }
    for (const state of states) state.backward = 1;
    const frequencies = this.chain.distribution({key: 0, length: 0});
    const filled = new Map<number, Float64Array>();
    for (let place = window.length - 1; place >= 0; place--) {
      const step = steps[place];
      if (!(window[place] < this.chain.size)) filled.set(place, posterior(step, frequencies));
      goBack(step);
    }
    return filled;
  }

  private known(states: State[], token: number): Step {
    const next = new Next(this.chain);
    for (const state of states) next.add(state, token, this.chain.probability(state.context, token));
    return next.step();
  }

  private unknown(states: State[]): Step {
    const options = states.map((state) => this.chain.distribution(state.context));
    let best = 0;
    states.forEach(({forward}, i) => options[i].forEach((p) => (best = Math.max(best, forward * p))));
    const next = new Next(this.chain);
    states.forEach((state, i) =>
      options[i].forEach((p, token) => {
        if (state.forward * p >= CUT * best) next.add(state, token, p);
      }),
    );
    return next.step();
  }
}

// The states after one more token: those with the same context are one.
class Next {
  private readonly states = new Map<number, State>();
  private readonly edges: Step['edges'] = [];

  constructor(private readonly chain: NGram) {}

  add(from: State, token: number, p: number): void {
    const context = this.chain.extend(from.context, token);
    let to = this.states.get(context.key);
    if (!to) this.states.set(context.key, (to = {context, token, forward: 0, backward: 0}));
    to.forward += from.forward * p;
    this.edges.push({from, to, p});
  }

  step(): Step {
    const sorted = [...this.states.values()].sort((a, b) => b.forward - a.forward).slice(0, MOST);
    const best = sorted[0].forward;
    const states = sorted.filter((state) => state.forward >= CUT * best);
    for (const state of states) state.forward /= best; // or a long window would come to 0
    return {states, edges: this.edges};
  }
}

function posterior({states}: Step, frequencies: Float64Array): Float64Array {
  const weights = new Float64Array(frequencies.length);
  for (const {token, forward, backward} of states) weights[token] += forward * backward;
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight, token) => ((1 - FLOOR) * weight) / total + FLOOR * frequencies[token]);
}

// Hands the backward probabilities of a step's states to those they came from.
function goBack({states, edges}: Step): void {
  const most = states.reduce((best, state) => Math.max(best, state.backward), 0);
  for (const {from, to, p} of edges) from.backward += (p * to.backward) / most;
}
