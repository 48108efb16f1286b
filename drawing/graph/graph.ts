/** One state of a machine, with its child states. */
export interface ChartState {
  /** The keys from the machine's root, joined by dots; empty for the root itself. */
  readonly path: string;
  readonly name: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly description: string | undefined;
  /** The actions on entry and on exit, and the invoked actors, one a line. */
  readonly notes: readonly string[];
  /** The path of the child state that is entered first. */
  readonly initial: string | undefined;
  readonly states: readonly ChartState[];
}

/** One transition. A transition with several targets becomes several edges. */
export interface ChartEdge {
  /** The id `from|event|to`, as in a picture's `data-edge`. */
  readonly id: string;
  readonly from: string;
  /** The path of the target; `undefined` without a target: the state does not change. */
  readonly to: string | undefined;
  readonly event: string;
  /** Is `true` if the transition leaves its state and enters it again, with equal source and target. */
  readonly reenters: boolean;
  /** Is `true` if the transition needs no event: it is taken as soon as its guard holds. */
  readonly isAlways: boolean;
  readonly guard: string | undefined;
  readonly actions: readonly string[];
  readonly description: string | undefined;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

/** A machine as pictures and tables need it. */
export interface Chart {
  readonly id: string;
  readonly root: ChartState;
  /** The transitions in the order of the machine's text. */
  readonly edges: readonly ChartEdge[];
}

/** Returns a state and all states in it. */
export function statesIn(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(statesIn)];
}

/** Returns whether a transition stays in its state. It is then text in the state's box and has no arrow. */
export function isInner({ from, to }: ChartEdge): boolean {
  return to === undefined || to === from;
}
