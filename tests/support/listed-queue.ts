import type { Compare, Entry } from '../../machines/queue/entry.ts';
import { ListQueue } from '../../testing/model/list-queue.ts';

/** The queue as the model of the pool has it, on copies of the same entries. */
export class ListedQueue {
  readonly #list = new ListQueue(
    () => true,
    () => true,
  );
  readonly #copies = new Map<Entry, Entry>();
  readonly #originals = new Map<Entry, Entry>();

  push(entry: Entry): void {
    this.#list.push(this.#copyOf(entry));
  }

  unshift(entry: Entry): void {
    this.#list.unshift(this.#copyOf(entry));
  }

  remove(entry: Entry): void {
    this.#list.remove(this.#copyOf(entry));
  }

  reorder(compare: Compare | undefined): void {
    this.#list.reorder(compare);
  }

  get ordered(): Entry[] {
    return this.#list.entries.map((copy) => this.#originals.get(copy) as Entry);
  }

  #copyOf(entry: Entry): Entry {
    const copy = this.#copies.get(entry) ?? { ...entry };
    this.#copies.set(entry, copy);
    this.#originals.set(copy, entry);
    return copy;
  }
}
