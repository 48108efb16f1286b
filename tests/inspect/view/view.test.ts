import test from 'ava';
import { inspect } from 'statepool/inspect';
import { echo, hold, jobs } from '../../support/jobs.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { Viewer } from '../../support/viewer.ts';
import { Notes } from '../../support/witness.ts';

test('a viewer first gets everything: the pool, its machines, its actors, its numbers and its queue', async (t) => {
  const pool = opener(t, 'thread')(jobs(), { size: 2 });
  await pool.ready();
  const view = await inspect(pool);
  const viewer = new Viewer(t, view);
  const full = await viewer.until(({ type }) => type === 'full');
  if (full.type !== 'full') return t.fail();
  t.deepEqual(full.pool, { id: pool.id, kind: 'jobs', host: 'thread', size: 2, pid: process.pid });
  t.deepEqual(
    full.machines.map(({ id, chart, states }) => [id, chart, states.join()]),
    [
      ['worker', '/charts/worker.svg', 'fresh,busy,old,dead'],
      ['supervisor', '/charts/supervisor.svg', 'running,paused,stalled,degraded,draining,destroying,destroyed'],
    ],
  );
  t.deepEqual(
    full.actors.map(({ id, machine, state }) => [id, machine, state]),
    [
      [pool.id, 'supervisor', 'running'],
      ['jobs:0:1', 'worker', 'fresh'],
      ['jobs:1:1', 'worker', 'fresh'],
    ],
  );
  t.true(full.actors.slice(1).every(({ threadId }) => typeof threadId === 'number'));
  t.deepEqual(full.header, { state: 'running', waiting: 0, running: 0, done: 0, failed: 0, rate: 0, busy: 0 });
  t.deepEqual(full.queue, { length: 0, head: [], reasons: [] });
  t.deepEqual(full.timeline, { bars: [], marks: [], failed: [] });
});

test('a viewer gets all changes: states, transitions, messages, visit counts and numbers', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs());
  await pool.ready();
  const notes = new Notes(pool);
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  const held = pool.run(hold('gate'));
  await notes.begun('gate');
  const busy = await viewer.actor(({ state }) => state === 'busy');
  t.is(busy.task, 'gate');
  t.is(busy.tasks, 1);
  pool.forwardFeedback({ open: 'gate' });
  await held;
  const old = await viewer.actor(({ id, state }) => id === busy.id && state === 'old');
  t.is(old.task, undefined);
  const ticks = viewer.all.filter((message) => message.type === 'tick');
  const edges = ticks.flatMap(({ fired }) => fired.filter(({ actor }) => actor === busy.id).map(({ edge }) => edge));
  t.deepEqual(edges, ['fresh|dispatch|busy', 'busy|stay|old']);
  t.deepEqual(old.visitCounts, {
    states: { busy: 1, old: 1 },
    edges: { 'fresh|dispatch|busy': 1, 'busy|stay|old': 1 },
  });
  t.deepEqual(
    ticks.flatMap(({ visitCounts }) => visitCounts.filter(({ machine }) => machine === 'worker')).at(-1)?.visitCounts,
    old.visitCounts,
  );
  const messages = ticks.flatMap(({ messages }) =>
    messages.map(({ from, to, event, task }) => `${from} ${event} ${to} ${task}`),
  );
  t.deepEqual(messages, [
    `undefined flush ${pool.id} undefined`,
    `${pool.id} dispatch ${busy.id} gate`,
    `undefined stay ${busy.id} gate`,
    `${busy.id} free ${pool.id} undefined`,
  ]);
  t.true(ticks.every(({ isSampled }) => !isSampled));
  await viewer.reads(({ header }) => header.done === 1 && header.rate === 1);
  await viewer.reads(({ header }) => header.done === 1 && header.rate === 0);
});

test('a killed worker is shown as dead, with the cause, and its replacement appears', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'process')(jobs());
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  const first = await viewer.actor(({ id }) => id === 'jobs:0:1');
  process.kill(first.pid as number, 'SIGKILL');
  const dead = await viewer.actor(({ id, end }) => id === 'jobs:0:1' && end !== undefined);
  t.like(dead, { state: 'dead', end: 'signal SIGKILL', pid: first.pid });
  t.is(dead.visitCounts.states.dead, 1);
  const next = await viewer.actor(({ id, pid }) => id === 'jobs:0:2' && pid !== undefined);
  t.not(next.pid, first.pid);
  t.is(next.visitCounts.states.fresh, 1);
  // A later viewer gets the dead worker too.
  const late = new Viewer(t, await inspect(pool));
  await late.until(({ type }) => type === 'full');
  t.is(late.actors.get('jobs:0:1'), undefined, 'nobody looked through this one when it died');
});

test('only the last fifty dead workers are shown', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'inline')(jobs());
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  for (let i = 1; i <= 60; i++) {
    await viewer.actor(({ id }) => id === `jobs:0:${i}`);
    await pool.run(echo(i, { verdict: () => ({ type: 'end' }) }));
  }
  await viewer.actor(({ id }) => id === 'jobs:0:61');
  await viewer.untilAll(() => viewer.actors.get('jobs:0:60')?.state === 'dead');
  const dead = [...viewer.actors.values()].filter(({ state }) => state === 'dead').map(({ id }) => id);
  t.deepEqual([dead.length, dead[0], dead.at(-1)], [50, 'jobs:0:11', 'jobs:0:60']);
});

test('the end of the pool is sent before the sockets close, and the server is gone', async (t) => {
  const pool = opener(t, 'thread')(jobs());
  await pool.ready();
  const view = await inspect(pool);
  const viewer = new Viewer(t, view);
  await viewer.until(({ type }) => type === 'full');
  await pool.destroy();
  t.is(await viewer.closed, 1001);
  t.deepEqual(viewer.all.at(-1), { type: 'ended', reason: 'the pool has ended' });
  t.like(viewer.actors.get(pool.id), { state: 'destroyed' });
  await view.stop();
  await t.throwsAsync(fetch(view.url));
});
