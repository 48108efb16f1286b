import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import call, { callKind } from 'statepool/kinds/call';
import { folderOf } from '../../support/cli.ts';
import { echo, jobs } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { onEachHost, opener } from '../../support/pool.ts';

/** The longest time for which a test blocks its event loop, in ms. */
const LONGEST = 20_000;

/** A function for workers that raises the shared number of its argument. */
const raise = callKind<Int32Array, void>({
  module: 'data:text/javascript,export default (b)=>{Atomics.store(b,0,1);Atomics.notify(b,0);}',
});

/** Blocks this thread until the number is raised. */
function wait(number: Int32Array): string {
  return Atomics.wait(number, 0, 0, LONGEST);
}

for (const state of ['starting', 'started'] as const) {
  test(`a task reaches a thread that is ${state} even if the program blocks right after run`, async (t) => {
    const pool = opener(t, 'thread')(raise);
    if (state === 'started') await pool.ready();
    const number = new Int32Array(new SharedArrayBuffer(4));
    const done = pool.run(number);
    t.not(wait(number), 'timed-out');
    await done;
    t.like(pool.stats, { spawned: 1, completed: 1 });
  });

  onEachHost(`flush sends tasks to workers that are ${state}, and the program may block`, async (t, open) => {
    const folder = folderOf(t, {});
    const pool = open({ ...call, prefers: () => false }, { size: 2 });
    if (state === 'started') await pool.ready();
    const paths = ['a', 'b'].map((name) => join(folder, name));
    const write = (path: string) => pool.run({ module: 'node:fs', name: 'writeFileSync', args: [path, 'x'] });
    const done = paths.map(write);
    pool.flush();
    const end = Date.now() + LONGEST;
    while (!paths.every((path) => existsSync(path)) && Date.now() < end);
    t.deepEqual(
      paths.map((path) => existsSync(path)),
      [true, true],
    );
    await Promise.all(done);
    t.like(pool.stats, { spawned: 2, completed: 2 });
  });
}

onEachHost('flush starts workers for waiting tasks, which get them although the program blocks', async (t, open) => {
  const path = join(folderOf(t, {}), 'a');
  const pool = open(call, { size: 1, minSize: 0 });
  const done = pool.run({ module: 'node:fs', name: 'writeFileSync', args: [path, 'x'] });
  pool.flush();
  const end = Date.now() + LONGEST;
  while (!existsSync(path) && Date.now() < end);
  t.true(existsSync(path));
  await done;
});

test('a starting thread gets as many tasks as it performs together', async (t) => {
  const pool = opener(t, 'thread')({ ...raise, concurrency: 2 });
  const numbers = [1, 2].map(() => new Int32Array(new SharedArrayBuffer(4)));
  const done = numbers.map((number) => pool.run(number));
  pool.flush();
  for (const number of numbers) t.not(wait(number), 'timed-out');
  await Promise.all(done);
  t.like(pool.stats, { spawned: 1, completed: 2 });
});

test('a task that a starting thread was given is cancelled without the end of the thread', async (t) => {
  const pool = opener(t, 'thread')(jobs());
  const controller = new AbortController();
  const cancelled = code(pool.run(echo(1), { signal: controller.signal }));
  t.is(pool.queued, 0);
  controller.abort();
  t.is(await cancelled, 'CANCELLED');
  t.is(await pool.run(echo(2)), 2);
  t.like(pool.stats, { spawned: 1, cancelled: 1 });
});

test('a worker is ready once it has started, also if it was given a task before', async (t) => {
  const pool = opener(t, 'thread')(jobs());
  const done = pool.run({ do: 'id' });
  t.is(pool.workers[0]?.state, 'busy');
  await pool.ready();
  t.is(await done, 'jobs:0:1');
});

onEachHost('tasks of a worker that never starts go back, and fail with the cause', async (t, open) => {
  const pool = open({ ...jobs(), url: new URL('file:///nowhere/at-all.js').href }, { restart: { limit: 0 } });
  const lost = code(pool.run(echo(1)));
  pool.flush();
  t.is(await lost, 'DEGRADED');
});
