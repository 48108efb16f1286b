import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { ExecutionContext } from 'ava';
import type { TaskTrace, WorkerNotice } from 'statepool';
import { echo, jobs } from '../../support/jobs.ts';
import { codes } from '../../support/outcome.ts';
import { type AnyPool, onEachHost, onEveryHost } from '../../support/pool.ts';

type Notice = WorkerNotice & Readonly<Record<string, unknown>>;

const store = new AsyncLocalStorage<string>();

/** Records the events of one pool's tasks on the channels, each with the value of `store` at that moment. */
function listen(t: ExecutionContext, pool: AnyPool): { reported: string[]; traces: Set<TaskTrace> } {
  const reported: string[] = [];
  const traces = new Set<TaskTrace>();
  const note = (what: string) => (message: unknown) => {
    const trace = message as TaskTrace;
    if (trace.pool !== pool.id) return;
    traces.add(trace);
    reported.push(`${what} ${trace.name} in ${store.getStore()}`);
  };
  const subscribers = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error'),
  };
  const tasks = tracingChannel('statepool:task');
  const dispatches = channel('statepool:task:dispatch');
  const onDispatch = note('dispatch');
  tasks.subscribe(subscribers);
  dispatches.subscribe(onDispatch);
  t.teardown(() => {
    tasks.unsubscribe(subscribers);
    dispatches.unsubscribe(onDispatch);
  });
  return { reported, traces };
}

onEveryHost('a task is traced from its acceptance to its settlement, in the context of its caller', async (t, open) => {
  const pool = open(jobs());
  const { reported, traces } = listen(t, pool);
  await store.run('here', () => pool.run(echo(1, { key: 'a' }), { priority: 7 }));
  t.deepEqual(reported, [
    'start a in here',
    'end a in here',
    'dispatch a in here',
    'asyncStart a in here',
    'asyncEnd a in here',
  ]);
  const [trace] = traces;
  t.is(traces.size, 1);
  t.like(trace, { kind: 'jobs', worker: 'jobs:0:1', priority: 7, dispatches: 1, outcome: 'done', error: undefined });
  t.true((trace?.dispatchedAt ?? 0) >= (trace?.acceptedAt ?? Number.NaN));
});

onEachHost('a failure is traced once, with its code and its error', async (t, open) => {
  const pool = open(jobs());
  const { reported, traces } = listen(t, pool);
  const cancelled = new AbortController();
  const ends = store.run('here', () =>
    codes([
      pool.run(echo(1, { key: 'a', verdict: () => ({ type: 'leave' }) as never })),
      pool.run(echo(2, { key: 'b' }), { signal: cancelled.signal }),
    ]),
  );
  cancelled.abort();
  t.deepEqual(await ends, ['KIND', 'CANCELLED']);
  for (const name of ['a', 'b']) {
    t.is(reported.filter((line) => line === `error ${name} in here`).length, 1);
    t.is(reported.filter((line) => line === `asyncEnd ${name} in here`).length, 1);
  }
  const [first, second] = traces;
  t.like(first, { outcome: 'KIND', error: { code: 'KIND', hook: 'useResponse' } });
  t.like(second, { outcome: 'CANCELLED', worker: undefined, dispatches: 0 });
});

onEveryHost('a follow-up is traced in the context of the task whose verdict made it', async (t, open) => {
  const pool = open(jobs());
  const { reported, traces } = listen(t, pool);
  const next = echo(2, { key: 'b' });
  await store.run('here', () =>
    pool.run(echo(1, { key: 'a', verdict: () => ({ type: 'stay', competence: undefined, tasks: [next] }) })),
  );
  await pool.join();
  t.true(reported.includes('start b in here'));
  t.true(reported.includes('asyncEnd b in here'));
  const followUp = [...traces].find(({ name }) => name === 'b');
  t.like(followUp, { origin: 'jobs:0:1', outcome: 'done' });
});

onEachHost('a trace shows no payload unless the listener reads the task', async (t, open) => {
  const pool = open(jobs());
  const { traces } = listen(t, pool);
  await pool.run(echo('a secret', { key: 'a' }));
  const [trace] = traces;
  t.notRegex(JSON.stringify(trace), /secret/);
  t.like(trace?.task, { value: 'a secret' });
});

onEachHost('workers are traced from their start to their exit, with their verdicts', async (t, open, host) => {
  const pool = open(jobs());
  const reported: string[] = [];
  const notices: Notice[] = [];
  for (const what of ['spawn', 'ready', 'verdict', 'exit']) {
    const note = (message: unknown) => {
      const notice = message as Notice;
      if (notice.pool !== pool.id) return;
      reported.push(`${what} ${notice.worker} ${notice.verdict ?? notice.reason ?? ''}`.trim());
      notices.push(notice);
    };
    const to = channel(`statepool:worker:${what}`);
    to.subscribe(note);
    t.teardown(() => to.unsubscribe(note));
  }
  // The first worker started with the pool, before the test could know the pool's id.
  await pool.run(echo(1, { verdict: () => ({ type: 'end', result: 1 }) }));
  await pool.run(echo(2));
  await pool.destroy();
  t.deepEqual(reported, [
    'ready jobs:0:1',
    'verdict jobs:0:1 end',
    'exit jobs:0:1 killed',
    'spawn jobs:0:2',
    'ready jobs:0:2',
    'verdict jobs:0:2 stay',
    'exit jobs:0:2 killed',
  ]);
  t.true(notices.every(({ pid, threadId }) => typeof (host === 'process' ? pid : threadId) === 'number'));
});
