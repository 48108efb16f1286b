import type { EngineName } from '../../../kinds/smt/engine/engine.ts';
import type { GoalResult, Settled } from '../../../kinds/smt/proving/tasks.ts';
import type { Limits } from '../../../kinds/smt/session/messages.ts';
import { type Goal, hashOf } from '../../../kinds/smt/text/goal.ts';
import type { CheckedLines } from '../memory/checked-lines.ts';
import type { OnFound } from '../ways/way.ts';
import { askingForCore, assertionsOf, coreIn, reducedTo } from './core-goals.ts';

/** The assertions that were enough for a proof, and its cost. */
interface Hint extends Pick<GoalResult, 'rlimit'> {
  readonly core: readonly string[];
  readonly ms: number;
}

/** Asks a solver about a goal within limits. */
type Ask = (goal: Goal, limits: Limits) => Promise<GoalResult>;

/** A search with the part of a goal that was enough before takes at most this many times its cost, and a little more. */
const MORE = { times: 4, units: 200_000, ms: 1000 } as const;

/**
 * The assertions that were enough for the proof of each goal, by its file and its name or position. They are tried
 * first when the goal has changed: a hint that is wrong costs time, but never a verdict.
 */
export class Hints {
  readonly #lines: CheckedLines;
  readonly #engine: EngineName;
  readonly #limits: Limits;

  constructor(lines: CheckedLines, engine: EngineName, limits: Limits) {
    this.#lines = lines;
    this.#engine = engine;
    this.#limits = limits;
  }

  /** Tries goals by their hints. Reports those that are proved, and returns the others. */
  async tryFirst(goals: readonly Goal[], ask: Ask, onFound: OnFound): Promise<Goal[]> {
    const isOpen = await Promise.all(
      goals.map(async (goal) => {
        const hint = this.#hintOf(goal);
        if (hint === undefined) return true;
        const reduced = reducedTo(goal, new Set(hint.core));
        const outcome = await settledOf(ask(reduced, this.#boundsOf(hint)));
        if (!('result' in outcome) || outcome.result.verdict !== 'unsat') return true;
        onFound(goal, outcome, { hinted: true });
        return false;
      }),
    );
    return goals.filter((_, i) => isOpen[i]);
  }

  /** Finds and remembers the assertions that are enough for a goal that was proved. */
  async learn(goal: Goal, proof: GoalResult, ask: Ask): Promise<void> {
    if (!isPlain(goal) || assertionsOf(goal).length < 2) return;
    const outcome = await settledOf(ask(askingForCore(goal), this.#boundsOf(proof)));
    const answer = 'result' in outcome && outcome.result.verdict === 'unsat' ? outcome.result.answers?.[0] : undefined;
    const core = answer === undefined ? undefined : coreIn(goal, answer);
    if (core === undefined) return;
    const { rlimit, ms } = proof;
    const hint: Hint = { core, ms, ...(rlimit === undefined ? {} : { rlimit }) };
    this.#lines.add(keyOf(goal), hint);
  }

  /** Returns the hint for a goal that has more assertions. */
  #hintOf(goal: Goal): Hint | undefined {
    const hint = isPlain(goal) ? (this.#lines.get(keyOf(goal)) as Hint | undefined) : undefined;
    const isSmaller = hint !== undefined && assertionsOf(goal).some((hash) => !hint.core.includes(hash));
    return isSmaller ? hint : undefined;
  }

  #boundsOf({ rlimit, ms }: Pick<Hint, 'rlimit' | 'ms'>): Limits {
    const counts = (this.#engine === 'z3' || this.#engine === 'z3-wasm') && rlimit !== undefined;
    const own: Limits = counts
      ? { rlimit: MORE.times * rlimit + MORE.units }
      : { timeoutMs: Math.ceil(MORE.times * ms + MORE.ms) };
    const least = (a: number | undefined, b: number | undefined) => Math.min(a ?? Infinity, b ?? Infinity);
    const bounds = {
      ...this.#limits,
      rlimit: least(own.rlimit, this.#limits.rlimit),
      timeoutMs: least(own.timeoutMs, this.#limits.timeoutMs),
    };
    return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== Infinity));
  }
}

/** Returns whether a goal is one check of its assertions, and its file asks no more. */
const isPlain = ({ check, asks = [], rejected }: Goal): boolean =>
  /^\(\s*check-sat\s*\)$/.test(check) && asks.length === 0 && rejected === undefined;

const keyOf = ({ file, name, index }: Goal): string => `hint:${hashOf(JSON.stringify([file, name ?? index]))}`;

function settledOf(asked: Promise<GoalResult>): Promise<Settled> {
  return asked.then(
    (result) => ({ result }),
    (error: Error) => ({ error }),
  );
}
