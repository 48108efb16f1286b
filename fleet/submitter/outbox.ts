import { queueMicrotask } from '../../actors/tooling.ts';
import type { Broker, Envelope, Keep } from '../broker.ts';

/** The most tasks that are added by one call. */
const MOST = 500;

interface Letter {
  readonly envelope: Envelope;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Adds tasks to a queue, in groups: those that come while a group is on its way are the next one. */
export class Outbox {
  readonly #broker: Broker;
  readonly #queue: string;
  readonly #keep: Keep | undefined;
  #letters: Letter[] = [];
  #isSending = false;

  constructor(broker: Broker, queue: string, keep: Keep | undefined) {
    this.#broker = broker;
    this.#queue = queue;
    this.#keep = keep;
  }

  /** Adds a task. Resolves when the broker has it. */
  add(envelope: Envelope): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#letters.push({ envelope, resolve, reject });
      if (this.#isSending) return;
      this.#isSending = true;
      queueMicrotask(() => void this.#send());
    });
  }

  async #send(): Promise<void> {
    while (this.#letters.length > 0) {
      const group = this.#letters.slice(0, MOST);
      this.#letters = this.#letters.slice(MOST);
      try {
        const envelopes = group.map(({ envelope }) => envelope);
        await this.#broker.add(this.#queue, envelopes, this.#keep);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isSending = false;
  }
}
