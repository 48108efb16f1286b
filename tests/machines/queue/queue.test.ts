import { deepStrictEqual } from 'node:assert';
import test from 'ava';
import fc from 'fast-check';
import { type Compare, createEntry, type Entry } from '../../../machines/queue/entry.ts';
import { createMatchCursor, type MatchCursor } from '../../../machines/queue/match-cursor.ts';
import type { Accept } from '../../../machines/queue/queue.ts';
import { TaskQueue } from '../../../machines/queue/task-queue.ts';
import { ListedQueue } from '../../support/listed-queue.ts';

interface Item {
  readonly rank: number;
}

const byRank: Compare = (a, b) => (a as Item).rank - (b as Item).rank;
const byRankDown: Compare = (a, b) => (b as Item).rank - (a as Item).rank;

const keys = [undefined, 'red', 'blue'];

type Acts = Readonly<Record<string, (a: number, b: number) => void>>;

/** A queue, a plain list that must agree with it, and a rule by which statuses refuse some ranks. */
class World {
  readonly #hasKeys: boolean;
  readonly #queue: TaskQueue;
  readonly #listed = new ListedQueue();
  readonly #cursors: MatchCursor[];
  readonly #away: Entry[] = [];
  #outside = 0;

  constructor(hasKeys: boolean) {
    this.#hasKeys = hasKeys;
    this.#queue = new TaskQueue({ accept: this.#accepts, keys: hasKeys ? 'require' : undefined });
    this.#cursors = [0, 1, 2, 3].map((number) => this.#newCursor(number));
  }

  /** The rule depends on the competence and on the outside. */
  readonly #accepts: Accept = ({ status, key }, entry) => {
    if (this.#hasKeys && status.type === 'old' && entry.key !== undefined && entry.key !== key) return false;
    const knows = status.type === 'old' ? Number(status.competence) : 3;
    return ((entry.task as Item).rank + knows + this.#outside) % 4 !== 0;
  };

  #newCursor(number: number): MatchCursor {
    const status = number % 4 === 0 ? ({ type: 'fresh' } as const) : ({ type: 'old', competence: number % 7 } as const);
    const cursor = createMatchCursor(status, this.#hasKeys ? keys[number % 3] : undefined);
    this.#queue.watch(cursor);
    return cursor;
  }

  #push(rank: number, key: number, priority = 0): void {
    const entry = createEntry({ rank }, { key: this.#hasKeys ? keys[key] : undefined, priority });
    this.#queue.push(entry);
    this.#listed.push(entry);
  }

  #remove(entry: Entry): void {
    this.#queue.remove(entry);
    this.#listed.remove(entry);
  }

  readonly acts: Acts = {
    push: (a, b) => this.#push(a % 9, b % 3),
    pushUrgent: (a, b) => this.#push(a % 9, b % 3, (b % 5) - 2),
    take: (a) => {
      const entry = this.#queue.first(nth(this.#cursors, a) as MatchCursor);
      if (entry === undefined) return;
      this.#remove(entry);
      this.#away.push(entry);
    },
    cancel: (a) => {
      const entry = nth(this.#listed.ordered, a);
      if (entry === undefined) return;
      this.#remove(entry);
      // A task that is not with a worker never returns. A second removal has no effect.
      this.#queue.remove(entry);
    },
    giveBack: (a) => {
      const entry = nth(this.#away, a);
      if (entry === undefined) return;
      this.#away.splice(this.#away.indexOf(entry), 1);
      this.#queue.unshift(entry);
      this.#listed.unshift(entry);
    },
    reorder: (a) => {
      const compare = [undefined, byRank, byRankDown][a % 3];
      this.#listed.reorder(compare);
      this.#queue.reorder(compare);
    },
    change: (a) => {
      this.#outside = a;
      this.#queue.forget();
    },
    learn: (a, b) => {
      const cursors = this.#cursors;
      this.#queue.unwatch(cursors[a % cursors.length] as MatchCursor);
      cursors[a % cursors.length] = this.#newCursor(b);
    },
  };

  check(): void {
    const { ordered } = this.#listed;
    const queue = this.#queue;
    deepStrictEqual(
      [queue.length, [...queue].map(({ turn }) => turn)],
      [ordered.length, ordered.map(({ turn }) => turn)],
    );
    for (const cursor of this.#cursors) {
      const found = queue.first(cursor);
      const expected = ordered.find((entry) => this.#accepts(cursor, entry));
      if (found !== expected) {
        throw new Error(`found ${show(found)} where ${show(expected)} is the first of ${ordered.map(show)}`);
      }
    }
    const present = new Set(ordered.flatMap(({ key }) => (key === undefined ? [] : [key])));
    deepStrictEqual([...queue.keys()].sort(), this.#hasKeys ? [...present].sort() : []);
  }
}

function nth<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list[index % list.length];
}

function show(entry: Entry | undefined): string {
  return entry === undefined ? 'nothing' : JSON.stringify([(entry.task as Item).rank, entry.key, entry.turn]);
}

/** The weight of each act: queues should grow, and orders should last. */
const weights: Readonly<Record<string, number>> = {
  push: 6,
  pushUrgent: 1,
  take: 4,
  cancel: 1,
  giveBack: 3,
  reorder: 1,
  change: 1,
  learn: 1,
};

const program = fc.array(
  fc.tuple(
    fc.oneof(...Object.entries(weights).map(([arbitrary, weight]) => ({ arbitrary: fc.constant(arbitrary), weight }))),
    fc.nat(1000),
    fc.nat(1000),
    fc.boolean(),
  ),
  { maxLength: 60, size: 'max' },
);

type Step = readonly [act: string, a: number, b: number, isChecked: boolean];

/** A task returns to the head after a status last matched a later task, which has left. */
const examples: [Step[]][] = [
  [
    [
      ['push', 122, 0, false],
      ['reorder', 854, 0, true],
      ['push', 240, 0, false],
      ['take', 0, 0, false],
      ['cancel', 0, 0, false],
      ['giveBack', 0, 0, false],
      ['push', 493, 0, false],
    ],
  ],
  [
    [
      ['push', 149, 0, false],
      ['push', 0, 0, false],
      ['take', 0, 0, false],
      ['push', 0, 0, false],
      ['giveBack', 0, 0, false],
      ['take', 0, 0, false],
      ['cancel', 0, 0, false],
      ['take', 425, 0, false],
      ['giveBack', 0, 0, false],
      ['giveBack', 0, 0, false],
    ],
  ],
];

for (const hasKeys of [false, true]) {
  test(`the queue does the same as a plain list, ${hasKeys ? 'with' : 'without'} affinity keys`, (t) => {
    const property = fc.property(program, (steps) => {
      const world = new World(hasKeys);
      // A full check after each step would hide faults that depend on the last search of a status.
      for (const [name, a, b, isChecked] of steps) {
        world.acts[name]?.(a, b);
        if (isChecked) world.check();
      }
      world.check();
    });
    t.notThrows(() => fc.assert(property, { numRuns: 1000, includeErrorInReport: true, examples }));
  });
}

test('without a rule of acceptance every status takes the head', (t) => {
  const queue = new TaskQueue();
  const cursor = createMatchCursor({ type: 'fresh' });
  t.is(queue.first(cursor), undefined);
  const [a, b] = [createEntry('a'), createEntry('b')];
  queue.push(a);
  queue.push(b);
  t.is(queue.first(cursor), a);
  queue.remove(a);
  t.is(queue.first(cursor), b);
  queue.unshift(a);
  t.is(queue.first(cursor), a);
});

test('a refused task is matched with a status once, for any number of searches and later tasks', (t) => {
  let asked = 0;
  const queue = new TaskQueue({
    accept() {
      asked++;
      return false;
    },
  });
  const cursor = createMatchCursor({ type: 'fresh' });
  queue.watch(cursor);
  for (let i = 0; i < 100; i++) {
    queue.push(createEntry(i));
    queue.first(cursor);
    queue.first(cursor);
  }
  t.is(asked, 100);
  queue.forget();
  queue.first(cursor);
  t.is(asked, 200);
});

test('a comparison that throws leaves the queue unchanged', (t) => {
  const queue = new TaskQueue();
  const entries = [3, 1, 2].map((rank) => createEntry({ rank }));
  for (const entry of entries) queue.push(entry);
  const throwing: Compare = () => {
    throw new Error('no order');
  };
  t.throws(() => queue.reorder(throwing), { message: 'no order' });
  t.deepEqual([...queue], entries);
  queue.reorder(byRank);
  t.deepEqual(
    [...queue].map(({ task }) => (task as Item).rank),
    [1, 2, 3],
  );
  t.throws(() => queue.push(createEntry(undefined)), { instanceOf: TypeError });
  t.is(queue.length, 3);
  t.deepEqual(
    [...queue].map(({ task }) => (task as Item).rank),
    [1, 2, 3],
  );
});

test('a worker finds the tasks of its key without matching the others', (t) => {
  let asked = 0;
  const queue = new TaskQueue({
    accept(cursor, entry) {
      asked++;
      return cursor.status.type === 'fresh' || cursor.key === entry.key;
    },
    keys: 'require',
  });
  for (let i = 0; i < 10_000; i++) queue.push(createEntry(i, { key: `key ${i % 100}` }));
  const cursor = createMatchCursor({ type: 'old', competence: 7 }, 'key 7');
  for (let i = 0; i < 100; i++) {
    const entry = queue.first(cursor);
    t.is(entry?.task, 7 + i * 100);
    queue.remove(entry as Entry);
  }
  t.is(queue.first(cursor), undefined);
  t.is(asked, 100);
});

test('the keys stay in the order of their first tasks when most tasks leave from the middle of the queue', (t) => {
  const queue = new TaskQueue({ keys: 'prefer' });
  const entries = Array.from({ length: 1000 }, (_, i) => createEntry(i, { key: `key ${(i * 7) % 300}` }));
  for (const entry of entries) queue.push(entry);
  let left = entries;
  for (const share of [1, 3, 5, 7, 9]) {
    // Tasks leave from the end to the head: no note of theirs ever comes to the top.
    for (const entry of left.toReversed()) if ((entry.task as number) % 10 === share) queue.remove(entry);
    left = left.filter(({ task }) => (task as number) % 10 !== share);
    for (let i = 0; i < 400; i++) {
      const entry = createEntry(-1, { key: `passing ${i}` });
      queue.push(entry);
      queue.remove(entry);
    }
    const seen = new Set<string>();
    for (const { key, task } of left) {
      if (seen.has(key as string)) continue;
      t.is(queue.firstOutside(undefined, seen)?.task, task);
      seen.add(key as string);
    }
    t.is(queue.firstOutside(undefined, seen), undefined);
  }
});
