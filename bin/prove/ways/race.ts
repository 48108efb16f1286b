import { AbortController, clearTimeout, performanceNow, setTimeout } from '../../../actors/tooling.ts';
import { checkGoal } from '../../../kinds/smt/proving/check-goal.ts';
import type { GoalResult } from '../../../kinds/smt/proving/tasks.ts';
import type { Goal } from '../../../kinds/smt/text/goal.ts';
import type { Settings } from '../settings.ts';
import type { Win } from './favourites.ts';
import type { Processors } from './processors.ts';
import type { Provers } from './provers.ts';
import { seeded } from './seeds.ts';

/**
 * The ms for which an engine may still answer after the first decisive answer: at least, a part of its time, at most.
 * In the first `sure` ms no other goal takes its processor: a new solver in its place would cost as much.
 */
const GRACE = { sure: 20, least: 250, part: 0.1, most: 900 } as const;

/** An engine with a seed, and its own workers. */
export interface Competitor {
  readonly name: string;
  readonly engine: Settings['engine'];
  readonly seed: number;
  readonly provers: Provers;
}

/** An answer of a competitor. */
export interface Answer {
  readonly name: string;
  readonly result: GoalResult;
}

/** The conditions of a race. */
interface RaceOptions {
  /** The competitors, in the order in which they are asked. */
  readonly competitors: readonly Competitor[];
  /** The number of those that are asked at once. */
  readonly atOnce: number;
  /** The ms after which the others are asked in any case. */
  readonly patience: number;
  readonly settings: Settings;
  readonly processors: Processors;
}

/** The work of the competitors on one goal. */
export interface Race {
  /** Resolves with the first decisive answer, or with `undefined` after the last answer. */
  readonly first: Promise<Win | undefined>;
  /** Resolves when all that were asked have answered or were stopped. */
  readonly all: Promise<readonly (Answer | Error)[]>;
}

/**
 * Asks competitors about a goal. The first ones are asked at once. The others are asked when a processor is idle, when
 * one of the first is of no help, or after a while, unless the goal is decided before. Those that have not answered a
 * moment after the first decisive answer are stopped; sooner if another goal needs their processor.
 */
export function startRace(goal: Goal, { competitors, atOnce, patience, settings, processors }: RaceOptions): Race {
  const waiting = [...competitors];
  const answers: (Answer | Error)[] = [];
  const controller = new AbortController();
  let atWork = 0;
  let isDecided = false;
  let decide!: (win: Win | undefined) => void;
  let end!: (answers: readonly (Answer | Error)[]) => void;
  const first = new Promise<Win | undefined>((resolve) => {
    decide = resolve;
  });
  const all = new Promise<readonly (Answer | Error)[]>((resolve) => {
    end = resolve;
  });
  const stop = () => controller.abort();
  const askNext = () => askSome(1);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function askSome(count: number): void {
    const asked = waiting.splice(0, count);
    if (waiting.length === 0) stopWaiting();
    for (const competitor of asked) void ask(competitor);
  }

  function stopWaiting(): void {
    waiting.length = 0;
    clearTimeout(timer);
    processors.leave(askNext);
  }

  async function ask({ name, engine, seed, provers }: Competitor): Promise<void> {
    atWork++;
    processors.take();
    const start = performanceNow();
    try {
      const { mode, oneShot, limits } = settings;
      const options = { engine, mode, oneShot, limits, signal: controller.signal };
      const result = await checkGoal(provers.pool, seeded(goal, engine, seed), options);
      answers.push({ name, result: provers.reported(result) });
      if (result.verdict !== 'unknown' && !isDecided) win({ name, ms: performanceNow() - start });
    } catch (error) {
      answers.push(error as Error);
    }
    atWork--;
    processors.release();
    // It was of no help: the others are needed at once.
    if (!isDecided) askSome(waiting.length);
    if (atWork > 0) return;
    clearTimeout(timer);
    processors.leave(stop);
    decide(undefined);
    end(answers);
  }

  function win(found: Win): void {
    isDecided = true;
    stopWaiting();
    const grace = Math.min(GRACE.most, Math.max(GRACE.least, GRACE.part * found.ms));
    timer = setTimeout(() => {
      timer = setTimeout(stop, grace - GRACE.sure);
      processors.spare(stop);
    }, GRACE.sure);
    decide(found);
  }

  askSome(atOnce);
  if (waiting.length > 0) {
    timer = setTimeout(() => askSome(waiting.length), patience);
    processors.whenIdle(askNext);
  }
  return { first, all };
}
