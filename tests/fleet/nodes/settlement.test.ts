import test, { type ExecutionContext } from 'ava';
import { memoryBroker } from 'statepool/fleet';
import type { Told } from '../../../fleet/words/names.ts';
import { busy, fleetOf } from '../../support/fleet.ts';

test('a task of a submitter is performed on a node, and its result comes back', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node();
  const { fleet } = await submitter();
  t.deepEqual(await fleet.run({ value: { a: [1, 2] } }), { a: [1, 2] });
});

test('an error of a task comes back with its code', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node();
  const { fleet } = await submitter();
  const error = await t.throwsAsync(fleet.run({ do: 'fail' }));
  t.like(error, { code: 'PERFORM', cause: { message: 'as told', code: 'TOLD' } });
});

test('many tasks over two nodes settle, each once, in any order', async (t) => {
  const { node, submitter } = fleetOf(t);
  const nodes = [await node({ ahead: 2 }), await node({ size: 2 })];
  const { fleet } = await submitter();
  const ends: string[] = [];
  fleet.on('task', ({ id }) => ends.push(id));
  const results = await Promise.all(Array.from({ length: 300 }, (_, i) => fleet.run({ value: i })));
  t.deepEqual(
    results,
    Array.from({ length: 300 }, (_, i) => i),
  );
  t.is(new Set(ends).size, 300);
  t.is(ends.length, 300);
  t.true(nodes.every(({ node }) => node.pool.stats.completed > 0));
});

test('what nobody tells is found in the queue', async (t) => {
  const { node, submitter } = fleetOf(t, memoryBroker({ losesHint: (topic) => topic.startsWith('to.') }));
  await node();
  const { fleet } = await submitter();
  t.deepEqual(await Promise.all([1, 2, 3].map((value) => fleet.run({ value }))), [1, 2, 3]);
});

/**
 * Makes a fleet that loses some feedbacks on their way, by their number, and returns what a caller hears of three. `come`
 * gets the numbers of those that were not lost: a busy machine may tell several in one message.
 */
async function heardWithout(
  t: ExecutionContext,
  isLost: (number: number) => boolean,
  come = new Set<number>(),
): Promise<unknown[]> {
  const losesHint = (topic: string, news: unknown) => {
    if (!topic.startsWith('to.')) return false;
    const numbers = (news as Told[]).flatMap((told) => (told[0] === 'feedback' ? [told[4]] : []));
    const isGone = numbers.some(isLost);
    if (!isGone) for (const number of numbers) come.add(number);
    return isGone;
  };
  const { node, submitter } = fleetOf(t, memoryBroker({ losesHint }));
  await node();
  const { fleet } = await submitter();
  const heard: unknown[] = [];
  const onFeedback = (feedback: unknown) => void heard.push(feedback);
  heard.push(await fleet.run({ feedbacks: ['a', { b: 1 }, 'c'], pause: 20, value: 'end' }, { onFeedback }));
  return heard;
}

test('feedbacks that the end overtakes are heard before it, in order', async (t) => {
  t.deepEqual(await heardWithout(t, () => true), ['a', { b: 1 }, 'c', 'end']);
  t.deepEqual(await heardWithout(t, (number) => number > 1), ['a', { b: 1 }, 'c', 'end']);
});

test('a feedback is heard once, also if an earlier one is lost', async (t) => {
  const come = new Set<number>();
  const heard = await heardWithout(t, (number) => number === 2, come);
  // Those that were told together with the second one are lost too. The end brings what follows the last that has come.
  const first = come.has(1) || come.size === 0 ? ['a'] : [];
  const second = come.has(3) ? [] : [{ b: 1 }];
  t.deepEqual(heard, [...first, ...second, 'c', 'end']);
});

test('feedbacks beyond a limit come without the end, the latest ones with it', async (t) => {
  const { node, submitter } = fleetOf(t, memoryBroker({ losesHint: (topic) => topic.startsWith('to.') }));
  await node();
  const { fleet } = await submitter();
  const heard: string[] = [];
  const feedbacks = ['a', 'b', 'c'].map((each) => each.repeat(30_000));
  await fleet.run({ feedbacks }, { onFeedback: (feedback) => heard.push((feedback as string).slice(0, 1)) });
  t.deepEqual(heard, ['b', 'c']);
});

test('a submitter that comes back hears the feedbacks of a task that has ended', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node();
  const { fleet } = await submitter();
  await fleet.run({ feedbacks: [1, 2] }, { id: 'job', onFeedback: () => {} });
  const { fleet: later } = await submitter();
  const heard: unknown[] = [];
  await later.run({ feedbacks: [1, 2] }, { id: 'job', onFeedback: (feedback) => heard.push(feedback) });
  t.deepEqual(heard, [1, 2]);
});

test('an end that nobody tells is found although others are told all the time', async (t) => {
  const isLost = (news: unknown) => (news as Told[]).some(([what, id]) => what === 'end' && id === 'lost');
  const { node, submitter } = fleetOf(
    t,
    memoryBroker({ losesHint: (topic, news) => topic === 'to.me' && isLost(news) }),
  );
  await node({ size: 2 });
  const { fleet } = await submitter({ id: 'me' });
  let isSettled = false;
  const lost = fleet.run({ value: 7 }, { id: 'lost' }).finally(() => {
    isSettled = true;
  });
  while (!isSettled) await fleet.run({ ms: 20 });
  t.is(await lost, 7);
});

test('a lost answer to an end changes nothing', async (t) => {
  let lost = 0;
  const { node, submitter } = fleetOf(t, memoryBroker({ losesAnswer: () => lost++ < 1 }));
  const { node: only } = await node();
  const { fleet } = await submitter();
  t.is(await fleet.run({ value: 7 }), 7);
  t.is(only.lost, 0);
  t.true(lost > 0);
});

test('tasks of a frozen node are performed elsewhere, and its late ends are refused', async (t) => {
  const { node, submitter } = fleetOf(t);
  const a = await node();
  const { fleet } = await submitter();
  const gate = fleet.run({ value: 'late', ms: 300 });
  await busy(a.node.pool);
  a.connection.freeze();
  await node();
  const ends: string[] = [];
  fleet.on('task', ({ id }) => ends.push(id));
  t.is(await gate, 'late');
  const lost = new Promise((resolve) => a.node.on('lost', resolve));
  a.connection.thaw();
  await lost;
  t.is(a.node.lost, 1);
  t.is(ends.length, 1);
});
