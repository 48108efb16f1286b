import { type EncodedError, isOf, wordsOf } from '../errors/error-codec.ts';
import { type IsSendable, marshalPath } from '../errors/marshal-path.ts';
import { performanceNow } from '../platform/platform.ts';
import { canShareMessage } from '../protocol/codec.ts';
import { type MessageToMaster, ToMaster } from '../protocol/messages.ts';

/** What `perform` threw, among the answers. */
export class Thrown {
  readonly error: EncodedError;

  constructor(error: EncodedError) {
    this.error = error;
  }
}

/** Stands for a request that has come and cannot be read: it has its place among the others, and is answered with `words`. */
export class Unread {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/** The answers of a worker that are not sent yet. */
export class Answers {
  readonly #post: (message: MessageToMaster) => void;
  readonly #isSendable: IsSendable | undefined;
  #waiting: unknown[] = [];
  /** How many of them no error can take back: the rejections of their tasks have shown. */
  #safe = 0;
  /** When the first of them was begun, or the last ones were sent. */
  #since = performanceNow();
  /** Whether some were sent since this was last put back. */
  wereSent = false;

  constructor(post: (message: MessageToMaster) => void, isSendable?: IsSendable) {
    this.#post = post;
    this.#isSendable = isSendable;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** How long the first of them waits, at `now`. In ms. */
  ageAt(now: number): number {
    return now - this.#since;
  }

  push(answer: unknown): void {
    this.#waiting.push(answer);
  }

  /** Work begins. */
  begin(now: number): void {
    if (this.#waiting.length === 0) this.#since = now;
  }

  /** No error can take back what is here now. */
  secure(): void {
    this.#safe = this.#waiting.length;
  }

  /** Drops those that an error may take back. */
  dropUnsafe(): void {
    this.#waiting.length = this.#safe;
  }

  /** Sends all, if none may be taken back. */
  flushSafe(): void {
    if (this.#safe === this.#waiting.length) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#safe = 0;
    this.wereSent = true;
    const now = performanceNow();
    const ms = now - this.#since;
    this.#since = now;
    if (canShareMessage(batch)) return this.#post([ToMaster.Responses, batch, ms]);
    for (const answer of batch) this.#postAlone(answer, ms / batch.length);
  }

  #postAlone(answer: unknown, ms: number): void {
    if (isOf(answer, Thrown)) return this.#post([ToMaster.Threw, answer.error]);
    if (isOf(answer, Unread)) return this.#post([ToMaster.Unsent, answer.words, 'request']);
    try {
      this.#post([ToMaster.Response, answer, ms]);
    } catch (error) {
      const message = wordsOf(error);
      this.#post([ToMaster.Unsent, message, marshalPath(answer, 'response', this.#isSendable)]);
    }
  }
}
