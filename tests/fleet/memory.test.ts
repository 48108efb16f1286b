import test from 'ava';
import type { Lease } from '../../fleet/broker.ts';
import { memoryBroker } from '../../fleet/memory.ts';
import { Hands } from '../support/engines/hands.ts';

const task = (id: string) => ({ id, body: '[1]' });

test('a lease lasts exactly as long as the test’s clock says', async (t) => {
  const broker = memoryBroker({ clock: 'test', lease: 1000 });
  const node = broker.connect();
  await broker.add('q', [task('a')]);
  const hands = new Hands(node, 'q');
  await hands.next();
  node.kill();
  await broker.advance(999);
  t.is((await broker.counts('q')).active, 1);
  await broker.advance(1);
  t.like(await broker.counts('q'), { active: 0, waiting: 1 });
  const again = new Hands(broker, 'q');
  t.is((await again.next()).attempt, 2);
});

test('a hint is lost on request, for one hearer', async (t) => {
  const lost: unknown[] = [];
  const broker = memoryBroker({ losesHint: (topic, data) => topic === 'to' && data === 1 && lost.push(data) === 1 });
  const heard: unknown[] = [];
  for (const who of ['one', 'two']) await broker.connect().subscribe('to', (data) => heard.push([who, data]));
  await broker.publish('to', 1);
  await broker.publish('to', 2);
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(heard, [
    ['two', 1],
    ['one', 2],
    ['two', 2],
  ]);
});

test('an end whose answer is lost on request is still accepted', async (t) => {
  let asked = 0;
  const broker = memoryBroker({
    clock: 'test',
    losesAnswer: (queue, id) => queue === 'q' && id === 'a' && ++asked > 0,
  });
  await broker.add('q', [task('a')]);
  const lease = await new Hands(broker, 'q').next();
  const end = lease.settle('"mine"');
  await broker.advance(50);
  t.is(await end, 'accepted');
  t.is(asked, 1);
});

test('a lease that is lost on request is lost unseen, and its end is refused', async (t) => {
  let times = 0;
  const broker = memoryBroker({ losesLease: () => times++ === 0 });
  await broker.add('q', [task('a')]);
  const hands = new Hands(broker, 'q', 2);
  const [first, second] = (await hands.some(2)) as [Lease, Lease];
  t.deepEqual([first.attempt, second.attempt], [1, 2]);
  t.is(await first.settle('1'), 'refused');
  t.is(await second.settle('2'), 'accepted');
});

test('a lease can be taken from its holder, who is told', async (t) => {
  const broker = memoryBroker();
  await broker.add('q', [task('a')]);
  const hands = new Hands(broker, 'q');
  const lease = await hands.next();
  const told = new Promise<void>((resolve) => lease.onLost(resolve));
  t.true(broker.lose('q', 'a'));
  await told;
  t.is((await hands.next()).attempt, 2);
  t.false(broker.lose('q', 'unknown'));
});

test('calls, leases and hints arrive in the order that a test chooses', async (t) => {
  const waiting: Array<() => void> = [];
  let isHeld = false;
  const broker = memoryBroker({
    deliver(arrive) {
      if (isHeld) waiting.push(arrive);
      else queueMicrotask(arrive);
    },
  });
  isHeld = true;
  const order: string[] = [];
  const adds = ['a', 'b'].map((id) => broker.add('q', [task(id)]).then(() => order.push(id)));
  // The last call arrives first; then everything else.
  while (order.length < 2) {
    waiting.pop()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(adds);
  isHeld = false;
  t.deepEqual(order, ['b', 'a']);
  t.deepEqual(
    (await broker.list('q', 'waiting')).map(({ id }) => id),
    ['b', 'a'],
  );
});

test('calls wait for a stopped engine, and its leases are lost if it stays away too long', async (t) => {
  const broker = memoryBroker({ clock: 'test', lease: 1000 });
  await broker.add('q', [task('a')]);
  const hands = new Hands(broker, 'q');
  const lease = await hands.next();
  const events: string[] = [];
  for (const event of ['down', 'up', 'gap'] as const) broker.on(event, () => events.push(event));
  broker.stop();
  const end = lease.settle('"mine"');
  await broker.advance(1000);
  broker.start();
  t.is(await end, 'refused');
  t.deepEqual(events, ['down', 'up', 'gap']);
  t.is((await hands.next()).attempt, 2);
});

test('a short absence of the engine loses nothing', async (t) => {
  const broker = memoryBroker({ clock: 'test', lease: 1000 });
  await broker.add('q', [task('a')]);
  const lease = await new Hands(broker, 'q').next();
  broker.stop();
  const end = lease.settle('"mine"');
  await broker.advance(999);
  broker.start();
  t.is(await end, 'accepted');
});

test('a call that waits for a stopped engine ends with its connection', async (t) => {
  const broker = memoryBroker();
  const other = broker.connect();
  broker.stop();
  const call = other.counts('q');
  await other.close();
  await t.throwsAsync(call, { code: 'CLOSED' });
});

test('parked tasks wait for the test’s clock', async (t) => {
  const broker = memoryBroker({ clock: 'test' });
  await broker.add('q', [task('a')]);
  const hands = new Hands(broker, 'q');
  await (await hands.next()).giveBack(5000);
  await broker.advance(4999);
  t.is((await broker.counts('q')).parked, 1);
  await broker.advance(1);
  t.is((await hands.next()).attempt, 1);
});

test('a wrong lease is refused', (t) => {
  t.throws(() => memoryBroker({ lease: 0 }), {
    code: 'USAGE',
    message: 'lease must be a time of 1 ms or more, not 0',
  } as object);
});
