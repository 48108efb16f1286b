import assert from 'node:assert';
import type { PoolOptions } from 'statepool';
import {
  type MessageToMaster,
  type MessageToWorker,
  ToMaster,
  ToWorker,
  WIRE_VERSION,
} from '../../actors/protocol/messages.ts';
import { echo, type Job } from './jobs.ts';
import type { AnyPool } from './pool.ts';

type Host = Exclude<NonNullable<PoolOptions['host']>, string>;
type Start = Parameters<Host>[0];
type Events = Parameters<Host>[1];
type Exit = Parameters<Events['exit']>[0];

/** A worker that the test plays: the test chooses its messages and the time that they report. */
export class PlayedWorker {
  readonly id: string;
  /** Every message to this worker. */
  readonly heard: MessageToWorker[] = [];
  /** Every request to this worker. */
  readonly requests: Job[] = [];
  /** The requests that were neither answered nor taken back. */
  readonly held: Job[] = [];
  /** The number of requests that it has begun, if the master counts them. */
  begun = 0;
  /** Answers the heartbeat while true. */
  isAwake = true;
  isEnded = false;
  readonly #events: Events;
  readonly #kind: string;
  #answered = 0;

  constructor({ workerId, kind }: Start, events: Events) {
    this.id = workerId;
    this.#events = events;
    this.#kind = kind.name;
  }

  /** Checks that it holds this many requests a turn later. @throws when it does not */
  async holds(count: number): Promise<void> {
    await turn();
    assert.equal(this.held.length, count, `${this.id} holds ${this.held.length} requests, not ${count}`);
  }

  /** Answers its oldest requests in one message, each with its `value`; `ms` is the time for all of them. */
  answer(count = 1, ms = 0): void {
    const values = this.held.splice(0, count).map(({ value }) => value);
    this.#answered += count;
    this.begun = Math.max(this.begun, this.#answered);
    if (count === 1) this.say([ToMaster.Response, values[0], ms]);
    else this.say([ToMaster.Responses, values, ms]);
  }

  say(message: MessageToMaster): void {
    if (message[0] === ToMaster.Recalled) this.#keep(message[1]);
    this.#events.message(message);
  }

  /** Makes the worker die by itself. */
  die(exit: Exit = { exitCode: null, signal: 'SIGKILL', reason: 'signal' }): void {
    this.isEnded = true;
    this.#events.exit(exit);
  }

  /** Makes the master's connection to it; with `isCounted` the master sees the number of its begun requests. */
  connect(isCounted: boolean): ReturnType<Host> {
    queueMicrotask(() => this.say([ToMaster.Hello, WIRE_VERSION, this.#kind]));
    return {
      transfers: true,
      send: (message) => this.#hear(message),
      kill: (reason = 'killed') => {
        if (this.isEnded) return;
        this.isEnded = true;
        queueMicrotask(() => this.#events.exit({ exitCode: null, signal: 'SIGKILL', reason }));
      },
      ref() {},
      ...(isCounted ? { begun: () => this.begun, close() {} } : {}),
    };
  }

  #hear(message: MessageToWorker): void {
    const requests =
      message[0] === ToWorker.Request ? [message[1]] : message[0] === ToWorker.Requests ? message[1] : [];
    this.requests.push(...(requests as Job[]));
    this.held.push(...(requests as Job[]));
    if (message[0] === ToWorker.Recall && message[1] !== undefined) this.#keep(message[1]);
    if (message[0] === ToWorker.Ping && this.isAwake) queueMicrotask(() => this.say([ToMaster.Pong]));
    this.heard.push(message);
  }

  /** Keeps the first requests of all that it was sent. */
  #keep(count: number): void {
    this.held.length = Math.min(this.held.length, count - this.#answered);
  }
}

/** The workers of a pool, played by the test. */
export class Players {
  readonly host: Host;
  readonly #started: PlayedWorker[] = [];

  /** Makes workers; with `isCounted` the master sees the number of their begun requests, as with a thread. */
  constructor(isCounted: boolean) {
    this.host = (options, events) => {
      const worker = new PlayedWorker(options, events);
      this.#started.push(worker);
      return worker.connect(isCounted);
    };
  }

  /** Returns the first, second, ... worker that was started. @throws when it does not exist a turn later */
  async worker(number: number): Promise<PlayedWorker> {
    await turn();
    const worker = this.#started[number - 1];
    assert.ok(worker, `${this.#started.length} workers were started, not ${number}`);
    return worker;
  }
}

/** Waits one turn. A played pool waits for nothing outside: an event has happened by then, or never will. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Makes a pool's only worker quick, until it may hold this many requests: a power of two. */
export async function widen(pool: AnyPool, worker: PlayedWorker, window: number): Promise<void> {
  // The first answer makes it old, and that starts its window anew.
  for (let size = 0.5; size < window; size *= 2) {
    const done = pool.run(echo('quick'));
    await worker.holds(1);
    worker.answer(1, 0.01);
    await done;
  }
  worker.requests.length = 0;
}
