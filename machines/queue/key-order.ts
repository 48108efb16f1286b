import type { Entry } from './entry.ts';
import type { KeyIndex } from './key-index.ts';
import type { Keys } from './queue.ts';

/** A key with the entry that was its first one when it was noted. */
interface Note {
  readonly key: string;
  readonly entry: Entry;
}

/**
 * The keys of the queued entries, in the order of their first entries: a heap of notes. A note is checked only when it
 * comes to the top, and written anew if its entry has left the queue, so that a dispatch costs O(log keys). Old notes
 * that never come to the top are dropped when they outnumber the rest.
 */
export class KeyOrder {
  readonly #keyIndex: KeyIndex;
  readonly #isBefore: (a: Entry, b: Entry) => boolean;
  readonly #heap: Note[] = [];
  /** The valid note of each key. */
  readonly #noted = new Map<string, Note>();

  constructor(keyIndex: KeyIndex, isBefore: (a: Entry, b: Entry) => boolean) {
    this.#keyIndex = keyIndex;
    this.#isBefore = isBefore;
  }

  /** Notes an entry if it is the first of its key. */
  add(entry: Entry): void {
    const { key } = entry;
    if (key === undefined) return;
    const noted = this.#noted.get(key)?.entry;
    // An entry that comes back has another turn than the one with which it was noted.
    const isFirst = noted === undefined || noted === entry;
    if (isFirst || (noted.place === 'queued' && this.#isBefore(entry, noted))) this.#note({ key, entry });
  }

  /** Forgets an entry that has left the queue, with others of its sort: a note would keep its task for ever. */
  left(): void {
    const { living } = this.#keyIndex;
    if (this.#heap.length <= 2 * living + 64) return;
    this.clear();
    for (const key of this.#keyIndex.keys()) this.#renew(key);
  }

  /** Yields the first entry of each key with queued entries that is none of `keys`, in order. */
  *outside(keys: Keys): Generator<Entry> {
    const passed: Note[] = [];
    try {
      for (let note = this.#top(); note !== undefined; note = this.#top()) {
        passed.push(note);
        this.#pop();
        if (!keys.has(note.key)) yield note.entry;
      }
    } finally {
      for (const note of passed) this.#push(note);
    }
  }

  clear(): void {
    this.#heap.length = 0;
    this.#noted.clear();
  }

  /** Returns the first note that is true; drops or renews those that are not. */
  #top(): Note | undefined {
    for (let note = this.#heap[0]; note !== undefined; note = this.#heap[0]) {
      const { key, entry } = note;
      const isLatest = this.#noted.get(key) === note;
      if (isLatest && entry.place === 'queued') return note;
      this.#pop();
      if (!isLatest) continue;
      this.#noted.delete(key);
      this.#renew(key);
    }
    return undefined;
  }

  /** Notes the first queued entry of a key, if there is one. */
  #renew(key: string): void {
    for (const entry of this.#keyIndex.of(key)) return this.#note({ key, entry });
  }

  #note(note: Note): void {
    this.#noted.set(note.key, note);
    this.#push(note);
  }

  #push(note: Note): void {
    const heap = this.#heap;
    let at = heap.push(note) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(note.entry, (heap[parent] as Note).entry)) break;
      heap[at] = heap[parent] as Note;
      at = parent;
    }
    heap[at] = note;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right !== undefined && this.#isBefore(right.entry, (heap[child] as Note).entry)) child++;
      if (!this.#isBefore((heap[child] as Note).entry, last.entry)) break;
      heap[at] = heap[child] as Note;
      at = child;
    }
    heap[at] = last;
  }
}
