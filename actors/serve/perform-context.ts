import { AbortController } from '../platform/platform.ts';
import { Moved } from './answer-buffer.ts';

/** The context of one request. Its parts are made only if `perform` uses them. */
export class Context {
  readonly workerId: string;
  readonly #workerData: unknown;
  readonly #send: (feedback: unknown) => void;
  #controller: AbortController | undefined;
  #feedback: ((feedback: unknown) => void) | undefined;
  #moved: unknown[] | undefined;
  #isOver = false;

  constructor(workerId: string, workerData: unknown, send: (feedback: unknown) => void) {
    this.workerId = workerId;
    this.#workerData = workerData;
    this.#send = send;
  }

  /**
   * The function that sends a feedback. It is not a method, because `perform` may take the context apart. It sends
   * nothing after the request is answered.
   */
  get feedback(): (feedback: unknown) => void {
    this.#feedback ??= (feedback) => {
      if (!this.#isOver) this.#send(feedback);
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
