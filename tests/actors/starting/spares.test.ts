import type { Kind } from 'statepool';
import { fixture, jobs } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { onEachHost, onProcesses } from '../../support/pool.ts';
import { isAlive } from '../../support/witness.ts';

/** Makes a kind whose workers perform one task each. */
function oneShot(functions: Partial<Kind<never>> = {}) {
  return jobs({
    useResponse: (_status: unknown, _task: unknown, result: unknown) => ({ type: 'end' as const, result }),
    ...functions,
  });
}

onEachHost('with spares every task still has a worker of its own, with the id of its slot', async (t, open) => {
  const pool = open(oneShot(), { spares: 2 });
  const ids = await Promise.all(Array.from({ length: 6 }, () => pool.run({ do: 'id' })));
  t.deepEqual(ids, ['jobs:0:1', 'jobs:0:2', 'jobs:0:3', 'jobs:0:4', 'jobs:0:5', 'jobs:0:6']);
  t.like(pool.stats, { spawned: 6, completed: 6 });
});

onEachHost('a spare starts before the worker that it replaces has ended', async (t, open) => {
  let starts = 0;
  const kind = oneShot({
    extraEnv() {
      starts++;
      return {};
    },
  });
  const pool = open(kind, { spares: 1 });
  await pool.ready();
  t.is(starts, 2);
  await pool.run({ do: 'id' });
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.is(starts, 3);
});

onProcesses('there are never more processes than size and spares, and none is left after destroy', async (t, open) => {
  const pool = open(oneShot(), { size: 2, spares: 1 });
  const seen = new Set<number>();
  const tasks = Array.from({ length: 8 }, async () => {
    const { pid } = (await pool.run({ do: 'who' })) as { pid: number };
    seen.add(pid);
    t.true([...seen].filter(isAlive).length <= 3);
    t.true(pool.workers.length <= 2);
  });
  await Promise.all(tasks);
  t.is(seen.size, 8);
  await pool.destroy();
  t.deepEqual([...seen].filter(isAlive), []);
});

onEachHost('a kind that cannot start is reported as without spares', async (t, open) => {
  const kind = jobs({ name: 'broken', url: fixture('broken/throws.js') });
  const pool = open(kind, { spares: 2, restart: { limit: 1, delay: 1, maxDelay: 1 } });
  t.is(await code(pool.run({ do: 'echo' })), 'DEGRADED');
});

onEachHost('a pool with spares ends for every caller of close or destroy, however often', async (t, open) => {
  const pool = open(jobs(), { spares: 2 });
  await pool.run({ do: 'id' });
  const closed = pool.close();
  await new Promise<void>((resolve) => pool.actor.subscribe({ complete: resolve }));
  await Promise.all([closed, pool.destroy(), pool.destroy(), pool.close()]);
  t.deepEqual(pool.workers, []);
});

onEachHost('a pool that its kind destroys while spares start leaves none behind', async (t, open) => {
  let ended: Promise<void> | undefined;
  let isMade = false;
  const kind = oneShot({
    extraEnv() {
      if (isMade && pool.stats.completed === 1) ended ??= pool.destroy();
      return {};
    },
  });
  const pool: ReturnType<typeof open> = open(kind, { spares: 3 });
  isMade = true;
  await code(pool.run({ do: 'id' }));
  await code(pool.run({ do: 'id' }));
  await (ended ?? pool.destroy());
  t.deepEqual(pool.workers, []);
});

onEachHost('an extraEnv that resizes its pool starts no more spares than allowed', async (t, open) => {
  let starts = 0;
  let isMade = false;
  const kind = oneShot({
    extraEnv() {
      starts++;
      if (isMade) pool.resize(1);
      return {};
    },
  });
  const pool: ReturnType<typeof open> = open(kind, { spares: 1 });
  isMade = true;
  await pool.ready();
  t.is(starts, 2);
  await pool.run({ do: 'id' });
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
  t.is(starts, 3);
});
