/** One state of a machine, with the states in it. */
export interface ChartState {
  /** The keys from the machine's root, joined by dots; empty for the root itself. */
  readonly path: string;
  readonly name: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly description: string | undefined;
  /** What it does on entry and on exit, and what it invokes, a line each. */
  readonly notes: readonly string[];
  /** The path of the state that is entered first. */
  readonly initial: string | undefined;
  readonly states: readonly ChartState[];
}

/** One transition; one with several targets is several of these. */
export interface ChartEdge {
  /** `from|event|to`, as pictures carry it in `data-edge`. */
  readonly id: string;
  readonly from: string;
  /** `undefined` where the transition has no target: the state stays as it is. */
  readonly to: string | undefined;
  readonly event: string;
  /** Leaves its state and enters it again, where both are the same. */
  readonly reenters: boolean;
  /** Taken without an event, as soon as its guard holds. */
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
  /** In the order of the machine's text. */
  readonly edges: readonly ChartEdge[];
}

/** A state and all those in it. */
export function statesIn(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(statesIn)];
}

/** Whether a transition leads nowhere else: it stands in its state's box and has no arrow. */
export function isInner({ from, to }: ChartEdge): boolean {
  return to === undefined || to === from;
}
