import { checkGoal, type Goal, type GoalResult, type ProofTask, proof, readDocument } from '../../kinds/index.ts';
import { runIfMain } from './program.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioRun } from './scenario-run.ts';

const file = 'sum.smt2';
const [first, next] = readDocument(
  `; for (i = 0, s = 0; i < n; i++) s += i;   Claimed after each turn: 2 s = i (i - 1), and s < 100.
   (declare-const n Int)(declare-const i Int)(declare-const s Int)
   (push 1)
   (set-info :goal |it holds at the start|)
   (assert (not (=> (and (= i 0) (= s 0)) (and (= (* 2 s) (* i (- i 1))) (< s 100)))))
   (check-sat)
   (pop 1)
   (push 1)
   (set-info :goal |a turn keeps it|)
   (assert (and (<= 0 i) (< i n) (= (* 2 s) (* i (- i 1)))))
   (assert (not (and (<= (+ i 1) n) (= (* 2 (+ s i)) (* (+ i 1) i)) (< (+ s i) 100))))
   (check-sat)
   (pop 1)`,
  file,
).goals as [Goal, Goal];

async function run(report: ScenarioRun): Promise<void> {
  const pool = report.pool(proof);
  const seen: { readonly type: ProofTask['type']; readonly worker: string | undefined }[] = [];
  pool.on('task', ({ task, worker }) => seen.push({ type: (task as ProofTask).type, worker }));
  const whereIs = (worker: string | undefined) => {
    const info = pool.workers.find(({ id }) => id === worker);
    return info === undefined ? String(worker) : report.nameOf(info);
  };

  // All workers are free now, so the two goals go to two workers.
  await report.within('the start of all workers', pool.ready());
  report.say(`A loop adds 0 + 1 + ... + (n - 1) into s. Claimed: s stays below 100. ${pool.size} provers look at it.`);
  const [start, turn] = await report.within(
    'a verdict on both goals',
    Promise.all([checkGoal(pool, first), checkGoal(pool, next, { hold: true })]),
  );
  report.check(`"${first.name}" is proved`, start.verdict === 'unsat', start.verdict);
  report.check(`"${next.name}" is false: the solver found a case against it`, turn.verdict === 'sat', turn.verdict);
  const holder = seen.find(({ type }) => type === 'model')?.worker;
  const found = seen.filter(({ type, worker }) => type === 'check' && worker === holder);
  report.say(`The case was fetched by a follow-up task from ${whereIs(holder)}: ${numbersOf(turn)}.`);
  report.check(
    'The worker that found the case is the worker that reported it',
    holder !== undefined && found.length > 0,
  );

  const others = await report.within(
    'the other goals',
    Promise.all(Array.from({ length: 4 }, () => checkGoal(pool, first))),
  );
  report.check(
    `While it holds the broken goal it is kept free for the repair: ${others.length} more goals went to others`,
    seen.filter(({ type }) => type === 'check').filter(({ worker }) => worker === holder).length === 1,
  );

  const tryWith = async (add: string): Promise<GoalResult> => {
    const result = (await report.within(
      `the verdict with ${add}`,
      pool.run({ type: 'repair', key: next.key, add: `(assert ${add})` }),
    )) as GoalResult;
    report.say(
      `Tried with ${add}: ${result.verdict === 'unsat' ? 'proved' : 'still false'}, ${result.ms.toFixed(0)} ms.`,
    );
    return result;
  };
  report.say('The author mends the claim: n must be bounded.');
  const wide = await tryWith('(< n 1000)');
  const tight = await tryWith('(<= n 14)');
  report.check('A bound of 1000 is not enough', wide.verdict === 'sat', wide.verdict);
  report.check('A bound of 14 is: the proof is repaired', tight.verdict === 'unsat', tight.verdict);
  const repairs = seen.filter(({ type }) => type === 'repair').map(({ worker }) => worker);
  report.check(
    `Both repairs were answered where the proof broke, in ${whereIs(holder)}`,
    repairs.length === 2 && repairs.every((worker) => worker === holder) && tight.pid === turn.pid,
    repairs.join(' and '),
  );

  const holding = pool.workers.filter(({ competence }) => competence?.goal !== undefined);
  report.check('Repaired, it holds nothing any more, and takes new goals', holding.length === 0, holding.length);
  report.check(`No worker was replaced in all this: ${pool.size} were started`, pool.stats.spawned === pool.size);
}

/** The numbers of a case, as `n = 15, i = 14, s = 91`. */
function numbersOf({ model = '' }: GoalResult): string {
  const numbers = [...model.matchAll(/define-fun (\w+) \(\) Int\s+(?:\(- (\d+)\)|(\d+))/g)];
  return numbers.map(([, name, minus, plus]) => `${name} = ${minus === undefined ? plus : `-${minus}`}`).join(', ');
}

const scenario: Scenario = {
  name: 'repair',
  title: 'the worker that found an error in a proof also repairs the proof.',
  size: { default: 3, least: 2, most: 16 },
  run,
};

/** A broken proof is repaired where it broke. */
export default scenario;

await runIfMain(import.meta.url, scenario);
