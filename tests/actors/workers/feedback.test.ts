import type { Kind } from 'statepool';
import { echo, fixture, hold, type JobTypes, jobs, type Note } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { onEachHost, onEveryHost } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

const { default: touchy }: { default: Kind<JobTypes> } = await import(fixture('touchy.js'));

const notes = Array.from({ length: 100 }, (_, number) => ({ number }));

onEveryHost('feedback from perform comes in order and before the result', async (t, open) => {
  const reported: unknown[] = [];
  const heard: unknown[] = [];
  const pool = open(jobs({ forwardFeedback: (note, task) => void reported.push([note.number, task.do]) }));
  pool.on('feedback', ({ feedback, task, worker }) => heard.push([feedback.number, task.do, worker]));
  const own: Note[] = [];
  const result = await pool.run({ do: 'report', notes, value: 'done' }, { onFeedback: (note) => own.push(note) });
  t.is(result, 'done');
  t.deepEqual(own, notes);
  t.deepEqual(
    reported,
    notes.map(({ number }) => [number, 'report']),
  );
  t.deepEqual(
    heard,
    notes.map(({ number }) => [number, 'report', 'jobs:0:1']),
  );
});

for (const window of [1, 8]) {
  onEachHost(`feedback goes to its own task, with a window of ${window}`, async (t, open) => {
    const reported: unknown[] = [];
    const pool = open(jobs({ window, forwardFeedback: (note, task) => void reported.push([note.of, task.key]) }));
    const keys = Array.from({ length: 30 }, (_, key) => key);
    await Promise.all(keys.map((key) => pool.run({ do: 'report', key, notes: [{ of: key }, { of: key }] })));
    t.deepEqual(
      reported,
      keys.flatMap((key) => [
        [key, key],
        [key, key],
      ]),
    );
  });
}

onEachHost('forwardFeedback reaches all workers, and those that start later, in order', async (t, open) => {
  const pool = open(jobs({ taskMatch: (status) => status.type === 'fresh' }), { size: 2 });
  pool.on('stalled', () => {});
  pool.forwardFeedback({ number: 1 });
  await pool.ready();
  pool.forwardFeedback({ number: 2 });
  const both = [{ number: 1 }, { number: 2 }];
  t.deepEqual(await Promise.all([pool.run({ do: 'heard' }), pool.run({ do: 'heard' })]), [both, both]);
  // Only a fresh worker takes this task: one that starts after both feedbacks were sent.
  t.deepEqual(await pool.run({ do: 'heard' }), both);
  t.is(pool.stats.spawned, 3);
});

onEachHost('a busy worker gets feedback while it performs', async (t, open) => {
  const pool = open(jobs());
  const seen = new Notes(pool);
  const held = pool.run(hold('a'));
  await seen.begun('a');
  pool.forwardFeedback({ open: 'a' });
  t.is(await held, 'a');
});

onEachHost('feedback that cannot be cloned throws at its sender', async (t, open) => {
  const pool = open(jobs());
  t.throws(() => pool.forwardFeedback({ callback: () => {} }), { any: true, name: 'DataCloneError' });
  t.is(await code(pool.run({ do: 'unsendableNote' })), 'PERFORM');
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

onEachHost('feedback of a settled task is dropped, and feedback of a dead worker too', async (t, open) => {
  const reported: unknown[] = [];
  const pool = open(jobs({ forwardFeedback: (note) => void reported.push(note) }));
  t.is(await pool.run({ do: 'chatter', key: 'a', verdict: (result) => ({ type: 'end', result }) }), 'a');
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.is(await pool.run({ do: 'chatter', key: 'b' }), 'b');
  await pool.ready();
  t.is(await pool.run({ do: 'later', value: 1, notes: [] }), 1);
  t.deepEqual(
    reported.filter((note) => (note as Note).late === 'a'),
    [],
  );
});

onEachHost('perform may destructure its context', async (t, open) => {
  const pool = open(jobs());
  const seen = new Notes(pool);
  t.is(await code(pool.run({ do: 'apart' })), 'done');
  t.deepEqual(seen.all[0]?.feedback, { taken: 'apart' });
});

onEachHost('a forwardFeedback that throws fails no task', async (t, open) => {
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve));
  const pool = open(
    jobs({
      forwardFeedback() {
        throw new Error('in the hook');
      },
    }),
  );
  t.is(await pool.run({ do: 'report', notes: [{ number: 1 }], value: 'done' }), 'done');
  t.is((await warned).code, 'STATEPOOL_HOOK');
  t.is(await pool.run(echo(1)), 1);
});

onEveryHost('feedback after the answer of its task is dropped', async (t, open) => {
  const heard: unknown[] = [];
  const pool = open(jobs({ forwardFeedback: (note, task) => void heard.push([note.late ?? note.begun, task.key]) }));
  const wrong: Note[] = [];
  const tasks = ['a', 'b', 'c'].map((key) =>
    pool.run({ do: 'chatter', key }, { onFeedback: (note) => wrong.push(note) }),
  );
  const notes = new Notes(pool);
  const last = pool.run(hold('d'), { onFeedback: (note) => note.late !== undefined && wrong.push(note) });
  await Promise.all(tasks);
  // Late feedback of the tasks before this one arrives before its answer.
  await notes.begun('d');
  pool.forwardFeedback({ open: 'd' });
  t.is(await last, 'd');
  t.deepEqual(wrong, []);
  t.deepEqual(heard, [['d', 'd']]);
});

onEachHost('the latest broadcast feedback is kept for later workers until it is forgotten', async (t, open) => {
  const pool = open(jobs(), { keepFeedbacks: 2 });
  await pool.ready();
  for (const n of [1, 2, 3]) pool.forwardFeedback({ n });
  t.deepEqual(await pool.run({ do: 'heard' }), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  const again = async () => {
    pool.cancelWorker(pool.workers[0]?.id ?? '');
    return pool.run({ do: 'heard' });
  };
  t.deepEqual(await again(), [{ n: 2 }, { n: 3 }]);
  pool.forgetFeedbacks();
  t.deepEqual(await again(), []);
});

onEveryHost('a feedback that kills every worker does not start workers for ever', async (t, open) => {
  const kind = { ...touchy };
  const pool = open(kind, { restart: { limit: 3, delay: 1, maxDelay: 10 } });
  const degraded = new Promise<Error>((resolve) => pool.on('degraded', resolve));
  await pool.ready();
  pool.forwardFeedback({ do: 'die' });
  t.regex((await degraded).message, /^the pool gave up starting workers: uncaught error: cannot take it/);
  t.is(pool.stats.spawned, 4);
  t.is(await code(pool.run(echo(1))), 'DEGRADED');
});
