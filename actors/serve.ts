import { type AnyKind, checkKind } from './any-kind.ts';
import { decodeError, describe, type EncodedError, encodeError } from './error-codec.ts';
import { marshalPath } from './marshal-path.ts';
import { type MessageToMaster, type MessageToWorker, ToMaster, ToWorker, WIRE_VERSION } from './wire.ts';

/** How long answers of a batch may wait for more of them. In ms. */
const FLUSH_AFTER = 0.25;

/** How long a thread that has answered waits for the next request before it goes back to its event loop. In ms. */
const LINGER = 1;

/** How long a thread may stay away from its event loop while requests keep coming. In ms. */
const TURN = 5;

/**
 * Runs the microtasks and raises the rejections that nobody handles, as Node does between two timers. Without it (it is
 * not documented) answers wait for the next turn of the event loop instead.
 */
const runTicks = (process as { _tickCallback?: () => void })._tickCallback;

/** The worker's end of the channel to its master. */
export interface Port {
  /** Sends; throws where the message cannot be cloned. */
  post(message: MessageToMaster): void;
  /** Where the worker can sleep without its event loop: waits for the next message, at most so many ms. */
  next?(ms: number): MessageToWorker | undefined;
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

/** The context of one request; its signal is made only where `perform` asks for it. */
class Context {
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

/** What `perform` threw, among the answers. */
class Thrown {
  readonly error: EncodedError;

  constructor(error: EncodedError) {
    this.error = error;
  }
}

/**
 * The worker's main loop: performs requests one at a time, in order, and answers each.
 *
 * OCaml: `slave_main_loop` (stm/asyncTaskQueue.ml).
 */
export function serveOn(kind: AnyKind, workerId: string, port: Port): Service {
  checkKind(kind, kind?.name ?? 'the module');
  const requests: unknown[] = [];
  let answers: unknown[] = [];
  let begun = 0;
  /** Begun since rejections were last looked for: with several, nobody can say which of them left one behind. */
  let begunInTurn = 0;
  let isFatal = false;
  let current: Context | undefined;
  let isPerforming = false;
  let isFlushing = false;
  let flushed = performance.now();

  function flush(): void {
    isFlushing = false;
    flushed = performance.now();
    if (answers.length === 0) return;
    const batch = answers;
    answers = [];
    if (batch.some((each) => each instanceof Thrown)) return batch.forEach(postAlone);
    try {
      port.post(batch.length === 1 ? [ToMaster.Response, batch[0]] : [ToMaster.Responses, batch]);
    } catch (error) {
      if (batch.length === 1) postUnsent(batch[0], error);
      else for (const answer of batch) postAlone(answer);
    }
  }

  function postAlone(answer: unknown): void {
    if (answer instanceof Thrown) return port.post([ToMaster.Threw, answer.error]);
    try {
      port.post([ToMaster.Response, answer]);
    } catch (error) {
      postUnsent(answer, error);
    }
  }

  function postUnsent(answer: unknown, error: unknown): void {
    const path = marshalPath(answer, 'response');
    const message = error instanceof Error ? error.message : describe(error);
    port.post([ToMaster.Unsent, message, path]);
  }

  /**
   * Answers are held for one turn of the loop: a rejection that nobody handles shows only after the microtasks, and a
   * task that left one behind must fail of it, not its successor.
   */
  function answer(response: unknown): void {
    answers.push(response);
    if (isFlushing) return;
    isFlushing = true;
    setImmediate(endTurn);
  }

  function endTurn(): void {
    begunInTurn = 0;
    flush();
  }

  /** A throw waits its turn among the answers: what was answered before it is not let out early. */
  function threw(error: unknown): void {
    answer(new Thrown(encodeError(error)));
  }

  function feedback(value: unknown): void {
    flush();
    port.post([ToMaster.Feedback, value]);
  }

  function work(): void {
    while (requests.length > 0) {
      if (answers.length > 0 && performance.now() - flushed > FLUSH_AFTER) {
        // The batch rests for a turn: its answers go out after the rejections of their tasks would have shown.
        isPerforming = true;
        setImmediate(resume);
        return;
      }
      const request = requests.shift();
      begun++;
      begunInTurn++;
      current = new Context(workerId, feedback);
      try {
        const response = kind.perform(request, current);
        if (isThenable(response)) {
          isPerforming = true;
          Promise.resolve(response).then(
            (value) => {
              answer(value);
              resume();
            },
            (error) => {
              threw(error);
              resume();
            },
          );
          return;
        }
        answer(response);
      } catch (error) {
        threw(error);
      }
    }
  }

  function resume(): void {
    isPerforming = false;
    work();
  }

  /**
   * A thread that has performed stays for the next request: it is woken sooner than through its event loop. It sleeps
   * meanwhile, and it goes back in time for what else the kind's code may have there.
   */
  function linger(): void {
    if (port.next === undefined || runTicks === undefined) return;
    const end = performance.now() + TURN;
    while (performance.now() < end) {
      // A promise that needs no event loop has its answer now.
      runTicks();
      if (isPerforming || answers.length === 0) return;
      endTurn();
      const message = port.next(LINGER);
      if (message === undefined) return;
      receive(message);
    }
  }

  function receive(message: MessageToWorker): void {
    switch (message[0]) {
      case ToWorker.Request:
        requests.push(message[1]);
        if (!isPerforming) work();
        return;
      case ToWorker.Requests:
        for (const request of message[1]) requests.push(request);
        if (!isPerforming) work();
        return;
      case ToWorker.Abort:
        if (message[1] === begun) current?.abort(decodeError(message[2]));
        return;
      case ToWorker.Feedback:
        kind.receiveFeedback?.(message[1]);
        return;
      case ToWorker.Welcome:
        // A master of another version has already given this worker up; it must not go on alone.
        if (message[1] !== WIRE_VERSION) throw new Error(`the master speaks version ${message[1]}`);
    }
  }

  return {
    receive(message) {
      receive(message);
      linger();
    },
    abort: (reason) => current?.abort(reason),
    fatal(error) {
      // The answers held back are not sent: the last of them may be the one that left this error behind.
      answers = [];
      isFatal = true;
      const known = begunInTurn > 1 ? undefined : begun;
      tryTo(() => port.post([ToMaster.Fatal, known, encodeError(error)]));
    },
    exiting() {
      // An uncaught error has told its story already.
      if (isFatal) return;
      tryTo(flush);
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
