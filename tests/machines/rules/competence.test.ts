import test from 'ava';
import type { Kind } from '../../../kinds/kind.ts';
import { createEntry, type Entry, move } from '../../../machines/queue/entry.ts';
import { TaskQueue } from '../../../machines/queue/task-queue.ts';
import { decide } from '../../../machines/rules/decide.ts';
import { hasNextWith, learn, take } from '../../../machines/rules/take.ts';
import { matchingOf } from '../../../machines/state/matching.ts';
import { createPoolState, type PoolState } from '../../../machines/state/pool-state.ts';
import type { Seat } from '../../../machines/state/seat.ts';
import { keyedKind } from '../../../testing/exploring/keyed-kind.ts';

/** A pool of the rules alone, whose workers and callers the test plays. */
class Played {
  readonly pool: PoolState;

  // biome-ignore lint/suspicious/noExplicitAny: tasks are strings, and not read here.
  constructor(kind: Kind<any>, size: number, patience?: number) {
    const matching = matchingOf(kind);
    this.pool = createPoolState({
      kind: 'k',
      size,
      patience,
      faults: [],
      restart: { limit: 1, delay: 1, maxDelay: 1 },
      queue: new TaskQueue({
        accept: ({ status, key, worker }, entry) => {
          const isOther = matching.keys === 'require' && entry.key !== undefined && entry.key !== key;
          if (status.type === 'old' && isOther) return false;
          return kind.taskMatch?.(status, entry.task, worker as NonNullable<typeof worker>) ?? true;
        },
        prefer: kind.prefers && (({ status }, entry) => kind.prefers?.(status, entry.task, undefined as never) ?? true),
        keys: matching.keys,
      }),
      rules: {
        window: 1,
        isIdempotent: false,
        begunOf: () => undefined,
        recall: () => undefined,
        keyOf: (competence) => kind.affinityOfCompetence?.(competence),
        matching,
        onDeath: () => ({ isRetried: false, error: undefined }),
        requestOf: (_cursor, entry) => entry.task,
        reasonToStop: () => undefined,
      },
    });
    decide(this.pool, { type: 'enqueue' });
    for (const { id } of this.pool.seats.values()) decide(this.pool, { type: 'free', worker: id });
  }

  run(...tasks: string[]): void {
    for (const task of tasks) this.pool.queue.push(createEntry(task, { key: task === 'any' ? undefined : task }));
    decide(this.pool, { type: 'enqueue' });
  }

  /** The worker of a slot answers its task: it stays and knows the task's key. */
  answer(slot: number, follow: string[] = []): void {
    const seat = this.#seat(slot);
    const entry = seat.held.shift() as Entry;
    move(entry, 'settled');
    for (const task of follow) {
      const made = createEntry(task, { origin: seat.id });
      this.pool.queue.push(made);
      this.pool.followUps.add(made);
    }
    const isNext = hasNextWith(this.pool, seat, entry.task);
    learn(this.pool, seat, entry.task);
    if (isNext) take(this.pool, seat, []);
    else decide(this.pool, { type: 'free', worker: seat.id });
  }

  /** A worker that was ended exits, and the one in its place starts. */
  replace(slot: number): void {
    const exit = { exitCode: null, signal: 'SIGKILL', reason: 'killed' } as const;
    decide(this.pool, { type: 'exited', worker: this.#seat(slot).id, exit });
    decide(this.pool, { type: 'free', worker: this.#seat(slot).id });
  }

  /** Time passes, if the rules have asked for a tick. */
  tick(times = 1): void {
    for (let i = 0; i < times && this.pool.scheduling.isWatched; i++) decide(this.pool, { type: 'impatient' });
  }

  measure(cost: number, work: number): void {
    decide(this.pool, { type: 'measured', means: { cost, work } });
  }

  /** What each worker does, in the order of the slots: its task, or its phase. */
  get doing(): string {
    const { size } = this.pool;
    return Array.from({ length: size }, (_, slot) => {
      const { phase, held } = this.#seat(slot);
      return phase === 'busy' ? String(held[0]?.task) : phase;
    }).join(' ');
  }

  #seat(slot: number): Seat {
    return [...this.pool.seats.values()].find((seat) => seat.slot === slot) as Seat;
  }
}

for (const mode of ['require', 'match'] as const) {
  test(`${mode}: a task that only a fresh worker takes gets one at once, though a worker is busy`, (t) => {
    const played = new Played(keyedKind(mode), 3);
    played.run('a', 'b', 'c');
    played.answer(1);
    played.answer(2);
    played.run('d');
    t.is(played.doing, 'a ending free', 'the least recently used worker makes room');
    played.replace(1);
    t.is(played.doing, 'a d free');
    t.is(played.pool.scheduling.counts.rooms, 1);
  });

  test(`${mode}: as many rooms are made as tasks wait, and none for a task that a starting worker takes`, (t) => {
    const played = new Played(keyedKind(mode), 3);
    played.run('a', 'b', 'c');
    played.answer(1);
    played.answer(2);
    played.run('d');
    played.run('d');
    t.is(played.pool.scheduling.counts.rooms, mode === 'require' ? 1 : 2);
    const both = new Played(keyedKind(mode), 3);
    both.run('a', 'b', 'c');
    both.answer(1);
    both.answer(2);
    both.run('d', 'e');
    t.is(both.doing, 'a ending ending');
  });

  test(`${mode}: a task waits for the busy worker that knows it while that costs less than another worker`, (t) => {
    const played = new Played(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.answer(1);
    played.measure(50, 20);
    played.run('a', 'a', 'a');
    t.is(played.doing, 'a free', 'two tasks of 20 ms wait, and another worker costs 50 ms');
    played.run('a');
    t.is(played.doing, 'a ending', 'three would wait longer');
  });

  test(`${mode}: without a measurement a task waits, but not for a worker that is late`, (t) => {
    const played = new Played(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.answer(1);
    played.run('a', 'a');
    t.is(played.doing, 'a free');
    played.tick(2);
    t.is(played.doing, 'a free');
    played.tick();
    t.is(played.doing, 'a ending');
  });

  test(`${mode}: an aged task that nobody knows goes before a worker's own later tasks`, (t) => {
    const played = new Played(keyedKind(mode), 1, 1000);
    played.run('a', 'a');
    played.answer(0);
    played.run('b', 'a', 'a', 'a');
    played.tick(4);
    played.answer(0);
    t.is(played.doing, 'a', 'its patience is not over');
    played.tick();
    played.answer(0);
    t.is(played.doing, 'ending');
    played.replace(0);
    t.is(played.doing, 'b');
  });

  test(`${mode}: patience 0 makes room at once, and Infinity never for a task that a busy worker knows`, (t) => {
    const doing = [0, Number.POSITIVE_INFINITY].map((patience) => {
      const played = new Played(keyedKind(mode), 2, patience);
      played.run('a', 'b');
      played.answer(0);
      played.answer(1);
      played.measure(1, 1000);
      played.run('a', 'a');
      played.tick(10);
      return played.doing;
    });
    t.deepEqual(doing, ['a ending', 'a free']);
  });
}

test('a worker that made a follow-up which only it takes is not ended for another task', (t) => {
  const kind = keyedKind('match');
  let isOpen = false;
  const picky = {
    ...kind,
    taskMatch: (status: { type: string }, task: string) =>
      task === 'mine' ? status.type === 'old' && isOpen : status.type === 'fresh',
  };
  const played = new Played(picky, 2);
  played.run('a', 'b');
  played.answer(0, ['mine']);
  played.run('c');
  t.is(played.doing, 'free b');
  isOpen = true;
  decide(played.pool, { type: 'broadcast' });
  t.is(played.doing, 'mine b');
});

test('a fresh worker leaves a key to the busy worker that holds it, if another key waits', (t) => {
  const played = new Played(keyedKind('require'), 2);
  played.run('a', 'a', 'b', 'a');
  t.is(played.doing, 'a b');
  const alone = new Played(keyedKind('require'), 2);
  alone.run('a', 'a');
  t.is(alone.doing, 'a a', 'no worker is idle while a task waits that it could take');
});

for (const mode of ['prefer', 'hook'] as const) {
  test(`${mode}: a worker takes its own key first, then one that nobody knows, and loads in place`, (t) => {
    const played = new Played(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.run('a');
    played.run('c', 'b', 'a');
    played.answer(0);
    t.is(played.doing, 'a b');
    played.answer(0);
    t.is(played.doing, 'c b');
    t.like(played.pool.scheduling.counts, { hits: 2, fresh: 2, switches: 1, rooms: 0 });
  });

  test(`${mode}: a free worker leaves a task to the busy one that knows it, and helps when that wait is long`, (t) => {
    const played = new Played(keyedKind(mode), 2);
    played.run('a', 'b');
    played.answer(0);
    played.answer(1);
    played.measure(50, 20);
    played.run('a', 'a', 'a');
    t.is(played.doing, 'a free');
    played.run('a');
    t.is(played.doing, 'a a');
  });

  test(`${mode}: an aged task that nobody knows goes before a worker's own later tasks, once in a while`, (t) => {
    const played = new Played(keyedKind(mode), 1, 1000);
    played.run('a', 'a');
    played.answer(0);
    played.run('b', 'a', 'a', 'a');
    played.tick(4);
    played.answer(0);
    t.is(played.doing, 'a');
    played.tick();
    played.answer(0);
    t.is(played.doing, 'b');
    played.answer(0);
    t.is(played.doing, 'a');
  });
}

test('a free worker helps with the key whose tasks wait longest', (t) => {
  const played = new Played(keyedKind('prefer'), 3);
  played.run('a', 'b', 'c');
  for (const slot of [0, 1, 2]) played.answer(slot);
  played.run('a', 'b');
  played.measure(10, 10);
  played.run('a', 'b', 'b');
  t.is(played.doing, 'a b b');
});

test('a hook that looks at the slot gets the worker: tasks go to their slots, and room is made there', (t) => {
  const kind = {
    ...keyedKind('match'),
    taskMatch: (status: { type: string }, task: string, { slot }: { slot: number }) =>
      status.type === 'fresh' && task.endsWith(String(slot)),
  };
  const played = new Played(kind, 2);
  played.run('x1', 'y1', 'x0');
  t.is(played.doing, 'x0 x1');
  played.answer(0);
  t.is(played.doing, 'free x1');
  played.answer(1);
  t.is(played.doing, 'free ending', 'a fresh worker in slot 0 would not take the task');
  played.replace(1);
  t.is(played.doing, 'free y1');
});
