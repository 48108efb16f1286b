import { jobs } from '../../support/jobs.ts';
import { onEachHost } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';

for (const whose of ['node:test', 'all']) {
  for (const when of ['before', 'after']) {
    onEachHost(
      `fake timers (${whose}) that come ${when} the import of the pool change nothing`,
      async (t, _open, host) => {
        const { stdout, code } = await runScript('fake-time.js', host, whose, when);
        t.is(stdout, 'done TIMEOUT_RUN WORKER_DIED done true\n');
        t.is(code, 0);
      },
    );
  }
}

onEachHost('a task that replaces timers, clocks or similar functions does not affect later tasks', async (t, open) => {
  const pool = open(jobs(), { killGrace: 5000, heartbeat: 1000 });
  t.is(await pool.run({ do: 'fake' }), 'faked');
  t.is(await pool.run({ do: 'echo', value: 7 }), 7);
  t.is(await pool.run({ do: 'later', value: 8 }), 8);
  t.is(await pool.run({ do: 'id' }), 'jobs:0:1');
});

onEachHost('a thread or process without its process.exit still dies of an uncaught error', async (t, open) => {
  const pool = open(jobs());
  t.is(await pool.run({ do: 'fake' }), 'faked');
  await t.throwsAsync(pool.run({ do: 'float' }), { code: 'WORKER_DIED' });
  t.is(await pool.run({ do: 'id' }), 'jobs:0:2');
});

onEachHost('properties of Object.prototype are not read as options, events or parts', async (t, _open, host) => {
  t.deepEqual(await runScript('polluted.js', host), {
    code: 0,
    signal: null,
    stdout: 'own\nown\nown\nown\nown\n',
    stderr: '',
  });
});

onEachHost('a program in a deleted folder starts workers, or gets an error with the reason', async (t, _open, host) => {
  const { stdout, code } = await runScript('no-folder.js', host);
  const [first, second] = stdout.split('\n');
  t.is(code, 0);
  if (host === 'process') {
    t.is(first, '/');
    t.regex(second ?? '', /throws\.js throws on import/);
  } else t.regex(first ?? '', /working folder was deleted: change to another one/);
});
