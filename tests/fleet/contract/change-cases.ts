import { Hands } from '../../support/engines/hands.ts';
import { type Case, idsOf, settleSome, taskOf } from './case.ts';

/** What holds of changes to a queue and to its tasks. */
export const changeCases: readonly Case[] = [
  {
    title: 'a task that waits can be removed, once',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a'), taskOf('b')]);
      t.true(await one.remove(name, 'a'));
      t.false(await one.remove(name, 'a'));
      t.false(await one.remove(name, 'unknown'));
      t.deepEqual(await settleSome(one, name, 1), ['b']);
    },
  },
  {
    title: 'a removed id is new again',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a')]);
      await one.remove(name, 'a');
      await one.add(name, [taskOf('a', { body: '["again"]' })]);
      t.is((await new Hands(one, name).next()).envelope.body, '["again"]');
    },
  },
  {
    title: 'neither a leased task nor one that has ended is removed',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a')]);
      const lease = await new Hands(one, name).next();
      t.false(await one.remove(name, 'a'));
      t.is(await lease.settle('{"result":1}'), 'accepted');
      t.false(await one.remove(name, 'a'));
      t.is((await one.find(name, ['a']))[0]?.outcome, '{"result":1}');
    },
  },
  {
    title: 'flags are added to a task, and its next lease shows them',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a', { flags: { first: 1 } })]);
      t.true(await one.flag(name, 'a', { second: { deep: [2] } }));
      const hands = new Hands(one, name);
      const lease = await hands.next();
      t.deepEqual(lease.envelope.flags, { first: 1, second: { deep: [2] } });
      t.true(await one.flag(name, 'a', { first: 3 }));
      await lease.giveBack();
      const again = await hands.next();
      t.deepEqual(again.envelope.flags, { first: 3, second: { deep: [2] } });
      await again.settle('{}');
      t.false(await one.flag(name, 'a', { late: true }));
      t.false(await one.flag(name, 'unknown', { late: true }));
    },
  },
  {
    title: 'the flags of a holder and of others do not undo one another',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      await one.add(name, [taskOf('a')]);
      const hands = new Hands(one, name);
      const lease = await hands.next();
      await Promise.all([lease.flag({ refused: ['n1'] }), other.flag(name, 'a', { cancelled: true })]);
      await lease.flag({ epoch: 2 });
      await lease.giveBack();
      t.deepEqual((await hands.next()).envelope.flags, { refused: ['n1'], epoch: 2, cancelled: true });
    },
  },
  {
    title: 'ranks of tasks that wait can be changed, and of no others',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ['a', 'b', 'c', 'd'].map((id) => taskOf(id)),
      );
      const hands = new Hands(one, name);
      const lease = await hands.next();
      const ranks = new Map(Object.entries({ a: 9, b: 3, c: 2, d: 1, unknown: 4 }));
      t.is(await one.rank(name, ranks), 3);
      t.deepEqual(idsOf(await one.list(name, 'waiting')), ['d', 'c', 'b']);
      await lease.giveBack();
      t.is((await hands.next()).envelope.rank, 0);
    },
  },
  {
    title: 'a held queue leases nothing, and what is leased goes on',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      await one.add(name, [taskOf('a'), taskOf('b')]);
      const hands = new Hands(one, name);
      const lease = await hands.next();
      await other.hold(name, true);
      t.true((await one.counts(name)).isHeld);
      await one.add(name, [taskOf('c')]);
      t.is(await lease.settle('{}'), 'accepted');
      await one.living();
      t.deepEqual(hands.ids, ['a']);
      t.deepEqual(idsOf(await one.list(name, 'waiting')), ['b', 'c']);
      await other.hold(name, false);
      t.is((await hands.next()).envelope.id, 'b');
      t.false((await one.counts(name)).isHeld);
    },
  },
  {
    title: 'parked tasks are promoted to their ranks',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a', { rank: 2 }), taskOf('b', { rank: 2 }), taskOf('c', { rank: 2 })]);
      const hands = new Hands(one, name, 3);
      for (const lease of await hands.some(3)) await lease.giveBack(600_000);
      await hands.feed.stop();
      await one.add(name, [taskOf('late', { rank: 3 }), taskOf('first', { rank: 1 })]);
      t.is(await one.promote(name), 3);
      t.is(await one.promote(name), 0);
      const order = await settleSome(one, name, 5);
      t.is(order[0], 'first');
      t.is(order[4], 'late');
      t.deepEqual(order.slice(1, 4).sort(), ['a', 'b', 'c']);
    },
  },
  {
    title: 'a destroyed queue is empty, its leases are nobody’s, and its name can be used again',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ['a', 'b', 'c', 'd'].map((id) => taskOf(id)),
      );
      const hands = new Hands(one, name, 2);
      const [a, b] = await hands.some(2);
      await a?.settle('{}');
      hands.feed.slots = 0;
      await one.destroy(name);
      t.is(await b?.settle('{}'), 'refused');
      t.deepEqual(await one.find(name, ['a', 'b', 'd']), [undefined, undefined, undefined]);
      await one.add(name, [taskOf('a', { body: '["again"]' })]);
      hands.feed.slots = 3;
      const again = await hands.next();
      const last = again.envelope.id === 'a' ? again : await hands.next();
      t.is(last.envelope.body, '["again"]');
      t.is(await last.settle('{}'), 'accepted');
    },
  },
];
