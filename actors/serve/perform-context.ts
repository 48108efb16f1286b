import { AbortController } from '../platform/platform.ts';

/** The context of one request. Its parts are made only if `perform` uses them. */
export class Context {
  readonly workerId: string;
  readonly #send: (feedback: unknown) => void;
  #controller: AbortController | undefined;
  #feedback: ((feedback: unknown) => void) | undefined;
  #isOver = false;

  constructor(workerId: string, send: (feedback: unknown) => void) {
    this.workerId = workerId;
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

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  /** Ends the context when the request is answered: feedback is no longer sent. */
  end(): void {
    this.#isOver = true;
  }
}
