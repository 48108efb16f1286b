import test from 'ava';
import type { Verdict } from 'statepool';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { onEachHost, onEveryHost, opener } from '../../support/pool.ts';

onEveryHost('follow-ups that are not an array make a verdict illegal', async (t, open) => {
  const pool = open(jobs());
  for (const tasks of ['ab', {}, new Set([echo(1)]), null]) {
    const verdict = () => ({ type: 'stay', competence: 1, tasks }) as unknown as Verdict<never>;
    const error = await errorOf(pool.run(echo(1, { verdict })));
    t.like(error, { code: 'KIND', hook: 'useResponse' });
    t.regex(error.message, /must be/);
  }
  await pool.join();
  t.like(pool.stats, { accepted: 4, failed: 4, pending: 0 });
});

onEveryHost(
  'an affinityOfCompetence that throws fails the task of that verdict, and ends its worker',
  async (t, open) => {
    const pool = open(
      jobs({
        affinity: () => undefined,
        affinityOfCompetence(competence) {
          if (competence === 'bad') throw new Error('no key');
          return undefined;
        },
      }),
    );
    const bad = echo(1, { verdict: (result) => ({ type: 'stay', competence: 'bad', result }) });
    t.like(await errorOf(pool.run(bad)), { code: 'KIND', cause: { message: 'no key' } });
    t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  },
);

test('an end verdict among answers in one message ends the worker, whatever comes after it', async (t) => {
  const pool = opener(
    t,
    'inline',
  )(
    jobs({
      window: 4,
      perform: (request) => (request as { value: unknown }).value,
      useResponse: (_status, _task, result) =>
        result === 'end' ? { type: 'end', result } : { type: 'stay', competence: result, result },
    }),
  );
  const rounds = 40;
  // Answers share a message if they come within a quarter of a millisecond. Only warm code is so fast.
  for (let i = 0; i < rounds; i++) {
    pool.pause();
    const results = ['stay', 'end', 'stay', 'stay'].map((value) => pool.run(echo(value)));
    pool.resume();
    t.deepEqual(await Promise.all(results), ['stay', 'end', 'stay', 'stay']);
    await pool.join();
    await pool.ready();
  }
  t.is(pool.stats.spawned, rounds + 1);
});

test('a throw among answers in one message leaves the competence of the answer before it', async (t) => {
  const pool = opener(
    t,
    'inline',
  )(
    jobs({
      window: 4,
      perform(request) {
        const { value } = request as { value: unknown };
        if (value === 'throw') throw new Error('thrown');
        return value;
      },
      useResponse: (_status, _task, result) => ({ type: 'stay', competence: result, result }),
    }),
  );
  pool.pause();
  const results = ['first', 'learnt', 'throw'].map((value) => pool.run(echo(value)).catch(() => 'threw'));
  pool.resume();
  t.deepEqual(await Promise.all(results), ['first', 'learnt', 'threw']);
  await pool.join();
  t.is(pool.workers[0]?.competence, 'learnt');
});

onEachHost('the task event says whether a verdict made the task, and which worker performed it', async (t, open) => {
  const pool = open(jobs(), { size: 1 });
  const reported: unknown[] = [];
  pool.on('task', ({ task, worker, isFollowUp, status }) =>
    reported.push([(task as Job).key, worker, isFollowUp, status]),
  );
  const verdict = (): Verdict<ReturnType<typeof echo>> => ({ type: 'end', tasks: [echo(2, { key: 'made' })] });
  await pool.run(echo(1, { key: 'asked', verdict }));
  await pool.join();
  t.deepEqual(reported, [
    ['asked', 'jobs:0:1', false, 'done'],
    ['made', 'jobs:0:2', true, 'done'],
  ]);
});
