/** The form of the engine's words about the section variables of a proof; the first command has the smallest set. */
const FORM = /^The proof of \S+\s+should start with one of the following commands:\s+Proof using ([^.]*)\. /;
/** Names that mean something else behind `Proof using`. */
const RESERVED = /(?:^| )(?:All|Type)(?: |$)/;

/** The question for the goal of an open proof, with all section variables above it. */
export const GOAL = 'Show.';

/** Is `true` if there are definitions among the section variables, given the goal behind the statement of a proof. */
export function hasDefinitions(goal: string): boolean {
  const [context = ''] = goal.split('====');
  return context.includes(':=');
}

/** The section variables of a closed proof, as words behind `Proof using`, and the time in ms that it took at most. */
interface Suggestion {
  readonly uses: string;
  readonly ms: number;
}

/** The section variables that the engine says its closed proofs use (`Set Suggest Proof Using`), by their states. In the worker. */
export class Suggestions {
  readonly #byState = new Map<number, Suggestion | undefined>();
  #since = performance.now();

  /** Says that the engine gets work now: the time of its first proof begins. */
  begin(): void {
    this.#since = performance.now();
  }

  /** Reads a message of the engine. Two such messages at one state are not understood. */
  read(state: number, message: string): void {
    if (!message.startsWith('The proof of ')) return;
    const uses = FORM.exec(`${message} `)?.[1]?.trim();
    const isClear = uses !== undefined && !RESERVED.test(uses) && !this.#byState.has(state);
    const now = performance.now();
    this.#byState.set(state, isClear ? { uses, ms: now - this.#since } : undefined);
    this.#since = now;
  }

  /** Returns what is known of the proof that this state closes. */
  at(state: number): Suggestion | undefined {
    return this.#byState.get(state);
  }
}
