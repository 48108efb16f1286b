import { AbortController } from './platform.ts';
/** The context of one request; its signal is made only where `perform` asks for it. */
export class Context {
  readonly workerId: string;
  /** A field, not a method: `perform` may take the context apart. */
  readonly feedback: (feedback: unknown) => void;
  #controller: AbortController | undefined;

  constructor(workerId: string, feedback: (feedback: unknown) => void) {
    this.workerId = workerId;
    this.feedback = feedback;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}
