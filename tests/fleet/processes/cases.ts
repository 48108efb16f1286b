import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestFn } from 'ava';
import type { TestEngine } from '../../support/engines/engine.ts';
import { until } from '../../support/engines/hands.ts';
import { processesOf } from '../../support/fleet-processes.ts';

/**
 * The most time, in ms, in which tasks of a dead node begin elsewhere, and in which an engine that is back gives results. The
 * fleet promises 5 s, and `npm run fleet:faults` measures that. A busy machine gets more here: what is broken takes at least the 15 s
 * of BullMQ's own retry.
 */
const SOON = 12_000;

/** Returns the engine of a test file. */
type EngineOf = () => Promise<TestEngine>;

/** Tests a fleet of processes over a real engine. */
export function testProcesses(test: TestFn, start: EngineOf) {
  let starting: Promise<TestEngine> | undefined;
  const engineOf = () => {
    starting ??= start();
    return starting;
  };
  test.after.always(async () => (await starting)?.stop());
  for (const each of [testKilledEngine, testKilledNodes, testStops, testSubmitters, testFollowUps, testDrain])
    each(test, engineOf);
}

function testKilledEngine(test: TestFn, engineOf: EngineOf) {
  test('2,000 tasks settle, each once, though a node and then the engine are killed', async (t) => {
    const engine = await engineOf();
    const { node, submitter, begun, log } = processesOf(t, engine);
    const nodes = await Promise.all([node(), node(), node()]);
    const fleet = await submitter();
    const count = 2000;
    const ends: { readonly at: number; readonly id: string }[] = [];
    fleet.on('task', ({ id }) => ends.push({ at: performance.now(), id }));
    const results = Promise.all(
      Array.from({ length: count }, (_, i) => fleet.run({ key: `k${i}`, value: i, ms: 2, log })),
    );
    await until(() => ends.length > count / 4);
    nodes[0]?.child.kill('SIGKILL');
    await until(() => ends.length > count / 2);
    await engine.kill();
    await engine.start();
    const back = performance.now();
    const before = ends.length;
    t.deepEqual(
      await results,
      Array.from({ length: count }, (_, i) => i),
    );
    t.is(ends.length, count);
    t.is(new Set(ends.map(({ id }) => id)).size, count);
    const recovered = (ends[before]?.at ?? back) - back;
    const twice = [...begun().values()].filter((times) => times > 1).length;
    t.log(`first result ${recovered.toFixed(0)} ms after the engine was back; ${twice} tasks begun twice`);
    t.true(recovered < SOON);
  });
}

function testKilledNodes(test: TestFn, engineOf: EngineOf) {
  test('the tasks of a killed node begin elsewhere soon', async (t) => {
    const { node, submitter, begun, log } = processesOf(t, await engineOf());
    const victim = await node();
    const fleet = await submitter();
    const tasks = ['a', 'b'].map((key) => t.throwsAsync(fleet.run({ key, ms: 60_000, log })));
    await until(() => begun().size === 2);
    await node();
    const killed = performance.now();
    victim.child.kill('SIGKILL');
    await until(() => (begun().get('a') ?? 0) + (begun().get('b') ?? 0) === 4);
    const ms = performance.now() - killed;
    t.log(`both tasks begun elsewhere ${ms.toFixed(0)} ms after the death of their node`);
    t.true(ms < SOON);
    await fleet.cancelAll();
    for (const error of await Promise.all(tasks)) t.like(error, { code: 'CANCELLED' });
  });

  test('a task that kills its nodes fails with NODE_DIED, and harms no other task', async (t) => {
    const { node, submitter } = processesOf(t, await engineOf());
    const nodes = await Promise.all([0, 1, 2].map(() => node(['--redeliver', '1', '--size', '1'])));
    const fleet = await submitter();
    const poison = t.throwsAsync(fleet.run({ do: 'poison', key: 'poison' }));
    const others = Promise.all(Array.from({ length: 20 }, (_, i) => fleet.run({ value: i, ms: 50 })));
    t.like(await poison, { code: 'NODE_DIED' });
    t.deepEqual(
      await others,
      Array.from({ length: 20 }, (_, i) => i),
    );
    t.is(nodes.filter(({ child }) => child.signalCode === 'SIGKILL').length, 2);
  });
}

function testStops(test: TestFn, engineOf: EngineOf) {
  test('a stopped node is replaced, and what it says later is refused', async (t) => {
    const { node, submitter, log, begun } = processesOf(t, await engineOf());
    const stopped = await node();
    const fleet = await submitter();
    const ends: string[] = [];
    fleet.on('task', ({ id }) => ends.push(id));
    const tasks = Promise.all(['a', 'b'].map((key) => fleet.run({ key, do: 'who', ms: 2500, log }, { id: key })));
    await until(() => begun().size === 2);
    stopped.child.kill('SIGSTOP');
    const other = await node();
    await tasks;
    stopped.child.kill('SIGCONT');
    await stopped.said("is another node's now");
    t.false(other.words().includes("another node's"));
    t.is(await fleet.run({ value: 1 }, { id: 'last' }), 1);
    t.deepEqual([...ends].sort(), ['a', 'b', 'last']);
  });

  test('nothing hangs when the engine was away for longer than a lease', async (t) => {
    const engine = await engineOf();
    const { node, submitter, log } = processesOf(t, engine);
    await node(['--ahead', '4']);
    const fleet = await submitter();
    let ended = 0;
    fleet.on('task', () => ended++);
    const tasks = Promise.all(Array.from({ length: 60 }, (_, i) => fleet.run({ key: `k${i}`, value: i, ms: 40, log })));
    await until(() => ended > 10);
    await engine.kill();
    await sleep(2500);
    await engine.start();
    t.deepEqual(
      await tasks,
      Array.from({ length: 60 }, (_, i) => i),
    );
  });
}

function testSubmitters(test: TestFn, engineOf: EngineOf) {
  test('a submitter that was killed gets every outcome by its ids, and nothing runs again', async (t) => {
    const { node, submitter, begun, log } = processesOf(t, await engineOf());
    await node();
    const first = await submitter({ id: 'me' });
    const ids = Array.from({ length: 100 }, (_, i) => `job ${i}`);
    const run = (fleet: typeof first) => ids.map((id, i) => fleet.run({ key: `k${i}`, value: i, ms: 3, log }, { id }));
    const tasks = run(first);
    for (const each of tasks) each.catch(() => {});
    await Promise.all(tasks.slice(0, 30));
    await first.close({ tasks: 'leave' });
    const second = await submitter({ id: 'me' });
    t.deepEqual(
      await Promise.all(run(second)),
      ids.map((_, i) => i),
    );
    t.deepEqual([...new Set(begun().values())], [1]);
    t.is(begun().size, 100);
  });

  test('a spinning task on another node is cancelled within a second', async (t) => {
    const { node, submitter, begun, log } = processesOf(t, await engineOf());
    await node();
    const fleet = await submitter();
    const times: number[] = [];
    for (const key of ['warm', 'a', 'b', 'c']) {
      const controller = new AbortController();
      const task = fleet.run({ key, spin: 60_000, log }, { signal: controller.signal });
      await until(() => begun().has(key));
      const asked = performance.now();
      controller.abort(new Error('enough'));
      t.like(await t.throwsAsync(task), { code: 'CANCELLED' });
      times.push(performance.now() - asked);
    }
    t.log(`cancelled after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    t.true(Math.min(...times) < 1000);
  });

  test('a feedback reaches all workers of all nodes', async (t) => {
    const { node, submitter } = processesOf(t, await engineOf());
    const flags = ['--host', 'thread', '--size', '8'];
    await Promise.all([node(flags), node(flags)]);
    const fleet = await submitter();
    for (let i = 0; i < 5; i++) await fleet.forwardFeedback(i);
    const heard = new Set<string>();
    await until(async () => {
      const answers = await Promise.all(Array.from({ length: 16 }, () => fleet.run({ do: 'heard', ms: 30 })));
      for (const each of answers) heard.add(JSON.stringify(each));
      const [last] = answers;
      return answers.every((each) => JSON.stringify(each) === JSON.stringify(last)) && (last as unknown[]).length === 5;
    });
    t.true(heard.has('[0,1,2,3,4]'));
  });
}

function testFollowUps(test: TestFn, engineOf: EngineOf) {
  test('follow-ups reach their worker, and are stranded soon after its node has died', async (t) => {
    const { node, submitter, begun, workersOf, log } = processesOf(t, await engineOf());
    const nodes = [await node(['--size', '1']), await node(['--size', '1'])];
    const fleet = await submitter();
    const ends = new Map<string, { status: string; error?: unknown; at: number }>();
    fleet.on('task', ({ id, status, error }) => ends.set(id, { status, error, at: performance.now() }));
    const follow = [
      { key: 'held', need: 'x', ms: 60_000, log },
      { key: 'lost', need: 'x', log },
      { key: 'free', log },
    ];
    await fleet.run({ key: 'origin', do: 'who', learn: 'x', follow, log }, { id: 'origin' });
    await until(() => begun().has('held'));
    t.is(workersOf().get('held'), workersOf().get('origin'));
    const parent = Number(workersOf().get('origin'));
    const statOf = (await import('node:fs')).readFileSync(`/proc/${parent}/stat`, 'utf8');
    const ppid = Number(statOf.slice(statOf.lastIndexOf(')') + 2).split(' ')[1]);
    const killed = performance.now();
    nodes.find(({ child }) => child.pid === ppid)?.child.kill('SIGKILL');
    await until(() => ['origin.1', 'origin.2', 'origin.3'].every((id) => ends.has(id)));
    t.like(ends.get('origin.1'), { status: 'failed', error: { code: 'STRANDED' } });
    t.like(ends.get('origin.2'), { status: 'failed', error: { code: 'STRANDED' } });
    t.like(ends.get('origin.3'), { status: 'done' });
    const ms = (ends.get('origin.2')?.at ?? 0) - killed;
    t.log(`stranded ${ms.toFixed(0)} ms after the death of the node`);
    t.true(ms < SOON);
  });
}

function testDrain(test: TestFn, engineOf: EngineOf) {
  test('a node that gets SIGTERM ends what it has, exits with 0, and nothing is begun twice', async (t) => {
    const { node, submitter, begun, log } = processesOf(t, await engineOf());
    const leaving = await node();
    await node();
    const fleet = await submitter();
    let ended = 0;
    fleet.on('task', () => ended++);
    const tasks = Promise.all(
      Array.from({ length: 200 }, (_, i) => fleet.run({ key: `k${i}`, value: i, ms: 10, log })),
    );
    await until(() => ended > 40);
    leaving.child.kill('SIGTERM');
    t.is(await leaving.ended, 0);
    t.deepEqual(
      await tasks,
      Array.from({ length: 200 }, (_, i) => i),
    );
    t.deepEqual([...new Set(begun().values())], [1]);
  });
}
