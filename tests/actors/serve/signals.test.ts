import { onEachHost, onProcesses } from '../../support/pool.ts';
import { runInGroup, runScript } from '../../support/script.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
  onEachHost(
    `${signal} to the program's process group is the program's to handle: workers go on`,
    async (t, _open, host) => {
      const { stdout, ...ending } = await runInGroup('signalled.js', host, signal);
      const heard = host === 'thread' ? 'true' : signal;
      t.deepEqual(stdout.split('\n'), ['["done","done"]', `true 0 ${heard}`, '']);
      t.deepEqual(ending, { code: 0, signal: null, stderr: '' });
    },
  );
}

onProcesses(
  'workers have one watcher, whatever number of them come and go, and it is collected after the last',
  async (t) => {
    // Only Linux tells of processes in files.
    if (process.platform !== 'linux') return void t.pass();
    const { stdout, stderr } = await runScript('watched.js', 'process');
    t.is(stderr, '');
    t.deepEqual(stdout.split('\n'), ['{"watchers":1,"zombies":0}', '{"watchers":0,"zombies":0} true', '']);
  },
);
