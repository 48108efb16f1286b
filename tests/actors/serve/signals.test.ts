import { onEachHost, onProcesses } from '../../support/pool.ts';
import { runInGroup, runScript } from '../../support/script.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
  onEachHost(
    `${signal} to the process group leaves the workers alive, and the program handles it`,
    async (t, _open, host) => {
      const { stdout, ...ending } = await runInGroup('signalled.js', host, signal);
      const heard = host === 'thread' ? 'true' : signal;
      t.deepEqual(stdout.split('\n'), ['["done","done"]', `true 0 ${heard}`, '']);
      t.deepEqual(ending, { code: 0, signal: null, stderr: '' });
    },
  );
}

onProcesses('any number of workers share one watcher, which is collected after the last worker', async (t) => {
  // Only Linux shows processes in /proc.
  if (process.platform !== 'linux') return void t.pass();
  const { stdout, stderr } = await runScript('watched.js', 'process');
  t.is(stderr, '');
  t.deepEqual(stdout.split('\n'), ['{"watchers":1,"zombies":0}', '{"watchers":0,"zombies":0} true', '']);
});
