import test from 'ava';
import { sampleKind } from '../../testing/exploring/sample-kind.ts';
import { chanceOf } from '../../testing/graph/cover.ts';
import { endOfGiven, type Given } from '../../testing/run/scripted-kind.ts';
import { TestPool } from '../../testing/run/test-pool.ts';
import { EventLog } from '../support/event-log.ts';

const SIZE = 3;

/** Returns the tasks that workers perform and that have no instruction yet. */
function performing({ script }: TestPool, log: EventLog): Given[] {
  return script.given.filter(({ number, worker, outcome }) => {
    return worker !== undefined && outcome === undefined && !log.instructions.has(number);
  });
}

/** Does one random act to a pool, in any state of the pool. */
function disturb(testPool: TestPool, log: EventLog, chance: (limit: number) => number): void {
  const { pool, script } = testPool;
  const busy = performing(testPool, log);
  const some = busy[chance(Math.max(1, busy.length))];
  const open = script.given.filter(({ outcome }) => outcome === undefined);
  const choice = chance(20);
  if (choice < 8) log.run(chance(3) === 0 ? 'finish' : 'make');
  else if (choice < 15 && some !== undefined) answer(testPool, log, some, chance);
  else if (choice === 15 && some !== undefined) testPool.kill(some.worker as string, some, chance(4));
  else if (choice === 16) open[chance(Math.max(1, open.length))]?.controller.abort();
  else if (choice === 17) pool.cancelWorker(pool.workers[chance(SIZE)]?.id ?? '');
  else if (choice === 18 && chance(4) === 0) pool.cancelAll();
  else if (choice === 19) {
    pool.pause();
    pool.resume();
  }
}

function answer(testPool: TestPool, log: EventLog, given: Given, chance: (limit: number) => number): void {
  const answers =
    given.name === 'make' ? ['done', 'part', 'part', 'throw', 'unserialisable'] : ['done', 'gone', 'throw'];
  const what = answers[chance(answers.length)] as string;
  const order = given.number;
  log.instructions.set(order, what);
  if (what === 'throw' || what === 'unserialisable') testPool.instruct({ order, do: what });
  else testPool.instruct({ order, do: 'answer', response: testPool.script.responseTo(given, what) });
}

for (const [host, seed, steps] of [
  ['process', 1, 60],
  ['thread', 2, 60],
  ['simulated', 3, 300],
  ['simulated', 4, 300],
] as const) {
  test(`${host}: for any disturbances, the rules decide the same a second time, and every task ends so (seed ${seed})`, async (t) => {
    const testPool = new TestPool(sampleKind, host, SIZE);
    t.teardown(() => testPool.close());
    const log = new EventLog(testPool);
    const next = chanceOf(seed);
    const chance = (limit: number) => Math.floor(next() * limit);
    for (let i = 0; i < steps; i++) {
      disturb(testPool, log, chance);
      if (chance(3) > 0) continue;
      // Messages and deaths come in any order meanwhile. Sometimes a worker reaches its task.
      await testPool.until('a worker has a task, or there is none for it', () => {
        const { stats, actor } = testPool.pool;
        return performing(testPool, log).length > 0 || stats.pending === 0 || actor.getSnapshot().matches('stalled');
      });
    }
    for (const { controller } of testPool.script.given) controller.abort();
    await testPool.until('every task settles', () => testPool.pool.stats.pending === 0);
    t.is(testPool.offence, undefined);
    const { given } = testPool.script;
    t.deepEqual(
      given.filter(({ settled }) => settled !== 1).map(({ number }) => number),
      [],
    );
    const ends = log.replay(SIZE);
    t.deepEqual(
      given.map((each) => `${each.number} ${endOfGiven(each)}`),
      given.map(({ number }) => `${number} ${ends.get(number)}`),
    );
    const seen = new Set(given.map(endOfGiven));
    t.log(`${given.length} tasks, ${log.items.length} events: ${[...seen].join(', ')}`);
    t.true(seen.size >= 2);
  });
}
