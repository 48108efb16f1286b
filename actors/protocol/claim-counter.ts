/**
 * The places of the counters that a master and a worker's thread share. They are a few words of shared memory: reading
 * them needs no message.
 *
 * `Sent` counts the messages to the worker, `Answered` those from it; each goes up after its message. `Begun` counts,
 * in its low bits, the requests that the worker has begun. While its high bits are not zero, the worker begins no more.
 * So the master can find out at any moment which requests the worker has not begun and will not begin.
 */
export const Counter = { Sent: 0, Answered: 1, Begun: 2 } as const;

/** The number that is added to `Begun` for each recall that the worker has not seen yet. */
const CLOSED = 1 << 20;
const COUNT = CLOSED - 1;

/** Creates the counters, all zero. */
export function createCounters(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(12));
}

/** Counts the next request, just before the worker begins it. Returns false if the worker must not begin it. */
export function claim(counters: Int32Array): boolean {
  const before = Atomics.load(counters, Counter.Begun);
  if (before > COUNT) return false;
  return Atomics.compareExchange(counters, Counter.Begun, before, (before + 1) & COUNT) === before;
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
