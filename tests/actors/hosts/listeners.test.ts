import { onEachHost } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';

onEachHost(
  'a listener that throws causes an uncaught error in the program, and no task of the pool fails',
  async (t, _open, host) => {
    const { code, stdout } = await runScript('leave-by-a-listener.js', host);
    t.is(code, 0);
    const caught = ['a listener of task', 'a listener of task'];
    t.deepEqual(JSON.parse(stdout), { results: [1, 2], caught, workers: 1, pending: 0 });
  },
);
