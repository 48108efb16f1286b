import { AbortController, clearTimeout, performanceNow, setTimeout } from '../../../actors/tooling.ts';
import { endAhead, startAhead } from '../../../kinds/smt/engine/engine-native.ts';
import { checkGoal } from '../../../kinds/smt/proving/check-goal.ts';
import type { GoalResult, Settled } from '../../../kinds/smt/proving/tasks.ts';
import { giveWay } from '../../../kinds/smt/session/sessions.ts';
import { SmtError } from '../../../kinds/smt/text/errors.ts';
import type { Goal } from '../../../kinds/smt/text/goal.ts';
import type { PortfolioFlag, Settings } from '../settings.ts';
import { type ProverFlags, type Provers, startProvers } from './provers.ts';
import { seeded } from './seeds.ts';
import type { OnFound, Way } from './way.ts';

/**
 * The time that the others get for their answer after the first decisive one: in ms, and as a part of its time. After
 * the first `full` ms they work only while no other process wants to.
 */
const GRACE = { full: 50, ms: 250, part: 0.1 } as const;
/** The ms after which solvers for the next goal are started: those of this goal have begun. */
const AHEAD = 30;
/** The solvers of a competitor for each goal under way: one may still work on the goal before. */
const SOLVERS = 2;

/** An engine with a seed, and its own workers. */
interface Competitor {
  readonly name: string;
  readonly engine: Settings['engine'];
  readonly seed: number;
  readonly provers: Provers;
}

/** An answer of a competitor. */
interface Answer {
  readonly name: string;
  readonly result: GoalResult;
}

/** The error of a goal that one engine proves and another refutes: at least one of them is wrong. */
class DisagreementError extends SmtError {
  readonly answers: readonly { readonly engine: string; readonly verdict: string }[];

  constructor({ file, line, column }: Goal, answers: readonly Answer[]) {
    const words = answers.map(({ name, result }) => `${name} says ${result.verdict}`).join(', but ');
    super('SMT_DISAGREED', `${file}:${line}:${column}: the engines disagree: ${words}`);
    this.answers = answers.map(({ name, result }) => ({ engine: name, verdict: result.verdict }));
  }
}

/**
 * Makes the way of several engines: all get each goal, and the first `sat` or `unsat` counts. The others are stopped a
 * moment later; an opposite answer that comes before is an error of the goal. The next goal need not wait for them.
 */
export function portfolio(flags: ProverFlags, settings: Settings, { engines, seeds }: PortfolioFlag): Way {
  const size = flags.size ?? 1;
  const competitors = engines.flatMap((engine) =>
    Array.from({ length: seeds }, (_, seed): Competitor => {
      const name = seed === 0 ? engine : `${engine} with seed ${seed}`;
      return {
        name,
        engine,
        seed,
        provers: startProvers({ ...flags, size: size * SOLVERS }, engine, `proof-${name}`),
      };
    }),
  );
  const used = new Set<string>();
  for (const { name, provers } of competitors) {
    provers.pool.on('task', ({ worker }) => void (worker === undefined || used.add(`${name} ${worker}`)));
  }

  const prepare = () => {
    for (const { engine } of competitors) if (engine !== 'z3-wasm') startAhead(engine);
  };

  return {
    async prove(goals, onFound) {
      let next = 0;
      const late: Promise<void>[] = [];
      const drive = async () => {
        let before: Race | undefined;
        for (let goal = goals[next++]; goal !== undefined; goal = goals[next++]) {
          const race = startRace(competitors, goal, settings);
          // A solver that is stopped leaves the next goal without one: it is started while this goal's are at work.
          const timer = next < goals.length ? setTimeout(prepare, AHEAD) : undefined;
          late.push(race.all.then((answers) => report(goal, answers, onFound)));
          await race.first;
          clearTimeout(timer);
          before?.stop();
          before = race;
        }
      };
      await Promise.all(Array.from({ length: size }, drive));
      await Promise.all(late);
    },
    async close() {
      await Promise.all(competitors.map(({ provers }) => provers.pool.destroy()));
      endAhead();
    },
    facts: () => ({ size: size * competitors.length, host: flags.host, workers: used.size }),
  };
}

/** The work of all competitors on one goal. */
interface Race {
  /** Resolves with the first decisive answer, or the last answer. */
  readonly first: Promise<void>;
  /** Resolves when all have answered or were stopped. */
  readonly all: Promise<readonly (Answer | Error)[]>;
  /** Stops those that have not answered. */
  stop(): void;
}

/** Asks all competitors. Those that have not answered a moment after the first decisive answer are stopped. */
function startRace(competitors: readonly Competitor[], goal: Goal, settings: Settings): Race {
  const answers: (Answer | Error)[] = [];
  let decide!: () => void;
  const first = new Promise<void>((resolve) => {
    decide = resolve;
  });
  const controller = new AbortController();
  const start = performanceNow();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const asked = competitors.map(async ({ name, engine, seed, provers }) => {
    try {
      const { mode, oneShot, limits } = settings;
      const options = { engine, mode, oneShot, limits, signal: controller.signal };
      const result = await checkGoal(provers.pool, seeded(goal, engine, seed), options);
      answers.push({ name, result: provers.reported(result) });
      if (result.verdict === 'unknown' || timer !== undefined) return;
      const grace = GRACE.ms + GRACE.part * (performanceNow() - start);
      timer = setTimeout(() => {
        giveWay(goal.key);
        timer = setTimeout(() => controller.abort(), grace - GRACE.full);
      }, GRACE.full);
      decide();
    } catch (error) {
      answers.push(error as Error);
    }
  });
  const all = Promise.all(asked).then(() => {
    clearTimeout(timer);
    decide();
    return answers;
  });
  return { first, all, stop: () => controller.abort() };
}

function report(goal: Goal, found: readonly (Answer | Error)[], onFound: OnFound): void {
  const answers = found.filter((each): each is Answer => !(each instanceof Error));
  const decisive = answers.filter(({ result }) => result.verdict !== 'unknown');
  const [first] = decisive;
  const other = decisive.find(({ result }) => result.verdict !== first?.result.verdict);
  if (first && other) return onFound(goal, { error: new DisagreementError(goal, [first, other]) }, {});
  const best = first ?? answers[0];
  const outcome: Settled = best === undefined ? { error: found[0] as Error } : { result: best.result };
  onFound(goal, outcome, best === undefined ? {} : { engine: best.name });
}
