import { listenToAbort } from '../platform/abort-signal.ts';

/** The callers that wait for one event of the pool. */
export class Waiters<T = void> {
  readonly #waiting = new Set<{ resolve(value: T): void; reject(error: unknown): void }>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Waits for the event; rejects if the signal is aborted first. */
  wait(signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let forgetSignal: (() => void) | undefined;
      const forget = () => {
        this.#waiting.delete(waiter);
        forgetSignal?.();
      };
      const waiter = {
        resolve(value: T) {
          forget();
          resolve(value);
        },
        reject(error: unknown) {
          forget();
          reject(error);
        },
      };
      this.#waiting.add(waiter);
      if (signal !== undefined) forgetSignal = listenToAbort(signal, () => waiter.reject(signal.reason));
    });
  }

  /** Resolves all waiting callers, or the first `count`. */
  resolve(value: T, count = Number.POSITIVE_INFINITY): void {
    let left = count;
    for (const waiter of [...this.#waiting]) if (left-- > 0) waiter.resolve(value);
  }

  /** Rejects all waiting callers. */
  reject(error: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.reject(error);
  }
}
