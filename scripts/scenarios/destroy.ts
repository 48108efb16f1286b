import clerk, { type Letter } from './kinds/clerk.ts';
import { isAlive } from './liveness.ts';
import { runIfMain } from './program.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioRun } from './scenario-run.ts';

const QUEUED = 500;
const DONE = 20;

async function run(report: ScenarioRun): Promise<void> {
  const pool = report.pool(clerk);
  const pids = new Set<number>();
  pool.on('worker', ({ pid }) => void (pid !== undefined && pids.add(pid)));
  const begun: string[] = [];
  pool.on('feedback', ({ feedback }) => 'begun' in feedback && begun.push(feedback.begun));
  const outcomes: string[] = [];
  const runs: Promise<unknown>[] = [];
  const write = (letter: Letter) => {
    const run = pool.run(letter).then(
      () => 'done',
      ({ code }: { code?: string }) => String(code),
    );
    runs.push(run.then((outcome) => outcomes.push(outcome)));
  };

  await report.within('the start of all workers', pool.ready());
  for (let i = 1; i <= DONE; i++) write({ title: `Letter ${i}`, is: 'easy' });
  await report.within('the first answers', Promise.all(runs));
  report.say(`${pool.size} clerks have answered ${DONE} letters. Now it gets busy.`);
  write({ title: 'Endless letter', is: 'endless' });
  for (let i = 1; i < pool.size; i++) write({ title: `Waiting letter ${i}`, is: 'waiting' });
  for (let i = 1; i <= QUEUED; i++) write({ title: `Queued letter ${i}`, is: 'easy' });
  const load = DONE + pool.size;
  await report.until('that every clerk is busy', pool, () => begun.length === load);

  const { workers } = pool;
  const looping = workers.find(({ task }) => task === 'Endless letter');
  if (looping !== undefined) report.say(`${report.nameOf(looping)} is in a loop that never ends and hears nothing.`);
  // Kill and destroy in one go: destroy finds one process that is dying and another that has not yet started.
  const victim = workers.find(({ id }) => id !== looping?.id) ?? workers[0];
  if (victim !== undefined) pool.cancelWorker(victim.id);
  pool.resize(pool.size + 1);
  const born = pool.workers.find(({ id }) => workers.every((worker) => worker.id !== id));
  if (victim !== undefined) report.say(`${report.nameOf(victim)} has been cancelled this very moment.`);
  if (born !== undefined)
    report.say(`${report.nameOf(born)} is being born: the pool was made larger this very moment.`);
  report.say(`${pool.queued} letters wait. The pool is destroyed.`);
  for (const { pid } of pool.workers) if (pid !== undefined) pids.add(pid);

  const start = performance.now();
  await report.within('the end of destroy', pool.destroy());
  report.say(`destroy() took ${(performance.now() - start).toFixed(0)} ms.`);
  await report.within('the end of every promise', Promise.all(runs));
  const counts = ['done', 'CANCELLED'].map((outcome) => outcomes.filter((each) => each === outcome).length);
  report.check(
    `All ${runs.length} promises have settled: ${counts[0]} done, ${counts[1]} cancelled, none otherwise`,
    counts[0] === DONE && counts[1] === runs.length - DONE,
    [...new Set(outcomes)],
  );
  report.check(
    'The pool has no worker and no task left',
    pool.workers.length === 0 && pool.stats.pending === 0,
    pool.stats,
  );
  if (report.host === 'process') {
    const left = [...pids].filter(isAlive);
    report.check(`None of the ${pids.size} processes lives: ${[...pids].join(', ')}`, left.length === 0, left);
  }
  const refused = await pool.run({ title: 'One more', is: 'easy' }).catch(({ code }: { code?: string }) => code);
  report.check('A letter that comes too late is refused', refused === 'CLOSED', refused);
}

const scenario: Scenario = {
  name: 'destroy',
  title: 'a pool is destroyed under load, and no process, task or promise is left.',
  size: { default: 4, least: 1, most: 16 },
  run,
};

/** A pool is destroyed under load. */
export default scenario;

await runIfMain(import.meta.url, scenario);
