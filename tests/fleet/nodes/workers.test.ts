import test from 'ava';
import type { FleetOutcome } from 'statepool/fleet';
import { busy, fleetKind, fleetOf } from '../../support/fleet.ts';

/** Collects the ends of follow-ups, and resolves when so many have come. */
function followUps(fleet: { on(event: 'task', listener: (outcome: FleetOutcome) => void): unknown }, count: number) {
  const ends: FleetOutcome[] = [];
  return new Promise<FleetOutcome[]>((resolve) => {
    fleet.on('task', (outcome) => {
      if (outcome.isFollowUp && ends.push(outcome) === count) resolve(ends);
    });
  });
}

const byId = (ends: readonly FleetOutcome[]) => [...ends].sort((a, b) => (a.id < b.id ? -1 : 1));

test('follow-ups reach the worker that has what they need, under the id of their origin', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node();
  await node();
  const { fleet } = await submitter();
  const ends = followUps(fleet, 2);
  const follow = [{ need: 'x', value: 1 }, { value: 2 }];
  t.is(await fleet.run({ learn: 'x', value: 0, follow }, { id: 'origin' }), 0);
  t.like(byId(await ends), [
    { id: 'origin.1', status: 'done', result: 1 },
    { id: 'origin.2', status: 'done', result: 2 },
  ]);
  await fleet.join();
});

test('follow-ups of a dead node are stranded, or go on elsewhere', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: a, connection } = await node();
  const { fleet } = await submitter();
  const ends = followUps(fleet, 3);
  const follow = [{ need: 'x', ms: 15_000 }, { need: 'x' }, { value: 3 }];
  const settled = fleet.run({ learn: 'x', value: 0, follow }, { id: 'origin' });
  await settled;
  connection.kill();
  const { node: b } = await node();
  const inherits = new Promise((resolve) => b.on('inherits', resolve));
  t.is(await inherits, a.id);
  t.like(byId(await ends), [
    { id: 'origin.1', status: 'failed', error: { code: 'STRANDED' } },
    { id: 'origin.2', status: 'failed', error: { code: 'STRANDED' } },
    { id: 'origin.3', status: 'done', result: 3 },
  ]);
  await fleet.join();
  while ((await fleet.nodes()).length > 1) await new Promise((resolve) => setImmediate(resolve));
});

test('a node takes as many tasks as its workers perform together, and no more', async (t) => {
  const kind = { ...fleetKind, concurrency: 3 };
  const { node, submitter } = fleetOf(t);
  await node({ size: 1, host: 'thread' }, kind);
  const { fleet } = await submitter({}, kind);
  let begun = 0;
  await new Promise<void>((resolve) => {
    const onFeedback = () => void (++begun === 3 && resolve());
    for (const key of ['a', 'b', 'c', 'd']) {
      fleet.run({ key, feedbacks: ['begun'], ms: 15_000 }, { onFeedback }).catch(() => {});
    }
  });
  t.like(await fleet.counts(), { waiting: 1, active: 3 });
  await fleet.cancelAll();
  await fleet.join();
});

test('a picky task waits until a node has learned what it needs', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node();
  await node();
  const { fleet } = await submitter();
  const picky = fleet.run({ need: 'x', value: 'picky' });
  while ((await fleet.counts()).parked === 0) await new Promise((resolve) => setImmediate(resolve));
  await fleet.run({ learn: 'x' });
  t.is(await picky, 'picky');
});

test('a fleet stalls when all nodes refuse what is left, and goes on after a broadcast', async (t) => {
  const open = { now: false };
  const kind = { ...fleetKind, taskMatch: () => open.now };
  const { node, submitter } = fleetOf(t);
  // A task that is put aside for long, before its node knows the other one, comes back after a minute.
  t.timeout(30_000);
  await node({}, kind);
  await node({}, kind);
  const { fleet } = await submitter({}, kind);
  const stalled = new Promise((resolve) => fleet.on('stalled', resolve));
  const task = fleet.run({ key: 'refused', value: 1 });
  const error = await t.throwsAsync(fleet.join());
  t.like(error, { code: 'STALLED', tasks: ['refused'] });
  t.like(await stalled, { code: 'STALLED' });
  open.now = true;
  await fleet.broadcast();
  t.is(await task, 1);
  await fleet.join();
});

test('what all nodes have refused goes to a node that enters later', async (t) => {
  const kindOf = (takes: boolean) => ({ ...fleetKind, taskMatch: () => takes });
  const { node, submitter } = fleetOf(t);
  t.timeout(30_000);
  await node({}, kindOf(false));
  const { fleet } = await submitter({}, kindOf(false));
  const task = fleet.run({ value: 1 });
  while ((await fleet.counts()).parked === 0) await new Promise((resolve) => setImmediate(resolve));
  await node({}, kindOf(true));
  t.is(await task, 1);
});

test('with keys, a task goes to the node whose worker has loaded its key', async (t) => {
  const kind = {
    ...fleetKind,
    taskMatch: undefined,
    affinity: ({ key }: { key?: string }) => key,
    affinityOfCompetence: (competence: string | undefined) => competence,
  } as unknown as typeof fleetKind;
  const { node, submitter } = fleetOf(t);
  const nodes = [await node({}, kind), await node({}, kind)];
  const { fleet, connection } = await submitter({}, kind);
  const told = new Set<string>();
  const allTold = new Promise<void>((resolve) => {
    void connection.subscribe(`${kind.name}.all`, (word) => {
      const { type, keys } = word as { readonly type: string; readonly keys: readonly string[] };
      if (type === 'keys') for (const key of keys) told.add(key);
      if (told.size === 2) resolve();
    });
  });
  await Promise.all([fleet.run({ key: 'a', learn: 'a', ms: 50 }), fleet.run({ key: 'b', learn: 'b', ms: 50 })]);
  const know = () => nodes.map(({ node }) => node.pool.workers[0]?.competence);
  t.deepEqual([...know()].sort(), ['a', 'b']);
  // Other nodes hear of a key a moment later.
  await allTold;
  const before = know();
  for (const key of ['a', 'b', 'b', 'a', 'a', 'b', 'b', 'a']) await fleet.run({ key, learn: key });
  t.deepEqual(know(), before);
  t.deepEqual(
    nodes.map(({ node }) => node.pool.stats.completed),
    [5, 5],
  );
});

test('a drained node finishes what it has, and others do the rest', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: a } = await node({ ahead: 3 });
  const { fleet } = await submitter();
  const results = Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((value) => fleet.run({ value, ms: 20 })));
  await busy(a.pool);
  await a.drain();
  const done = a.pool.stats.completed;
  t.true(done >= 1 && done < 8);
  const { node: b } = await node();
  t.deepEqual(await results, [1, 2, 3, 4, 5, 6, 7, 8]);
  t.is(b.pool.stats.completed, 8 - done);
  t.is((await fleet.nodes()).length, 1);
});

test('a node that must go gives its tasks back to the head of the queue', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: a } = await node();
  const { fleet } = await submitter();
  const ends: unknown[] = [];
  fleet.on('task', ({ result }) => ends.push(result));
  const first = fleet.run({ value: 'first', ms: 300 });
  await busy(a.pool);
  const second = fleet.run({ value: 'second' });
  await fleet.submit({ value: 'third' });
  await a.drain(0);
  await node();
  await Promise.all([first, second]);
  await fleet.join();
  await fleet.close();
  t.deepEqual(ends, ['first', 'second', 'third']);
});

test('a task whose nodes die again and again fails with NODE_DIED', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { fleet } = await submitter();
  const poison = t.throwsAsync(fleet.run({ ms: 15_000, key: 'poison' }, { id: 'poison' }));
  for (let death = 0; death < 2; death++) {
    const { node: victim, connection } = await node({ redeliver: 1 });
    await busy(victim.pool);
    connection.kill();
  }
  await node({ redeliver: 1 });
  t.like(await poison, { code: 'NODE_DIED' });
  t.is(await fleet.run({ value: 1 }), 1);
});

test('a worker that dies fails its task alone', async (t) => {
  const { node, submitter } = fleetOf(t);
  await node({ host: 'process' });
  const { fleet } = await submitter();
  t.like(await t.throwsAsync(fleet.run({ do: 'die' })), { code: 'WORKER_DIED', exitCode: 3 });
  t.is(await fleet.run({ value: 1 }), 1);
});

test('a lease that comes back to its own node is bound to the task that runs there', async (t) => {
  const { broker, node, submitter } = fleetOf(t);
  const { node: only } = await node();
  const { fleet } = await submitter();
  const task = fleet.run({ value: 1, ms: 200 }, { id: 'back' });
  await busy(only.pool);
  t.true(broker.lose('fleet-jobs', 'back'));
  t.is(await task, 1);
  t.is(only.pool.stats.completed, 1);
  t.is(only.lost, 0);
});

test('a submitter that comes back with its ids gets every outcome, and nothing runs again', async (t) => {
  const { node, submitter } = fleetOf(t);
  const { node: only } = await node();
  const first = await submitter({ id: 'me' });
  const ids = Array.from({ length: 20 }, (_, i) => `job ${i}`);
  const run = (fleet: typeof first.fleet) => ids.map((id, value) => fleet.run({ value, ms: 5 }, { id }));
  await Promise.all(run(first.fleet).slice(0, 5));
  first.connection.kill();
  const { fleet } = await submitter({ id: 'me' });
  t.deepEqual(
    await Promise.all(run(fleet)),
    ids.map((_, i) => i),
  );
  t.is(only.pool.stats.completed, 20);
});

test('wrong options of a node and of a submitter are refused', async (t) => {
  const { node, submitter } = fleetOf(t);
  t.like(await t.throwsAsync(node({ ahead: -1 })), { code: 'USAGE' });
  await t.throwsAsync(node({ siize: 1 } as object), { code: 'USAGE', message: /did you mean size/ });
  t.like(await t.throwsAsync(node({ journal: 'file' } as object)), { code: 'USAGE' });
  t.like(await t.throwsAsync(node({ broker: 7 as never })), { code: 'USAGE' });
  t.like(await t.throwsAsync(submitter({ keeep: {} } as object)), { code: 'USAGE' });
});
