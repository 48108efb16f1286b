import type { TaskOutcome } from '../../actors/index.ts';
import { type Goal, GoalError, par, readDocument, type TacticTask, tactic } from '../../kinds/index.ts';
import { isAlive } from './liveness.ts';
import { runIfMain } from './program.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioRun } from './scenario-run.ts';

/** Numbers that are hard to factor: their goals take minutes. */
const products = ['7ffffffffffffe29', '000001ffffffffd9', '3fffffffffffffc7', '0fffffffffffffa3'];

const goals = readDocument(
  `(set-logic QF_BV)
   (define-fun wide ((x (_ BitVec 32))) (_ BitVec 64) ((_ zero_extend 32) x))
   (declare-const a (_ BitVec 32))
   (declare-const b (_ BitVec 32))
   ${goal('and plus or is the sum', '(not (= (bvadd (bvand a b) (bvor a b)) (bvadd a b)))')}
   ${goal('a sum is no less than its parts', '(not (bvuge (bvadd a b) a))')}
   ${products.map((product) => goal(`0x${product} is no product`, `(and (bvugt a #x00000001) (bvugt b #x00000001) (= (bvmul (wide a) (wide b)) #x${product}))`)).join('\n')}
   ${goal('or less and is xor', '(not (= (bvsub (bvor a b) (bvand a b)) (bvxor a b)))')}`,
  'words.smt2',
).goals;

function goal(name: string, negation: string): string {
  return `(push 1)\n(set-info :goal |${name}|)\n(assert ${negation})\n(check-sat)\n(pop 1)`;
}

/** Describes a settled task in plain words. */
function saying({ task, worker, error, result }: TaskOutcome): string {
  const { name } = (task as TacticTask).goal;
  if (error !== undefined) return `"${name}" was cancelled ${worker === undefined ? 'in the queue' : `in ${worker}`}.`;
  const { verdict, ms } = result as { verdict: string; ms: number };
  return `"${name}" is ${verdict === 'unsat' ? 'proved' : 'false'}, said ${worker} after ${ms.toFixed(0)} ms.`;
}

async function run(report: ScenarioRun): Promise<void> {
  const pool = report.pool(tactic);
  const settled: TaskOutcome[] = [];
  pool.on('task', (outcome) => {
    settled.push(outcome);
    report.say(saying(outcome));
  });
  await report.within('the start of all workers', pool.ready());
  const before = pool.workers;
  report.say(`${before.length} provers are ready: ${before.map((worker) => report.nameOf(worker)).join(', ')}.`);

  const wrong = goals[1] as Goal;
  report.say(`A proof has ${goals.length} goals. "${wrong.name}" is false; ${products.length} others take minutes.`);
  const start = performance.now();
  const error = await report.within('the end of the proof', failureOf(par(pool, goals)));
  const ms = performance.now() - start;
  report.say(`par gave up after ${ms.toFixed(0)} ms: ${error instanceof Error ? error.message : 'nothing was wrong'}.`);
  report.check(
    'The result is the first failure, not what was cancelled for its sake',
    error instanceof GoalError && error.code === 'SMT_UNPROVED' && error.line === wrong.line,
    error,
  );
  const cancelled = settled.filter((outcome) => (outcome.error as { code?: string })?.code === 'CANCELLED');
  report.check(
    `Every goal has settled: ${settled.length - cancelled.length} with a verdict, ${cancelled.length} cancelled`,
    settled.length === goals.length && cancelled.length >= products.length,
    settled.length,
  );
  report.check('Nothing waits and nothing runs', pool.queued === 0 && pool.stats.pending === 0, pool.stats);

  await report.within('the start of fresh workers', pool.ready());
  const isNew = pool.workers.every(({ id }) => before.every((worker) => worker.id !== id));
  report.check('Every worker was replaced, those in the middle of a long goal too', isNew);
  if (report.host === 'process') {
    const left = before.filter(({ pid }) => pid !== undefined && isAlive(pid));
    report.check('Their processes are gone', left.length === 0, left.map(({ pid }) => pid).join(', '));
  }

  report.say('The author takes out the false goal and those that nobody needs, and tries again.');
  const mended = goals.filter(({ name }) => name !== wrong.name && !name?.startsWith('0x'));
  const results = await report.within('the mended proof', par(pool, mended));
  report.check(
    `The fresh workers prove all ${mended.length} goals`,
    results.length === mended.length && results.every(({ verdict }) => verdict === 'unsat'),
  );
}

function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const scenario: Scenario = {
  name: 'par',
  title: 'workers prove the goals of a proof in parallel, and the first failure cancels the rest.',
  size: { default: 3, least: 1, most: 16 },
  run,
};

/** The first failure of a parallel proof cancels the rest and is the result. */
export default scenario;

await runIfMain(import.meta.url, scenario);
