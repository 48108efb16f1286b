import type { Lease } from '../../../fleet/broker.ts';
import { Hands, until } from '../../support/engines/hands.ts';
import { type Case, taskOf, type World } from './case.ts';

/** Leases a task on a connection that then falls silent. */
async function leaseAndFallSilent({ name, open, broker }: World, redeliver = 3) {
  const [lost, other] = [await open(), await broker()];
  await lost.broker.add(name, [taskOf('a', { to: 'me' })]);
  const hands = new Hands(lost.broker, name, { slots: 1, redeliver });
  const lease = await hands.next();
  lost.silence();
  return { lost, other, hands, lease };
}

const loss = (lease: Lease) => new Promise<void>((resolve) => lease.onLost(resolve));

/** What holds of leases whose holder gives no sign of life. */
export const lossCases: readonly Case[] = [
  {
    title: 'the task of a holder that is silent goes to another one',
    async run(t, world) {
      const { other } = await leaseAndFallSilent(world);
      const again = await new Hands(other, world.name).next();
      t.deepEqual([again.envelope.id, again.attempt], ['a', 2]);
      t.is(await again.settle('{"result":2}'), 'accepted');
    },
  },
  {
    title: 'a holder that was silent is told, and its outcome is refused',
    async run(t, world) {
      const { lost, other, hands, lease } = await leaseAndFallSilent(world);
      hands.feed.slots = 0;
      const again = await new Hands(other, world.name).next();
      const told = loss(lease);
      lost.heal();
      await told;
      t.false(await lease.isMine());
      t.is(await lease.settle('{"result":1}'), 'refused');
      t.is(await again.settle('{"result":2}'), 'accepted');
      t.is((await other.find(world.name, ['a']))[0]?.outcome, '{"result":2}');
    },
  },
  {
    title: 'an outcome that could not be sent in time is refused when the network is back',
    async run(t, world) {
      const { lost, other, lease } = await leaseAndFallSilent(world);
      const end = lease.settle('{"result":1}');
      const again = await new Hands(other, world.name).next();
      t.is(await again.settle('{"result":2}'), 'accepted');
      lost.heal();
      t.is(await end, 'refused');
      t.is((await other.find(world.name, ['a']))[0]?.outcome, '{"result":2}');
    },
  },
  {
    title: 'an outcome that waits for the network is accepted if nobody else has the task',
    async run(t, world) {
      const lost = await world.open();
      await lost.broker.add(world.name, [taskOf('a')]);
      const lease = await new Hands(lost.broker, world.name).next();
      lost.silence();
      const end = lease.settle('{"result":1}');
      lost.heal();
      const other = await world.broker();
      const outcome = await end;
      // On a slow machine the lease may be over: then the answer says so.
      const found = (await other.find(world.name, ['a']))[0];
      t.is(found?.outcome, outcome === 'accepted' ? '{"result":1}' : undefined);
    },
  },
  {
    title: 'a task that its holder lost goes before the others of its rank',
    async run(t, world) {
      const { other } = await leaseAndFallSilent(world);
      await other.hold(world.name, true);
      await other.add(world.name, [taskOf('b'), taskOf('c')]);
      const hands = new Hands(other, world.name);
      await until(async () => (await other.list(world.name, 'waiting', 0, 1))[0]?.id === 'a');
      await other.hold(world.name, false);
      for (let i = 0; i < 3; i++) await (await hands.next()).settle('{}');
      t.deepEqual(hands.ids, ['a', 'b', 'c']);
    },
  },
  {
    title: 'a task that was lost too often is given up, and says so',
    async run(t, world) {
      const { other } = await leaseAndFallSilent(world, 0);
      const hands = new Hands(other, world.name, { slots: 1, redeliver: 0 });
      await until(async () => (await other.counts(world.name)).ended === 1);
      const [ended] = (await other.ended(world.name)).ended;
      t.like(ended, { id: 'a', to: 'me' });
      t.regex(String(ended?.died), /lost/);
      t.false('outcome' in (ended as object));
      t.deepEqual(hands.ids, []);
      const [found] = await other.find(world.name, ['a']);
      t.is(found?.state, 'ended');
      t.is(found?.died, ended?.died);
    },
  },
  {
    title: 'a task that was given back again and again still has all its redeliveries',
    async run(t, world) {
      const { name, open, broker } = world;
      const [lost, other] = [await open(), await broker()];
      await other.add(name, [taskOf('a')]);
      const first = new Hands(other, name, { slots: 1, redeliver: 1 });
      for (let i = 0; i < 3; i++) await (await first.next()).giveBack();
      const lease = await first.next();
      const hands = new Hands(lost.broker, name, { slots: 1, redeliver: 1 });
      first.feed.slots = 0;
      await lease.giveBack();
      await hands.next();
      lost.silence();
      first.feed.slots = 1;
      const again = await first.next();
      t.is(again.attempt, 2);
      t.is(await again.settle('{}'), 'accepted');
    },
  },
  {
    title: 'a lease that was lost comes back to its own holder, if nobody else takes the task',
    async run(t, world) {
      const { lost, other, hands, lease } = await leaseAndFallSilent(world);
      const told = loss(lease);
      // Somebody must look for leases that are over, and takes none.
      const looking = new Hands(other, world.name, 0);
      const since = Date.now();
      await until(() => Date.now() - since > 2 * world.lease);
      lost.heal();
      await told;
      const again = await hands.next();
      t.deepEqual([again.envelope.id, again.attempt], ['a', 2]);
      t.is(await lease.settle('{"result":1}'), 'refused');
      t.is(await again.settle('{"result":2}'), 'accepted');
      t.deepEqual(looking.ids, []);
    },
  },
  {
    title: 'a stopped feed ends when its last lease is lost',
    async run(t, world) {
      const { lost, other, hands } = await leaseAndFallSilent(world);
      const stop = hands.feed.stop();
      const again = await new Hands(other, world.name).next();
      lost.heal();
      await stop;
      t.is(hands.feed.held, 0);
      t.is(await again.settle('{}'), 'accepted');
    },
  },
  {
    title: 'calls wait while the network is silent, and go on when it is back',
    async run(t, { name, open, broker }) {
      const [lost, other] = [await open(), await broker()];
      await lost.broker.counts(name);
      lost.silence();
      let isAdded = false;
      const add = lost.broker.add(name, [taskOf('a')]).then(() => {
        isAdded = true;
      });
      t.is((await other.counts(name)).waiting, 0);
      t.false(isAdded);
      lost.heal();
      await add;
      t.is((await other.counts(name)).waiting, 1);
    },
  },
  {
    title: 'a broker whose network is silent can be closed',
    async run(t, world) {
      const { lost, other } = await leaseAndFallSilent(world);
      await lost.broker.close();
      const again = await new Hands(other, world.name).next();
      t.is(again.envelope.id, 'a');
    },
  },
];
