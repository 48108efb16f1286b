import { until } from '../../support/engines/hands.ts';
import type { Case } from './case.ts';

/** What holds of hints, and of who lives. */
export const hintCases: readonly Case[] = [
  {
    title: 'a hint is heard by all who listen to its topic, and by nobody else',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      const heard: unknown[] = [];
      const listen = (who: string) => (data: unknown) => heard.push([who, data]);
      await one.subscribe(`${name}.to`, listen('one'));
      await other.subscribe(`${name}.to`, listen('other'));
      await other.subscribe(`${name}.to.more`, listen('more'));
      await other.subscribe(name, listen('less'));
      await one.publish(`${name}.to`, { deep: ['Ü', 1, null] });
      await until(() => heard.length === 2);
      await other.publish(`${name}.to.more`, undefined);
      await until(() => heard.length === 3);
      t.deepEqual(
        heard.sort((a, b) => String(a).localeCompare(String(b))),
        [
          ['more', null],
          ['one', { deep: ['Ü', 1, null] }],
          ['other', { deep: ['Ü', 1, null] }],
        ],
      );
    },
  },
  {
    title: 'hints of one sender are heard in their order',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      const heard: unknown[] = [];
      await other.subscribe(name, (data) => heard.push(data));
      for (let i = 0; i < 100; i++) await one.publish(name, i);
      await until(() => heard.length === 100);
      t.deepEqual(
        heard,
        Array.from({ length: 100 }, (_, i) => i),
      );
    },
  },
  {
    title: 'who has ended a subscription hears nothing more',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      const heard: unknown[] = [];
      const end = await other.subscribe(name, () => heard.push('ended'));
      await other.subscribe(name, (data) => heard.push(data));
      await end();
      await one.publish(name, 1);
      await until(() => heard.length > 0);
      t.deepEqual(heard, [1]);
    },
  },
  {
    title: 'a hint that nobody hears is no error',
    async run(t, { name, broker }) {
      const one = await broker();
      await t.notThrowsAsync(one.publish(name, 1));
    },
  },
  {
    title: 'who has entered lives until it leaves or closes',
    async run(t, { name, broker }) {
      const [one, other] = [await broker(), await broker()];
      const names = [`${name}.a`, `${name}-b_c`, `${name} Ü`];
      const presences = [await one.enter(names[0] as string), await one.enter(names[1] as string)];
      await other.enter(names[2] as string);
      const living = async () => (await other.living()).filter((each) => each.startsWith(name)).sort();
      t.deepEqual(await living(), [...names].sort());
      await presences[0]?.leave();
      t.deepEqual(await living(), names.slice(1).sort());
      await one.close();
      t.deepEqual(await living(), names.slice(2));
    },
  },
  {
    title: 'who gives no sign of life is not among the living, and is told when it is back',
    async run(t, { name, open, broker }) {
      const [lost, other] = [await open(), await broker()];
      const presence = await lost.broker.enter(name);
      await lost.broker.subscribe(`${name}.to`, () => {});
      t.true((await other.living()).includes(name));
      let gaps = 0;
      lost.broker.on('gap', () => gaps++);
      const told = new Promise<void>((resolve) => presence.onLost(resolve));
      lost.silence();
      await until(async () => !(await other.living()).includes(name));
      lost.heal();
      await told;
      await until(async () => (await other.living()).includes(name));
      t.true(gaps > 0);
    },
  },
  {
    title: 'hints are heard again when the network is back',
    async run(t, { name, lease, open, broker }) {
      const [lost, other] = [await open(), await broker()];
      const heard = new Set<unknown>();
      await lost.broker.subscribe(name, (data) => heard.add(data));
      lost.silence();
      const since = Date.now();
      await until(() => Date.now() - since > 2 * lease);
      lost.heal();
      await until(async () => {
        await other.publish(name, 'back');
        return heard.has('back');
      });
      t.deepEqual([...heard], ['back']);
    },
  },
];
