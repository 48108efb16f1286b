import { AbortController } from '../platform/platform.ts';

/** The context of one request; its parts are made only where `perform` asks for them. */
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

  /** A function of its own, not a method: `perform` may take the context apart. Once the request is answered it sends nothing. */
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

  /** The request has its answer: nobody waits for more about it. */
  end(): void {
    this.#isOver = true;
  }
}
