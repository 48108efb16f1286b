import { listenToAbort } from './abort-signal.ts';

/** One waiting caller. */
export interface Waiter<Tag> {
  /** The value that the caller gave when it began to wait, if any. */
  readonly tag: Tag | undefined;
  resolve(): void;
  reject(error: unknown): void;
}

/** The callers that wait for one event, in the order of their arrival. */
export class Waiters<Tag = never> {
  readonly #waiting = new Set<Waiter<Tag>>();

  get size(): number {
    return this.#waiting.size;
  }

  [Symbol.iterator](): Iterator<Waiter<Tag>> {
    return this.#waiting.values();
  }

  /** Waits for the event; rejects if the signal is aborted first. */
  wait(signal?: AbortSignal, tag?: Tag): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let forgetSignal: (() => void) | undefined;
      const forget = () => {
        this.#waiting.delete(waiter);
        forgetSignal?.();
      };
      const waiter: Waiter<Tag> = {
        tag,
        resolve() {
          forget();
          resolve();
        },
        reject(error) {
          forget();
          reject(error);
        },
      };
      this.#waiting.add(waiter);
      if (signal !== undefined) forgetSignal = listenToAbort(signal, () => waiter.reject(signal.reason));
    });
  }

  /** Resolves all waiting callers. */
  resolve(): void {
    for (const waiter of [...this.#waiting]) waiter.resolve();
  }

  /** Rejects all waiting callers. */
  reject(error: unknown): void {
    for (const waiter of [...this.#waiting]) waiter.reject(error);
  }
}
