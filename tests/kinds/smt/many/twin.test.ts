import test from 'ava';
import { createPool, type PoolOf } from '../../../../actors/index.ts';
import proof from '../../../../kinds/proof.ts';
import { findProgram } from '../../../../kinds/smt/engine/native-process.ts';
import { checkGoal } from '../../../../kinds/smt/proving/check-goal.ts';
import type { Again, GoalResult, ProofTypes, RunTask } from '../../../../kinds/smt/proving/tasks.ts';
import { readDocument } from '../../../../kinds/smt/text/document.ts';
import type { Goal } from '../../../../kinds/smt/text/goal.ts';
import { hard } from '../../../support/smt-requests.ts';
import { isAlive } from '../../../support/witness.ts';

const ENGINES = (['z3', 'cvc5'] as const).filter((name) => findProgram(name) !== undefined);
const withZ3 = findProgram('z3') === undefined ? test.skip : test;

const PREFIX = '(declare-const x Int)(declare-const y Int)(declare-fun f (Int) Int)\n(assert (= (f 0) 1))\n';
const HARD = hard.replace('(check-sat)', '');
const plain = (i: number): string => `(assert (> (f x) ${i}))${i % 3 === 0 ? '' : `(assert (< (f x) ${i}))`}`;

/** Returns goals in frames over a prefix, each with the text of its number. */
function goalsOf(count: number, textOf: (i: number) => string, options = ''): readonly Goal[] {
  const goals = Array.from({ length: count }, (_, i) => `(push 1)${textOf(i)}(check-sat)(pop 1)\n`);
  return readDocument(`${options}(set-logic ALL)\n${PREFIX}${goals.join('')}`, 'twin.smt2').goals;
}

const startPool = (): PoolOf<ProofTypes> => createPool(proof, { size: 1, host: 'thread' });

/** Waits until processes have ended. */
async function allEnded(pids: readonly (number | undefined)[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise(setImmediate);
}

interface Ran {
  readonly results: GoalResult[];
  /** How the goal after the results must be checked, if the run has ended early. */
  readonly stops: (Again | undefined)[];
}

/** Checks goals as one run with a twin. `onResult` is called with each result. */
async function run(
  pool: PoolOf<ProofTypes>,
  goals: readonly Goal[],
  options: Partial<RunTask>,
  onResult: (result: GoalResult, results: readonly GoalResult[]) => void = () => {},
): Promise<Ran> {
  const results: GoalResult[] = [];
  const stops: (Again | undefined)[] = [];
  await pool.run({
    type: 'run',
    goals,
    model: false,
    twin: true,
    ...options,
    onResult(result) {
      results.push(result);
      onResult(result, results);
    },
    onStop: (again) => void stops.push(again),
  });
  return { results, stops };
}

const pidsOf = (results: readonly GoalResult[]) => [...new Set(results.map(({ solverPid }) => solverPid))];
const plainOf = ({ verdict, rlimit }: GoalResult) => ({ verdict, rlimit });

for (const engine of ENGINES) {
  test(`${engine}: two processes check the goals of a run by turns, with the outcomes of goals by themselves`, async (t) => {
    const pool = startPool();
    const goals = goalsOf(40, plain);
    const { results, stops } = await run(pool, goals, { engine });
    t.deepEqual(stops, []);
    const pids = pidsOf(results);
    t.true(pids.length > 1);
    // A process of cvc5 that has been slow is followed by another one.
    if (engine === 'z3') {
      // The first goal is checked before the solver has accepted the settings.
      const turns = goals.slice(1).map((_, i) => pids[i % 2 === 0 ? 1 : 0]);
      t.deepEqual(
        results.slice(1).map(({ solverPid }) => solverPid),
        turns,
      );
    }
    const alone: GoalResult[] = [];
    for (const goal of goals) alone.push(await checkGoal(pool, goal, { engine, mode: 'clean', model: false }));
    t.deepEqual(results.map(plainOf), alone.map(plainOf));
    await pool.destroy();
    await allEnded([...pids, ...pidsOf(alone)]);
  });
}

withZ3('both processes of a solver get the limits of a run, and none from the run before', async (t) => {
  await using pool = startPool();
  const goals = goalsOf(20, plain);
  const limited = await run(pool, goals, { engine: 'z3', limits: { rlimit: 1_000_000, timeoutMs: 60_000 } });
  const free = await run(pool, goals, { engine: 'z3' });
  t.is(pidsOf([...limited.results, ...free.results]).length, 2);
  const goalsAlone: GoalResult[] = [];
  for (const goal of goals) goalsAlone.push(await checkGoal(pool, goal, { engine: 'z3', mode: 'clean', model: false }));
  t.deepEqual(free.results.map(plainOf), goalsAlone.map(plainOf));
});

withZ3('both processes of a solver end before a run with other options', async (t) => {
  await using pool = startPool();
  const first = await run(pool, goalsOf(20, plain, '(set-option :smt.relevancy 0)'), { engine: 'z3' });
  const second = await run(pool, goalsOf(20, plain), { engine: 'z3' });
  t.is(pidsOf([...first.results, ...second.results]).length, 4);
  await allEnded(pidsOf(first.results));
});

withZ3('when one process dies, its goal ends the run, and the goals before it keep their verdicts', async (t) => {
  await using pool = startPool();
  const goals = goalsOf(40, (i) => (i === 20 ? HARD : plain(i)));
  const { results, stops } = await run(pool, goals, { engine: 'z3' }, (_, { length, 18: earlier }) => {
    if (length === 20) process.kill(earlier?.solverPid as number, 'SIGKILL');
  });
  t.is(results.length, 20);
  t.deepEqual(stops, [{ fresh: true, mismatches: 0 }]);
  await allEnded(pidsOf(results));
});

withZ3('a goal whose time is over ends the run with its own reason, process and time', async (t) => {
  await using pool = startPool();
  const goals = goalsOf(40, (i) => (i === 20 ? HARD : plain(i)));
  await run(pool, goals.slice(0, 1), { engine: 'z3' });
  const start = performance.now();
  const { results, stops } = await run(pool, goals, { engine: 'z3', limits: { timeoutMs: 3000 } });
  const total = performance.now() - start;
  t.is(results.length, 21);
  t.deepEqual(stops, [undefined]);
  const last = results.at(-1) as GoalResult;
  t.like(last, { verdict: 'unknown', reason: 'timeout' });
  t.true(last.ms > 1000, `${last.ms} ms`);
  // A process works on one goal at a time.
  for (const pid of pidsOf(results)) {
    const times = results.filter(({ solverPid }) => solverPid === pid).map(({ ms }) => ms);
    const sum = times.reduce((all, ms) => all + ms, 0);
    t.true(sum < total, `${times.join(' + ')} is more than ${total} ms`);
  }
  t.is(pidsOf(results).length, 2);
});

withZ3('cancelling a run ends both processes', async (t) => {
  await using pool = startPool();
  const controller = new AbortController();
  const pids: (number | undefined)[] = [];
  const goals = goalsOf(40, (i) => (i === 20 ? HARD : plain(i)));
  const running = pool.run(
    {
      type: 'run',
      goals,
      engine: 'z3',
      model: false,
      twin: true,
      onResult({ solverPid }) {
        if (pids.push(solverPid) === 20) controller.abort();
      },
      onStop: () => {},
    },
    { signal: controller.signal },
  );
  await t.throwsAsync(running, { code: 'CANCELLED' });
  t.is(new Set(pids).size, 2);
  await pool.destroy();
  await allEnded(pids);
});
