/** The most notes. With more, every second one of the older half is dropped. */
const MOST = 2048;

/** One note: by `at`, this many tasks had been accepted; at `before`, fewer. Times in ms. */
interface Note {
  readonly count: number;
  readonly at: number;
  before: number;
}

/** The time at which a task was accepted. */
export interface Arrival {
  /** The time since the epoch. In ms. */
  readonly at: number;
  /** Is true if the task was accepted before `at`, at an unknown time: nobody was looking. */
  readonly isEarlier: boolean;
}

/**
 * Tells when tasks were accepted without a clock in any task: the queue numbers its tasks in their order of acceptance,
 * and the notes say when how many had been accepted.
 */
export class Arrivals {
  #notes: Note[];
  #noted: number;

  /** `count` tasks were accepted before `at`. */
  constructor(count: number, at: number) {
    this.#notes = [{ count, at, before: at }];
    this.#noted = at;
  }

  /** The number of notes: it is bounded. */
  get size(): number {
    return this.#notes.length;
  }

  /** Notes how many tasks have been accepted by now. */
  note(count: number, at: number): void {
    const last = this.#notes.at(-1);
    if (last === undefined || count > last.count) {
      this.#notes.push({ count, at, before: this.#noted });
      if (this.#notes.length > MOST) this.#thin();
    }
    this.#noted = at;
  }

  /**
   * Returns when the task with this number was accepted; `undefined` for a number below 1, which a task has that a
   * worker has given back.
   */
  of(number: number): Arrival | undefined {
    const [first] = this.#notes;
    if (number < 1 || first === undefined) return undefined;
    if (number <= first.count) return { at: first.at, isEarlier: true };
    let low = 1;
    let high = this.#notes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#notes[middle]?.count ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    const note = this.#notes[low];
    if (note === undefined) return { at: this.#noted, isEarlier: false };
    const earlier = this.#notes[low - 1]?.count ?? 0;
    const share = (number - earlier) / (note.count - earlier);
    return { at: note.before + share * (note.at - note.before), isEarlier: false };
  }

  #thin(): void {
    const half = this.#notes.length >> 1;
    const kept: Note[] = [];
    for (const [i, note] of this.#notes.entries()) {
      if (i === 0 || i >= half || i % 2 === 0) kept.push(note);
      else {
        // The next note now covers the time of this one.
        const next = this.#notes[i + 1];
        if (next !== undefined) next.before = note.before;
      }
    }
    this.#notes = kept;
  }
}
