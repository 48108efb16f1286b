import type { Broker, Feed, Lease, WorkOptions } from '../../../fleet/broker.ts';

/** The leases of one feed, as a test takes them: one by one, in the order in which they came. */
export class Hands {
  readonly feed: Feed;
  /** The ids of all leases so far. */
  readonly ids: string[] = [];
  readonly #leases: Lease[] = [];
  readonly #waiting: Array<(lease: Lease) => void> = [];

  constructor(broker: Broker, queue: string, options: number | WorkOptions = 1) {
    const given = typeof options === 'number' ? { slots: options } : options;
    this.feed = broker.work(queue, given, (lease) => {
      this.ids.push(lease.envelope.id);
      const take = this.#waiting.shift();
      if (take === undefined) this.#leases.push(lease);
      else take(lease);
    });
  }

  /** Returns the next lease. */
  next(): Promise<Lease> {
    const lease = this.#leases.shift();
    return lease === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(lease);
  }

  /** Returns the next leases. */
  async some(count: number): Promise<Lease[]> {
    const leases: Lease[] = [];
    while (leases.length < count) leases.push(await this.next());
    return leases;
  }
}

/** Resolves when a condition holds. What it asks may be far away, so it is asked again and again. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
