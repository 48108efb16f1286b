import { AsyncLocalStorage } from 'node:async_hooks';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { code, codes } from '../../support/outcome.ts';
import { onEveryHost } from '../../support/pool.ts';

/** More tasks than may wait with an entry each. */
const MANY = 6000;

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

onEveryHost('many tasks begin in the order of their arrival, also if some have options', async (t, open) => {
  const order: unknown[] = [];
  const pool = open(
    jobs({
      requestOfTask(_status, { verdict, ...request }: Job) {
        order.push(request.value);
        return request;
      },
    }),
  );
  pool.pause();
  const runs = numbers(0, MANY).map((i) => pool.run(echo(i), i % 1000 === 999 ? { timeout: 60_000 } : undefined));
  const all = pool.runAll(numbers(MANY, MANY).map((i) => echo(i)));
  const last = pool.run(echo('last'));
  t.is(pool.queued, 2 * MANY + 1);
  t.is(pool.stats.accepted, 2 * MANY + 1);
  pool.resume();
  t.deepEqual(await Promise.all(runs), numbers(0, MANY));
  t.deepEqual(await all, numbers(MANY, MANY));
  t.is(await last, 'last');
  t.deepEqual(order, [...numbers(0, 2 * MANY), 'last']);
  await pool.join();
  t.like(pool.stats, { pending: 0, completed: 2 * MANY + 1 });
});

onEveryHost('the hooks of each of many tasks run in the context of its own caller', async (t, open) => {
  const tenant = new AsyncLocalStorage<unknown>();
  const other = new AsyncLocalStorage<unknown>();
  const wrong: unknown[] = [];
  const pool = open(
    jobs({
      requestOfTask(_status, { verdict, ...request }: Job) {
        if (tenant.getStore() !== request.tenant || other.getStore() !== request.other) wrong.push(request);
        return request;
      },
    }),
  );
  pool.pause();
  const runs: Promise<unknown>[] = [];
  const call = (more: object) => runs.push(pool.run(echo(1, more)));
  for (let i = 0; i < MANY; i++) {
    if (i % 5 === 0) call({});
    tenant.run(i % 3, () => call({ tenant: i % 3 }));
    if (i % 7 === 0) tenant.run(i, () => other.run(i, () => call({ tenant: i, other: i })));
  }
  await tenant.run('later', async () => {
    await undefined;
    call({ tenant: 'later' });
    tenant.enterWith('entered');
    call({ tenant: 'entered' });
  });
  pool.resume();
  await Promise.all(runs);
  t.deepEqual(wrong, []);
});

onEveryHost('many tasks can be seen, sorted and cancelled', async (t, open) => {
  const pool = open(jobs());
  pool.pause();
  const runs = codes(numbers(0, MANY).map((i) => pool.run(echo(i))));
  const seen = await pool.snapshot();
  t.deepEqual(
    seen.map(({ value }) => value),
    numbers(0, MANY),
  );
  const controller = new AbortController();
  const batch = code(
    pool.runAll(
      numbers(MANY, MANY).map((i) => echo(i)),
      { signal: controller.signal },
    ),
  );
  t.is(pool.queued, 2 * MANY);
  controller.abort();
  t.is(await batch, 'CANCELLED');
  t.is(pool.queued, MANY);
  const late = codes(numbers(0, 10).map((i) => pool.run(echo(i))));
  pool.setOrder((a, b) => Number(b.value) - Number(a.value));
  t.is((await pool.snapshot())[0]?.value, MANY - 1);
  pool.cancelAll();
  t.deepEqual(new Set([...(await runs), ...(await late)]), new Set(['CANCELLED']));
  const left = codes(numbers(0, MANY).map((i) => pool.run(echo(i))));
  await pool.destroy();
  t.deepEqual(new Set(await left), new Set(['CANCELLED']));
  t.like(pool.stats, { pending: 0, queued: 0 });
});
