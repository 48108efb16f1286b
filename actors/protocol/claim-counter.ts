/**
 * What a master and a worker's thread know of each other without a message: a few words of shared memory.
 *
 * `Sent` and `Answered` are rung after each message. `Begun` counts, in its low bits, the requests that the worker has begun;
 * while its high bits are not zero the worker begins no more: so the master can say, at any moment and for good, which
 * requests it has not begun.
 */
export const Counter = { Sent: 0, Answered: 1, Begun: 2 } as const;

/** One recall that the worker has not seen yet. */
const CLOSED = 1 << 20;
const COUNT = CLOSED - 1;

/** A counters on which nothing has happened yet. */
export function createCounters(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(12));
}

/** The worker is about to begin its next request; false where it must not. */
export function claim(counters: Int32Array): boolean {
  const before = Atomics.load(counters, Counter.Begun);
  if (before > COUNT) return false;
  return Atomics.compareExchange(counters, Counter.Begun, before, (before + 1) & COUNT) === before;
}

/** How many requests the worker has begun: `known` of them are certain, and it can only be some more. */
export function begunOn(counters: Int32Array, known: number): number {
  return known + ((Atomics.load(counters, Counter.Begun) - known) & COUNT);
}

/** From now on the worker begins nothing, until it has reopened the counters as often as it was closed. */
export function close(counters: Int32Array): void {
  Atomics.add(counters, Counter.Begun, CLOSED);
}

/** The worker knows what it may begin. */
export function reopen(counters: Int32Array): void {
  Atomics.sub(counters, Counter.Begun, CLOSED);
}
