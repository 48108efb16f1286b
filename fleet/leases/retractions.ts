import type { Broker, Lease } from '../broker.ts';

/** The time for which a follow-up is put aside on its way out of the queue. In ms. */
const ASIDE = 60_000;

/** The follow-ups that leave the queue of a node again, because their origin has not settled there. */
export class Retractions {
  readonly #broker: Broker;
  readonly #own: () => string;
  readonly #ids = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(broker: Broker, own: () => string) {
    this.#broker = broker;
    this.#own = own;
  }

  /** Returns whether a follow-up is on its way out. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Lets a follow-up of that id be a new one: its origin runs again here. */
  forget(id: string): void {
    this.#ids.delete(id);
  }

  /** Takes a follow-up out of the queue; one that is leased is put aside first. Only this node leases it from there. */
  add(id: string, lease: Lease | undefined): void {
    this.#ids.add(id);
    const before = this.#work;
    this.#work = before.then(() => this.#remove(id, lease));
  }

  /** Resolves when all that were added are out, or come with a lease. */
  async done(): Promise<void> {
    await this.#work;
  }

  async #remove(id: string, lease: Lease | undefined): Promise<void> {
    try {
      await lease?.giveBack(ASIDE);
      if (await this.#broker.remove(this.#own(), id)) this.#ids.delete(id);
    } catch {
      // The broker is closed.
    }
  }
}
