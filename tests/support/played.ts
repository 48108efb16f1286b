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

/** A worker that the test plays: it says what the test lets it say, and took as long for it as the test says. */
export class PlayedWorker {
  readonly id: string;
  /** Everything that it was sent. */
  readonly heard: MessageToWorker[] = [];
  /** Every request that it was sent. */
  readonly requests: Job[] = [];
  /** Those that it has not answered, and that were not taken back. */
  readonly held: Job[] = [];
  /** How many requests it has begun, where the master may cursor. */
  begun = 0;
  /** Whether it answers when it is asked for a sign of life. */
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

  /** A turn later it holds so many requests. @throws where it does not */
  async holds(count: number): Promise<void> {
    await turn();
    assert.equal(this.held.length, count, `${this.id} holds ${this.held.length} requests, not ${count}`);
  }

  /** Answers the oldest so many of its requests in one message, each with its `value`, after so many ms for all of them. */
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

  /** It dies by itself. */
  die(exit: Exit = { exitCode: null, signal: 'SIGKILL', reason: 'signal' }): void {
    this.isEnded = true;
    this.#events.exit(exit);
  }

  /** The master's end of it; with `isCounted` the master sees how much it has begun. */
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

  /** Of all requests that it was sent it keeps the first so many. */
  #keep(count: number): void {
    this.held.length = Math.min(this.held.length, count - this.#answered);
  }
}

/** The workers of a pool, played by the test. */
export class Players {
  readonly host: Host;
  readonly #started: PlayedWorker[] = [];

  /** With `isCounted` the master sees how many requests each has begun, as it does with a thread. */
  constructor(isCounted: boolean) {
    this.host = (options, events) => {
      const worker = new PlayedWorker(options, events);
      this.#started.push(worker);
      return worker.connect(isCounted);
    };
  }

  /** The first, second, ... worker that was started. @throws where there is none a turn later */
  async worker(number: number): Promise<PlayedWorker> {
    await turn();
    const worker = this.#started[number - 1];
    assert.ok(worker, `${this.#started.length} workers were started, not ${number}`);
    return worker;
  }
}

/** Nothing of a played pool waits for the world: by then it has happened, or it never will. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A pool's only worker is so quick that it may hold so many requests: a power of two. */
export async function widen(pool: AnyPool, worker: PlayedWorker, window: number): Promise<void> {
  // The first answer makes it old: what it prefetches begins anew.
  for (let size = 0.5; size < window; size *= 2) {
    const done = pool.run(echo('quick'));
    await worker.holds(1);
    worker.answer(1, 0.01);
    await done;
  }
  worker.requests.length = 0;
}
