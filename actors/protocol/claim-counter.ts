/**
 * What a master and a worker's thread know of each other without a message: a few words of shared memory.
 *
 * `Sent` and `Answered` are rung after each message. `Begun` counts, in its low bits, the requests that the worker has begun;
 * while its high bits are not zero the worker begins no more: so the master can say, at any moment and for good, which
 * requests it has not begun.
 */
export const Board = { Sent: 0, Answered: 1, Begun: 2 } as const;

/** One recall that the worker has not seen yet. */
const CLOSED = 1 << 20;
const COUNT = CLOSED - 1;

/** A board on which nothing has happened yet. */
export function createBoard(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(12));
}

/** The worker is about to begin its next request; false where it must not. */
export function claim(board: Int32Array): boolean {
  const before = Atomics.load(board, Board.Begun);
  if (before > COUNT) return false;
  return Atomics.compareExchange(board, Board.Begun, before, (before + 1) & COUNT) === before;
}

/** How many requests the worker has begun: `known` of them are certain, and it can only be some more. */
export function begunOn(board: Int32Array, known: number): number {
  return known + ((Atomics.load(board, Board.Begun) - known) & COUNT);
}

/** From now on the worker begins nothing, until it has reopened the board as often as it was closed. */
export function close(board: Int32Array): void {
  Atomics.add(board, Board.Begun, CLOSED);
}

/** The worker knows what it may begin. */
export function reopen(board: Int32Array): void {
  Atomics.sub(board, Board.Begun, CLOSED);
}
