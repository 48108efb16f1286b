import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { processHost } from '../../../actors/hosts/process.ts';
import { threadHost } from '../../../actors/hosts/thread.ts';
import type { Life } from '../../../actors/pool/pool-life.ts';
import { rehearseOnce } from '../../../actors/pool/rehearsal.ts';
import { jobs } from '../../support/jobs.ts';
import { onEachHost } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';

/** Offers a pool with one worker for the rehearsal; returns how often its kind was asked for its name. */
async function offer(seat: { hasStarted: boolean; phase: string } | undefined, host = processHost): Promise<number> {
  let asked = 0;
  const kind = {
    ...jobs(),
    get name() {
      asked++;
      return 'offered';
    },
  };
  const seats = new Map(seat === undefined ? [] : [['offered:0', seat]]);
  rehearseOnce({ core: { kind, options: { host }, state: { seats } } } as unknown as Life);
  await setImmediate();
  await setImmediate();
  return asked;
}

test.serial(
  'there is no rehearsal for a pool whose worker has started, or ends, or is a thread, or that has none',
  async (t) => {
    t.is(await offer({ hasStarted: true, phase: 'free' }), 0);
    t.is(await offer({ hasStarted: false, phase: 'ending' }), 0);
    t.is(await offer(undefined), 0);
    t.is(await offer({ hasStarted: false, phase: 'starting' }, threadHost), 0);
  },
);

test.serial('there is no rehearsal while somebody listens to the tasks or workers of all pools', async (t) => {
  const heard: unknown[] = [];
  const hear = (message: unknown) => heard.push(message);
  for (const channel of ['tracing:statepool:task:start', 'statepool:worker:ready', 'statepool:worker:exit']) {
    subscribe(channel, hear);
    t.is(await offer({ hasStarted: false, phase: 'starting' }), 0, channel);
    unsubscribe(channel, hear);
  }
  t.deepEqual(heard, []);
});

test.serial('while the first process starts there is one rehearsal, and never a second one', async (t) => {
  t.true((await offer({ hasStarted: false, phase: 'starting' })) > 0);
  t.is(await offer({ hasStarted: false, phase: 'starting' }), 0);
});

for (const host of ['thread', 'process']) {
  test(`${host}: a rehearsal leaves no timer, handle, warning or actor, and does not show in the pool`, async (t) => {
    const { code, stdout, stderr } = await runScript('rehearsed.js', host);
    t.is(stderr, '');
    t.deepEqual(JSON.parse(stdout), {
      id: 'jobs:0:1',
      counts: { accepted: 1, completed: 1, spawned: 1, died: 1 },
      left: [],
    });
    t.is(code, 0);
  });
}

onEachHost('a pool that is destroyed at once, before the rehearsal, ends', async (t, open) => {
  const pool = open(jobs(), { size: 1 });
  await pool.destroy();
  t.is(pool.workers.length, 0);
});
