import { nextTick, setImmediate } from '../platform/platform.ts';
import { lineOf } from './records.ts';

/** The length of buffered text that is written at once. In characters. */
const LARGE = 1 << 20;

/**
 * The most groups of one turn of the event loop that are written before its end. A later group is written then only if it
 * has many members.
 */
const EARLY = 4;
const MANY = 16;

/** The records that are to be written together, and those who wait for that. Knows when it is time to write. */
export class Group<Waiting> {
  readonly #isPatient: boolean;
  readonly #commit: () => void;
  #text = '';
  #records = 0;
  #waiting: Waiting[] = [];
  /** The number of groups that were written early in this turn of the event loop. */
  #early = 0;
  #isTicking = false;
  #isScheduled = false;

  /** `commit` takes the group and writes it; if `isPatient`, only at the end of a turn of the event loop. */
  constructor(isPatient: boolean, commit: () => void) {
    this.#isPatient = isPatient;
    this.#commit = commit;
  }

  /** The number of those who wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Adds a record, which may be empty, and one who waits for it. */
  add(record: string, waiting: Waiting): void {
    if (record !== '') this.#text = this.#records++ === 0 ? record : `${this.#text},${record}`;
    this.#waiting.push(waiting);
    if (this.#text.length > LARGE) this.#commit();
    this.#commitSoon();
  }

  /** Takes the whole group: its line, which is empty without records, and those who wait. */
  take(): { readonly text: string; readonly waiting: readonly Waiting[] } {
    const text = this.#records === 0 ? '' : lineOf(this.#text, this.#records);
    const waiting = this.#waiting;
    this.#text = '';
    this.#records = 0;
    this.#waiting = [];
    return { text, waiting };
  }

  /** Lets the write come when all code that runs now, microtasks included, is done; at the latest with the turn's end. */
  #commitSoon(): void {
    if (!this.#isTicking && !this.#isPatient && (this.#early < EARLY || this.size === MANY)) {
      this.#isTicking = true;
      nextTick(() => {
        this.#isTicking = false;
        this.#early++;
        this.#commit();
      });
    }
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#early = 0;
      this.#commit();
    });
  }
}
