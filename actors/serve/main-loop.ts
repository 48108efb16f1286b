import { decodeError, encodeError } from '../errors/error-codec.ts';
import { type AnyKind, checkKind } from '../kind-module/check-kind.ts';
import { performanceNow, setImmediate } from '../platform/platform.ts';
import { type MessageToMaster, type MessageToWorker, ToMaster, ToWorker, WIRE_VERSION } from '../protocol/messages.ts';
import { Answers, Thrown, Unread } from './answer-buffer.ts';
import { Context } from './perform-context.ts';

/** How long answers of a batch may wait for more of them. In ms. */
const FLUSH_AFTER = 0.5;

/** So many answers are worth a message of their own. */
const ENOUGH = 16;

/** How long a thread that has answered waits for the next request before it goes back to its event loop. In ms. */
const POLL = 1;

/** Stands for the answer of a `perform` that has not settled. */
const PENDING = Symbol('pending');

/** How long a worker may stay away from its event loop while requests keep coming. In ms. */
const TURN = 5;

/** The worker's end of the channel to its master. */
export interface Port {
  /** Sends; throws where the message cannot be cloned. */
  post(message: MessageToMaster): void;
  /** Whether a value can be sent, where not all that can be cloned can. */
  isSendable?(value: unknown): boolean;
  /** Where the worker can read without its event loop: the next message that has come. */
  poll?(): MessageToWorker | undefined;
  /** Where it can sleep without its event loop too: waits for the next message, at most so many ms. */
  next?(ms: number): MessageToWorker | undefined;
  /** Where the worker has the loop for itself: runs the microtasks and raises the rejections that nobody handles. */
  tick?(): void;
  /** Where the master keeps count: a request is about to begin; false where it must not. */
  claim?(): boolean;
  /** The worker has seen a recall. */
  reopen?(): void;
  /** How much memory the worker holds, where that is its own. In bytes. */
  memory?(): number;
}

/** What `serveOn` answers: the host feeds it messages and tells it of the end. */
export interface Service {
  receive(message: MessageToWorker): void;
  /** Aborts the signal of what is performed just now. */
  abort(reason: unknown): void;
  /** Tells the master what is known of an uncaught error, before the worker dies of it. */
  fatal(error: unknown): void;
  /** Sends what is left to send before the worker exits. */
  exiting(): void;
}

/**
 * Serves a kind: performs requests one at a time, in order, and answers each.
 *
 * OCaml: `slave_main_loop` (stm/asyncTaskQueue.ml).
 */
export function serveOn(kind: AnyKind, startId: string, port: Port): Service {
  checkKind(kind, kind?.name ?? 'the module');
  return new MainLoop(kind, startId, port);
}

/** The worker's main loop. */
class MainLoop implements Service {
  readonly #kind: AnyKind;
  readonly #port: Port;
  readonly #answers: Answers;
  #workerId: string;
  #requests: unknown[] = [];
  /** Whether the master wants to know how much memory this worker holds. */
  #isMeasured = false;
  #begun = 0;
  /** Begun since rejections were last looked for: with several, nobody can say which of them left one behind. */
  #begunInTurn = 0;
  #isFatal = false;
  #current: Context | undefined;
  #isPerforming = false;
  #isFlushing = false;
  /** Whether the caller reads more messages before the answers are sent. */
  #isReading = false;

  constructor(kind: AnyKind, workerId: string, port: Port) {
    this.#kind = kind;
    this.#workerId = workerId;
    this.#port = port;
    this.#answers = new Answers((message) => {
      if (this.#isMeasured && port.memory !== undefined) port.post([ToMaster.Memory, port.memory()]);
      port.post(message);
    }, port.isSendable);
  }

  readonly receive = (message: MessageToWorker): void => {
    this.#receiveAll(message);
    this.#pollBeforeSleeping();
  };

  abort(reason: unknown): void {
    this.#current?.abort(reason);
  }

  readonly fatal = (error: unknown): void => {
    // The last of the answers held back may be the one that left this error behind.
    this.#answers.dropUnsafe();
    attempt(() => this.#answers.flush());
    this.#isFatal = true;
    const known = this.#begunInTurn > 1 ? undefined : this.#begun;
    attempt(() => this.#port.post([ToMaster.Fatal, known, encodeError(error)]));
  };

  readonly exiting = (): void => {
    // The message about an uncaught error says all of this.
    if (this.#isFatal) return;
    attempt(() => this.#answers.flush());
    attempt(() => this.#port.post([ToMaster.Exiting, this.#begun]));
  };

  #handle(message: MessageToWorker): void {
    switch (message[0]) {
      case ToWorker.Request:
        this.#requests.push(message[1]);
        if (!this.#isPerforming) this.#work(true);
        return;
      case ToWorker.Requests:
        if (this.#requests.length === 0) this.#requests = [...message[1]];
        else for (const request of message[1]) this.#requests.push(request);
        if (!this.#isPerforming) this.#work(true);
        return;
      case ToWorker.Abort:
        if (message[1] === this.#begun) this.#current?.abort(decodeError(message[2]));
        return;
      case ToWorker.Feedback:
        this.#kind.receiveFeedback?.(message[1]);
        return;
      case ToWorker.Recall:
        return this.#recall(message[1]);
      case ToWorker.Ping:
        return this.#port.post([ToMaster.Pong]);
      case ToWorker.Welcome:
        // A master of another version has already given this worker up; it must not go on alone.
        if (message[1] !== WIRE_VERSION) throw new Error(`the master speaks version ${message[1]}`);
        // A worker that was started in advance learns only now which place it takes.
        this.#workerId = message[2];
        this.#isMeasured = message[3];
    }
  }

  /** Reads what else has come before the answers are sent: fewer, larger messages. */
  #receiveAll(first: MessageToWorker): void {
    this.#isReading = this.#port.poll !== undefined;
    try {
      this.#handle(first);
      while (!this.#isPerforming) {
        const message = this.#port.poll?.();
        if (message === undefined) break;
        this.#handle(message);
      }
    } finally {
      this.#isReading = false;
    }
    this.#answers.flushSafe();
  }

  /** Performs the requests that are here. `isOnTop`: no microtask is under way, so that the next ones can be run from here. */
  #work(isOnTop: boolean): void {
    const canTick = isOnTop && this.#port.tick !== undefined;
    const start = performanceNow();
    this.#answers.begin(start);
    while (this.#requests.length > 0) {
      if (this.#port.claim?.() === false) return;
      const answer = this.#perform(this.#requests.shift());
      if (answer === PENDING) return;
      this.#current?.end();
      if (canTick) {
        this.#answers.push(answer);
        this.#tick();
      } else this.#answerLater(answer);
      const now = performanceNow();
      const age = this.#answers.ageAt(now);
      if (age > FLUSH_AFTER) this.#answers.flushSafe();
      if (canTick ? now - start > TURN : age > FLUSH_AFTER) return this.#rest();
    }
    if (!this.#isReading || this.#answers.length >= ENOUGH) this.#answers.flushSafe();
  }

  /** Performs one request; answers `PENDING` where `perform` gave a promise: work goes on when that has settled. */
  #perform(request: unknown): unknown {
    this.#begun++;
    this.#begunInTurn++;
    this.#current = new Context(this.#workerId, this.#feedback);
    try {
      const answer = request instanceof Unread ? request : this.#kind.perform(request, this.#current);
      if (!isThenable(answer)) return answer;
      this.#isPerforming = true;
      this.#answers.flushSafe();
      Promise.resolve(answer).then(
        (value) => this.#goOn(value),
        (error) => this.#goOn(new Thrown(encodeError(error))),
      );
      return PENDING;
    } catch (error) {
      return new Thrown(encodeError(error));
    }
  }

  #goOn(answer: unknown): void {
    this.#isPerforming = false;
    this.#current?.end();
    this.#answerLater(answer);
    this.#work(false);
  }

  /** Sends a feedback about the last request that was begun: one is performed at a time. */
  readonly #feedback = (value: unknown): void => {
    this.#answers.flush();
    this.#port.post([ToMaster.Feedback, value, this.#begun]);
  };

  /**
   * Answers are held until it is certain that their tasks have left no rejection behind that nobody handles: a task must
   * fail of its own, not its successor. That shows after the microtasks, in the next turn of the loop at the latest.
   */
  #answerLater(response: unknown): void {
    this.#answers.push(response);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#isFlushing = false;
    this.#begunInTurn = 0;
    this.#answers.flush();
  };

  /** Runs the microtasks of the last request: a rejection that it left behind ends the worker here, before its answer is sent. */
  #tick(): void {
    try {
      this.#port.tick?.();
    } catch (error) {
      // Somebody may handle it as an uncaught exception; then the rest is still to be done.
      this.#rest();
      throw error;
    }
    this.#answers.secure();
    this.#begunInTurn = 0;
  }

  /** Lets the event loop have a turn before the next request. */
  #rest(): void {
    this.#isPerforming = true;
    setImmediate(() => {
      this.#isPerforming = false;
      this.#work(true);
    });
  }

  /**
   * A thread that has performed waits a moment for the next request: it is woken sooner than through its event loop. It sleeps
   * meanwhile, and goes back in time for other work that the kind's code may have there.
   */
  #pollBeforeSleeping(): void {
    if (this.#port.next === undefined || this.#port.tick === undefined) return;
    const end = performanceNow() + TURN;
    while (performanceNow() < end) {
      // A promise that needs no event loop has its answer now.
      this.#port.tick();
      if (this.#answers.length > 0) this.#endTurn();
      if (this.#isPerforming || !this.#answers.wereSent) return;
      this.#answers.wereSent = false;
      const message = this.#port.next(POLL);
      if (message === undefined) return;
      this.#receiveAll(message);
    }
  }

  /** Drops all requests that were sent but the first `kept` ones; without `kept`, all but those that were begun. */
  #recall(kept: number | undefined): void {
    this.#requests.length = Math.max(0, (kept ?? 0) - this.#begun);
    if (kept === undefined) {
      this.#answers.flush();
      this.#port.post([ToMaster.Recalled, this.#begun]);
    }
    this.#port.reopen?.();
    if (!this.#isPerforming) this.#work(true);
  }
}

/** The channel may be gone already, and the worker is about to die anyway. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {}
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
