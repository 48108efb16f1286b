import test from 'ava';
import fc from 'fast-check';
import { createEntry, type Entry } from '../../../machines/queue/entry.ts';
import { createMatchCursor } from '../../../machines/queue/match-cursor.ts';
import { TaskQueue } from '../../../machines/queue/task-queue.ts';

const cursor = createMatchCursor({ type: 'fresh' }, undefined);

/** A plain queue, and the numbers of its tasks in order. */
class World {
  readonly #queue = new TaskQueue();
  readonly #made = new Set<unknown>();
  #expected: number[] = [];
  #last = 0;

  readonly #make = (task: unknown): Entry => {
    if (this.#made.has(task)) throw new Error(`the entry of ${String(task)} is made twice`);
    this.#made.add(task);
    return createEntry(task);
  };

  readonly acts: Readonly<Record<string, (count: number) => void>> = {
    append: (count) => {
      for (let i = 0; i < count * 100 && this.#queue.isPlain; i++) {
        this.#expected.push(++this.#last);
        this.#queue.append(this.#make, this.#last, undefined, undefined);
      }
    },
    push: () => {
      this.#expected.push(++this.#last);
      this.#queue.push(createEntry(this.#last));
    },
    take: (count) => {
      for (let i = 0; i < count * 60; i++) {
        const entry = this.#queue.first(cursor);
        if (entry?.task !== this.#expected.shift()) throw new Error(`${String(entry?.task)} is the first`);
        if (entry !== undefined) this.#queue.remove(entry);
      }
    },
    giveBack: () => {
      const entry = this.#queue.first(cursor);
      if (entry === undefined) return;
      this.#queue.remove(entry);
      this.#queue.unshift(entry);
    },
    cancel: (count) => {
      const at = count % Math.max(1, this.#expected.length);
      const entry = [...this.#queue][at];
      if (entry === undefined) return;
      this.#queue.remove(entry);
      this.#expected.splice(at, 1);
    },
    look: (count) => {
      for (const { task } of this.#queue) if (task === this.#expected[count]) break;
    },
    reverse: () => {
      this.#queue.reorder((a, b) => Number(b) - Number(a));
      this.#queue.reorder();
    },
  };

  check(t: { deepEqual(a: unknown, b: unknown): void; is(a: unknown, b: unknown): void }): void {
    t.is(this.#queue.length, this.#expected.length);
    const all = [...this.#queue];
    t.deepEqual(
      all.map(({ task }) => task),
      this.#expected,
    );
    const turns = all.map(({ turn }) => turn);
    t.deepEqual(
      turns,
      [...turns].sort((a, b) => a - b),
    );
  }
}

const names = Object.keys(new World().acts);

test('tasks without an entry leave in the order of their arrival, whatever happens to the queue meanwhile', (t) => {
  const program = fc.array(fc.tuple(fc.constantFrom('append', ...names), fc.nat(12)), { maxLength: 40, size: 'max' });
  fc.assert(
    fc.property(program, (steps) => {
      const world = new World();
      for (const [name, count] of steps) world.acts[name]?.(count);
      world.check(t);
    }),
  );
});

test('a queue with a rule, keys or an order is not plain', (t) => {
  t.true(new TaskQueue().isPlain);
  t.false(new TaskQueue({ accept: () => true }).isPlain);
  t.false(new TaskQueue({ prefer: () => true }).isPlain);
  t.false(new TaskQueue({ keys: 'prefer' }).isPlain);
  const ordered = new TaskQueue();
  ordered.push(createEntry(1, { priority: 1 }));
  t.false(ordered.isPlain);
});
