import { checkGoals } from '../../../kinds/smt/many/check-goals.ts';
import type { Goal } from '../../../kinds/smt/text/goal.ts';
import { showPool } from '../../flags/view-flags.ts';
import type { Settings } from '../settings.ts';
import { type ProverFlags, startProvers } from './provers.ts';
import { seeded } from './seeds.ts';
import type { OnFound, Way } from './way.ts';

/**
 * Makes the way of one engine. `scales`: the factors of the limits, one an attempt; a goal that stays unknown gets the
 * next one, with another seed.
 */
export async function oneEngine(flags: ProverFlags, settings: Settings, scales: readonly number[]): Promise<Way> {
  const { pool, reported } = startProvers(flags, settings.engine);
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

  return {
    prove: (goals, onFound) => attempt(goals, onFound, 0),
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
