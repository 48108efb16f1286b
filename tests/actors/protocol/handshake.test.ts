import test from 'ava';
import type { Kind } from 'statepool';
import { echo, fixture, type JobTypes, jobs } from '../../support/jobs.ts';
import { errorOf } from '../../support/outcome.ts';
import { onEachHost, opener } from '../../support/pool.ts';

const { default: touchy }: { default: Kind<JobTypes> } = await import(fixture('touchy.js'));

const restart = { limit: 1, delay: 1, maxDelay: 2 };

onEachHost('a worker with another version of the protocol is not used', async (t, open) => {
  const kind = jobs({ name: 'broken', url: fixture('broken/another-version.js') });
  const error = await errorOf(open(kind, { restart }).run({ do: 'echo' }));
  t.is(error.code, 'DEGRADED');
  t.regex(error.message, /in version 99, expected broken in version \d/);
  t.like(error.cause, { code: 'HANDSHAKE' });
});

onEachHost('an abandoned worker is not used, even if it sends messages later', async (t, open) => {
  const kind = jobs({ name: 'broken', url: fixture('broken/two-hellos.js') });
  const error = await errorOf(open(kind, { restart }).run({ do: 'echo' }));
  t.is(error.code, 'DEGRADED');
  t.like(error.cause, { code: 'HANDSHAKE' });
});

onEachHost("messages that a kind's code sends by itself are ignored", async (t, open) => {
  const pool = open(jobs({ name: 'broken', url: fixture('broken/talks.js') }));
  t.deepEqual(await Promise.all([1, 2, 3].map((value) => pool.run({ do: 'echo', value }))), [1, 2, 3]);
  t.like(pool.stats, { completed: 3, spawned: 1, died: 0 });
});

test('a worker that started in time is not limited in its tasks', async (t) => {
  const pool = opener(t, 'inline')(jobs({ perform: () => new Promise((resolve) => setTimeout(resolve, 60, 'done')) }), {
    startTimeout: 20,
  });
  t.is(await pool.run({ do: 'echo' }), 'done');
  t.like(pool.stats, { spawned: 1, died: 0 });
});

test('an extraEnv that throws is a warning, and its worker starts without its values', async (t) => {
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve));
  const pool = opener(
    t,
    'thread',
  )(
    jobs({
      extraEnv() {
        throw new Error('no variables');
      },
    }),
  );
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
  const warning = await warned;
  t.is(warning.code, 'STATEPOOL_HOOK');
  t.regex(warning.message, /extraEnv threw.*no variables/);
});

onEachHost(
  'a kind whose perform differs from that of its module is refused, and nothing is performed',
  async (t, open) => {
    const kind = { ...touchy, perform: () => 'by the master' };
    const pool = open(kind, { restart: { limit: 0 } });
    const error = await errorOf(pool.run(echo(1)));
    t.is(error.code, 'DEGRADED');
    t.regex(
      error.message,
      /the kind touchy has another perform than the default export of file:.*touchy\.js, and workers run the default export: put/,
    );
    t.is(pool.stats.completed, 0);
    // Functions that run only in the master may differ.
    t.is(await open({ ...touchy, nameOfTask: () => 'a task' }).run(echo(2)), 2);
  },
);
