import test, { type ExecutionContext } from 'ava';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { opener } from '../../support/pool.ts';
import { workersOf } from '../../support/workers.ts';

const TASKS = 300;
const SIZE = 2;
const hosts = ['thread', 'inline'] as const;

/** The legal next states of a worker from each state. A worker may always stay, except in the final state dead. */
const legal: Readonly<Record<string, readonly string[]>> = {
  fresh: ['fresh', 'busy', 'dead'],
  busy: ['busy', 'fresh', 'old', 'dead'],
  old: ['old', 'busy', 'dead'],
  dead: [],
};

/** Makes a kind whose verdicts count a worker's answers in its competence. */
function counting(window: number) {
  let answers = 0;
  const kind = jobs({
    window,
    useResponse: (_status, _task, result) => ({ type: 'stay', competence: { after: ++answers }, result }),
  });
  return { kind, answers: () => answers };
}

/** Runs all tasks at once, and checks that each resolved. */
async function runAll(
  t: ExecutionContext,
  pool: { run(task: Job): Promise<unknown>; join(): Promise<void> },
): Promise<void> {
  const results = await Promise.all(Array.from({ length: TASKS }, (_, i) => pool.run(echo(i))));
  t.deepEqual(
    results,
    Array.from({ length: TASKS }, (_, i) => i),
  );
  await pool.join();
}

/** Records the states of each worker in order, and in `verdicts` each step of a worker that came from a verdict. */
function inspected(pool: { readonly actor: { system: { inspect(observer: (event: unknown) => void): unknown } } }) {
  const lives = new Map<string, string[]>();
  const verdicts: string[] = [];
  pool.actor.system.inspect((event) => {
    const step = event as {
      type: string;
      actorRef: { id: string };
      event: { type: string };
      snapshot: { machine?: { id: string }; value: string };
    };
    if (step.type !== '@xstate.microstep' || step.snapshot.machine?.id !== 'worker') return;
    const { id } = step.actorRef;
    lives.set(id, [...(lives.get(id) ?? ['fresh']), step.snapshot.value]);
    if (['stay', 'keep', 'end'].includes(step.event.type)) verdicts.push(id);
  });
  return { lives, verdicts };
}

function checkLife(t: ExecutionContext, id: string, life: readonly string[]): void {
  for (const [i, state] of life.entries()) {
    if (i > 0) t.true(legal[life[i - 1] as string]?.includes(state), `${id} goes ${life.join(' ')}`);
  }
}

for (const host of hosts) {
  for (const window of [1, 64]) {
    const atLeast = Math.ceil(TASKS / window);

    test(`${host}: an inspector sees ${TASKS} tasks make workers with a window of ${window} take at least ${atLeast} steps`, async (t) => {
      const { kind, answers } = counting(window);
      const pool = opener(t, host)(kind, { size: SIZE });
      const { lives, verdicts } = inspected(pool);
      await runAll(t, pool);
      t.is(answers(), TASKS);
      t.true(verdicts.length >= atLeast, `${verdicts.length} verdicts went through machines`);
      const ids = workersOf(pool).map(({ id }) => id);
      await pool.destroy();
      t.deepEqual([...lives.keys()].sort(), ids.sort());
      for (const [id, life] of lives) {
        checkLife(t, id, life);
        t.is(life.at(-1), 'dead', id);
        // A worker with a verdict was busy, and is not fresh again: every verdict changes its competence.
        if (verdicts.includes(id))
          t.true(life.includes('busy') && life.includes('old'), `${id} goes ${life.join(' ')}`);
      }
    });

    test(`${host}: ${TASKS} tasks make workers with a window of ${window} take at least ${atLeast} steps without an inspector`, async (t) => {
      const { kind, answers } = counting(window);
      const pool = opener(t, host)(kind, { size: SIZE });
      await pool.ready();
      const workers = workersOf(pool);
      t.is(workers.length, SIZE);
      let verdicts = 0;
      const lives = workers.map((worker) => {
        const life = [worker.getSnapshot().value];
        t.deepEqual(life, ['fresh']);
        // A subscriber gets every event that the actor has processed, planned or not.
        worker.subscribe(({ value }) => {
          // In this test a busy worker gets only verdicts.
          if (life.at(-1) === 'busy') verdicts++;
          life.push(value);
        });
        return life;
      });
      await runAll(t, pool);
      t.is(answers(), TASKS);
      t.true(verdicts >= atLeast, `${verdicts} verdicts went through machines`);
      const seats = workers.map((worker) => worker.getSnapshot().context.rt.seat);
      t.is(
        seats.reduce((sum, { tasks }) => sum + tasks, 0),
        TASKS,
      );
      // One of the workers has the competence of the last verdict.
      t.true(seats.some(({ status }) => (status.competence as { after: number } | undefined)?.after === TASKS));
      for (const [i, worker] of workers.entries()) {
        const isUsed = (seats[i]?.tasks ?? 0) > 0;
        t.is(worker.getSnapshot().value, isUsed ? 'old' : 'fresh', worker.id);
        t.is((lives[i] as string[]).includes('busy'), isUsed, worker.id);
      }
      await pool.destroy();
      for (const [i, { id }] of workers.entries()) {
        checkLife(t, id, lives[i] as string[]);
        t.is(lives[i]?.at(-1), 'dead', id);
      }
    });
  }
}
