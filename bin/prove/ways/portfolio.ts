import { availableParallelism } from 'node:os';
import { clearTimeout, setTimeout } from '../../../actors/tooling.ts';
import { endAhead, startAhead } from '../../../kinds/smt/engine/engine-native.ts';
import type { Settled } from '../../../kinds/smt/proving/tasks.ts';
import { SmtError } from '../../../kinds/smt/text/errors.ts';
import type { Goal } from '../../../kinds/smt/text/goal.ts';
import type { PortfolioFlag, Settings } from '../settings.ts';
import { Favourites } from './favourites.ts';
import { Processors } from './processors.ts';
import { type ProverFlags, startProvers } from './provers.ts';
import { type Answer, type Competitor, startRace } from './race.ts';
import type { OnFound, Way } from './way.ts';

/** The ms after which solvers for the next goal are started: those of this goal have begun. */
const AHEAD = 30;
/** The most solvers that are at work for each goal and engine: one may still work on an earlier goal. */
const SOLVERS = 2;
/**
 * The ms after which the others are asked beside those that were asked first: at least, and, if there are more engines
 * than processors, for a goal of which no favourite is known.
 */
const PATIENCE = { least: 100, crowd: 500 } as const;

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
 * Makes the way of several engines: the first `sat` or `unsat` for a goal counts, and an opposite answer soon after is an
 * error. All are asked at once about a goal for which no favourite is known; else the favourite has the first
 * processor, and the others get those that are idle. The next goal need not wait for engines that have lost.
 */
export function portfolio(flags: ProverFlags, settings: Settings, { engines, seeds, after }: PortfolioFlag): Way {
  const size = flags.size ?? 1;
  const processors = new Processors(Math.min(availableParallelism(), engines.length * seeds * size * SOLVERS));
  // Besides those that have found a processor idle, there may be one for each goal that was needed at once.
  const most = processors.count + size;
  const competitors = engines.flatMap((engine) =>
    Array.from({ length: seeds }, (_, seed): Competitor => {
      const name = seed === 0 ? engine : `${engine} with seed ${seed}`;
      // A worker that nobody asks for would take the processor of a solver for its start.
      const provers = startProvers({ ...flags, size: most }, engine, `proof-${name}`, 0);
      return { name, engine, seed, provers };
    }),
  );
  const used = new Set<string>();
  for (const { name, provers } of competitors) {
    provers.pool.on('task', ({ worker }) => void (worker === undefined || used.add(`${name} ${worker}`)));
  }
  const favourites = new Favourites();
  const isCrowded = competitors.length * size > processors.count;

  const prepare = () => {
    for (const { engine } of competitors) if (engine !== 'z3-wasm') startAhead(engine);
  };

  const start = (goal: Goal) => {
    const favourite = favourites.of(goal);
    return startRace(goal, {
      competitors: favourites.ranked(goal, competitors),
      atOnce: favourite === undefined ? Math.max(1, Math.floor(processors.count / size)) : 1,
      // Others that share the processor of a favourite would slow it down: it gets twice the time that it took before.
      patience:
        after ?? (isCrowded ? Math.max(PATIENCE.least, favourite ? 2 * favourite.ms : PATIENCE.crowd) : PATIENCE.least),
      settings,
      processors,
    });
  };

  return {
    async prove(goals, onFound) {
      let next = 0;
      const late: Promise<void>[] = [];
      const drive = async () => {
        for (let goal = goals[next++]; goal !== undefined; goal = goals[next++]) {
          const decided = goal;
          const { first, all } = start(goal);
          // A solver that is stopped leaves the next goal without one: it is started while this goal's are at work.
          const timer = next < goals.length ? setTimeout(prepare, AHEAD) : undefined;
          late.push(all.then((answers) => report(decided, answers, onFound)));
          const win = await first;
          clearTimeout(timer);
          if (win !== undefined) favourites.learn(goal, win);
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
