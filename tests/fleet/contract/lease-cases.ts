import { Hands, until } from '../../support/engines/hands.ts';
import { type Case, taskOf } from './case.ts';

/** What holds of leases whose holder lives. */
export const leaseCases: readonly Case[] = [
  {
    title: 'a feed holds as many leases as it has slots',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ['a', 'b', 'c', 'd'].map((id) => taskOf(id)),
      );
      const hands = new Hands(one, name, 2);
      const [a] = await hands.some(2);
      await one.living();
      t.deepEqual(hands.ids, ['a', 'b']);
      t.is(hands.feed.held, 2);
      await a?.settle('{}');
      await hands.next();
      t.deepEqual(hands.ids, ['a', 'b', 'c']);
    },
  },
  {
    title: 'a feed with more slots leases more at once, and with none leases nothing',
    async run(t, { name, broker }) {
      const one = await broker();
      const hands = new Hands(one, name, 0);
      await one.add(
        name,
        ['a', 'b', 'c'].map((id) => taskOf(id)),
      );
      await one.living();
      t.deepEqual(hands.ids, []);
      hands.feed.slots = 2;
      await hands.some(2);
      hands.feed.slots = 3;
      await hands.next();
      t.deepEqual(hands.ids, ['a', 'b', 'c']);
    },
  },
  {
    title: 'a feed that waits hears of a new task',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      const hands = new Hands(one, name);
      for (const id of ['a', 'b']) {
        await other.add(name, [taskOf(id)]);
        const lease = await hands.next();
        t.is(lease.envelope.id, id);
        t.is(await lease.settle('{}'), 'accepted');
      }
    },
  },
  {
    title: 'an outcome is accepted once, and everybody can read it',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      await one.add(name, [taskOf('a', { to: 'me' })]);
      const lease = await new Hands(one, name).next();
      t.is(lease.attempt, 1);
      t.is(await lease.settle('{"result":[1]}'), 'accepted');
      t.deepEqual((await other.ended(name)).ended, [{ id: 'a', to: 'me', outcome: '{"result":[1]}' }]);
      t.is(await lease.settle('{"result":[2]}'), 'refused');
      t.is((await other.find(name, ['a']))[0]?.outcome, '{"result":[1]}');
    },
  },
  {
    title: 'a task that is given back goes to the head of its rank, and has lost no attempt',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ['a', 'b', 'c'].map((id) => taskOf(id, { rank: 1 })),
      );
      await one.add(name, [taskOf('zero', { rank: 0 }), taskOf('late', { rank: 2 })]);
      const hands = new Hands(one, name, 2);
      const [zero, a] = await hands.some(2);
      hands.feed.slots = 0;
      await a?.giveBack();
      await zero?.settle('{}');
      hands.feed.slots = 5;
      const rest = await hands.some(4);
      t.deepEqual(hands.ids, ['zero', 'a', 'a', 'b', 'c', 'late']);
      t.is(rest[0]?.attempt, 1);
    },
  },
  {
    title: 'a task that is given back a hundred times is not given up',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a')]);
      const hands = new Hands(one, name, { slots: 1, redeliver: 0 });
      for (let i = 0; i < 100; i++) await (await hands.next()).giveBack();
      const lease = await hands.next();
      t.is(lease.attempt, 1);
      t.is(await lease.settle('{}'), 'accepted');
    },
  },
  {
    title: 'a parked task waits again when its delay is over',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a'), taskOf('b')]);
      const hands = new Hands(one, name);
      const before = Date.now();
      await (await hands.next()).giveBack(400);
      await (await hands.next()).settle('{}');
      const again = await hands.next();
      t.true(Date.now() - before >= 390);
      t.deepEqual([again.envelope.id, again.attempt], ['a', 1]);
    },
  },
  {
    title: 'a parked task can be removed',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a')]);
      await (await new Hands(one, name).next()).giveBack(600_000);
      t.is((await one.counts(name)).parked, 1);
      t.true(await one.remove(name, 'a'));
      t.is((await one.counts(name)).parked, 0);
    },
  },
  {
    title: 'a lease lives for as long as its holder',
    async run(t, { name, lease, broker }) {
      const [one, other] = [await broker(), await broker()];
      await one.add(name, [taskOf('a')]);
      const held = await new Hands(one, name).next();
      const rival = new Hands(other, name);
      const since = Date.now();
      await until(() => Date.now() - since > 2.5 * lease);
      t.true(await held.isMine());
      t.is(await held.settle('{}'), 'accepted');
      t.deepEqual(rival.ids, []);
    },
  },
  {
    title: 'a lease that was given back or settled belongs to nobody',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a')]);
      const hands = new Hands(one, name);
      const lease = await hands.next();
      t.true(await lease.isMine());
      await lease.giveBack();
      t.false(await lease.isMine());
      const again = await hands.next();
      t.is(await lease.settle('{"result":0}'), 'refused');
      t.is(await again.settle('{"result":1}'), 'accepted');
      t.false(await again.isMine());
      t.is((await one.find(name, ['a']))[0]?.outcome, '{"result":1}');
    },
  },
  {
    title: 'a stopped feed takes nothing more, and ends with its last lease',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ['a', 'b', 'c', 'd'].map((id) => taskOf(id)),
      );
      const hands = new Hands(one, name, 2);
      const [a, b] = await hands.some(2);
      let isStopped = false;
      const stop = hands.feed.stop().then(() => {
        isStopped = true;
      });
      await a?.settle('{}');
      t.true(await b?.isMine());
      t.false(isStopped);
      await b?.giveBack();
      await stop;
      t.is(hands.feed.held, 0);
      t.deepEqual(hands.ids, ['a', 'b']);
      t.like(await one.counts(name), { waiting: 3, active: 0, ended: 1 });
    },
  },
  {
    title: 'a feed that waits stops at once',
    async run(t, { name, broker }) {
      const one = await broker();
      const hands = new Hands(one, name, 2);
      await one.add(name, [taskOf('a')]);
      await (await hands.next()).settle('{}');
      await hands.feed.stop();
      await one.add(name, [taskOf('b')]);
      t.is((await one.counts(name)).waiting, 1);
    },
  },
  {
    title: 'a closed broker gives back what it held',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      await one.add(
        name,
        ['a', 'b', 'c'].map((id) => taskOf(id)),
      );
      const [a] = await new Hands(one, name, 2).some(2);
      await one.close();
      await t.throwsAsync(() => a?.settle('{}') as Promise<unknown>, { code: 'CLOSED' });
      const leases = await new Hands(other, name, 3).some(3);
      t.deepEqual(leases.map(({ envelope, attempt }) => [envelope.id, attempt]).sort(), [
        ['a', 1],
        ['b', 1],
        ['c', 1],
      ]);
    },
  },
  {
    title: 'a closed broker refuses every call, and closes once',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.close();
      await one.close();
      const calls = [
        () => one.add(name, [taskOf('a')]),
        () => one.remove(name, 'a'),
        () => one.counts(name),
        () => one.publish(name, 1),
        () => one.enter(name),
      ];
      for (const call of calls) await t.throwsAsync(call, { code: 'CLOSED', message: /the broker is closed/ });
      t.throws(() => one.work(name, { slots: 1 }, () => {}), { code: 'CLOSED' });
    },
  },
  {
    title: 'wrong arguments are refused in one line',
    async run(t, { name, broker }) {
      const one = await broker();
      const calls: Array<[() => Promise<unknown>, RegExp]> = [
        [() => one.add(name, [taskOf('')]), /id of a task must be a text of 1 to 200 characters, not ''/],
        [() => one.add(name, [taskOf('x'.repeat(201))]), /1 to 200 characters/],
        [() => one.add(name, [taskOf('a', { rank: -1 })]), /rank must be a whole number from 0 to 2097150, not -1/],
        [() => one.rank(name, new Map([['a', 1.5]])), /whole number/],
        [() => one.add('', []), /queue must be/],
        [() => one.publish('', 1), /topic must be/],
        [() => one.enter(''), /presence must be/],
        [async () => one.work(name, { slots: -1 }, () => {}), /slots must be a whole number, 0 or more, not -1/],
      ];
      for (const [call, message] of calls) {
        const error = await t.throwsAsync(call, { code: 'USAGE', message });
        t.false(error?.message.includes('\n'));
      }
    },
  },
];
