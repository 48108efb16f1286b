import test from 'ava';
import { createEntry, type Entry } from '../../../machines/queue/entry.ts';
import type { Accept } from '../../../machines/queue/queue.ts';
import { TaskQueue } from '../../../machines/queue/task-queue.ts';
import { decide } from '../../../machines/rules/decide.ts';
import { learn } from '../../../machines/rules/take.ts';
import type { Effect } from '../../../machines/state/effects.ts';
import { UNMATCHED } from '../../../machines/state/matching.ts';
import { createPoolState, type PoolState, type RestartLimits } from '../../../machines/state/pool-state.ts';
import type { Seat } from '../../../machines/state/seat.ts';

const exit = { exitCode: 1, signal: null, reason: 'exit' } as const;

function poolOf(size: number, restart: RestartLimits, window = 1, accept?: Accept): PoolState {
  const pool = createPoolState({
    kind: 'k',
    size,
    rules: {
      requestOf: (_look, entry) => entry.task,
      reasonToStop: () => undefined,
      onDeath: () => ({ isRetried: false, error: undefined }),
      keyOf: () => undefined,
      matching: accept === undefined ? UNMATCHED : { ...UNMATCHED, isPicky: true, isStrict: true },
      window,
      concurrency: 1,
      isIdempotent: true,
      begunOf: () => undefined,
      recall: () => undefined,
    },
    queue: new TaskQueue({ accept }),
    faults: [],
    restart,
  });
  decide(pool, { type: 'enqueue' });
  return pool;
}

/** The worker of a slot exits, after its start or before it. */
function exitOf(pool: PoolState, slot: number): Effect[] {
  return decide(pool, { type: 'exited', worker: `k:${slot}:${pool.serials[slot]}`, exit });
}

function typesOf(effects: readonly Effect[]): string[] {
  return effects.map((effect) => effect.type);
}

test('each failed start doubles the wait for the next try, up to the longest, and a successful start resets it', (t) => {
  const pool = poolOf(1, { limit: 10, delay: 10, maxDelay: 50 });
  const fail = () => {
    const waits = exitOf(pool, 0).flatMap((effect) => (effect.type === 'wait' ? [effect.ms] : []));
    decide(pool, { type: 'respawn', slot: 0 });
    return waits;
  };
  t.deepEqual([fail(), fail(), fail(), fail(), fail()], [[10], [20], [40], [50], [50]]);
  decide(pool, { type: 'free', worker: `k:0:${pool.serials[0]}` });
  t.deepEqual(typesOf(exitOf(pool, 0)), ['forget', 'reportDeath', 'spawn']);
  t.deepEqual(fail(), [10]);
});

test('a pool is degraded only when each of its slots has failed once more than the limit', (t) => {
  const pool = poolOf(2, { limit: 1, delay: 1, maxDelay: 1 });
  for (let i = 0; i < 3; i++) {
    t.deepEqual(typesOf(exitOf(pool, 1)), ['forget', 'wait']);
    decide(pool, { type: 'respawn', slot: 1 });
  }
  t.deepEqual(typesOf(exitOf(pool, 1)), ['forget', 'wait']);
  // No worker is alive now, and one slot has failed only once.
  t.deepEqual(typesOf(exitOf(pool, 0)), ['forget', 'wait']);
  t.is(pool.degraded, undefined);
  decide(pool, { type: 'respawn', slot: 0 });
  t.deepEqual(typesOf(exitOf(pool, 0)), ['forget', 'degrade']);
  t.is(pool.degraded, exit);
});

test('the pool does not wait for a slot that a shrink removed', (t) => {
  const pool = poolOf(2, { limit: 5, delay: 1, maxDelay: 1 });
  exitOf(pool, 1);
  decide(pool, { type: 'free', worker: 'k:0:1' });
  decide(pool, { type: 'resize', size: 1 });
  t.deepEqual(typesOf(exitOf(pool, 0)), ['forget', 'reportDeath', 'spawn']);
});

test('a pause ends when each pause has its resume, and an earlier resume does not count', (t) => {
  const pool = poolOf(1, { limit: 1, delay: 1, maxDelay: 1 });
  const holds = (['resume', 'pause', 'pause', 'resume', 'resume', 'resume', 'pause'] as const).map((type) => {
    decide(pool, { type });
    return pool.holds > 0;
  });
  t.deepEqual(holds, [false, true, true, true, false, false, true]);
});

test('a worker that ended by its verdict is replaced, and its death is not reported', (t) => {
  const pool = poolOf(1, { limit: 1, delay: 1, maxDelay: 1 });
  decide(pool, { type: 'free', worker: 'k:0:1' });
  pool.queue.push(createEntry('a'));
  t.deepEqual(typesOf(decide(pool, { type: 'enqueue' })), ['dispatch']);
  const [entry] = (pool.seats.get('k:0:1')?.held ?? []).splice(0);
  if (entry !== undefined) entry.place = 'settled';
  t.false(typesOf(decide(pool, { type: 'ended', worker: 'k:0:1' })).includes('reportDeath'));
  t.deepEqual(typesOf(exitOf(pool, 0)), ['forget', 'spawn']);
});

test('a task that may have killed its worker is sent alone, and others follow after it', (t) => {
  const pool = poolOf(1, { limit: 1, delay: 1, maxDelay: 1 }, 4);
  for (const seat of pool.seats.values()) seat.window = 4;
  decide(pool, { type: 'free', worker: 'k:0:1' });
  const [a, b] = ['a', 'b'].map((task) => createEntry(task)) as [Entry, Entry];
  for (const entry of [a, b]) pool.queue.push(entry);
  t.like(decide(pool, { type: 'enqueue' })[0], { type: 'dispatch', requests: ['a', 'b'] });
  // Either of the two tasks may have killed the worker.
  exitOf(pool, 0);
  decide(pool, { type: 'cancelTask', entry: b, grace: false });
  for (const task of ['c', 'd']) pool.queue.push(createEntry(task));
  for (const seat of pool.seats.values()) seat.window = 4;
  const effects = decide(pool, { type: 'free', worker: 'k:0:2' });
  t.deepEqual(
    effects.flatMap((effect) => (effect.type === 'dispatch' ? [effect.requests] : [])),
    [['a']],
  );
});

test('a late message of an ended worker does not make it free', (t) => {
  const pool = poolOf(1, { limit: 1, delay: 1, maxDelay: 1 });
  decide(pool, { type: 'free', worker: 'k:0:1' });
  decide(pool, { type: 'cancelWorker', worker: 'k:0:1' });
  pool.queue.push(createEntry('a'));
  t.deepEqual(decide(pool, { type: 'free', worker: 'k:0:1' }), []);
  t.deepEqual(pool.free, []);
  t.is(pool.queue.length, 1);
});

test('a worker that stopped in time is not ended during its next task', (t) => {
  const pool = poolOf(1, { limit: 1, delay: 1, maxDelay: 1 });
  decide(pool, { type: 'free', worker: 'k:0:1' });
  const [first, next] = ['first', 'next'].map((task) => createEntry(task)) as [Entry, Entry];
  pool.queue.push(first);
  decide(pool, { type: 'enqueue' });
  t.deepEqual(typesOf(decide(pool, { type: 'cancelTask', entry: first, grace: true })), ['settle', 'abort']);
  // The worker answers, and is free again.
  pool.seats.get('k:0:1')?.held.splice(0);
  pool.queue.push(next);
  t.deepEqual(typesOf(decide(pool, { type: 'free', worker: 'k:0:1' })), ['dispatch']);
  t.deepEqual(typesOf(decide(pool, { type: 'overdue', worker: 'k:0:1', entry: first })), []);
  t.is(next.place, 'held');
  t.is(decide(pool, { type: 'overdue', worker: 'k:0:1', entry: next })[0]?.type, 'cancel');
});

test('a follow-up that returns from its dead maker fails if a fresh worker would not take it', (t) => {
  const pool = poolOf(1, { limit: 1, delay: 1, maxDelay: 1 }, 1, ({ status }) => status.type === 'old');
  const [maker] = [...pool.seats.values()] as [Seat];
  learn(pool, maker, 'what its follow-up needs');
  decide(pool, { type: 'free', worker: maker.id });
  const entry = createEntry('follow-up', { origin: maker.id });
  pool.queue.push(entry);
  pool.followUps.add(entry);
  t.deepEqual(typesOf(decide(pool, { type: 'enqueue' })), ['dispatch']);
  // The worker had begun none of its tasks.
  decide(pool, { type: 'exited', worker: maker.id, exit: { ...exit, begun: 0 } });
  t.is(entry.place, 'queued');
  const effects = decide(pool, { type: 'free', worker: 'k:0:2' });
  t.deepEqual(
    effects.filter(({ type }) => type === 'settle'),
    [{ type: 'settle', entry, cause: { type: 'stranded' } }],
  );
});

/** The worker of slot 0 gets ready, and dies at once. */
function dieEarly(pool: PoolState): Effect[] {
  const worker = `k:0:${pool.serials[0]}`;
  decide(pool, { type: 'free', worker });
  const effects = decide(pool, { type: 'exited', worker, exit, isEarly: true });
  decide(pool, { type: 'respawn', slot: 0 });
  return effects;
}

/** A worker gets ready and performs one task. */
function perform(pool: PoolState, worker: string): void {
  decide(pool, { type: 'free', worker });
  pool.queue.push(createEntry('a'));
  decide(pool, { type: 'enqueue' });
  const [entry] = (pool.seats.get(worker)?.held ?? []).splice(0);
  if (entry !== undefined) entry.place = 'settled';
  decide(pool, { type: 'free', worker });
}

test('a death soon after the start counts as a failed start: the pool waits, and is degraded in the end', (t) => {
  const pool = poolOf(1, { limit: 2, delay: 100, maxDelay: 1000 });
  for (const ms of [100, 200])
    t.like(dieEarly(pool), [{ type: 'forget' }, { type: 'reportDeath' }, { type: 'wait', ms }]);
  t.true(typesOf(dieEarly(pool)).includes('degrade'));
});

test('a performed task resets the count of early deaths', (t) => {
  const pool = poolOf(1, { limit: 2, delay: 100, maxDelay: 1000 });
  dieEarly(pool);
  perform(pool, 'k:0:2');
  decide(pool, { type: 'exited', worker: 'k:0:2', exit });
  t.like(dieEarly(pool), [{ type: 'forget' }, { type: 'reportDeath' }, { type: 'wait', ms: 100 }]);
});

test('an early death after a performed task counts as the first failed start', (t) => {
  const pool = poolOf(1, { limit: 2, delay: 100, maxDelay: 1000 });
  dieEarly(pool);
  perform(pool, 'k:0:2');
  const effects = decide(pool, { type: 'exited', worker: 'k:0:2', exit, isEarly: true });
  t.like(effects, [{ type: 'forget' }, { type: 'reportDeath' }, { type: 'wait', ms: 100 }]);
});

test('a task that its own hook cancelled is not sent, and no worker ends for it', (t) => {
  const pool = poolOf(1, { limit: 1, delay: 1, maxDelay: 1 });
  decide(pool, { type: 'free', worker: 'k:0:1' });
  const reason = new Error('stale');
  const rules = { ...pool.rules, reasonToStop: ({ task }: Entry) => (task === 'a' ? { reason } : undefined) };
  Object.assign(pool, { rules });
  for (const task of ['a', 'b']) pool.queue.push(createEntry(task));
  const effects = decide(pool, { type: 'enqueue' });
  t.like(effects, [
    { type: 'settle', cause: { type: 'cancelled', reason } },
    { type: 'dispatch', requests: ['b'] },
  ]);
  t.is(effects.length, 2);
});
