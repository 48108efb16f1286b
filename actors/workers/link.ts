import type { Entry } from '../../machines/queue/entry.ts';
import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { Seat } from '../../machines/state/seat.ts';
import type { WorkerEvent } from '../../machines/state/worker-events.ts';
import { warn } from '../core/hook-warning.ts';
import type { PoolCore, WorkerHandle } from '../core/pool-core.ts';
import { describe, encodeError } from '../errors/error-codec.ts';
import { HandshakeError, SpawnError } from '../errors/errors.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { Output } from '../observing/output.ts';
import { traceAnswer, traceDispatch } from '../observing/task-trace.ts';
import { publishWorker, workerChannels } from '../observing/worker-channels.ts';
import { performanceNow, queueMicrotask } from '../platform/platform.ts';
import { failedStart, handshakeProblem } from '../protocol/handshake.ts';
import {
  type HelloMessage,
  isMessageToMaster,
  type MessageToMaster,
  ToMaster,
  ToWorker,
} from '../protocol/messages.ts';
import type { Spares } from '../starting/spare-workers.ts';
import { startWorker } from '../starting/start-worker.ts';
import type { TaskEntry } from '../tasks/task-entry.ts';
import { verdictOnAnswer, type WorkerVerdict } from '../tasks/verdict.ts';
import { Health } from './health.ts';
import { PendingVerdict } from './pending-verdict.ts';
import { Prefetch } from './prefetch.ts';
import { sendRequests } from './send-requests.ts';
import { measureStart, welcomeOnce } from './welcome.ts';
import { fullExit, type LastWords, lastWordsIn, PlannedEnd, reportExit, runsEnd } from './worker-exit.ts';
import { forwardFeedback, numberOf, takeOut } from './worker-feedback.ts';

/** The master's side of one worker: its connection, and the meaning of its messages. */
export class Link implements WorkerHandle {
  readonly seat: Seat;
  readonly #core: PoolCore;
  readonly #spares: Spares;
  readonly #machine: (event: WorkerEvent) => void;
  readonly #output: Output;
  #connection!: Connection;
  /** The requests that the worker holds beside the running one. */
  prefetch: Prefetch | undefined;
  #health: Health | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  #lastWords: LastWords = {};
  readonly #verdict: PendingVerdict;
  /** The requests that wait until all answers of a message are judged; they leave in one message. */
  #unsent: unknown[] | undefined;
  #isOver = false;
  #runsEnd = false;
  #end: PlannedEnd | undefined;
  #welcome = () => {};
  readonly #startedAt = performanceNow();
  #readyAt = Number.NEGATIVE_INFINITY;

  /** Starts the worker; `machine` passes an event to its machine. */
  constructor(core: PoolCore, spares: Spares, seat: Seat, machine: (event: WorkerEvent) => void) {
    this.seat = seat;
    this.#core = core;
    this.#spares = spares;
    this.#machine = machine;
    this.#verdict = new PendingVerdict(core, seat, (verdict) => this.#deliver(verdict));
    this.#output = new Output(seat.id, core.sinks, (error, name) => warn(core, name, error));
    this.#start();
  }

  get pid(): number | undefined {
    return this.#connection?.pid;
  }
  get threadId(): number | undefined {
    return this.#connection?.threadId;
  }
  get utilization(): number | undefined {
    return this.#connection?.utilization?.();
  }

  /** Sends requests that the seat already holds. One that cannot be cloned fails alone, and the worker is unchanged. */
  send(requests: readonly unknown[]): void {
    if (this.#core.traced > 0) traceDispatch(this.#core, this.seat, requests.length);
    this.#welcome();
    this.prefetch?.allow(this.seat.held.length > requests.length);
    if (this.#unsent === undefined) sendRequests(this.#core, this.seat, this.#connection, requests);
    else this.#unsent.push(...requests);
    // A busy worker without a request waits for an event. A verdict that waits for its delivery is one.
    const isWaiting = this.seat.phase === 'busy' && this.seat.held.length === 0;
    if (isWaiting && this.#verdict.type === undefined) this.#notify({ type: 'keep' });
    this.prefetch?.limitOldest();
    this.#core.onRoom();
  }

  /** Sends an event to the worker's machine, as one step of the pool. */
  #notify(event: WorkerEvent): void {
    const { turn } = this.#core;
    turn.begin();
    try {
      this.#machine(event);
    } finally {
      turn.end();
    }
  }

  /** Asks a held task to stop by itself. */
  abort(entry: Entry, reason: unknown): void {
    const number = numberOf(this.#core, this.seat, entry as TaskEntry);
    this.#connection.send([ToWorker.Abort, number, encodeError(reason)]);
  }

  /** Sends a message of a held task's caller. */
  message(entry: Entry, message: unknown): void {
    this.#connection.send([ToWorker.Message, numberOf(this.#core, this.seat, entry as TaskEntry), message]);
  }

  /** Sends a feedback to the worker. @throws if the feedback cannot be cloned */
  feedback(feedback: unknown): void {
    this.#connection.send([ToWorker.Feedback, feedback]);
  }

  /** Ends the worker on purpose, after its handshake: the kind's `end` runs first, if there is one. */
  retire(): void {
    if (!this.#runsEnd || this.#isOver) return this.kill();
    this.#health?.end();
    this.#isOver = true;
    this.#lastWords = {};
    this.#end = new PlannedEnd(this.#core, this.seat.id, this.#connection);
  }

  kill(): void {
    this.#core.timers.clear(this.#startTimer);
    this.#health?.end();
    this.#end?.cut();
    this.#isOver = true;
    this.#connection?.kill();
  }

  ref(isNeeded: boolean): void {
    this.#connection?.ref(isNeeded);
  }

  #start(): void {
    const { startTimeout } = this.#core.options;
    const giveUp = () =>
      this.#giveUp('spawn', new SpawnError(`worker ${this.seat.id} has not started within ${startTimeout} ms`));
    this.#startTimer = this.#core.timers.after(startTimeout, giveUp, 'never');
    try {
      const events: HostEvents = {
        message: (message) => this.#receive(message),
        exit: (exit) => this.#exit(exit),
        output: (stream, text) => this.#output.write(stream, text),
      };
      this.#connection = this.#spares.take(events) ?? startWorker(this.#core, this.seat.id, events);
      this.#connection.ref(this.#core.isReferenced);
      this.#welcome = welcomeOnce(this.#core, this.seat.id, this.#connection);
      this.prefetch = new Prefetch(this.#core, this.seat, this.#connection);
      this.#health = new Health(this.#core, this.seat, this.#connection);
      publishWorker(workerChannels.spawn, this.#core, this);
    } catch (cause) {
      queueMicrotask(() => this.#exit({ exitCode: null, signal: null, reason: 'spawn', cause }));
    }
  }

  #receive(message: MessageToMaster): void {
    // A worker that was ended may still send messages: they are dropped, except its last words.
    if (this.#isOver && !(message?.[0] >= ToMaster.Fatal)) return;
    if (!isMessageToMaster(message)) {
      return this.#giveUp('garbled', new Error(`${describe(message).slice(0, 100)} is not a message of a worker`));
    }
    this.#health?.heard();
    this.#core.checkIfDue();
    switch (message[0]) {
      case ToMaster.Response:
        this.#core.costs.performed(this.seat, message[2]);
        this.#answer(message[0], message[1], message[3]);
        this.prefetch?.adapt(message[2]);
        return this.#deliverSoon();
      case ToMaster.Responses:
        return this.#answerAll(message[1], message[2] / message[1].length, message[3]);
      case ToMaster.Threw:
        this.#answer(message[0], message[1], message[2]);
        return this.#deliverSoon();
      case ToMaster.Unsent:
        this.#answer(message[0], message, message[3]);
        return this.#deliverSoon();
      case ToMaster.Feedback:
        return forwardFeedback(this.#core, this.seat, message[1], message[2]);
      case ToMaster.Recalled:
        this.prefetch?.recalled(message[1]);
        // A worker with nothing left to do is free.
        return this.send([]);
      case ToMaster.Memory:
        return this.#health?.measured(message[1]);
      case ToMaster.Hello:
        return this.#greet(message);
      case ToMaster.Failed:
        return this.#giveUp('spawn', failedStart(message[1]));
      case ToMaster.Fatal:
      case ToMaster.Exiting:
        this.#lastWords = { ...this.#lastWords, ...lastWordsIn(message) };
        return;
      case ToMaster.Output:
        return this.#output.write(message[1], message[2]);
      case ToMaster.Ended:
        this.#end?.receive(message);
    }
  }

  /** Gets the verdicts on several answers, each of which took `ms` ms. */
  #answerAll(responses: readonly unknown[], ms: number, numbers: readonly number[] | undefined): void {
    this.#core.costs.performed(this.seat, ms);
    this.#unsent = [];
    for (const [i, response] of responses.entries()) {
      this.#answer(ToMaster.Response, response, numbers?.[i]);
      // Where the kind asks for no window, each answer is a step of the worker's machine.
      if (this.prefetch?.isAutomatic && i < responses.length - 1) this.#verdict.send();
    }
    this.prefetch?.adapt(ms);
    this.#deliverSoon();
    const requests = this.#unsent;
    this.#unsent = undefined;
    sendRequests(this.#core, this.seat, this.#connection, requests);
  }

  /**
   * Gets the verdict on the answer to the held request of that number, or to the oldest, in the status that the earlier
   * answers gave.
   */
  #answer(tag: number, answer: unknown, number: number | undefined): void {
    const core = this.#core;
    const { seat } = this;
    const entry = number === undefined ? seat.held.shift() : takeOut(core, seat, number);
    if (entry === undefined) return;
    const { trace } = entry as TaskEntry;
    if (trace !== undefined) traceAnswer(core, trace);
    const { status } = this.#verdict;
    // Calls of the hooks to the pool take effect after the verdict and its follow-ups are applied.
    core.turn.begin();
    try {
      const verdict = verdictOnAnswer(core, seat, status, entry as TaskEntry, tag, answer);
      this.#verdict.add(verdict, this.#health?.isWorn === true);
    } finally {
      core.turn.end();
    }
  }

  /** Sends the verdict on the answers of this tick to the machine, once the begun requests are answered. */
  #deliverSoon(): void {
    this.prefetch?.limitOldest();
    // Not idempotent: `end` waits for the answers to begun requests; the others go back to the queue now.
    const isEnding = this.#verdict.type === 'end' && !this.#core.state.rules.isIdempotent;
    if (isEnding && this.prefetch?.release()) return;
    this.#verdict.sendSoon();
  }

  #deliver(verdict: WorkerVerdict): void {
    if (verdict.type !== 'keep' && workerChannels.verdict.hasSubscribers)
      publishWorker(workerChannels.verdict, this.#core, this, { verdict: verdict.type });
    this.#notify(verdict);
  }

  #greet(hello: HelloMessage): void {
    this.#core.timers.clear(this.#startTimer);
    const problem = handshakeProblem(this.#core.kind, this.seat.id, hello);
    if (problem !== undefined) return this.#giveUp('handshake', new HandshakeError(problem));
    this.#health?.start();
    this.#runsEnd = runsEnd(this.#core, hello);
    this.#welcome();
    this.seat.hasStarted = true;
    measureStart(this.#core, performanceNow() - this.#startedAt);
    publishWorker(workerChannels.ready, this.#core, this);
    this.#readyAt = performanceNow();
    this.#notify({ type: 'ready' });
    this.#core.onReady();
  }

  #giveUp(reason: 'spawn' | 'handshake' | 'garbled', cause: Error): void {
    this.#lastWords = { reason, cause };
    // A hello that arrives after this is ignored.
    this.#isOver = true;
    this.#connection.kill(reason);
  }

  #exit(exit: WorkerExit): void {
    this.#isOver = true;
    this.#core.timers.clear(this.#startTimer);
    this.#health?.end();
    this.#output.end();
    const full = fullExit(this.seat, exit, {
      ...this.#lastWords,
      started: this.prefetch?.started,
      unsent: this.#connection?.unsent?.() ?? 0,
      isConcurrent: this.#core.state.rules.concurrency > 1,
      stderrTail: this.#output.stderrTail,
    });
    this.#end?.exited(full);
    const { exitCode, signal, reason } = full;
    publishWorker(workerChannels.exit, this.#core, this, { exitCode, signal, reason });
    this.#notify({ type: 'exit', exit: full });
    reportExit(this.#core, this.seat, full, this.#readyAt);
  }
}
