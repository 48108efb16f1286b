import test from 'ava';
import { MemoryConnection } from '../../../fleet/engine/memory-connection.ts';
import { MemoryEngine } from '../../../fleet/engine/memory-engine.ts';
import { Hands } from '../../support/engines/hands.ts';

/** Returns a clock that is set back as soon as somebody waits, and its timers. */
function clockThatIsSetBack() {
  const timers: Array<() => void> = [];
  const clock = {
    now: () => (timers.length === 0 ? 1_000_000 : 0),
    after: (_ms: number, then: () => void) => {
      timers.push(then);
      return () => {};
    },
  };
  return { clock, timers };
}

/** Parks the only task of a queue. */
async function parkedTask() {
  const { clock, timers } = clockThatIsSetBack();
  const one = new MemoryConnection(new MemoryEngine(clock, 300, {}));
  await one.add('jobs', [{ id: 'a', body: '[]' }]);
  const hands = new Hands(one, 'jobs');
  await (await hands.next()).giveBack(400);
  return { one, hands, timers };
}

test('a parked task wakes with its timer, whatever the clock of the machine says then', async (t) => {
  const { one, hands, timers } = await parkedTask();
  t.is((await one.counts('jobs')).parked, 1);
  for (const ring of timers) ring();
  const again = await hands.next();
  t.is(again.envelope.id, 'a');
  t.is(await again.settle('{}'), 'accepted');
});

test('the timer of an earlier parking does not wake a task that was parked again', async (t) => {
  const { one, hands, timers } = await parkedTask();
  t.is(await one.promote('jobs'), 1);
  await (await hands.next()).giveBack(400);
  t.is(timers.length, 2);
  timers[0]?.();
  t.like(await one.counts('jobs'), { parked: 1, waiting: 0 });
  timers[1]?.();
  t.is((await hands.next()).envelope.id, 'a');
});
