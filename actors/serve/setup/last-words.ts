import { encodeError } from '../../errors/error-codec.ts';
import { setImmediate } from '../../platform/platform.ts';
import { type MessageToMaster, ToMaster } from '../../protocol/messages.ts';
import type { Answers } from '../answer-buffer.ts';
import { attempt } from '../calls.ts';

/** The reports of a worker about its own end. */
export class LastWords {
  readonly #answers: Answers;
  readonly #post: (message: MessageToMaster) => void;
  /** The report of an error that a listener takes: it is sent if the worker ends in the same turn. */
  #doubt: MessageToMaster | undefined;
  #areSaid = false;

  constructor(answers: Answers, post: (message: MessageToMaster) => void) {
    this.#answers = answers;
    this.#post = post;
  }

  /**
   * Reports an uncaught error, and the number of the request that caused it, if that is known. `isTaken`: a listener of
   * the kind's code takes the error. It may end the worker, or let it live: then no answer is lost.
   */
  fatal(error: unknown, culprit: number | undefined, isTaken: boolean): void {
    const report: MessageToMaster = [ToMaster.Fatal, culprit, encodeError(error)];
    if (!isTaken) return this.#say(report);
    this.#doubt ??= report;
    setImmediate(this.#live);
  }

  /** Sends what is not sent yet, before the worker exits after `begun` requests. */
  exiting(begun: number): void {
    // The report of an uncaught error has already said all of this.
    if (this.#areSaid) return;
    if (this.#doubt !== undefined) return this.#say(this.#doubt);
    attempt(() => this.#answers.flush());
    attempt(() => this.#post([ToMaster.Exiting, begun]));
  }

  readonly #live = (): void => {
    this.#doubt = undefined;
    this.#answers.flush();
  };

  #say(report: MessageToMaster): void {
    // The last of the unsent answers may belong to the request that left this error behind.
    this.#answers.dropUnsafe();
    attempt(() => this.#answers.flush());
    this.#areSaid = true;
    attempt(() => this.#post(report));
  }
}
