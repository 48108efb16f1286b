/**
 * The places of the counters that a master and a worker's thread share. They are a few words of shared memory: reading
 * them needs no message.
 *
 * `Sent` counts the messages to the worker, `Answered` those from it; each goes up after its message. `Begun` counts,
 * in its low bits, the requests that the worker has begun. While its high bits are not zero, the worker begins no more.
 * So the master can find out at any moment which requests the worker has not begun and will not begin.
 *
 * `Allowed` is the number of the last request that the worker may begin, -1 for all. The master raises it when it has
 * judged the answer before: until then the request may have to come back. `News` goes up with each message to the worker
 * and with each rise of `Allowed`: the worker sleeps on it. `Parked` is 1 while the worker waits for `Allowed` in its
 * event loop, where only a message wakes it.
 */
export const Counter = { Sent: 0, Answered: 1, Begun: 2, Allowed: 3, News: 4, Parked: 5 } as const;

/** The number that is added to `Begun` for each recall that the worker has not seen yet. */
const CLOSED = 1 << 20;
const COUNT = CLOSED - 1;

/** Stands for a worker that may begin all requests that it holds. */
const ALL = -1;

/** The place behind the counters, in bytes, of the time that the worker has waited. */
const WAITED = 24;

/** Creates the counters: all zero, and the worker may begin every request. */
export function createCounters(): Int32Array {
  const counters = new Int32Array(new SharedArrayBuffer(WAITED + Float64Array.BYTES_PER_ELEMENT), 0, WAITED / 4);
  counters[Counter.Allowed] = ALL;
  return counters;
}

/**
 * Returns the one number behind the counters: the time in ms that the worker has waited for requests outside its event
 * loop. Only the worker changes it.
 */
export function waitedIn(counters: Int32Array): Float64Array {
  return new Float64Array(counters.buffer, WAITED, 1);
}

/** Counts the next request, just before the worker begins it. Returns false if the worker must not begin it. */
export function claim(counters: Int32Array): boolean {
  const before = Atomics.load(counters, Counter.Begun);
  if (before > COUNT) return false;
  return Atomics.compareExchange(counters, Counter.Begun, before, (before + 1) & COUNT) === before;
}

/** Returns whether the worker may begin its next request, as far as the verdict on the one before decides that. */
export function isAllowed(counters: Int32Array): boolean {
  const allowed = Atomics.load(counters, Counter.Allowed);
  return allowed === ALL || allowed !== (Atomics.load(counters, Counter.Begun) & COUNT);
}

/** Allows the worker to begin its requests up to this number, counted from 1. It does not wake the worker. */
export function allow(counters: Int32Array, number: number): void {
  Atomics.store(counters, Counter.Allowed, number & COUNT);
}

/** Tells a worker that sleeps that there is news. Returns true if a message must wake it. */
export function wake(counters: Int32Array): boolean {
  Atomics.add(counters, Counter.News, 1);
  Atomics.notify(counters, Counter.News);
  return Atomics.compareExchange(counters, Counter.Parked, 1, 0) === 1;
}

/** Notes that a message has gone to the worker, which may sleep. */
export function sent(counters: Int32Array): void {
  Atomics.add(counters, Counter.Sent, 1);
  Atomics.add(counters, Counter.News, 1);
  Atomics.notify(counters, Counter.News);
}

/**
 * Notes that the worker waits for a rise of `Allowed` in its event loop. Returns false if it need not wait: `Allowed` has
 * risen meanwhile.
 */
export function park(counters: Int32Array): boolean {
  Atomics.store(counters, Counter.Parked, 1);
  if (!isAllowed(counters)) return true;
  Atomics.store(counters, Counter.Parked, 0);
  return false;
}

/** Returns the number of requests that the worker has begun: at least `known`, which are certain. */
export function begunOn(counters: Int32Array, known: number): number {
  return known + ((Atomics.load(counters, Counter.Begun) - known) & COUNT);
}

/** Stops the worker from beginning requests, until it has called `reopen` once for each `close`. */
export function close(counters: Int32Array): void {
  Atomics.add(counters, Counter.Begun, CLOSED);
}

/** Takes back one `close`: the worker has seen the recall and knows which requests it may begin. */
export function reopen(counters: Int32Array): void {
  Atomics.sub(counters, Counter.Begun, CLOSED);
}
