import test from 'ava';
import { onEachHost } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';

const well = { code: 0, signal: null, stderr: '' };

onEachHost('a call of ready keeps the program alive, even if the pool is idle', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-when-ready.js', host), { ...well, stdout: '1\nready\n' });
});

onEachHost('a task keeps the program alive after ready has resolved', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-with-tasks.js', host), { ...well, stdout: 'done\n' });
});

for (const [host, size, time, code] of [
  ['process', '0', 'queueTimeout', 'TIMEOUT_QUEUE'],
  ['inline', '0', 'queueTimeout', 'TIMEOUT_QUEUE'],
  ['inline', '1', 'timeout', 'TIMEOUT_RUN'],
] as const) {
  test(`${host}: the ${time} of a task keeps a program with ${size} workers alive`, async (t) => {
    t.deepEqual(await runScript('leave-with-times.js', host, size, time), { ...well, stdout: `${code}\n` });
  });
}

onEachHost('after unref a running task does not keep the program alive', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-unreferenced.js', host), { ...well, stdout: 'over\n' });
});

onEachHost('a task that is run after unref does not keep the program alive', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-unreferenced.js', host, 'early'), { ...well, stdout: 'over\n' });
});

onEachHost('ref takes unref back', async (t, _open, host) => {
  t.deepEqual(await runScript('leave-unreferenced.js', host, 'ref'), { ...well, stdout: 'still here\nover\n' });
});
