import { checkGoals } from '../../../kinds/smt/many/check-goals.ts';
import type { Goal } from '../../../kinds/smt/text/goal.ts';
import { SOME_FAILED } from '../../terminal/exit-codes.ts';
import { onInterrupt } from '../../terminal/interrupt.ts';
import { print, printColoured } from '../../terminal/terminal.ts';
import type { Settings } from '../settings.ts';
import { type ProverFlags, startProvers } from './provers.ts';
import { seeded } from './seeds.ts';

/** The outcomes of one goal over all runs. */
interface Trials {
  readonly verdicts: Map<string, number>;
  least: number;
  most: number;
}

/**
 * Proves each goal several times, each time in another order and with another seed, in contexts of their own. Prints the
 * goals whose verdict changes, or all with `all`. Sets the exit code to 1 if there is one.
 */
export async function findFlaky(
  goals: readonly Goal[],
  flags: ProverFlags & { readonly json: boolean; readonly all: boolean },
  settings: Settings,
  runs: number,
): Promise<void> {
  const { pool, twin } = startProvers(flags, settings.engine);
  const stopListening = onInterrupt(() => pool.destroy());
  const found = new Map(goals.map((goal): [Goal, Trials] => [goal, { verdicts: new Map(), least: Infinity, most: 0 }]));
  const { engine, oneShot, limits } = settings;
  for (let run = 0; run < runs; run++) {
    const originals = new Map(goals.map((goal) => [seeded({ ...goal }, engine, run), goal]));
    await checkGoals(pool, shuffled([...originals.keys()], run), {
      engine,
      oneShot,
      limits,
      mode: 'clean',
      model: false,
      size: pool.size,
      twin,
      onOutcome(goal, outcome) {
        const trials = found.get(originals.get(goal) as Goal) as Trials;
        const verdict = 'result' in outcome ? outcome.result.verdict : 'error';
        trials.verdicts.set(verdict, (trials.verdicts.get(verdict) ?? 0) + 1);
        const { rlimit } = 'result' in outcome ? outcome.result : {};
        if (rlimit === undefined) return;
        trials.least = Math.min(trials.least, rlimit);
        trials.most = Math.max(trials.most, rlimit);
      },
    });
  }
  await pool.destroy();
  stopListening();
  let unstable = 0;
  for (const [{ file, line, index, name }, { verdicts, least, most }] of found) {
    const isUnstable = verdicts.size > 1;
    if (isUnstable) unstable++;
    if (!isUnstable && !flags.all) continue;
    const counts = Object.fromEntries(verdicts);
    const spread = most === 0 ? {} : { least, most };
    if (flags.json)
      print(
        `${JSON.stringify({ type: 'trials', file, index, line, name, isUnstable, verdicts: counts, ...spread })}\n`,
      );
    else {
      const words = [...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
      const range = most === 0 ? '' : `, rlimit ${least} to ${most}`;
      print(
        `${isUnstable ? 'unstable' : 'stable  '} ${file}:${line}${name === undefined ? '' : ` ${name}`}: ${words}${range}\n`,
      );
    }
  }
  if (flags.json) print(`${JSON.stringify({ type: 'summary', goals: goals.length, runs, unstable })}\n`);
  else printColoured(`\n${goals.length} goals, ${runs} runs each: ${unstable} unstable\n`);
  if (unstable > 0 && process.exitCode === undefined) process.exitCode = SOME_FAILED;
}

/** Returns the items in another order for each number above 0. */
function shuffled<T>(items: readonly T[], run: number): T[] {
  const order = [...items];
  let state = run;
  for (let i = order.length - 1; i > 0 && run > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const other = state % (i + 1);
    [order[i], order[other]] = [order[other] as T, order[i] as T];
  }
  return order;
}
