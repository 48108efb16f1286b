import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import test from 'ava';
import { FairPort } from '../../../actors/hosts/fair-port.ts';

/** More messages than a port may hand out before the event loop goes on. */
const MANY = 100;
const LIMIT = 16;

/** Computes for as long as a port has the event loop. */
function compute(): void {
  const end = performance.now() + 1;
  while (performance.now() < end);
}

/** Returns whether a port keeps the event loop alive: Node's types do not know this. */
function keepsAlive(port: MessagePort): boolean {
  return (port as MessagePort & { hasRef(): boolean }).hasRef();
}

function flood(port: MessagePort): void {
  for (let i = 0; i < MANY; i++) port.postMessage(i);
}

test('a port with many messages leaves the event loop to another port and to timers', async (t) => {
  const [busy, quiet] = [new MessageChannel(), new MessageChannel()];
  t.teardown(() => {
    for (const { port2 } of [busy, quiet]) port2.close();
  });
  const heard: unknown[] = [];
  const before = { quiet: -1, timer: -1 };
  const isRead = new Promise<void>((resolve) => {
    new FairPort(busy.port1, (message) => {
      compute();
      if (heard.push(message) === MANY) resolve();
    });
  });
  new FairPort(quiet.port1, () => {
    before.quiet = heard.length;
  });
  flood(busy.port2);
  quiet.port2.postMessage('here');
  setTimeout(() => {
    before.timer = heard.length;
  });
  await isRead;
  t.deepEqual(
    heard,
    Array.from({ length: MANY }, (_, i) => i),
  );
  t.true(before.quiet >= 0 && before.quiet <= LIMIT, `after ${before.quiet} messages`);
  t.true(before.timer >= 0 && before.timer <= 2 * LIMIT, `after ${before.timer} messages`);
});

test('a port that does not keep the program alive stays so while it hands out messages', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.teardown(() => port2.close());
  const found: boolean[] = [];
  const port = new FairPort(port1, () => {
    compute();
    found.push(keepsAlive(port1));
    if (found.length === MANY) port.close();
  });
  port.ref(false);
  flood(port2);
  port2.unref();
  await once(port1, 'close');
  t.is(found.length, MANY);
  t.false(found.includes(true));
});

test('a port that closes while its turn is over does not come back', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.teardown(() => port2.close());
  let heard = 0;
  const port = new FairPort(port1, () => {
    compute();
    if (++heard === LIMIT / 2) port.close();
  });
  flood(port2);
  await once(port1, 'close');
  await new Promise((resolve) => setImmediate(resolve));
  t.true(heard <= LIMIT, `${heard} messages`);
  t.false(keepsAlive(port1));
});
