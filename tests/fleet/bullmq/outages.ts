import type { ExecutionContext, TestFn } from 'ava';
import type { Broker, Lease } from '../../../fleet/broker.ts';
import type { TestEngine } from '../../support/engines/engine.ts';
import { type groundOn, openWired, type Wired } from '../../support/engines/ground.ts';
import { Hands, until } from '../../support/engines/hands.ts';
import { taskOf } from '../contract/case.ts';
import { type Consumer, startConsumer } from './consumer.ts';

/** The times of the brokers here, in ms. */
const LEASE = 1000;
const ANSWER = 1000;

/** Registers one test. */
type Check = (title: string, run: (t: ExecutionContext, engine: TestEngine) => Promise<void>) => void;

/** Opens a broker for one test. */
async function opened(t: ExecutionContext, engine: TestEngine): Promise<Wired> {
  const wired = await openWired(engine, { lease: LEASE, answer: ANSWER });
  t.teardown(() => wired.broker.close());
  return wired;
}

/** Starts a consumer for one test. */
function started(t: ExecutionContext, ...given: Parameters<typeof startConsumer>): Consumer {
  const consumer = startConsumer(...given);
  t.teardown(() => consumer.end());
  return consumer;
}

/** What settles the tasks of a queue, and how often each was settled. */
class Settler {
  /** The outcomes that the engine has accepted, by the id of their task. */
  readonly accepted = new Map<string, string[]>();
  begun = 0;
  refused = 0;
  /** Is called with each end. */
  onEnd: () => void = () => {};
  #number = 0;

  async work(lease: Lease): Promise<void> {
    this.begun++;
    const outcome = `{"result":${++this.#number}}`;
    await new Promise((resolve) => setTimeout(resolve, 5));
    if ((await lease.settle(outcome)) === 'refused') this.refused++;
    else this.accepted.set(lease.envelope.id, [...(this.accepted.get(lease.envelope.id) ?? []), outcome]);
    this.onEnd();
  }
}

/** Kills the engine while tasks are added and settled, and starts it again after some ms. */
async function killUnderLoad(t: ExecutionContext, engine: TestEngine, away: number): Promise<void> {
  const name = `killed for ${away}`;
  const wires = await Promise.all([1, 2, 3].map(() => opened(t, engine)));
  const [submitter, ...nodes] = wires.map(({ broker }) => broker) as [Broker, Broker, Broker];
  const ids = Array.from({ length: 600 }, (_, i) => `t${i}`);
  const settler = new Settler();
  for (const node of nodes) node.work(name, { slots: 4 }, (lease) => void settler.work(lease));
  const added = (async () => {
    for (let i = 0; i < ids.length; i += 20)
      await submitter.add(
        name,
        ids.slice(i, i + 20).map((id) => taskOf(id)),
      );
  })();
  await until(() => settler.accepted.size >= 100);
  await engine.kill();
  await new Promise((resolve) => setTimeout(resolve, away));
  const before = settler.accepted.size;
  await engine.start();
  const back = Date.now();
  let first: number | undefined;
  settler.onEnd = () => {
    if (settler.accepted.size > before) first ??= Date.now() - back;
  };
  await added;
  await until(() => settler.accepted.size === ids.length);
  await until(async () => (await submitter.counts(name)).active === 0);
  const found = await submitter.find(name, ids);
  t.deepEqual(
    found.map((each) => [each?.id, each?.state]),
    ids.map((id) => [id, 'ended']),
  );
  for (const each of found) t.deepEqual(settler.accepted.get(each?.id as string), [each?.outcome]);
  const again = settler.begun - ids.length;
  t.log(`${engine.name} away for ${away} ms: first end ${first} ms after its return; ${again} begun again, 0 lost`);
}

/** Registers what holds when an engine is killed. */
function checkKilledEngine(check: Check): void {
  check('no task is lost or settled twice when the engine is killed and comes back at once', (t, engine) =>
    killUnderLoad(t, engine, 0),
  );

  check('no task is lost or settled twice when all leases have run out before the engine is back', (t, engine) =>
    killUnderLoad(t, engine, 2 * LEASE),
  );

  check('a broker tells that the engine is away, and that it is back', async (t, engine) => {
    const { broker } = await opened(t, engine);
    const events: string[] = [];
    for (const event of ['down', 'up', 'gap'] as const) broker.on(event, () => events.push(event));
    broker.work('events', { slots: 1 }, () => {});
    await broker.counts('events');
    await engine.kill();
    await until(() => events.includes('down'));
    const counts = broker.counts('events');
    await engine.start();
    await counts;
    await until(() => events.includes('gap'));
    t.deepEqual([...new Set(events)], ['down', 'up', 'gap']);
  });
}

/** Registers what holds when a network fails. */
function checkNetwork(check: Check): void {
  check('an end whose answer was lost is accepted: the engine has it', async (t, engine) => {
    const [lost, other] = [await opened(t, engine), await opened(t, engine)];
    await lost.broker.add('deaf', [taskOf('a')]);
    const lease = await new Hands(lost.broker, 'deaf').next();
    lost.proxy.deafen();
    const end = lease.settle('{"result":1}');
    await until(async () => (await other.broker.find('deaf', ['a']))[0]?.state === 'ended');
    t.is(await end, 'accepted');
    t.is((await other.broker.find('deaf', ['a']))[0]?.outcome, '{"result":1}');
  });

  check('a broker works again although its connections died without a word', async (t, engine) => {
    const [lost, other] = [await opened(t, engine), await opened(t, engine)];
    const hands = new Hands(lost.broker, 'silent', 2);
    const heard: unknown[] = [];
    await lost.broker.subscribe('silent', (data) => heard.push(data));
    await other.broker.add('silent', [taskOf('before')]);
    await (await hands.next()).settle('{}');
    lost.silence();
    lost.heal();
    const since = Date.now();
    await other.broker.add('silent', [taskOf('after')]);
    await (await hands.next()).settle('{}');
    const worked = Date.now() - since;
    await until(async () => {
      await other.broker.publish('silent', 1);
      return heard.length > 0;
    });
    t.log(`${engine.name}: works again after ${worked} ms, hears again after ${Date.now() - since} ms (answer 1000)`);
    t.is((await other.broker.counts('silent')).ended, 2);
  });

  check('a broker goes on when its connections are cut', async (t, engine) => {
    const [lost, other] = [await opened(t, engine), await opened(t, engine)];
    const hands = new Hands(lost.broker, 'cut');
    await other.broker.add('cut', [taskOf('a'), taskOf('b')]);
    const lease = await hands.next();
    lost.proxy.cut();
    const end = lease.settle('{"result":1}');
    lost.heal();
    await end;
    // On a slow machine the lease may be over, and the task comes back.
    while ((await other.broker.counts('cut')).ended < 2) await (await hands.next()).settle('{}');
    t.is((await other.broker.counts('cut')).ended, 2);
  });
}

/** Registers what holds when a consumer fails. */
function checkConsumers(check: Check): void {
  check('a consumer that was stopped and goes on later has its ends refused', async (t, engine) => {
    const { broker } = await opened(t, engine);
    await broker.add('stopped', [taskOf('a')]);
    const consumer = started(t, engine.url, 'stopped', LEASE);
    t.is(await consumer.says(), 'leased a 1');
    consumer.process.kill('SIGSTOP');
    const since = Date.now();
    const again = await new Hands(broker, 'stopped').next();
    t.log(`${engine.name}: begun elsewhere after ${Date.now() - since} ms (lease ${LEASE})`);
    t.is(again.attempt, 2);
    t.is(await again.settle('{"result":"second"}'), 'accepted');
    consumer.process.kill('SIGCONT');
    consumer.process.send('settle');
    t.is(await consumer.says(), 'lost a');
    t.is(await consumer.says(), 'refused a');
    t.is((await broker.find('stopped', ['a']))[0]?.outcome, '{"result":"second"}');
  });

  check('the task of a consumer that was killed is begun elsewhere', async (t, engine) => {
    const { broker } = await opened(t, engine);
    await broker.add('dead', [taskOf('a')]);
    const consumer = started(t, engine.url, 'dead', LEASE);
    t.is(await consumer.says(), 'leased a 1');
    consumer.process.kill('SIGKILL');
    const since = Date.now();
    const again = await new Hands(broker, 'dead').next();
    t.log(`${engine.name}: begun elsewhere after ${Date.now() - since} ms (lease ${LEASE})`);
    t.is(again.attempt, 2);
    t.is(await again.settle('{}'), 'accepted');
  });
}

/** Registers what holds when an engine, a network or a process fails. */
export function checkOutages(test: TestFn, ground: ReturnType<typeof groundOn>, skip?: string): void {
  const check: Check = (title, run) => {
    if (skip !== undefined) test.skip(`${title} (${skip})`, () => {});
    else test.serial(title, async (t) => run(t, (await ground()).engine));
  };
  checkKilledEngine(check);
  checkNetwork(check);
  checkConsumers(check);
}
