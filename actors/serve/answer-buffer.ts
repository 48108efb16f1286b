import { type EncodedError, isOf, wordsOf } from '../errors/error-codec.ts';
import { marshalPath } from '../errors/marshal-path.ts';
import { performanceNow } from '../platform/platform.ts';
import { canShareMessage } from '../protocol/codec.ts';
import { type MessageToMaster, ToMaster } from '../protocol/messages.ts';
import { movablesIn } from '../protocol/payloads/movables.ts';
import type { Port } from './port.ts';

/** The longest time that the answers of a batch wait for more answers, in ms. */
export const FLUSH_AFTER = 0.5;

/** The number of answers that are worth a message of their own. */
export const ENOUGH = 16;

/** The error that `perform` threw, in the list of answers. */
export class Thrown {
  readonly error: EncodedError;

  constructor(error: EncodedError) {
    this.error = error;
  }
}

/**
 * A request that has arrived and cannot be read. It keeps its place among the other requests, and is answered with
 * `words`.
 */
export class Unread {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/** An answer with the values that move to the master instead of being copied. */
export class Moved {
  readonly answer: unknown;
  readonly transfer: readonly unknown[];

  constructor(answer: unknown, transfer: readonly unknown[]) {
    this.answer = answer;
    this.transfer = transfer;
  }
}

/** The number of a request at the end of a message; empty if the master knows the request by the order. */
type Numbered = readonly [] | readonly [number];

const NONE: Numbered = [];

/** The answers of a worker that are not sent yet. */
export class Answers {
  readonly #post: Port['post'];
  readonly #port: Pick<Port, 'isSendable' | 'moves'>;
  #waiting: unknown[] = [];
  /** The numbers of their requests; empty if the master knows them by their order. */
  #numbers: number[] = [];
  /** The number of answers that no error can take back: their tasks leave no more unhandled rejections. */
  #safe = 0;
  /** The time when the first of them was begun, or when the last ones were sent. */
  #since = performanceNow();
  /** Is true if answers were sent since it was last set to false. */
  wereSent = false;

  constructor(post: Port['post'], port: Pick<Port, 'isSendable' | 'moves'>) {
    this.#post = post;
    this.#port = port;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Returns for how long the first of them has waited at the time `now`, in ms. */
  ageAt(now: number): number {
    return now - this.#since;
  }

  /** Adds an answer; `number` is that of its request, unless the master knows it by the order. */
  push(answer: unknown, number?: number): void {
    this.#waiting.push(answer);
    if (number !== undefined) this.#numbers.push(number);
  }

  /** Notes that work begins at the time `now`. */
  begin(now: number): void {
    if (this.#waiting.length === 0) this.#since = now;
  }

  /** Marks the present answers as safe: no error can take them back. */
  secure(): void {
    this.#safe = this.#waiting.length;
  }

  /** Drops the answers that an error may take back. */
  dropUnsafe(): void {
    this.#waiting.length = this.#safe;
    if (this.#numbers.length > this.#safe) this.#numbers.length = this.#safe;
  }

  /** Sends all answers if no error can take one of them back. */
  flushSafe(): void {
    if (this.#safe === this.#waiting.length) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    const numbers = this.#numbers;
    const isNumbered = numbers.length > 0;
    this.#waiting = [];
    if (isNumbered) this.#numbers = [];
    this.#safe = 0;
    this.wereSent = true;
    const now = performanceNow();
    const ms = now - this.#since;
    this.#since = now;
    if (canShareMessage(batch))
      return this.#post(isNumbered ? [ToMaster.Responses, batch, ms, numbers] : [ToMaster.Responses, batch, ms]);
    for (const [i, answer] of batch.entries()) {
      const number = isNumbered ? ([numbers[i] as number] as const) : NONE;
      this.#postAlone(answer, ms / batch.length, number);
    }
  }

  #postAlone(answer: unknown, ms: number, number: Numbered, transfer?: readonly unknown[]): void {
    if (isOf(answer, Moved))
      return this.#postAlone(answer.answer, ms, number, this.#port.moves ? answer.transfer : undefined);
    if (isOf(answer, Thrown)) return this.#post([ToMaster.Threw, answer.error, ...number]);
    if (isOf(answer, Unread)) return this.#post([ToMaster.Unsent, answer.words, 'request', ...number]);
    const message: MessageToMaster = [ToMaster.Response, answer, ms, ...number];
    let problem = this.#tryPost(message, transfer);
    if (problem === undefined) return;
    // A port cannot be copied, so it can only have been meant to move.
    const movables = this.#port.moves ? movablesIn(answer, transfer) : [];
    if (movables.length > 0) problem = this.#tryPost(message, [...(transfer ?? []), ...movables]);
    if (problem === undefined) return;
    const path = marshalPath(answer, 'response', this.#port.isSendable);
    this.#post([ToMaster.Unsent, wordsOf(problem.error), path, ...number]);
  }

  /** Sends a message. Returns the error if it cannot be sent. */
  #tryPost(
    message: MessageToMaster,
    transfer: readonly unknown[] | undefined,
  ): { readonly error: unknown } | undefined {
    try {
      this.#post(message, transfer);
      return undefined;
    } catch (error) {
      return { error };
    }
  }
}
