import { decodeError } from '../errors/error-codec.ts';
import { type AnyKind, checkKind } from '../kind-module/check-kind.ts';
import { performanceNow, setImmediate } from '../platform/platform.ts';
import { type MessageToWorker, ToMaster, ToWorker, WIRE_VERSION } from '../protocol/messages.ts';
import { Answers, ENOUGH, FLUSH_AFTER } from './answer-buffer.ts';
import { callEnd, callPerform, PENDING } from './calls.ts';
import { Context, UnderWay } from './perform-context.ts';
import type { Port, Service } from './port.ts';
import { RequestWait, TURN } from './request-wait.ts';
import { LastWords } from './setup/last-words.ts';

/**
 * Serves a kind: begins requests in order, one at a time or as many as the master says, and answers each.
 *
 * OCaml: `slave_main_loop` (stm/asyncTaskQueue.ml).
 */
export function serveOn(kind: AnyKind, startId: string, port: Port, workerData?: unknown): Service {
  checkKind(kind, kind?.name ?? 'the module');
  return new MainLoop(kind, startId, port, workerData);
}

/** The worker's main loop. */
class MainLoop implements Service {
  readonly #kind: AnyKind;
  readonly #port: Port;
  readonly #workerData: unknown;
  readonly #answers: Answers;
  readonly #lastWords: LastWords;
  #workerId: string;
  #requests: unknown[] = [];
  /** Is true if the worker must report the memory that it holds. */
  #isMeasured = false;
  #begun = 0;
  /** The number of requests begun since rejections were last checked. With several, the one at fault is unknown. */
  #begunInTurn = 0;
  readonly #underWay = new UnderWay();
  #isFlushing = false;
  readonly #wait: RequestWait;
  /** Is true if the next request is here, and the master has not judged the answer before it. */
  #isBlocked = false;
  /** Is true if no code of the kind has run since the last microtasks did. */
  #isTicked = false;
  /** Is true while the caller reads more messages before it sends the answers. */
  #isReading = false;
  /** Is true once the worker performs no more requests, and is about to run the kind's `end`. */
  #isEnding = false;

  constructor(kind: AnyKind, workerId: string, port: Port, workerData: unknown) {
    this.#kind = kind;
    this.#workerId = workerId;
    this.#port = port;
    this.#wait = new RequestWait(port);
    this.#workerData = workerData;
    this.#answers = new Answers((message, transfer) => {
      if (this.#isMeasured && port.memory !== undefined) port.post([ToMaster.Memory, port.memory()]);
      port.post(message, transfer);
    }, port);
    this.#lastWords = new LastWords(this.#answers, (message) => port.post(message));
  }

  readonly receive = (message: MessageToWorker): void => {
    this.#receiveAll(message);
    this.#pollBeforeSleeping();
    this.#park();
  };

  abort(reason: unknown): void {
    this.#underWay.abortAll(reason);
  }

  readonly fatal = (error: unknown, isTaken = false): void => {
    const isCertain = this.#begunInTurn <= 1 && this.#underWay.most <= 1;
    this.#lastWords.fatal(error, isCertain ? this.#begun : undefined, isTaken);
  };

  readonly exiting = (): void => this.#lastWords.exiting(this.#begun);

  #handle(message: MessageToWorker): void {
    this.#isTicked = false;
    switch (message[0]) {
      case ToWorker.Request:
        this.#requests.push(message[1]);
        if (!this.#underWay.isFull) this.#work(true);
        return;
      case ToWorker.Requests:
        if (this.#requests.length === 0) this.#requests = [...message[1]];
        else for (const request of message[1]) this.#requests.push(request);
        if (!this.#underWay.isFull) this.#work(true);
        return;
      case ToWorker.Abort:
        return this.#underWay.abort(message[1], decodeError(message[2]));
      case ToWorker.Message:
        return this.#underWay.message(message[1], message[2], this.#begun);
      case ToWorker.Feedback:
        this.#kind.receiveFeedback?.(message[1]);
        return;
      case ToWorker.Recall:
        return this.#recall(message[1]);
      case ToWorker.Go:
        return this.#isBlocked ? this.#work(true) : undefined;
      case ToWorker.Ping:
        return this.#port.post([ToMaster.Pong]);
      case ToWorker.End:
        return this.#end();
      case ToWorker.Welcome:
        // A master of another version has already given this worker up. The worker must not go on alone.
        if (message[1] !== WIRE_VERSION) throw new Error(`the master speaks version ${message[1]}`);
        // A worker that was started in advance learns its id only now.
        this.#workerId = message[2];
        this.#isMeasured = message[3];
        this.#underWay.most = message[4];
    }
  }

  /** Handles all messages that have come, and sends the answers after that: this makes fewer, larger messages. */
  #receiveAll(first: MessageToWorker): void {
    this.#isReading = this.#port.poll !== undefined;
    try {
      this.#handle(first);
      while (!this.#underWay.isFull) {
        const message = this.#port.poll?.();
        if (message === undefined) break;
        this.#handle(message);
      }
    } finally {
      this.#isReading = false;
    }
    this.#answers.flushSafe();
  }

  /** Performs the requests that are here. `isOnTop`: no microtask is running, so microtasks can be run from here. */
  #work(isOnTop: boolean): void {
    if (this.#isEnding && this.#underWay.count > 0) return;
    if (this.#isEnding) return callEnd(this.#kind, (message) => this.#port.post(message));
    const canTick = isOnTop && this.#port.tick !== undefined;
    const start = performanceNow();
    this.#answers.begin(start);
    this.#isBlocked = false;
    while (this.#requests.length > 0) {
      if (this.#port.isAllowed?.() === false) {
        // The master has not judged the answers: the next request may have to go back.
        this.#isBlocked = true;
        return this.#answers.flushSafe();
      }
      if (this.#port.claim?.() === false) return;
      const answer = this.#perform(this.#requests.shift());
      if (answer === PENDING && this.#underWay.isFull) return;
      if (answer === PENDING) continue;
      const context = this.#underWay.last as Context;
      if (canTick) {
        this.#push(context, answer);
        this.#tick();
      } else this.#answerLater(context, answer);
      const now = performanceNow();
      const age = this.#answers.ageAt(now);
      if (age > FLUSH_AFTER) this.#answers.flushSafe();
      if (canTick ? now - start > TURN : age > FLUSH_AFTER) return this.#rest();
    }
    if (!this.#isReading || this.#answers.length >= ENOUGH) this.#answers.flushSafe();
  }

  /** Prepares the return to the event loop, where only a message wakes the worker. */
  #park(): void {
    while (this.#isBlocked && !this.#underWay.isFull && this.#port.park?.() === false) this.#work(true);
  }

  /** Performs one request. Returns `PENDING` if `perform` gave a promise: work goes on when the promise has settled. */
  #perform(request: unknown): unknown {
    this.#begun++;
    this.#begunInTurn++;
    this.#isTicked = false;
    const context = new Context(this.#workerId, this.#workerData, this.#begun, this.#feedback);
    this.#underWay.begin(context);
    const answer = callPerform(this.#kind, request, context, (settled) => this.#goOn(context, settled));
    if (answer !== PENDING) return answer;
    this.#underWay.add(context);
    this.#answers.flushSafe();
    return PENDING;
  }

  #goOn(context: Context, answer: unknown): void {
    this.#underWay.delete(context);
    this.#answerLater(context, answer);
    if (this.#underWay.isResting) return;
    this.#work(false);
    this.#park();
  }

  /** Sends a feedback about a request. */
  readonly #feedback = (value: unknown, number: number): void => {
    this.#answers.flush();
    this.#port.post([ToMaster.Feedback, value, number]);
  };

  /** Adds an answer to those that are sent next. The master knows which one it is if only one is under way. */
  #push(context: Context, answer: unknown): void {
    this.#answers.push(context.end(answer), this.#underWay.most > 1 ? context.number : undefined);
  }

  /**
   * Holds an answer until its task has certainly left no unhandled rejection behind: a rejection must fail its own
   * task, not the next one. It shows after the microtasks, at the latest in the next turn of the event loop.
   */
  #answerLater(context: Context, answer: unknown): void {
    this.#push(context, answer);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#isFlushing = false;
    this.#begunInTurn = 0;
    this.#answers.flush();
  };

  /** Runs the last request's microtasks. An unhandled rejection ends the worker here, before the answer is sent. */
  #tick(): void {
    try {
      this.#port.tick?.();
    } catch (error) {
      // A handler of uncaught exceptions may keep the worker alive. The other requests must then still be performed.
      this.#rest();
      throw error;
    }
    this.#isTicked = true;
    this.#answers.secure();
    this.#begunInTurn = 0;
  }

  /** Lets the event loop have a turn before the next request. */
  #rest(): void {
    this.#underWay.isResting = true;
    setImmediate(() => {
      this.#underWay.isResting = false;
      this.#work(true);
      this.#park();
    });
  }

  /** Waits a moment for the next request after a thread has answered, and performs what comes. */
  #pollBeforeSleeping(): void {
    if (!this.#hasAnswered() || !this.#wait.begin()) return;
    do {
      const message = this.#wait.next(this.#isBlocked);
      if (message !== undefined) this.#receiveAll(message);
      else if (this.#wait.wasUseful) this.#work(true);
      else return;
    } while (this.#hasAnswered() && this.#wait.isDue());
  }

  /** Sends what can be sent, and returns whether a thread has sent answers and performs nothing. */
  #hasAnswered(): boolean {
    if (this.#port.next === undefined || this.#port.tick === undefined) return false;
    // A promise that needs no event loop settles now.
    if (!this.#isTicked) this.#port.tick();
    if (this.#answers.length > 0) this.#endTurn();
    if (this.#isEnding || this.#underWay.isBusy || !this.#answers.wereSent) return false;
    this.#answers.wereSent = false;
    return true;
  }

  /** Runs the kind's `end` when nothing is performed any more. No answer is of use to the master now. */
  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#requests.length = 0;
    if (this.#underWay.count > 0) this.#underWay.abortAll(new Error('the worker ends'));
    else if (!this.#underWay.isResting) this.#work(true);
  }

  /** Drops all requests that were sent, except the first `kept`. Without `kept`, except those that were begun. */
  #recall(kept: number | undefined): void {
    this.#requests.length = Math.max(0, (kept ?? 0) - this.#begun);
    this.#underWay.dropMessages((number) => number > this.#begun + this.#requests.length);
    if (kept === undefined) {
      this.#answers.flush();
      this.#port.post([ToMaster.Recalled, this.#begun]);
    }
    this.#port.reopen?.();
    if (!this.#underWay.isFull) this.#work(true);
  }
}
