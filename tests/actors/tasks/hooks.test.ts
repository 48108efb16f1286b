import type { EndReason } from 'statepool';
import { echo, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { onEachHost, onEveryHost } from '../../support/pool.ts';

onEveryHost('a hook of the kind that throws before dispatch fails its task alone', async (t, open) => {
  const reported: string[] = [];
  const pool = open(
    jobs({
      requestOfTask(_status, task) {
        if (task.isBad === 'request') throw new Error('no request');
        return { ...task, verdict: undefined };
      },
      taskMatch(_status, task) {
        if (task.isBad === 'match') throw new Error('no match');
        return true;
      },
      onTaskCancellationOrExpirationOrWorkerDeath: (_task, reason: EndReason) => void reported.push(reason.code),
    }),
  );
  const bad = ['request', 'match'].map((isBad) => errorOf(pool.run(echo(0, { isBad }))));
  const good = pool.run({ do: 'id' });
  const [request, match] = await Promise.all(bad);
  t.like(request, { code: 'KIND', hook: 'requestOfTask', cause: { message: 'no request' } });
  t.like(match, { code: 'KIND', hook: 'taskMatch', cause: { message: 'no match' } });
  t.is(await good, 'jobs:0:1');
  t.deepEqual(reported, ['KIND', 'KIND']);
});

onEachHost('a useResponse that throws, or returns no verdict, fails its task and ends the worker', async (t, open) => {
  const pool = open(jobs());
  const throwing = () => {
    throw new Error('no verdict');
  };
  const first = errorOf(pool.run(echo(1, { verdict: throwing })));
  const second = errorOf(pool.run(echo(2, { verdict: () => ({ type: 'leave' }) as never })));
  t.like(await first, { code: 'KIND', hook: 'useResponse', cause: { message: 'no verdict' } });
  const error = await second;
  t.like(error, { code: 'KIND', hook: 'useResponse' });
  t.regex(error.message, /leave.*must be/);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:3');
});

onEachHost(
  'a taskMatch that throws only for a fresh worker fails its task, even if only old workers are free',
  async (t, open) => {
    const pool = open(
      jobs({
        taskMatch(status, task) {
          if (task.isBad && status.type === 'fresh') throw new Error('no match');
          return !task.isBad;
        },
      }),
    );
    await pool.run(echo(1));
    await pool.join();
    t.like(await errorOf(pool.run(echo(2, { isBad: true }))), { code: 'KIND', hook: 'taskMatch' });
  },
);
