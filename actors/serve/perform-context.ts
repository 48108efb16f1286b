import { AbortController } from '../platform/platform.ts';
import { Moved } from './answer-buffer.ts';

/** The context of one request. Its parts are made only if `perform` uses them. */
export class Context {
  readonly workerId: string;
  /** The number of the request in this worker, from 1. */
  readonly number: number;
  readonly #workerData: unknown;
  readonly #send: (feedback: unknown, number: number) => void;
  #controller: AbortController | undefined;
  #feedback: ((feedback: unknown) => void) | undefined;
  #moved: unknown[] | undefined;
  #isOver = false;

  constructor(
    workerId: string,
    workerData: unknown,
    number: number,
    send: (feedback: unknown, number: number) => void,
  ) {
    this.workerId = workerId;
    this.number = number;
    this.#workerData = workerData;
    this.#send = send;
  }

  /**
   * The function that sends a feedback. It is not a method, because `perform` may take the context apart. It sends
   * nothing after the request is answered.
   */
  get feedback(): (feedback: unknown) => void {
    this.#feedback ??= (feedback) => {
      if (!this.#isOver) this.#send(feedback, this.number);
    };
    return this.#feedback;
  }

  get workerData(): unknown {
    return this.#workerData;
  }

  /** The function that notes the values that move with the response. It is not a method, as `feedback` is none. */
  get transfer(): (list: readonly unknown[]) => void {
    return (list) => {
      if (!Array.isArray(list)) throw new TypeError('context.transfer takes an array of buffers and ports');
      this.#moved = [...(this.#moved ?? []), ...list];
    };
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  /**
   * Ends the context when the request is answered: feedback is no longer sent. Returns the answer, with the values that
   * move with it.
   */
  end(answer: unknown): unknown {
    this.#isOver = true;
    return this.#moved === undefined ? answer : new Moved(answer, this.#moved);
  }
}

/** The requests of a worker that wait for the promise of `perform`. */
export class UnderWay {
  /** The most of them at a time. */
  most = 1;
  /** The number of them. */
  count = 0;
  /** Is true while the event loop has a turn before the next request. */
  isResting = false;
  /** The context of the last request that was begun. */
  last: Context | undefined = undefined;
  /** The contexts of all of them; only in a worker that performs several. */
  readonly #all = new Map<number, Context>();

  /** Is true if none may be added now. */
  get isFull(): boolean {
    return this.count >= this.most || this.isResting;
  }

  /** Is true if the event loop is needed: for a request, or for its turn. */
  get isBusy(): boolean {
    return this.count > 0 || this.isResting;
  }

  add(context: Context): void {
    this.count++;
    if (this.most > 1) this.#all.set(context.number, context);
  }

  delete(context: Context): void {
    this.count--;
    this.#all.delete(context.number);
  }

  /** Aborts the signal of the request with that number, if it is not answered. */
  abort(number: number, reason: unknown): void {
    const context = this.most > 1 ? this.#all.get(number) : this.last;
    if (context?.number === number) context.abort(reason);
  }

  /** Aborts the signals of all of them. */
  abortAll(reason: unknown): void {
    if (this.most === 1) this.last?.abort(reason);
    for (const context of this.#all.values()) context.abort(reason);
  }
}
