import { jobs } from '../../support/jobs.ts';
import { onEachHost } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';

for (const whose of ['node:test', 'all']) {
  for (const when of ['before', 'after']) {
    onEachHost(
      `fake timers (${whose}) that come ${when} the pool is imported change nothing`,
      async (t, _open, host) => {
        const { stdout, code } = await runScript('fake-time.js', host, whose, when);
        t.is(stdout, 'done TIMEOUT_RUN WORKER_DIED done true\n');
        t.is(code, 0);
      },
    );
  }
}

onEachHost('a task that replaces timers, clocks and the like changes nothing for the next ones', async (t, open) => {
  const pool = open(jobs(), { killGrace: 5000, heartbeat: 1000 });
  t.is(await pool.run({ do: 'fake' }), 'faked');
  t.is(await pool.run({ do: 'echo', value: 7 }), 7);
  t.is(await pool.run({ do: 'later', value: 8 }), 8);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

onEachHost('a thread or process without its process.exit dies of an uncaught error all the same', async (t, open) => {
  const pool = open(jobs());
  t.is(await pool.run({ do: 'fake' }), 'faked');
  await t.throwsAsync(pool.run({ do: 'float' }), { code: 'WORKER_DIED' });
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onEachHost("what stands on Object.prototype is nobody's option, event or part", async (t, _open, host) => {
  t.deepEqual(await runScript('polluted.js', host), {
    code: 0,
    signal: null,
    stdout: 'own\nown\nown\nown\n',
    stderr: '',
  });
});

onEachHost('a program whose folder was deleted starts workers, or is told why it cannot', async (t, _open, host) => {
  const { stdout, code } = await runScript('no-folder.js', host);
  const [first, second] = stdout.split('\n');
  t.is(code, 0);
  if (host === 'process') {
    t.is(first, '/');
    t.regex(second ?? '', /throws\.js throws on import/);
  } else t.regex(first ?? '', /working folder was deleted: change to another one/);
});
