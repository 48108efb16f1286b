import { createHook } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { inspect } from 'statepool/inspect';
import { echo, jobs } from '../../support/jobs.ts';
import { opener, stayAlive } from '../../support/pool.ts';
import { Viewer } from '../../support/viewer.ts';

const script = fileURLToPath(new URL('../../fixtures/scripts/leave-inspected.js', import.meta.url));

/** A timer of Node. */
interface Interval {
  /** The time in ms; `null` for a timer that fires once. */
  readonly _repeat: number | null;
  readonly _destroyed: boolean;
}

/** The period of the timer that Node's HTTP server has, in ms. */
const OF_NODE = 30_000;

/** Starts a program that opens its pool to view and then runs one task; returns its address, and its end. */
async function program(...args: string[]) {
  const child = spawn(process.execPath, [script, 'process', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const url = (await lines.next()).value as string;
  return { view: { url, port: Number(new URL(url).port) }, lines, ended };
}

test('a program ends by itself if its pool has no viewer', async (t) => {
  const { ended, lines } = await program();
  t.is((await lines.next()).value, 'done');
  t.is(await ended, 0);
});

test('a program that waits for a viewer begins when one comes, and ends by itself while it is connected', async (t) => {
  const { view, ended, lines } = await program('wait');
  const viewer = new Viewer(t, view);
  const full = await viewer.until(({ type }) => type === 'full');
  t.like(full, { header: { done: 0 } });
  t.is((await lines.next()).value, 'done');
  t.is(await ended, 0);
  // The server sent no close frame: a viewer knows from this that the program has ended.
  t.is(await viewer.closed, 1006);
  t.false(viewer.all.some(({ type }) => type === 'ended'));
});

// Runs alone, because it counts the timers of its process.
test.serial('a pool without a viewer has no inspector attached, no listener, and no timer runs', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'inline')(jobs());
  const { system } = pool.actor;
  const attach = system.inspect;
  const attached = new Set<unknown>();
  const { on, off } = EventEmitter.prototype;
  let listeners = 0;
  EventEmitter.prototype.on = function (event, listener) {
    if (event === 'task') listeners++;
    return on.call(this, event, listener);
  };
  EventEmitter.prototype.off = function (event, listener) {
    if (event === 'task') listeners--;
    return off.call(this, event, listener);
  };
  t.teardown(() => void Object.assign(EventEmitter.prototype, { on, off }));
  const intervals: Interval[] = [];
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      const interval = resource as Interval;
      const isInterval = type === 'Timeout' && interval._repeat !== null;
      if (isInterval && interval._repeat !== OF_NODE) intervals.push(interval);
    },
  }).enable();
  t.teardown(() => void hook.disable());
  system.inspect = (observer) => {
    const subscription = attach(observer);
    attached.add(subscription);
    return {
      unsubscribe() {
        attached.delete(subscription);
        subscription.unsubscribe();
      },
    };
  };
  const counts = () => [attached.size, listeners, intervals.filter(({ _destroyed }) => !_destroyed).length];
  const view = await inspect(pool);
  await pool.run(echo(1));
  t.deepEqual(counts(), [0, 0, 0]);
  const [first, second] = [new Viewer(t, view), new Viewer(t, view, '/inspect')];
  await Promise.all([first, second].map((viewer) => viewer.untilAll((all) => all.length > 0)));
  t.deepEqual(counts(), [1, 1, 1]);
  first.socket.close();
  // The two ends of a connection hear of its end one after the other.
  const viewersAre = async (count: number) => {
    while (view.viewers !== count) await new Promise((resolve) => setImmediate(resolve));
  };
  await viewersAre(1);
  // Stately's inspector has no timeline.
  t.deepEqual(counts(), [1, 0, 1]);
  second.socket.terminate();
  await viewersAre(0);
  t.deepEqual(counts(), [0, 0, 0]);
  await pool.run(echo(2));
  // A viewer that connects again gets the current state.
  const third = new Viewer(t, view);
  const full = await third.until(({ type }) => type === 'full');
  t.like(full, { header: { done: 2 } });
  await view.stop();
  t.is(await third.closed, 1001);
  t.deepEqual(counts(), [0, 0, 0]);
});

test('the events of a turn are limited for a viewer, which is notified that there were more', async (t) => {
  stayAlive(t);
  const pool = opener(t, 'thread')(jobs());
  await pool.ready();
  const viewer = new Viewer(t, await inspect(pool));
  await viewer.until(({ type }) => type === 'full');
  const sampled = viewer.until((message) => message.type === 'tick' && message.isSampled);
  let isSeen = false;
  void sampled.then(() => {
    isSeen = true;
  });
  while (!isSeen) await Promise.all(Array.from({ length: 1000 }, (_, i) => pool.run(echo(i))));
  for (const message of viewer.all) {
    if (message.type !== 'tick') continue;
    t.true(message.fired.length <= 60 && message.messages.length <= 60);
  }
  const { header } = await viewer.reads(({ header }) => header.running === 0 && header.done >= 1000);
  t.is(header.done, pool.stats.completed);
});
