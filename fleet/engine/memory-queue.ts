import type { Counts, Ended, EndedPage, Envelope, Flags, Found, Keep, Ranks, State } from '../broker.ts';

/** The outcomes that are remembered by default. */
const KEEP: Keep = { named: 100_000, ms: 3_600_000 };

/** The most ended tasks of a page. */
const PAGE = 500;

/** A task in the queue. */
interface Item {
  envelope: Envelope;
  state: State;
  /** The place among tasks of the same rank. */
  order: number;
  /** The number of holders that lost it. */
  deaths: number;
  /** The number of its present lease; 0 without one. */
  token: number;
  /** The number of the lease whose holder parked it; 0 if it is not parked. */
  parked: number;
  /** The number of its end: later ends have larger ones. */
  end: number;
  endedAt: number;
  outcome: string | undefined;
  died: string | undefined;
  readonly keep: Keep;
}

/** A task that was taken from the queue, and the token that its holder must show. */
export interface Taken {
  readonly envelope: Envelope;
  readonly attempt: number;
  readonly token: number;
}

/** A queue of the broker in memory: data and rules, without clocks or callers. */
export class MemoryQueue {
  isHeld = false;
  readonly #items = new Map<string, Item>();
  /** The tasks that wait, in the order in which they are leased. */
  #waiting: Item[] = [];
  #ended: Item[] = [];
  #tokens = 0;
  /** The next place at the tail, and at the head, of a rank. */
  #tail = 0;
  #head = -1;

  add(envelope: Envelope, now: number, keep: Keep = KEEP): void {
    if (this.#items.has(envelope.id)) return;
    const item: Item = {
      envelope: { ...envelope, rank: envelope.rank ?? 0, at: now },
      state: 'waiting',
      order: this.#tail++,
      deaths: 0,
      token: 0,
      parked: 0,
      end: 0,
      endedAt: 0,
      outcome: undefined,
      died: undefined,
      keep,
    };
    this.#items.set(envelope.id, item);
    this.#enter(item);
  }

  /** Leases the first task that waits. */
  take(): Taken | undefined {
    if (this.isHeld) return undefined;
    const item = this.#waiting.shift();
    if (item === undefined) return undefined;
    item.state = 'active';
    item.token = ++this.#tokens;
    return { envelope: item.envelope, attempt: item.deaths + 1, token: item.token };
  }

  /** Returns whether a lease is the present one of its task. */
  isHolder(id: string, token: number): boolean {
    const item = this.#items.get(id);
    return item !== undefined && item.state === 'active' && item.token === token;
  }

  /** Ends a task. Returns whether the token was that of its present lease. */
  complete(id: string, token: number, outcome: string, now: number): boolean {
    const item = this.#items.get(id);
    if (item === undefined || !this.isHolder(id, token)) return false;
    item.outcome = outcome;
    this.#end(item, now);
    return true;
  }

  /** Takes a task back from its holder: to the head of its rank, or parked until it is woken. */
  release(id: string, token: number, isParked = false): boolean {
    const item = this.#items.get(id);
    if (item === undefined || !this.isHolder(id, token)) return false;
    item.token = 0;
    if (isParked) {
      item.state = 'parked';
      item.parked = token;
    } else {
      item.order = this.#head--;
      this.#enter(item);
    }
    return true;
  }

  /** Takes a task from a holder that gives no sign of life. Gives the task up after too many of them. */
  lose(id: string, token: number, redeliver: number, now: number): boolean {
    const item = this.#items.get(id);
    if (item === undefined || !this.isHolder(id, token)) return false;
    item.deaths++;
    item.token = 0;
    if (item.deaths > redeliver) {
      item.died = `${item.deaths} holder(s) lost the task`;
      this.#end(item, now);
    } else {
      item.order = this.#head--;
      this.#enter(item);
    }
    return true;
  }

  /** Makes a parked task wait again, if it is still parked by the same lease. */
  wake(id: string, token: number): void {
    const item = this.#items.get(id);
    if (item?.parked === token) this.#wake(item);
  }

  /** Makes all parked tasks wait again. Returns their number. */
  wakeAll(): number {
    const parked = [...this.#items.values()].filter(({ state }) => state === 'parked');
    for (const item of parked) this.#wake(item);
    return parked.length;
  }

  remove(id: string): boolean {
    const item = this.#items.get(id);
    if (item === undefined || (item.state !== 'waiting' && item.state !== 'parked')) return false;
    if (item.state === 'waiting') this.#waiting.splice(this.#waiting.indexOf(item), 1);
    return this.#items.delete(id);
  }

  flag(id: string, flags: Flags): boolean {
    const item = this.#items.get(id);
    if (item === undefined || item.state === 'ended') return false;
    item.envelope = { ...item.envelope, flags: { ...item.envelope.flags, ...flags } };
    return true;
  }

  rank(ranks: Ranks): number {
    const changed = this.#waiting.filter(({ envelope }) => ranks.has(envelope.id));
    for (const item of changed) item.envelope = { ...item.envelope, rank: ranks.get(item.envelope.id) as number };
    this.#waiting.sort(byPlace);
    return changed.length;
  }

  list(state: State): Envelope[] {
    if (state === 'waiting') return this.#waiting.map(({ envelope }) => envelope);
    return [...this.#items.values()].filter((item) => item.state === state).map(({ envelope }) => envelope);
  }

  find(id: string): Found | undefined {
    const item = this.#items.get(id);
    return item === undefined ? undefined : { ...endedOf(item), state: item.state, envelope: item.envelope };
  }

  endedBefore(end: number): EndedPage {
    const page: Ended[] = [];
    for (let i = this.#ended.length - 1; i >= 0 && page.length < PAGE; i--) {
      const item = this.#ended[i] as Item;
      if (item.end >= end) continue;
      page.push(endedOf(item));
      if (page.length === PAGE && i > 0) return { ended: page, next: { cursor: String(item.end) } };
    }
    return { ended: page };
  }

  counts(): Counts {
    const count = { waiting: 0, active: 0, parked: 0, ended: 0 };
    for (const { state } of this.#items.values()) count[state]++;
    return { ...count, isHeld: this.isHeld };
  }

  #wake(item: Item): void {
    item.parked = 0;
    item.order = this.#tail++;
    this.#enter(item);
  }

  #enter(item: Item): void {
    item.state = 'waiting';
    let at = this.#waiting.length;
    while (at > 0 && byPlace(this.#waiting[at - 1] as Item, item) > 0) at--;
    this.#waiting.splice(at, 0, item);
  }

  #end(item: Item, now: number): void {
    item.state = 'ended';
    item.token = 0;
    item.end = (this.#ended.at(-1)?.end ?? 0) + 1;
    item.endedAt = now;
    this.#ended.push(item);
    const kept = this.#ended.slice(-item.keep.named).filter(({ endedAt, keep }) => now - endedAt < keep.ms);
    if (kept.length === this.#ended.length) return;
    const stays = new Set(kept);
    for (const each of this.#ended) if (!stays.has(each)) this.#items.delete(each.envelope.id);
    this.#ended = kept;
  }
}

function byPlace(one: Item, other: Item): number {
  return (one.envelope.rank ?? 0) - (other.envelope.rank ?? 0) || one.order - other.order;
}

function endedOf({ envelope: { id, to }, outcome, died }: Item): Ended {
  return {
    id,
    ...(to === undefined ? {} : { to }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(died === undefined ? {} : { died }),
  };
}
