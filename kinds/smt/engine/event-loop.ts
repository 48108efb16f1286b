/** Keeps the event loop alive until the work is done: the threads of the module do not. */
export async function keepLoopAlive<T>(work: Promise<T>): Promise<T> {
  const alive = setInterval(() => {}, 60_000);
  try {
    return await work;
  } finally {
    clearInterval(alive);
  }
}

/**
 * Runs a function with timers that do not keep the event loop alive. z3-solver sets a timer of ten minutes at each call
 * and clears it at the end, but a killed call has no end.
 */
export function unreferenced<T>(work: () => T): T {
  const original = globalThis.setTimeout;
  const wrapped = (...args: Parameters<typeof setTimeout>) => original(...args).unref();
  globalThis.setTimeout = wrapped as unknown as typeof setTimeout;
  try {
    return work();
  } finally {
    globalThis.setTimeout = original;
  }
}
