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
const LINGER = 1;

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
 * The worker's main loop: performs requests one at a time, in order, and answers each.
 *
 * OCaml: `slave_main_loop` (stm/asyncTaskQueue.ml).
 */
export function serveOn(kind: AnyKind, startId: string, port: Port): Service {
  let workerId = startId;
  checkKind(kind, kind?.name ?? 'the module');
  let requests: unknown[] = [];
  /** Whether the master wants to know how much memory this worker holds. */
  let isMeasured = false;
  const answers = new Answers((message) => {
    if (isMeasured && port.memory !== undefined) port.post([ToMaster.Memory, port.memory()]);
    port.post(message);
  }, port.isSendable);
  let begun = 0;
  /** Begun since rejections were last looked for: with several, nobody can say which of them left one behind. */
  let begunInTurn = 0;
  let isFatal = false;
  let current: Context | undefined;
  let isPerforming = false;
  let isFlushing = false;
  /** Whoever has called will look for more messages before the answers are sent. */
  let isLooking = false;

  /**
   * Answers are held until it is certain that their tasks have left no rejection behind that nobody handles: a task must
   * fail of its own, not its successor. That shows after the microtasks, in the next turn of the loop at the latest.
   */
  function answerLater(response: unknown): void {
    answers.push(response);
    if (isFlushing) return;
    isFlushing = true;
    setImmediate(endTurn);
  }

  function endTurn(): void {
    isFlushing = false;
    begunInTurn = 0;
    answers.flush();
  }

  /** Its request is the last that was begun: one is performed at a time. */
  function feedback(value: unknown): void {
    answers.flush();
    port.post([ToMaster.Feedback, value, begun]);
  }

  /** Performs what there is. `isOnTop`: no microtask is under way, so that the next ones can be run from here. */
  function work(isOnTop: boolean): void {
    const canTick = isOnTop && port.tick !== undefined;
    const start = performanceNow();
    answers.begin(start);
    while (requests.length > 0) {
      if (port.claim?.() === false) return;
      const request = requests.shift();
      begun++;
      begunInTurn++;
      current = new Context(workerId, feedback);
      let answer: unknown;
      try {
        answer = request instanceof Unread ? request : kind.perform(request, current);
        if (isThenable(answer)) {
          isPerforming = true;
          answers.flushSafe();
          Promise.resolve(answer).then(
            (value) => goOn(value),
            (error) => goOn(new Thrown(encodeError(error))),
          );
          return;
        }
      } catch (error) {
        answer = new Thrown(encodeError(error));
      }
      current.end();
      if (canTick) {
        answers.push(answer);
        tick();
      } else answerLater(answer);
      const now = performanceNow();
      const age = answers.ageAt(now);
      if (age > FLUSH_AFTER) answers.flushSafe();
      if (canTick ? now - start > TURN : age > FLUSH_AFTER) return rest();
    }
    if (!isLooking || answers.length >= ENOUGH) answers.flushSafe();
  }

  /** Runs the microtasks of the last request: what it has left behind ends the worker here, before its answer is sent. */
  function tick(): void {
    try {
      port.tick?.();
    } catch (error) {
      // Somebody may handle it as an uncaught exception; then the rest is still to be done.
      rest();
      throw error;
    }
    answers.secure();
    begunInTurn = 0;
  }

  /** Lets the event loop have a turn before the next request. */
  function rest(): void {
    isPerforming = true;
    setImmediate(() => {
      isPerforming = false;
      work(true);
    });
  }

  function goOn(answer: unknown): void {
    isPerforming = false;
    current?.end();
    answerLater(answer);
    work(false);
  }

  /** Takes what else has come before the answers are sent: fewer, larger messages. */
  function receiveAll(first: MessageToWorker): void {
    isLooking = port.poll !== undefined;
    try {
      receive(first);
      while (!isPerforming) {
        const message = port.poll?.();
        if (message === undefined) break;
        receive(message);
      }
    } finally {
      isLooking = false;
    }
    answers.flushSafe();
  }

  /**
   * A thread that has performed stays for the next request: it is woken sooner than through its event loop. It sleeps
   * meanwhile, and it goes back in time for what else the kind's code may have there.
   */
  function linger(): void {
    if (port.next === undefined || port.tick === undefined) return;
    const end = performanceNow() + TURN;
    while (performanceNow() < end) {
      // A promise that needs no event loop has its answer now.
      port.tick();
      if (answers.length > 0) endTurn();
      if (isPerforming || !answers.wereSent) return;
      answers.wereSent = false;
      const message = port.next(LINGER);
      if (message === undefined) return;
      receiveAll(message);
    }
  }

  /** Drops all requests that were sent but the first `kept` ones; with none, those that it has begun. */
  function recall(kept: number | undefined): void {
    requests.length = Math.max(0, (kept ?? 0) - begun);
    if (kept === undefined) {
      answers.flush();
      port.post([ToMaster.Recalled, begun]);
    }
    port.reopen?.();
    if (!isPerforming) work(true);
  }

  function receive(message: MessageToWorker): void {
    switch (message[0]) {
      case ToWorker.Request:
        requests.push(message[1]);
        if (!isPerforming) work(true);
        return;
      case ToWorker.Requests:
        if (requests.length === 0) requests = [...message[1]];
        else for (const request of message[1]) requests.push(request);
        if (!isPerforming) work(true);
        return;
      case ToWorker.Abort:
        if (message[1] === begun) current?.abort(decodeError(message[2]));
        return;
      case ToWorker.Feedback:
        kind.receiveFeedback?.(message[1]);
        return;
      case ToWorker.Recall:
        return recall(message[1]);
      case ToWorker.Ping:
        return port.post([ToMaster.Pong]);
      case ToWorker.Welcome:
        // A master of another version has already given this worker up; it must not go on alone.
        if (message[1] !== WIRE_VERSION) throw new Error(`the master speaks version ${message[1]}`);
        // One that was started ahead hears only now whose place it takes.
        workerId = message[2];
        isMeasured = message[3];
    }
  }

  return {
    receive(message) {
      receiveAll(message);
      linger();
    },
    abort: (reason) => current?.abort(reason),
    fatal(error) {
      // The last of the answers held back may be the one that left this error behind.
      answers.dropUnsafe();
      tryTo(() => answers.flush());
      isFatal = true;
      const known = begunInTurn > 1 ? undefined : begun;
      tryTo(() => port.post([ToMaster.Fatal, known, encodeError(error)]));
    },
    exiting() {
      // An uncaught error has told its story already.
      if (isFatal) return;
      tryTo(() => answers.flush());
      tryTo(() => port.post([ToMaster.Exiting, begun]));
    },
  };
}

/** The channel may be gone already, and the worker is about to die anyway. */
function tryTo(act: () => void): void {
  try {
    act();
  } catch {}
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
