import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Processors } from '../../../../bin/prove/ways/processors.ts';
import { startProvers } from '../../../../bin/prove/ways/provers.ts';
import { type Competitor, startRace } from '../../../../bin/prove/ways/race.ts';
import type { EngineName } from '../../../../kinds/smt/engine/engine.ts';
import { readDocument } from '../../../../kinds/smt/text/document.ts';
import type { Goal } from '../../../../kinds/smt/text/goal.ts';
import { folderOf } from '../../../support/cli.ts';
import { countedSolver } from '../../../support/counted-solver.ts';

// A script needs a shell.
const onPosix = existsSync('/bin/sh') ? test : test.skip;
const goal = readDocument('(declare-const p Bool)(assert p)(check-sat)', 'g.smt2').goals[0] as Goal;

/** Races two solvers on one processor, which is busy with another goal unless told; `answers` are lines of shell. */
function race(
  t: ExecutionContext,
  answers: readonly [string, string],
  { atOnce = 1, patience = 1e9, isBusy = true } = {},
) {
  const folder = folderOf(t, {});
  const solvers = answers.map((answer, i) => countedSolver(join(folder, `${i}`), `s${i}`, answer));
  const competitors = solvers.map(({ engine }, i): Competitor => {
    const flags = { host: 'process', isHostChosen: false, draw: false, size: 2 } as const;
    const provers = startProvers(flags, engine as EngineName, `proof-${i}-${basename(folder)}`);
    return { name: `${i}`, engine: engine as EngineName, seed: 0, provers };
  });
  t.teardown(() => Promise.all(competitors.map(({ provers }) => provers.pool.destroy())));
  const settings = { engine: 'z3', mode: 'incremental', oneShot: false, limits: {}, scales: [1] } as const;
  const processors = new Processors(1);
  // Another goal is at work.
  if (isBusy) processors.take();
  const options = { competitors, atOnce, patience, settings, processors };
  return { solvers, ...startRace(goal, options) };
}

const verdictsOf = (answers: readonly unknown[]) =>
  answers.map((each) => (each as { result?: { verdict: string } }).result?.verdict ?? 'error');

onPosix('an engine that waits for a processor is not asked about a goal that another has decided', async (t) => {
  const { first, all, solvers } = race(t, ['echo unsat', 'echo unsat'], { isBusy: false });
  t.is((await first)?.name, '0');
  t.deepEqual(verdictsOf(await all), ['unsat']);
  t.is(solvers[1]?.checks(), 0);
});

for (const [what, answer, verdict] of [
  ['is unknown to it', 'echo unknown', 'unknown'],
  ['kills it', 'exit 3', 'error'],
] as const) {
  onPosix(`after an engine of no help all others are asked at once: the goal ${what}`, async (t) => {
    const { first, all } = race(t, [answer, 'echo unsat']);
    t.is((await first)?.name, '1');
    t.deepEqual(verdictsOf(await all), [verdict, 'unsat']);
  });
}

onPosix('the others are asked after a while although the first is still at work, which is then ended', async (t) => {
  const { first, all } = race(t, ['kill -STOP $$', 'echo unsat'], { patience: 1 });
  t.is((await first)?.name, '1');
  t.deepEqual(verdictsOf(await all), ['unsat', 'error']);
});

onPosix('a race without a decisive answer ends with the last one', async (t) => {
  const { first, all } = race(t, ['echo unknown', 'echo unknown'], { atOnce: 2 });
  t.is(await first, undefined);
  t.deepEqual(verdictsOf(await all), ['unknown', 'unknown']);
});
