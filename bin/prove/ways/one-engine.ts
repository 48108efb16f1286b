import { checkGoals } from '../../../kinds/smt/many/check-goals.ts';
import { checkGoal } from '../../../kinds/smt/proving/check-goal.ts';
import type { GoalResult } from '../../../kinds/smt/proving/tasks.ts';
import type { Limits } from '../../../kinds/smt/session/messages.ts';
import type { Goal } from '../../../kinds/smt/text/goal.ts';
import { showPool } from '../../flags/view-flags.ts';
import type { Hints } from '../hints/hints.ts';
import type { Settings } from '../settings.ts';
import { type ProverFlags, startProvers } from './provers.ts';
import { seeded } from './seeds.ts';
import type { OnFound, Way } from './way.ts';

/**
 * Makes the way of one engine. `scales`: the factors of the limits, one an attempt; a goal that stays unknown gets the
 * next one, with another seed. `hints` are tried before, and learnt after the last outcome.
 */
export async function oneEngine(
  flags: ProverFlags,
  settings: Settings,
  scales: readonly number[],
  hints?: Hints,
): Promise<Way> {
  const { pool, twin, reported } = startProvers(flags, settings.engine);
  const used = new Set<string>();
  pool.on('task', ({ worker }) => void (worker === undefined || used.add(worker)));
  const stopShowing = await showPool(pool, { ...flags, watch: flags.draw });
  const { size } = pool;

  async function attempt(goals: readonly Goal[], onFound: OnFound, nth: number): Promise<void> {
    const scale = scales[nth] ?? 1;
    const left: Goal[] = [];
    const originals = new Map(goals.map((goal) => [seeded(goal, settings.engine, nth), goal]));
    const { engine, mode, oneShot } = settings;
    await checkGoals(pool, [...originals.keys()], {
      engine,
      mode,
      oneShot,
      limits: scaled(settings.limits, scale),
      size,
      twin,
      onOutcome(tried, outcome) {
        const goal = originals.get(tried) as Goal;
        const isOpen =
          'result' in outcome && outcome.result.verdict === 'unknown' && outcome.result.reason !== 'cancelled';
        if (isOpen && nth + 1 < scales.length) left.push(goal);
        else if ('error' in outcome) onFound(goal, outcome, {});
        else onFound(goal, { result: reported(outcome.result) }, nth === 0 ? {} : { scale });
      },
    });
    if (left.length > 0) await attempt(left, onFound, nth + 1);
  }

  const ask = async (goal: Goal, limits: Limits) => {
    const { engine, mode, oneShot } = settings;
    return reported(await checkGoal(pool, goal, { engine, mode, oneShot, limits, model: false }));
  };

  return {
    async prove(goals, onFound) {
      if (hints === undefined) return attempt(goals, onFound, 0);
      const proved: [Goal, GoalResult][] = [];
      const left = await hints.tryFirst(goals, ask, onFound);
      await attempt(
        left,
        (goal, outcome, origin) => {
          onFound(goal, outcome, origin);
          if ('result' in outcome && outcome.result.verdict === 'unsat') proved.push([goal, outcome.result]);
        },
        0,
      );
      await Promise.all(proved.map(([goal, proof]) => hints.learn(goal, proof, ask)));
    },
    async close() {
      stopShowing();
      await pool.destroy();
    },
    facts: () => ({ size, host: flags.host, workers: used.size }),
  };
}

function scaled({ timeoutMs, rlimit, ...others }: Settings['limits'], scale: number): Settings['limits'] {
  return {
    ...others,
    ...(timeoutMs === undefined ? {} : { timeoutMs: timeoutMs * scale }),
    ...(rlimit === undefined ? {} : { rlimit: rlimit * scale }),
  };
}
