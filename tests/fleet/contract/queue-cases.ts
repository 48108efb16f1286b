import type { Ended } from '../../../fleet/broker.ts';
import { Hands, until } from '../../support/engines/hands.ts';
import { type Case, idsOf, settleSome, taskOf } from './case.ts';

/** Texts that engines take for something else than an id. */
const ODD_IDS = ['17', '0', '-5', 'n17', 'nn17', 'a:b', '0:1', 'a%3Ab', ' ', 'Ü 🎈', '__proto__', 'x'.repeat(200)];

/** What holds of queues. */
export const queueCases: readonly Case[] = [
  {
    title: 'tasks are leased in the order in which they were added',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ['c', 'a'].map((id) => taskOf(id)),
      );
      await one.add(name, [taskOf('b')]);
      t.deepEqual(await settleSome(one, name, 3), ['c', 'a', 'b']);
    },
  },
  {
    title: 'lower ranks are leased first, and equal ones in order',
    async run(t, { name, broker }) {
      const one = await broker();
      const ranks = { late: 2_097_150, b: 5, first: undefined, c: 5, a: 4 };
      await one.add(
        name,
        Object.entries(ranks).map(([id, rank]) => taskOf(id, rank === undefined ? {} : { rank })),
      );
      t.deepEqual(await settleSome(one, name, 5), ['first', 'a', 'b', 'c', 'late']);
    },
  },
  {
    title: 'a task whose id waits, is leased or has ended is not added again',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(name, [taskOf('a'), taskOf('a', { body: '["other"]' })]);
      await one.add(name, [taskOf('a', { body: '["other"]' })]);
      const hands = new Hands(one, name, 3);
      const lease = await hands.next();
      await one.add(name, [taskOf('a')]);
      t.is(lease.envelope.body, taskOf('a').body);
      await lease.settle('{"result":1}');
      await one.add(name, [taskOf('a'), taskOf('b')]);
      await (await hands.next()).settle('{}');
      t.deepEqual(hands.ids, ['a', 'b']);
      t.like(await one.counts(name), { waiting: 0, active: 0, ended: 2 });
      t.is((await one.find(name, ['a']))[0]?.outcome, '{"result":1}');
    },
  },
  {
    title: 'any text is an id',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ODD_IDS.map((id) => taskOf(id)),
      );
      t.deepEqual(idsOf(await one.list(name, 'waiting')), ODD_IDS);
      t.true(await one.remove(name, 'a:b'));
      t.deepEqual(
        await settleSome(one, name, ODD_IDS.length - 1),
        ODD_IDS.filter((id) => id !== 'a:b'),
      );
      const found = await one.find(name, ODD_IDS);
      t.deepEqual(
        found.map((each) => each?.id),
        ODD_IDS.map((id) => (id === 'a:b' ? undefined : id)),
      );
    },
  },
  {
    title: 'a body and an outcome come back letter for letter',
    async run(t, { name, broker }) {
      const one = await broker();
      const texts = ['["\\u0000 \\ud800 \\\\ \\" \\n"]', '["Ü 🎈 \u2028"]', `["${'y'.repeat(300_000)}"]`, 'null', '""'];
      await one.add(
        name,
        texts.map((body, i) => taskOf(`t${i}`, { body })),
      );
      const hands = new Hands(one, name);
      for (const [i, body] of texts.entries()) {
        const lease = await hands.next();
        t.true(lease.envelope.body === body, `body ${i}`);
        await lease.settle(body);
        t.true((await one.find(name, [`t${i}`]))[0]?.outcome === body, `outcome ${i}`);
      }
    },
  },
  {
    title: 'a lease shows everything that was added with the task, and when',
    async run(t, { name, broker }) {
      const one = await broker();
      const before = Date.now();
      await one.add(name, [
        taskOf('a', { to: 'submitter', rank: 7, flags: { tried: ['n1'] } }),
        taskOf('b', { rank: 8 }),
      ]);
      const hands = new Hands(one, name, 2);
      const { at, ...rest } = (await hands.next()).envelope;
      t.deepEqual(rest, { id: 'a', body: taskOf('a').body, to: 'submitter', rank: 7, flags: { tried: ['n1'] } });
      t.true((at as number) >= before - 1 && (at as number) <= Date.now() + 1);
      const bare = (await hands.next()).envelope;
      t.false('to' in bare || 'flags' in bare);
    },
  },
  {
    title: 'tasks are listed by their state, and in part',
    async run(t, { name, broker }) {
      const one = await broker();
      const ids = Array.from({ length: 12 }, (_, i) => `t${i}`);
      await one.add(
        name,
        ids.map((id) => taskOf(id)),
      );
      const [first, second] = await new Hands(one, name, 2).some(2);
      await second?.giveBack(60_000);
      t.deepEqual(idsOf(await one.list(name, 'parked')), ['t1']);
      await until(async () => (await one.counts(name)).active === 2);
      t.deepEqual(idsOf(await one.list(name, 'active')).sort(), ['t0', 't2']);
      t.deepEqual(idsOf(await one.list(name, 'waiting', 2, 5)), ['t5', 't6', 't7']);
      t.deepEqual(idsOf(await one.list(name, 'waiting', 100, 200)), []);
      t.is((await one.list(name, 'waiting')).length, 9);
      await first?.settle('{}');
    },
  },
  {
    title: 'tasks are counted by their state',
    async run(t, { name, broker }) {
      const one = await broker();
      t.deepEqual(await one.counts(name), { waiting: 0, active: 0, parked: 0, ended: 0, isHeld: false });
      await one.add(
        name,
        ['a', 'b', 'c', 'd', 'e'].map((id) => taskOf(id)),
      );
      const hands = new Hands(one, name, 2);
      const [a, b] = await hands.some(2);
      hands.feed.slots = 1;
      await a?.settle('{}');
      await b?.giveBack(60_000);
      const [c] = await hands.some(1);
      t.deepEqual(await one.counts(name), { waiting: 2, active: 1, parked: 1, ended: 1, isHeld: false });
      await c?.settle('{}');
    },
  },
  {
    title: 'a task is found by its id in each state',
    async run(t, { name, broker }) {
      const one = await broker();
      await one.add(
        name,
        ['a', 'b', 'c', 'd'].map((id) => taskOf(id, { to: 'me' })),
      );
      const hands = new Hands(one, name, 3);
      const [a, b] = await hands.some(3);
      hands.feed.slots = 1;
      await a?.settle('{"result":1}');
      await b?.giveBack(60_000);
      const found = await one.find(name, ['a', 'b', 'c', 'd', 'unknown']);
      t.deepEqual(
        found.map((each) => each?.state),
        ['ended', 'parked', 'active', 'waiting', undefined],
      );
      t.like(found[0], { id: 'a', to: 'me', outcome: '{"result":1}', envelope: { id: 'a', to: 'me' } });
      t.false('outcome' in (found[3] as object));
    },
  },
  {
    title: 'ended tasks are listed newest first, page by page, none left out',
    async run(t, { name, broker }) {
      const one = await broker();
      const ids = Array.from({ length: 620 }, (_, i) => `t${i}`);
      await one.add(
        name,
        ids.map((id) => taskOf(id, { to: 'me' })),
      );
      const hands = new Hands(one, name, 20);
      // On a busy machine a lease may be over before it is settled: its task comes again.
      const settleNext = async (): Promise<void> => {
        if ((await (await hands.next()).settle('{"result":1}')) === 'refused') await settleNext();
      };
      for (const _ of ids) void settleNext();
      await until(async () => (await one.counts(name)).ended === ids.length);
      await one.add(name, [taskOf('last')]);
      await (await hands.next()).settle('{"result":2}');
      const pages: Ended[][] = [];
      let page = await one.ended(name);
      pages.push([...page.ended]);
      while (page.next !== undefined) {
        page = await one.ended(name, page.next);
        pages.push([...page.ended]);
      }
      t.deepEqual(pages[0]?.[0], { id: 'last', outcome: '{"result":2}' });
      t.true(pages.length > 1);
      t.deepEqual([...new Set(pages.flat().map(({ id }) => id))].sort(), [...ids, 'last'].sort());
    },
  },
  {
    title: 'only the latest outcomes are kept, and a forgotten id is new again',
    async run(t, { name, broker }) {
      const one = await broker();
      const keep = { named: 2, ms: 3_600_000 };
      await one.add(
        name,
        ['a', 'b', 'c'].map((id) => taskOf(id)),
        keep,
      );
      await settleSome(one, name, 3);
      t.deepEqual(
        (await one.find(name, ['a', 'b', 'c'])).map((each) => each?.state),
        [undefined, 'ended', 'ended'],
      );
      await one.add(name, [taskOf('a')], keep);
      t.deepEqual(await settleSome(one, name, 1), ['a']);
    },
  },
  {
    title: 'thousands of tasks are added with one call, and shared by two takers, each task once',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      const ids = Array.from({ length: 1200 }, (_, i) => `t${i}`);
      await one.add(
        name,
        ids.map((id) => taskOf(id)),
      );
      const all = [new Hands(one, name, 8), new Hands(other, name, 8)];
      const ends = all.map(async (hands) => {
        for (;;) if ((await (await hands.next()).settle('{}')) !== 'accepted') t.fail();
      });
      await until(async () => (await one.counts(name)).ended === ids.length);
      t.is(ends.length, 2);
      t.deepEqual(all.flatMap((hands) => hands.ids).sort(), [...ids].sort());
      t.true(all.every((hands) => hands.ids.length > 0));
    },
  },
];
