import { AbortController } from '../platform/platform.ts';
import { Moved } from './answer-buffer.ts';

/** The messages of a task's caller that `perform` has not read. */
class Messages implements AsyncIterable<unknown>, AsyncIterator<unknown> {
  readonly #unread: unknown[] = [];
  readonly #readers: Array<(result: IteratorResult<unknown>) => void> = [];
  #isOver = false;

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#unread.length > 0) return Promise.resolve({ done: false, value: this.#unread.shift() });
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  add(value: unknown): void {
    const read = this.#readers.shift();
    if (read === undefined) this.#unread.push(value);
    else read({ done: false, value });
  }

  end(): void {
    this.#isOver = true;
    for (const read of this.#readers.splice(0)) read({ done: true, value: undefined });
  }
}

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
  #messages: Messages | undefined;
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

  get messages(): Messages {
    this.#messages ??= new Messages();
    return this.#messages;
  }

  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
    this.messages.end();
  }

  /**
   * Ends the context when the request is answered: feedback is no longer sent. Returns the answer, with the values that
   * move with it.
   */
  end(answer: unknown): unknown {
    this.#isOver = true;
    this.#messages?.end();
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
  /** The messages for requests that have not begun, with the numbers of these. */
  #early: Array<readonly [number, unknown]> = [];

  /** Is true if none may be added now. */
  get isFull(): boolean {
    return this.count >= this.most || this.isResting;
  }

  /** Is true if the event loop is needed: for a request, or for its turn. */
  get isBusy(): boolean {
    return this.count > 0 || this.isResting;
  }

  /** Notes that a request begins. */
  begin(context: Context): void {
    this.last = context;
    if (this.#early.length === 0) return;
    for (const [number, message] of this.#early) if (number === context.number) context.messages.add(message);
    this.dropMessages((number) => number === context.number);
  }

  /** Passes a message to the request with that number. `begun`: the requests that have begun. */
  message(number: number, message: unknown, begun: number): void {
    if (number > begun) this.#early.push([number, message]);
    else this.#find(number)?.messages.add(message);
  }

  /** Drops the messages for requests that have not begun. */
  dropMessages(isOf: (number: number) => boolean): void {
    this.#early = this.#early.filter(([number]) => !isOf(number));
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
    this.#find(number)?.abort(reason);
  }

  #find(number: number): Context | undefined {
    const context = this.most > 1 ? this.#all.get(number) : this.last;
    return context?.number === number ? context : undefined;
  }

  /** Aborts the signals of all of them. */
  abortAll(reason: unknown): void {
    if (this.most === 1) this.last?.abort(reason);
    for (const context of this.#all.values()) context.abort(reason);
  }
}
