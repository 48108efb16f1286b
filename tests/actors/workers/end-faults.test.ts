import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Farewells, warningOf } from '../../support/farewells.ts';
import { echo, type Job } from '../../support/jobs.ts';
import { code, codes } from '../../support/outcome.ts';
import { onEachHost, onEveryHost, warm } from '../../support/pool.ts';
import { Notes } from '../../support/witness.ts';

/** Makes a task whose verdict ends its worker. */
const last = (value: unknown): Job => echo(value, { verdict: (result) => ({ type: 'end', result }) });

for (const way of ['hang', 'spin'] as const) {
  onEachHost(`an end that never ends (${way}) is cut at its grace, with a warning`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const pool = farewells.pool(open, way, { endGrace: 200 });
    const warning = warningOf(t, 'endGrace of 200 ms');
    t.is(await pool.run(last(1)), 1);
    await farewells.begun(1);
    await warning;
    t.is(await pool.run({ do: 'id' }), 'closing:0:2');
    t.like(pool.stats, { completed: 2, failed: 0 });
  });
}

onEveryHost('a hanging end is cut at its grace while the pool closes', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'hang', { endGrace: 100 });
  await pool.ready();
  t.like(await pool.close(), { isForced: false });
  t.is(await farewells.count(), 1);
});

onEveryHost('with an endGrace of 0 workers are killed at once', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { endGrace: 0 });
  t.is(await pool.run(last(1)), 1);
  t.is(await pool.run({ do: 'id' }), 'closing:0:2');
  await pool.close();
  t.is(await farewells.count(), 0);
});

for (const [way, text] of [
  ['throw', 'thrown by end'],
  ['reject', 'rejected by end'],
] as const) {
  onEveryHost(`an end that fails (${way}) is a warning, fails no task and is no death`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const pool = farewells.pool(open, way, { restart: { intensity: 0, limit: 0 } });
    const warning = warningOf(t, text);
    t.deepEqual(await codes([pool.run(last(1)), pool.run(last(2)), pool.run(echo(3))]), ['done', 'done', 'done']);
    t.regex(await warning, /^closing: end threw Error: /);
    await pool.close();
    t.like(pool.stats, { completed: 3, failed: 0, spawned: 3, died: 3 });
  });
}

for (const [way, text] of [
  ['exit', 'closing:0:1 died before its end was over: exit 3'],
  ['uncaught', 'closing:0:1 died before its end was over: Error: uncaught in end'],
  ['float', 'closing:0:1 died before its end was over: Error: nobody waits for end'],
] as const) {
  onEachHost(`a worker that dies in its end (${way}) is a warning, and is replaced as usual`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const deaths: unknown[] = [];
    const onDeath = (task: unknown) => void deaths.push(task);
    const pool = farewells.pool(
      open,
      way,
      { restart: { intensity: 0, limit: 0 } },
      { onTaskCancellationOrExpirationOrWorkerDeath: onDeath },
    );
    const warning = warningOf(t, text);
    t.is(await pool.run(last(1)), 1);
    t.is(await pool.run({ do: 'id' }), 'closing:0:2');
    await warning;
    t.deepEqual(deaths, []);
    t.is(farewells.runs.length, 1);
  });
}

onEachHost('what end writes reaches onOutput, to the last line', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const lines: string[] = [];
  const pool = farewells.pool(open, 'print', { onOutput: ({ line }) => lines.push(line) });
  await pool.ready();
  await pool.close();
  t.is(lines.filter((line) => line.endsWith('.')).length, 20_000);
  t.true(lines.includes('the last line'));
});

onEveryHost('destroy does not wait for an end', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait');
  await pool.ready();
  const closing = pool.close();
  await farewells.begun(1);
  await pool.destroy();
  t.like(await closing, { isForced: false });
  t.deepEqual(pool.workers, []);
});

onEveryHost('a close whose time is over does not wait for an end', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait');
  await pool.ready();
  t.like(await pool.close({ timeout: 1 }), { isForced: true });
});

onEveryHost('a cancel leaves a worker that runs its end alone', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait');
  await pool.run(last(1));
  await farewells.begun(1);
  pool.cancelAll();
  t.false(pool.cancelWorker('closing:0:1'));
  t.is(pool.workers[0]?.id, 'closing:0:1');
  farewells.allow();
  await pool.ready();
  t.is(pool.workers[0]?.id, 'closing:0:2');
});

onEachHost('close runs the end of each worker and of each started spare', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { size: 2, spares: 1 });
  await pool.ready();
  // The place of this worker goes to the spare, and the pool starts another one.
  await pool.run(last(1));
  await farewells.begun(1);
  farewells.allow();
  await pool.ready();
  const closing = pool.close();
  await farewells.begun(3);
  farewells.allow();
  const isStarted = await Promise.race([farewells.begun(4).then(() => true), closing.then(() => false)]);
  farewells.allow();
  await closing;
  t.is(await farewells.count(), isStarted ? 4 : 3);
});

onEachHost('destroy runs no end, also not that of a spare', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'wait', { spares: 1 });
  await pool.ready();
  await pool.destroy();
  t.is(await farewells.count(), 0);
});

for (const isIdempotent of [true, false]) {
  const how = isIdempotent ? 'of an idempotent kind' : 'of a kind whose tasks run once';
  onEveryHost(`requests ${how} that a worker holds when it ends go to the next one`, async (t, open) => {
    const farewells = await Farewells.begin(t);
    const pool = farewells.pool(open, 'quick', {}, { window: 8, idempotent: isIdempotent });
    await Promise.all(Array.from({ length: 100 }, () => pool.run(echo('quick'))));
    const tasks = Array.from({ length: 60 }, (_, i) => (i % 20 === 5 ? last(i) : echo(i)));
    t.deepEqual(
      await Promise.all(tasks.map((task) => pool.run(task))),
      tasks.map(({ value }) => value),
    );
    await pool.close();
    t.is(pool.stats.spawned, 4);
    t.is(await farewells.count(), 4);
  });
}

onEachHost('end waits for a request that the worker has begun, and whose signal it aborts', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'quick', {}, { window: 8, idempotent: true });
  const notes = new Notes(pool);
  await warm(pool);
  const controller = new AbortController();
  const outcomes = [pool.run(last(1)), pool.run({ do: 'obey', key: 'next' }, { signal: controller.signal })].map(code);
  // The worker of the first task has begun the second one when it ends. The next worker begins it anew.
  await notes.until(({ feedback, worker }) => feedback.begun === 'next' && worker === 'closing:0:2');
  controller.abort();
  t.deepEqual(await Promise.all(outcomes), ['done', 'CANCELLED']);
  t.regex(farewells.runs[0] as string, /while 0 are performed$/);
});

onEveryHost('an end that fails does not change the journal', async (t, open) => {
  const folder = mkdtempSync(join(tmpdir(), 'statepool-end-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const journal = join(folder, 'journal');
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(
    open,
    'throw',
    { journal },
    { useResponse: (_status, _task, result) => ({ type: 'end', result }) },
  );
  const warning = warningOf(t, 'thrown by end');
  t.deepEqual(await codes([pool.run(echo(1)), pool.run(echo(2))]), ['done', 'done']);
  await warning;
  await pool.close();
  const next = farewells.pool(open, 'throw', { journal, size: 0 });
  t.like(next.stats.journal, { live: 0, recovered: 0 });
});

onEachHost('a worker that dies of what came before its end gets no blame for its end', async (t, open) => {
  const farewells = await Farewells.begin(t);
  const pool = farewells.pool(open, 'quick', {});
  await pool.ready();
  const warning = warningOf(t, 'thrown by receiveFeedback');
  pool.forwardFeedback('throw');
  t.like(await pool.close(), { isForced: false });
  t.regex(await warning, /^closing: worker closing:0:1 died before its end was over: Error: /);
  t.is(await farewells.count(), 0);
});
