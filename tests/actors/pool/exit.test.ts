import { onEachHost } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';

const well = { code: 0, signal: null, stderr: '' };

onEachHost('an idle pool lets the program exit by itself', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-idle.js', host), { ...well, stdout: 'done\n' });
});

onEachHost('a program exits by itself while a worker runs its end', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-in-end.js', host), { ...well, stdout: 'done\n' });
});

onEachHost('a task keeps the program alive until it has settled', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-unawaited.js', host), { ...well, stdout: 'done\n' });
});

onEachHost('a program exits by itself after a task that was cancelled before it ran', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-after-abort.js', host), { ...well, stdout: 'CANCELLED\n' });
});

onEachHost('a program exits by itself after a task that expired', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-after-expiry.js', host), { ...well, stdout: 'EXPIRED\n' });
});

onEachHost('a destroyed pool leaves no process, thread or timer', async (t, _open, host) => {
  const stdout = '["CANCELLED","CANCELLED"]\n{"timers":0,"processes":0,"workers":0}\n';
  t.deepEqual(await runScript('leave-destroyed.js', host), { ...well, stdout });
});

onEachHost('a destroyed pool leaves no timer of a grace period', async (t, _open, host) => {
  const stdout = '["CANCELLED","CANCELLED"]\n{"timers":0,"processes":0,"workers":0}\n';
  t.deepEqual(await runScript('leave-destroyed.js', host, 'abort'), { ...well, stdout });
});

onEachHost(
  'after any death of workers only their tasks fail, the pool refills, and the program exits',
  async (t, _open, host) => {
    const ending = await runScript('suffer.js', host);
    const deaths = host === 'process' ? 7 : 5;
    const expected = Array.from({ length: deaths }, () => ['WORKER_DIED', 'done']).flat();
    const [endings, spinning, full] = ending.stdout.split('\n');
    t.deepEqual(JSON.parse(endings ?? ''), expected);
    t.is(spinning, 'CANCELLED');
    t.is(full, '2 0');
    t.like(ending, { code: 0, signal: null });
  },
);
