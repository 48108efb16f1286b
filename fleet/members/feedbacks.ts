import type { Broker } from '../broker.ts';
import { openFeedback } from '../envelope.ts';
import type { Names } from '../words/names.ts';

/** The most feedbacks that are remembered as heard. */
const REMEMBERED = 10_000;

/** Reads the feedbacks to all workers from the log of the kind, each once, in their order. */
export class Feedbacks {
  readonly #broker: Broker;
  readonly #names: Names;
  readonly #hear: (feedback: unknown) => void;
  readonly #heard = new Set<string>();
  #at = 0;
  #looking: Promise<void> | undefined;
  #isAsked = false;

  constructor(broker: Broker, names: Names, hear: (feedback: unknown) => void) {
    this.#broker = broker;
    this.#names = names;
    this.#hear = hear;
  }

  /** Reads what is new. */
  async refresh(): Promise<void> {
    this.#isAsked = true;
    this.#looking ??= this.#lookAgain().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  async #lookAgain(): Promise<void> {
    try {
      while (this.#isAsked) {
        this.#isAsked = false;
        await this.#read();
      }
    } catch {
      // The broker is closed.
    }
  }

  async #read(): Promise<void> {
    const { waiting } = await this.#broker.counts(this.#names.log);
    if (waiting === this.#at) return;
    // Somebody has removed old ones: what is new is found by its id.
    const from = waiting < this.#at ? 0 : this.#at;
    const found = await this.#broker.list(this.#names.log, 'waiting', from, waiting);
    this.#at = from + found.length;
    for (const { id, body } of found) {
      if (this.#heard.has(id)) continue;
      this.#heard.add(id);
      this.#hear(openFeedback(body));
    }
    for (const oldest of this.#heard) {
      if (this.#heard.size <= REMEMBERED) break;
      this.#heard.delete(oldest);
    }
  }
}
