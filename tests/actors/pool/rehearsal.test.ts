import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import type { Host } from '../../../actors/hosts/host.ts';
import { inlineHost } from '../../../actors/hosts/inline.ts';
import { processHost } from '../../../actors/hosts/process.ts';
import { threadHost } from '../../../actors/hosts/thread.ts';
import { Waiters } from '../../../actors/platform/waiters.ts';
import type { Life } from '../../../actors/pool/pool-life.ts';
import { rehearse } from '../../../actors/pool/rehearsal/rehearsal.ts';
import { jobs } from '../../support/jobs.ts';
import { onEachHost } from '../../support/pool.ts';
import { runScript } from '../../support/script.ts';

/** A pool as a rehearsal sees it. */
interface Seen {
  readonly host?: Host;
  readonly seat?: { hasStarted: boolean; phase: string };
  completed?: number;
  isClosed?: boolean;
}

const CHANNELS = ['tracing:statepool:task:start', 'statepool:worker:ready', 'statepool:worker:exit'];

const starting = { hasStarted: false, phase: 'starting' };

/** Offers a pool for a rehearsal. Its kind counts how often it was asked for its name. */
function offer(seen: Seen) {
  const { host = processHost, seat, completed = 0, isClosed = false } = seen;
  const offered = { asked: 0, counts: { completed }, idle: new Waiters(), isClosed };
  const kind = {
    ...jobs(),
    get name() {
      offered.asked++;
      return 'offered';
    },
  };
  const seats = new Map(seat === undefined ? [] : [['offered:0', seat]]);
  const core = { kind, options: { host }, state: { seats }, counts: offered.counts };
  rehearse(Object.assign(offered, { core }) as unknown as Life);
  return offered;
}

/** Lets a rehearsal begin, if it is to begin. */
async function soon(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await setImmediate();
}

/** Returns whether a pool is rehearsed. */
async function isRehearsed(seen: Seen): Promise<boolean> {
  const offered = offer(seen);
  await soon();
  offered.idle.resolve();
  await soon();
  return offered.asked > 0;
}

test.serial('the start is not rehearsed for a pool whose worker has started, or ends, or that has none', async (t) => {
  t.false(await isRehearsed({ seat: { hasStarted: true, phase: 'free' } }));
  t.false(await isRehearsed({ seat: { hasStarted: false, phase: 'ending' } }));
  t.false(await isRehearsed({}));
});

test.serial('bursts are not rehearsed for a pool that has had few tasks, or is closed, or stalled', async (t) => {
  t.false(await isRehearsed({ host: threadHost, seat: starting, completed: 127 }));
  t.false(await isRehearsed({ host: threadHost, completed: 128, isClosed: true }));
  t.false(await isRehearsed({ host: inlineHost, completed: 128 }));
  const stalled = offer({ host: threadHost });
  stalled.idle.reject(new Error('stalled'));
  stalled.counts.completed = 128;
  await soon();
  t.is(stalled.asked, 0);
});

test.serial('there is no rehearsal while somebody listens to the tasks or workers of all pools', async (t) => {
  const heard: unknown[] = [];
  const hear = (message: unknown) => heard.push(message);
  for (const channel of CHANNELS) {
    subscribe(channel, hear);
    t.false(await isRehearsed({ seat: starting }), channel);
    t.false(await isRehearsed({ host: threadHost, completed: 128 }), channel);
    unsubscribe(channel, hear);
  }
  t.deepEqual(heard, []);
});

test.serial('while the first process starts there is one rehearsal, and never a second one', async (t) => {
  t.true(await isRehearsed({ seat: starting }));
  t.false(await isRehearsed({ seat: starting }));
});

test.serial('the first pool of threads that is idle after 128 tasks rehearses bursts, and no other one', async (t) => {
  const [pool, other] = [offer({ host: threadHost, completed: 100 }), offer({ host: threadHost, completed: 100 })];
  pool.counts.completed = 128;
  await soon();
  t.is(pool.asked, 0);
  pool.idle.resolve();
  await soon();
  t.true(pool.asked > 0);
  // Who listens from now on hears nothing of its rest and its end.
  const heard: unknown[] = [];
  const hear = (message: unknown) => heard.push(message);
  for (const channel of CHANNELS) subscribe(channel, hear);
  for (let turn = 0; turn < 60; turn++) await setImmediate();
  for (const channel of CHANNELS) unsubscribe(channel, hear);
  t.deepEqual(heard, []);
  other.counts.completed = 128;
  other.idle.resolve();
  await soon();
  t.is(other.asked, 0);
  t.false(await isRehearsed({ host: threadHost, completed: 128 }));
});

for (const [host, tasks] of [
  ['thread', 1],
  ['thread', 200],
  ['process', 1],
] as const) {
  test(`${host}, ${tasks} tasks: a rehearsal leaves nothing behind, and does not show in the pool`, async (t) => {
    const { code, stdout, stderr } = await runScript('rehearsed.js', host, String(tasks));
    t.is(stderr, '');
    t.deepEqual(JSON.parse(stdout), {
      id: 'jobs:0:1',
      counts: { accepted: tasks, completed: tasks, spawned: 1, died: 1 },
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
