import { listenToAbort } from '../platform/abort-signal.ts';

/** Callers that wait for one moment of the pool's life. */
export class Waiters<T = void> {
  readonly #waiting = new Set<{ resolve(value: T): void; reject(error: unknown): void }>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Waits; with a signal, no longer than it allows. */
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

  /** Lets everyone go, or the first `count`. */
  resolve(value: T, count = Number.POSITIVE_INFINITY): void {
    let left = count;
    for (const waiter of [...this.#waiting]) if (left-- > 0) waiter.resolve(value);
  }

  /** Turns everyone away. */
  reject(error: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.reject(error);
  }
}
