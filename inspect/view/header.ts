import type { InspectedPool } from '../../actors/inspection.ts';
import type { CompetenceView, HeaderView } from '../messages.ts';
import { wordsOf } from './words.ts';

/** The time span of the rate. In ms. */
const SECOND = 1000;

/** A moment in the last second, or the last one before it. */
interface Moment {
  readonly at: number;
  /** The number of tasks that had ended. */
  readonly ended: number;
  /** The share of the workers that were busy. */
  readonly busy: number;
}

/** The numbers at the top of the page, with the rate of the last second. */
export class Header {
  readonly #core: InspectedPool;
  readonly #stateOf: () => string;
  readonly #past: Moment[] = [];

  constructor(core: InspectedPool, stateOf: () => string) {
    this.#core = core;
    this.#stateOf = stateOf;
  }

  /** Returns the numbers. `at` is the time, in ms; `wait` the mean wait of the last second, if it is known. */
  read(at: number, wait?: number): HeaderView {
    const { counts, pending, state } = this.#core;
    const ended = counts.completed + counts.failed;
    const past = this.#past;
    past.push({ at, ended, busy: state.seats.size === 0 ? 0 : state.busy / state.seats.size });
    while (past.length > 2 && at - (past[1]?.at ?? at) >= SECOND) past.shift();
    const since = past[0] ?? { at, ended, busy: 0 };
    const elapsed = Math.max(SECOND, at - since.at);
    const problem = problemOf(this.#core);
    const competence = competenceIn(this.#core);
    return {
      state: this.#stateOf(),
      waiting: state.queue.length,
      running: Math.max(0, pending - state.queue.length - state.delayed.size),
      done: counts.completed,
      failed: counts.failed,
      rate: Math.round(((ended - since.ended) * SECOND) / elapsed),
      busy: Math.round((past.reduce((all, { busy }) => all + busy, 0) / past.length) * 100) / 100,
      ...(wait === undefined ? {} : { wait }),
      ...(competence === undefined ? {} : { competence }),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}

/** Returns the figures on competences; `undefined` if the workers of the kind do not choose their tasks. */
function competenceIn({ state: { rules, scheduling } }: InspectedPool): CompetenceView | undefined {
  if (!rules.matching.isPicky) return undefined;
  const rounded = (ms: number) => Math.round(ms * 10) / 10;
  const { cost, work } = scheduling.means;
  return { ...scheduling.counts, meanCost: rounded(cost), meanWork: rounded(work) };
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
