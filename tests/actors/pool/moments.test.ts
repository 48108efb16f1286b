import test from 'ava';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { code } from '../../support/outcome.ts';
import { onProcesses, opener } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';
import { isAlive, Notes } from '../../support/witness.ts';

test('a snapshot resolves when the last busy worker is done, not before', async (t) => {
  const pool = opener(t, 'thread')(jobs());
  const notes = new Notes(pool);
  const busy = code(pool.run(hold('a')));
  await notes.begun('a');
  const moment = pool.snapshot().then((tasks) => [tasks.length, pool.stats.completed]);
  const queued = code(pool.run(echo('b')));
  pool.forwardFeedback({ open: 'a' });
  t.deepEqual(await moment, [1, 1]);
  t.deepEqual([await busy, await queued], ['done', 'done']);
});

test('a stall with a listener is no warning', async (t) => {
  const warnings: unknown[] = [];
  const onWarning = (warning: { code?: string }) => warnings.push(warning.code);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  const pool = opener(t, 'inline')(jobs({ taskMatch: () => false }));
  const stalled = new Promise<{ code: string }>((resolve) => pool.on('stalled', resolve));
  const task = code(pool.run(echo(1)));
  t.is((await stalled).code, 'STALLED');
  // Node emits a warning in the next tick.
  await new Promise(setImmediate);
  t.false(warnings.includes('STATEPOOL_STALLED'));
  await pool.destroy();
  t.is(await task, 'CANCELLED');
});

for (const how of ['watched', 'alone']) {
  onProcesses(`a worker does not outlive a program that is killed (${how})`, async (t) => {
    const { signal, stdout } = await runScript('leave-by-kill.js', how);
    const pid = Number(stdout);
    t.teardown(() => isAlive(pid) && process.kill(pid, 'SIGKILL'));
    t.is(signal, 'SIGKILL');
    const deadline = performance.now() + 10_000;
    while (isAlive(pid) && performance.now() < deadline) await new Promise(setImmediate);
    t.false(isAlive(pid));
  });
}

test('a map whose signal is aborted between two results yields no more', async (t) => {
  const pool = opener(t, 'inline')(jobs({ perform: (request) => (request as { value: unknown }).value }));
  const controller = new AbortController();
  const results: unknown[] = [];
  const error = await t.throwsAsync(async () => {
    for await (const result of pool.map([echo(1), echo(2), echo(3)], { signal: controller.signal, inFlight: 3 })) {
      results.push(result);
      await pool.join();
      controller.abort(new Error('enough'));
    }
  });
  t.is(error.message, 'enough');
  t.deepEqual(results, [1]);
});

test('pools of processes leave no listeners on their program', async (t) => {
  const before = process.listenerCount('exit');
  for (let i = 0; i < 3; i++) {
    const pool = opener(t, 'process')(jobs());
    await pool.run(echo(i));
    t.is(process.listenerCount('exit'), before + 1);
    await pool.destroy();
  }
  t.is(process.listenerCount('exit'), before);
});
