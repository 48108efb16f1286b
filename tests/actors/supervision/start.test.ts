import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DegradedError, Kind } from 'statepool';
import { fixture, type JobTypes, jobs } from '../../support/jobs.ts';
import { code, codes, errorOf } from '../../support/outcome.ts';
import { onEachHost } from '../../support/pool.ts';

/** Makes a kind with a module that its workers cannot use. */
function broken(file: string, more: Partial<Kind<JobTypes>> = {}): Kind<JobTypes> {
  return jobs({ name: 'broken', url: fixture(`broken/${file}`), ...more });
}

const restart = { limit: 2, delay: 1, maxDelay: 2 };

const failures: readonly [what: string, file: string, cause: string, message: RegExp][] = [
  ['exports a kind of another name', 'other-name.js', 'HANDSHAKE', /serves somebody else.*expected broken/],
  ['throws on import', 'throws.js', 'SPAWN', /throws\.js throws on import: TypeError: not today/],
  ['lacks perform', 'no-perform.js', 'SPAWN', /no-perform\.js.*lacks "perform"/],
  ['has no default export', 'no-default.js', 'SPAWN', /no-default\.js has no default export \(it exports kind\)/],
  ['is missing', 'nowhere.js', 'SPAWN', /there is no module .*nowhere\.js/],
  [
    'imports what is missing',
    'imports-nothing.js',
    'SPAWN',
    /imports-nothing\.js throws on import.*there-is-no-such-file/,
  ],
  ['creates a pool', 'makes-pool.js', 'SPAWN', /createPool was called while a worker imports/],
];

for (const [what, file, cause, message] of failures) {
  onEachHost(
    `if the kind's module ${what}, tasks fail with that reason, after a limited number of tries`,
    async (t, open) => {
      const reported: unknown[] = [];
      const hook: Kind<JobTypes>['onTaskCancellationOrExpirationOrWorkerDeath'] = (task, reason) => {
        reported.push([task?.value, reason.code]);
      };
      const kind = broken(file, { onTaskCancellationOrExpirationOrWorkerDeath: hook });
      const pool = open(kind, { restart });
      const degraded = new Promise<Error>((resolve) => pool.on('degraded', resolve));
      const [run, ready] = [errorOf(pool.run({ do: 'echo', value: 1 })), code(pool.ready())];
      const error: DegradedError = await run;
      t.is(error.code, 'DEGRADED');
      t.regex(error.message, message);
      t.like(error.cause, { code: cause });
      t.is(await ready, 'DEGRADED');
      t.is((await degraded).message, error.message);
      t.is(pool.stats.spawned, restart.limit + 1);
      t.deepEqual(await codes([pool.run({ do: 'echo' }), pool.ready()]), ['DEGRADED', 'DEGRADED']);
      t.deepEqual(reported, [[1, 'DEGRADED']]);
      t.is(pool.actor.getSnapshot().value, 'degraded');
      await pool.join();
    },
  );
}

onEachHost(
  'a module that ends its worker is a failed start, with the exit code and the last output',
  async (t, open) => {
    const pool = open(broken('exits.js'), { restart: { ...restart, limit: 0 } });
    const error = await errorOf(pool.run({ do: 'echo' }));
    t.is(error.code, 'DEGRADED');
    t.regex(error.message, /exit code 7; its last words: no licence$/);
    t.is(error.stderrTail, 'no licence\n');
    t.is(pool.stats.spawned, 1);
  },
);

onEachHost('a module that never finishes is given up after startTimeout', async (t, open) => {
  const pool = open(broken('hangs.js'), { restart: { ...restart, limit: 0 }, startTimeout: 300 });
  const error = await errorOf(pool.ready());
  t.is(error.code, 'DEGRADED');
  t.regex(error.message, /has not started within 300 ms/);
});

onEachHost('a worker that starts at last is used, and the earlier tries are forgotten', async (t, open) => {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const env = { STATEPOOL_TRIES: join(folder, 'tries') };
  const pool = open(broken('flaky.js'), { restart, env });
  t.deepEqual(await pool.run({ do: 'echo', value: 1 }), { do: 'echo', value: 1 });
  t.like(pool.stats, { spawned: 3, died: 2, failed: 0 });
});

onEachHost('a pool that waits for another try can be destroyed', async (t, open) => {
  const pool = open(broken('throws.js'), { restart: { limit: 5, delay: 2 ** 30, maxDelay: 2 ** 30 } });
  const task = code(pool.run({ do: 'echo' }));
  await new Promise<void>((resolve) => pool.on('worker', ({ state }) => state === 'dead' && resolve()));
  await pool.destroy();
  t.is(await task, 'CANCELLED');
  t.is(pool.stats.spawned, pool.stats.died);
});

onEachHost('a degraded pool can be closed', async (t, open) => {
  const pool = open(broken('throws.js'), { restart });
  const task = code(pool.run({ do: 'echo' }));
  t.deepEqual(await pool.close(), { completed: 0, failed: 1, cancelled: 0, isForced: false });
  t.is(await task, 'DEGRADED');
});
