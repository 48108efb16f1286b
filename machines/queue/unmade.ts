import type { Entry } from './entry.ts';

/** The parts of one task: what it is, who gets its result, whose it is. */
const PARTS = 3;

/** The number of tasks in one chunk of the list. */
const CHUNK = 512;

/** Makes the entry of a task from its parts. */
export type MakeEntry = (task: unknown, caller: unknown, scope: unknown) => Entry;

/**
 * Tasks that wait without an entry, first in first out. A million may wait at once, and three pointers are a quarter of an
 * entry. Lists of fixed length never have room that is not used.
 */
export class UnmadeTasks {
  readonly #chunks: unknown[][] = [];
  #make: MakeEntry | undefined;
  /** The index of the first task in the first chunk, and of the free place in the last one. */
  #first = 0;
  #end = CHUNK * PARTS;
  length = 0;

  /** Adds a task at the end. `make` is the same for all tasks. */
  add(make: MakeEntry, task: unknown, caller: unknown, scope: unknown): void {
    this.#make = make;
    if (this.#end === CHUNK * PARTS) {
      this.#chunks.push(new Array(CHUNK * PARTS));
      this.#end = 0;
    }
    const chunk = this.#chunks.at(-1) as unknown[];
    chunk[this.#end] = task;
    chunk[this.#end + 1] = caller;
    chunk[this.#end + 2] = scope;
    this.#end += PARTS;
    this.length++;
  }

  /** Makes the entry of the first task, and removes the task. */
  take(): Entry | undefined {
    const chunk = this.#chunks[0];
    if (this.length === 0 || chunk === undefined || this.#make === undefined) return undefined;
    const at = this.#first;
    const entry = this.#make(chunk[at], chunk[at + 1], chunk[at + 2]);
    // An old chunk must not keep what it no longer holds.
    chunk.fill(undefined, at, at + PARTS);
    this.#first += PARTS;
    this.length--;
    if (this.#first === CHUNK * PARTS || this.length === 0) {
      this.#chunks.shift();
      this.#first = 0;
      if (this.length === 0) this.#end = CHUNK * PARTS;
    }
    return entry;
  }
}
