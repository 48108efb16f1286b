import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createPool, type PoolOptions, type TaskOutcome } from 'statepool';
import { folderOf } from '../../support/cli.ts';
import { echo, type Job, jobs } from '../../support/jobs.ts';
import { code, errorOf } from '../../support/outcome.ts';

/** Tasks in a journal are data: they describe their verdict in words. */
const kind = jobs({
  useResponse(status, task, response) {
    const tasks = (task.makes ?? []) as Job[];
    if (task.refuses)
      return { type: 'stay', competence: undefined, error: Object.assign(new RangeError('no'), { code: 'E_NO' }) };
    return { type: 'stay', competence: status.type, result: response, tasks };
  },
});

/** Makes pools with inline workers, each with a journal. */
function opener(t: ExecutionContext) {
  const folder = folderOf(t, {});
  t.timeout(60_000);
  return {
    path: (name = 'journal') => join(folder, name),
    open(name = 'journal', options: PoolOptions = {}) {
      const pool = createPool(kind, { host: 'inline', size: 1, journal: join(folder, name), ...options });
      const ended: TaskOutcome[] = [];
      pool.on('task', (outcome) => ended.push(outcome));
      t.teardown(() => pool.destroy());
      return { pool, ended };
    },
  };
}

const resultsOf = (ended: readonly TaskOutcome[]) => ended.map(({ result }) => result);

test('an accepted, unsettled task is queued again, in order, and ends without a caller', async (t) => {
  const { open } = opener(t);
  const first = open('journal', { size: 0 });
  for (const value of [1, 2, 3]) await first.pool.submit(echo(value), value === 3 ? { priority: 1 } : {});
  t.is(first.pool.stats.journal?.live, 3);
  await first.pool.destroy();
  const second = open();
  t.is(second.pool.stats.journal?.recovered, 3);
  await second.pool.join();
  t.deepEqual(resultsOf(second.ended), [3, 1, 2]);
  t.is(second.pool.stats.journal?.live, 0);
  await second.pool.destroy();
  const third = open();
  await third.pool.join();
  t.deepEqual(third.ended, []);
});

test('submit resolves when the record is in the file, and its result resolves as run does', async (t) => {
  const { open, path } = opener(t);
  const { pool } = open();
  const { id, result } = await pool.submit(echo('x'), { id: 'name' });
  t.is(id, 'name');
  t.true(readFileSync(path(), 'utf8').includes('"s","name",{"do":"echo"'));
  t.is(await result, 'x');
  t.true(readFileSync(path(), 'utf8').includes('"d","name",{"result":"x"}'));
});

test('a task so large that it is written at once is submitted like any other', async (t) => {
  const { open } = opener(t);
  const { pool } = open();
  const { id, result } = await pool.submit(echo('x', { long: 'x'.repeat(2_000_000) }), { id: 'large' });
  t.is(id, 'large');
  t.is(await result, 'x');
  t.is(pool.stats.journal?.live, 0);
});

test('a caller gets the end of a task only after it is in the file', async (t) => {
  const { open, path } = opener(t);
  const { pool, ended } = open();
  pool.on('task', () => t.true(readFileSync(path(), 'utf8').includes('"d"')));
  await pool.run(echo(1));
  t.is(ended.length, 1);
});

test('a task with a known id does not run again, neither under way nor later', async (t) => {
  const { open } = opener(t);
  let runs = 0;
  const counted = {
    ...kind,
    requestOfTask(_: unknown, { makes, refuses, ...job }: Job) {
      runs++;
      return job;
    },
  };
  const first = createPool(counted, { host: 'inline', size: 1, journal: opener(t).path() });
  t.teardown(() => first.destroy());
  t.deepEqual(await Promise.all([1, 2, 3].map((value) => first.run(echo(value), { id: 'same' }))), [1, 1, 1]);
  t.is(await first.run(echo(4), { id: 'same' }), 1);
  t.is(runs, 1);
  const { pool } = open();
  await pool.run(echo(new Map([[1, new Date(7)]])), { id: 'map' });
  const failed = await errorOf(pool.run(echo(1, { refuses: true }), { id: 'failed' }));
  await pool.destroy();
  const next = open();
  t.deepEqual(await next.pool.run(echo('other'), { id: 'map' }), new Map([[1, new Date(7)]]));
  const again = await errorOf(next.pool.run(echo('other'), { id: 'failed' }));
  t.like(again, { name: failed.name, message: failed.message, code: 'E_NO' });
  t.true(again instanceof RangeError);
  t.is(next.pool.stats.completed, 0);
});

test('a caller that runs a recovered task by its id gets its end', async (t) => {
  const { open } = opener(t);
  const first = open('journal', { size: 0 });
  const lost = code(first.pool.run(echo('a'), { id: 'a' }));
  await first.pool.submit(echo('b'), { id: 'b' });
  await first.pool.destroy();
  t.is(await lost, 'CANCELLED');
  const { pool } = open('journal', { size: 0 });
  const waiting = ['a', 'b'].map((id) => pool.run(echo('another'), { id }));
  const cancelled = code(pool.run(echo('b'), { id: 'b', signal: AbortSignal.abort() }));
  pool.resize(1);
  t.is(await waiting[0], 'a');
  t.deepEqual(await Promise.all([cancelled, code(waiting[1] as Promise<unknown>)]), ['CANCELLED', 'CANCELLED']);
});

test('a task that the pool ended is still unsettled, a task that a caller cancelled is not', async (t) => {
  for (const tasks of ['cancel', 'finish-running'] as const) {
    const { open } = opener(t);
    const { pool } = open('journal', { size: 0 });
    const gone = new AbortController();
    const outcomes = [pool.run(echo('kept')), pool.run(echo('gone'), { signal: gone.signal })].map(code);
    await pool.submit(echo('kept too'));
    gone.abort();
    await pool.close({ tasks });
    t.deepEqual(await Promise.all(outcomes), ['CANCELLED', 'CANCELLED']);
    const next = open();
    await next.pool.join();
    t.deepEqual(resultsOf(next.ended), ['kept', 'kept too']);
  }
});

test('a follow-up is in the journal when its origin has settled, and not before', async (t) => {
  const { open, path } = opener(t);
  const { pool } = open();
  const { result } = await pool.submit(echo('origin', { makes: [echo('first'), echo('second')] }));
  copyFileSync(path(), path('before'));
  await result;
  copyFileSync(path(), path('between'));
  await pool.destroy();
  for (const [name, results] of [
    ['before', ['origin', 'first', 'second']],
    ['between', ['first', 'second']],
  ] as const) {
    const next = open(name);
    await next.pool.join();
    t.deepEqual(resultsOf(next.ended), results);
    t.deepEqual(
      next.ended.map(({ isFollowUp }) => isFollowUp),
      results.map((each) => each !== 'origin'),
    );
  }
});

test('a task that cannot be written is refused with its path, and leaves no record', async (t) => {
  const { open } = opener(t);
  const { pool } = open();
  const error = await errorOf(pool.run(echo({ a: [() => {}] })));
  t.is(error.code, 'JOURNAL');
  t.regex(error.message, /at task\.value\.a\[0\]: .*could not be cloned/s);
  t.is(pool.stats.journal?.live, 0);
  t.is(await pool.run(echo(1)), 1);
});

test('close writes the submitted tasks, and join waits for the writes under way', async (t) => {
  const { open } = opener(t);
  for (const durability of ['process', 'power'] as const) {
    const { pool, ended } = open('journal', { journal: { path: opener(t).path(), durability } });
    void pool.run(echo(1));
    await pool.join();
    t.deepEqual(resultsOf(ended), [1]);
    const last = pool.run(echo(2));
    const report = await pool.close();
    t.is(report.completed, 1);
    t.is(await last, 2);
  }
});

test('maxQueue counts tasks that are not written yet', async (t) => {
  const { open } = opener(t);
  const { pool } = open('journal', { size: 0, maxQueue: 2, journal: { path: opener(t).path(), durability: 'power' } });
  const outcomes = [1, 2, 3].map((value) => code(pool.run(echo(value))));
  t.is(await outcomes[2], 'QUEUE_FULL');
  t.is(pool.queued, 2);
  await pool.destroy();
  t.deepEqual(await Promise.all(outcomes), ['CANCELLED', 'CANCELLED', 'QUEUE_FULL']);
});

test('a compaction drops settled tasks and keeps as many ids as the options ask for', async (t) => {
  const { path } = opener(t);
  const journal = { path: path(), keep: 2 };
  const long = 'x'.repeat(100_000);
  const pool = createPool(kind, { host: 'inline', size: 1, journal });
  for (let i = 0; i < 40; i++) await pool.run(echo(i, { long }), { id: `task ${i}` });
  t.true((pool.stats.journal?.bytes ?? 0) < 1_500_000);
  t.is(pool.stats.journal?.known, 2);
  await pool.destroy();
  const next = createPool(kind, { host: 'inline', size: 1, journal });
  t.teardown(() => next.destroy());
  t.true((next.stats.journal?.bytes ?? 0) < 1000);
  t.is(await next.run(echo('again'), { id: 'task 39' }), 39);
  t.is(await next.run(echo('again'), { id: 'task 7' }), 'again');
});

test('an id, submit or wrong options without a journal are refused', async (t) => {
  const pool = createPool(kind, { host: 'inline', size: 1 });
  t.teardown(() => pool.destroy());
  t.is(await code(pool.run(echo(1), { id: 'x' })), 'USAGE');
  t.is(await code(pool.submit(echo(1))), 'USAGE');
  const { open } = opener(t);
  t.is(await code(open().pool.run(echo(1), { id: '' })), 'USAGE');
  for (const journal of [
    '',
    { path: 'x', durability: 'disk' },
    { path: 'x', keep: -1 },
    { path: 'x', sync: true },
    7,
  ]) {
    t.throws(() => createPool(kind, { journal: journal as string }), { code: 'USAGE', message: /journal/ });
  }
});
