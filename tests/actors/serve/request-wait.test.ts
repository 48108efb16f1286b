import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { type MessageToWorker, ToWorker } from '../../../actors/protocol/messages.ts';
import { serveOn } from '../../../actors/serve/main-loop.ts';
import type { Port } from '../../../actors/serve/port.ts';
import { RequestWait } from '../../../actors/serve/request-wait.ts';
import { folderOf } from '../../support/cli.ts';
import { jobs } from '../../support/jobs.ts';

// Uses the compiled pool: from source, a thread loads a loader first, which has resources of its own.
const compiled = new URL('../../../dist/actors/index.js', import.meta.url).href;
const { createPool } = (await import(compiled)) as typeof import('../../../actors/index.ts');

const request: MessageToWorker = [ToWorker.Request, 1];

/** Returns a port whose waits take `ms` ms, and end with a request while there are some left. */
function portOf(isAlone: boolean, requests: number, ms = 0): Port & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    post() {},
    isAlone: () => isAlone,
    next(longest) {
      waits.push(longest);
      const end = performance.now() + ms;
      while (performance.now() < end);
      return waits.length > requests ? undefined : request;
    },
  };
}

test('a thread waits for the next request longer if its event loop has nothing else to do', (t) => {
  for (const [isAlone, longest] of [
    [true, 50],
    [false, 5],
  ] as const) {
    const port = portOf(isAlone, 1);
    const wait = new RequestWait(port);
    t.true(wait.begin());
    t.is(wait.next(false), request);
    t.true(wait.wasUseful);
    t.is(wait.next(false), undefined);
    t.false(wait.wasUseful);
    t.deepEqual(port.waits, [longest, longest]);
  }
});

test('requests that keep coming leave the event loop its turn; sooner if it has something else to do', (t) => {
  for (const isAlone of [true, false]) {
    const wait = new RequestWait(portOf(isAlone, 10, 6));
    t.true(wait.begin());
    wait.next(false);
    t.is(wait.isDue(), isAlone);
  }
});

test('waits in vain are left out for a while, also by a thread that has nothing else to do', (t) => {
  const wait = new RequestWait(portOf(true, 0));
  const begun = [];
  for (let i = 0; i < 12; i++) {
    begun.push(wait.begin());
    if (begun.at(-1)) wait.next(false);
  }
  t.deepEqual(
    begun.map((isBegun) => (isBegun ? 1 : 0)),
    [1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0],
  );
});

test('the permission of the next request ends a wait, and makes it useful', (t) => {
  const wait = new RequestWait({ ...portOf(true, 0), isAllowed: () => true });
  wait.next(true);
  t.true(wait.wasUseful);
  wait.next(false);
  t.false(wait.wasUseful);
});

/** A thread's main loop whose port has these messages after the first request. `onWait` is called at each wait. */
function threadOf(kind: Parameters<typeof jobs>[0], messages: MessageToWorker[], onWait: () => void) {
  const posted: unknown[] = [];
  let ticks = 0;
  const service = serveOn(jobs(kind) as Parameters<typeof serveOn>[0], 'w', {
    post: (message) => void posted.push(message[0]),
    poll: () => messages.shift(),
    next: () => void onWait(),
    isAlone: () => true,
    tick() {
      ticks++;
      (process as unknown as { _tickCallback(): void })._tickCallback();
    },
  });
  return { service, posted, ticks: () => ticks };
}

test('a thread runs the microtasks once a request, and again before its wait after other messages', async (t) => {
  let isSettled = false;
  const waits: boolean[] = [];
  const kind = {
    perform: (it: unknown) => (it === 'later' ? Promise.resolve(it) : it),
    receiveFeedback: () => void Promise.resolve().then(() => (isSettled = true)),
  } as never;
  // A test runs as a microtask, and no other one runs before its end.
  await new Promise<void>((resolve) =>
    setImmediate(() => {
      const quiet = threadOf(kind, [], () => waits.push(isSettled));
      quiet.service.receive(request);
      t.is(quiet.ticks(), 1);
      const fed = threadOf(kind, [[ToWorker.Feedback, 1]], () => waits.push(isSettled));
      fed.service.receive(request);
      t.is(fed.ticks(), 2);
      // The promise of the second request needs no turn of the event loop: both answers leave before the wait.
      const both = threadOf(kind, [], () => waits.push(both.posted.length === 2));
      both.service.receive([ToWorker.Requests, ['now', 'later']]);
      t.is(both.ticks(), 2);
      resolve();
    }),
  );
  t.deepEqual(waits, [false, true, true]);
});

test('a thread that runs the end of its kind does not wait for a request', (t) => {
  let waits = 0;
  const kind = { perform: () => 1, end: () => new Promise(() => {}) } as never;
  const { service, posted } = threadOf(kind, [[ToWorker.End]], () => waits++);
  service.receive(request);
  t.is(posted.length, 1);
  t.is(waits, 0);
});

test('a thread without work of its own has one resource: its port', async (t) => {
  const text = `export default {
    name: 'resources',
    url: import.meta.url,
    requestOfTask: (_status, task) => task,
    perform: () => process.getActiveResourcesInfo(),
  };`;
  const folder = folderOf(t, { 'resources.mjs': text });
  const { default: kind } = await import(pathToFileURL(join(folder, 'resources.mjs')).href);
  const pool = createPool(kind, { size: 1, host: 'thread' });
  t.deepEqual(await pool.run(1), ['MessagePort']);
  await pool.destroy();
});
