import assert from 'node:assert';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import fc from 'fast-check';
import { createPool, type PoolOptions } from 'statepool';
import { checkedTokens } from '../support/checked-tokens.ts';
import { echo, fixture, type Job, jobs } from '../support/jobs.ts';
import { codes } from '../support/outcome.ts';
import type { AnyPool } from '../support/pool.ts';

type Tokens = ReturnType<typeof checkedTokens>;

/** An act on a pool, its tasks or its tokens. */
type Act = (pool: AnyPool, tokens: Tokens) => unknown;

const run =
  (task: Job, options: object = {}) =>
  (pool: AnyPool) =>
    pool.run(task, options);
const ends = { verdict: () => ({ type: 'end', result: 1 }) as const };
const makes = { verdict: () => ({ type: 'stay', competence: 1, result: 1, tasks: [echo(2)] }) as const };

/** The acts that every host allows. The tasks that never end are stopped by a limit, or by the end of the pool. */
const acts: Readonly<Record<string, Act>> = {
  answers: run(echo(1)),
  'ends its worker': run(echo(1, ends)),
  'makes a follow-up': run(echo(1, makes)),
  throws: run({ do: 'throw', what: 'type' }, { attempts: 2 }),
  'cannot be sent': run({ do: 'echo', value: () => {} }),
  'sends nothing back': run({ do: 'unsendable' }),
  'runs too long': run({ do: 'ignore', key: 'a' }, { timeout: 5 }),
  'waits too long': run({ do: 'ignore', key: 'b' }, { timeout: 20, queueTimeout: 1 }),
  'is cancelled at once': (pool) => {
    const controller = new AbortController();
    const result = pool.run({ do: 'ignore', key: 'c' }, { signal: controller.signal });
    controller.abort();
    return result;
  },
  'is cancelled later': (pool) => {
    const controller = new AbortController();
    const result = pool.run({ do: 'obey', key: 'd' }, { signal: controller.signal });
    void setImmediate().then(() => controller.abort());
    return result;
  },
  cancelWorker: (pool) => pool.cancelWorker(pool.workers[0]?.id ?? ''),
  cancelAll: (pool) => pool.cancelAll(),
  pause: (pool) => pool.pause(),
  resume: (pool) => pool.resume(),
  shrink: (pool) => pool.resize(1),
  grow: (pool) => pool.resize(3),
  wait: () => setImmediate(),
  contend: (_, tokens) => tokens.contend(),
  rival: (_, tokens) => tokens.rival(),
};

/** The acts that end a process or a thread. */
const deaths: Readonly<Record<string, Act>> = {
  exits: run({ do: 'exit', code: 3 }),
  'is not caught': run({ do: 'uncaught' }, { attempts: 2 }),
};

/** The acts that end a process. */
const kills: Readonly<Record<string, Act>> = {
  'is killed': run({ do: 'kill' }),
  'kill -9': (pool) => {
    const [worker] = pool.workers;
    try {
      if (worker?.pid !== undefined) process.kill(worker.pid, 'SIGKILL');
    } catch (error) {
      // The pool does not know yet that the process has exited.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  },
};

const options = fc.record({
  size: fc.constantFrom(1, 2, 3),
  minSize: fc.constantFrom(undefined, 0),
  idleTimeout: fc.constantFrom(1, 60_000),
  recycle: fc.constantFrom({}, { tasks: 2 }),
  killGrace: fc.constantFrom(0, 5),
  retries: fc.constantFrom(0, 1),
  window: fc.constantFrom(undefined, 1, 4),
  isIdempotent: fc.boolean(),
  isPicky: fc.boolean(),
  hasEnd: fc.boolean(),
});

for (const [host, all, numRuns] of [
  ['inline', acts, 100],
  ['thread', { ...acts, ...deaths }, 20],
  ['process', { ...acts, ...deaths, ...kills }, 20],
] as const) {
  test(`${host}: whatever a worker ends by, its token goes back once`, async (t) => {
    t.timeout(600_000);
    const seen = { taken: 0, done: 0 };
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(all)), { minLength: 5, maxLength: 30 }),
      options,
      fc.constantFrom('destroy', 'finish', 'finish-running', 'cancel'),
      fc.record({ n: fc.constantFrom(1, 2), isReady: fc.boolean(), isPatient: fc.boolean() }),
      async (names, { window, isIdempotent, isPicky, hasEnd, minSize, ...rest }, end, { n, isReady, isPatient }) => {
        const kind = jobs({
          ...(window === undefined ? {} : { window }),
          ...(isIdempotent ? { idempotent: true } : {}),
          ...(isPicky ? { taskMatch: (status, task) => status.type === 'fresh' || task.do !== 'throw' } : {}),
          ...(hasEnd ? { end: () => {} } : {}),
        });
        const tokens = checkedTokens(n);
        const given: PoolOptions = { ...rest, host, tokens: tokens.source, execArgv: [], onOutput: () => {} };
        const pool: AnyPool = createPool(kind, minSize === undefined ? given : { ...given, minSize });
        if (isReady) await pool.ready();
        const results: Promise<unknown>[] = [];
        for (const name of names) {
          const result = all[name as keyof typeof all]?.(pool, tokens);
          if (name === 'wait') await result;
          else if (result instanceof Promise) results.push(result);
        }
        const outcomes = codes(results);
        tokens.leave();
        for (const name of names) if (name === 'pause') pool.resume();
        // All tasks come to their end by themselves: those that never answer have a limit.
        if (isPatient) await outcomes;
        if (end === 'destroy') await pool.destroy();
        else await pool.close({ tasks: end });
        seen.done += (await outcomes).length;
        seen.taken += tokens.taken;
        assert.deepEqual([tokens.given, tokens.left], [tokens.taken, n]);
      },
    );
    await fc.assert(property, { numRuns, includeErrorInReport: true });
    t.log(`${numRuns} runs, ${seen.done} tasks, ${seen.taken} tokens granted and given back`);
    t.true(seen.taken > 0);
  });
}

for (const host of ['thread', 'process'] as const) {
  test(`${host}: workers that cannot start, or not in time, take no token`, async (t) => {
    const tokens = checkedTokens(1);
    const common = { host, size: 2, tokens: tokens.source, execArgv: [], onOutput: () => {} } as const;
    const broken = createPool({ ...jobs(), url: fixture('broken/throws.js') }, { ...common, restart: { limit: 0 } });
    t.deepEqual(await codes([broken.run(echo(1)), broken.run(echo(2))]), ['DEGRADED', 'DEGRADED']);
    await broken.destroy();
    t.deepEqual([tokens.taken, tokens.given, tokens.left], [0, 0, 1]);
    const late = createPool(jobs(), { ...common, startTimeout: 0, restart: { limit: 0 } });
    t.deepEqual(await codes([late.run(echo(1))]), ['DEGRADED']);
    await late.destroy();
    t.deepEqual([tokens.taken, tokens.given, tokens.left], [0, 0, 1]);
  });
}
