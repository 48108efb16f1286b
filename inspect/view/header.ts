import type { InspectedPool } from '../../actors/inspection.ts';
import type { HeaderView } from '../messages.ts';
import { wordsOf } from './words.ts';

/** The time span of the rate. In ms. */
const SECOND = 1000;

/** The numbers at the top of the page, with the rate of the last second. */
export class Header {
  readonly #core: InspectedPool;
  readonly #stateOf: () => string;
  /** The numbers of ended tasks at times in the last second, and at one time before it. */
  readonly #past: { readonly at: number; readonly ended: number }[] = [];

  constructor(core: InspectedPool, stateOf: () => string) {
    this.#core = core;
    this.#stateOf = stateOf;
  }

  /** Returns the numbers. `at` is the time, in ms. */
  read(at: number): HeaderView {
    const { counts, pending, state } = this.#core;
    const ended = counts.completed + counts.failed;
    const past = this.#past;
    past.push({ at, ended });
    while (past.length > 2 && at - (past[1]?.at ?? at) >= SECOND) past.shift();
    const since = past[0] ?? { at, ended };
    const elapsed = Math.max(SECOND, at - since.at);
    const problem = problemOf(this.#core);
    return {
      state: this.#stateOf(),
      waiting: state.queue.length,
      running: Math.max(0, pending - state.queue.length),
      done: counts.completed,
      failed: counts.failed,
      rate: Math.round(((ended - since.ended) * SECOND) / elapsed),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}

/** Returns the problem in our own words: the pool's message would name tasks. */
function problemOf({ state }: InspectedPool): string | undefined {
  if (state.phase === 'destroying') return undefined;
  if (state.degraded !== undefined) {
    return `degraded: workers cannot start (${wordsOf(state.degraded)}), and every task fails`;
  }
  if (!state.isStalled) return undefined;
  const workers = state.size === 0 ? 'the pool has no workers' : 'no worker takes any of them';
  return `stalled: ${state.queue.length} queued task(s) wait, ${workers}, and nothing under way can change that`;
}
