import { leastOf, type WorkerExit } from '../../machines/state/pool-state.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { processHost } from '../hosts/process.ts';
import { threadHost } from '../hosts/thread.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { type MessageToMaster, ToMaster } from '../protocol/messages.ts';
import { type Origin, startWorker } from './start-worker.ts';

/**
 * Begins the planned end of a spare with this id and connection, which has said this hello. Returns the owner of its events
 * from now on; `undefined` if it is to be killed at once.
 */
export type BeginEnd = (
  id: string,
  connection: Connection,
  hello: MessageToMaster | undefined,
) => HostEvents | undefined;

/** A started worker that has no seat yet. Its events are kept for the link that takes it. */
class Spare {
  connection: Connection | undefined;
  readonly #exited: (spare: Spare) => void;
  #kept: ((owner: HostEvents) => void)[] = [];
  #owner: HostEvents | undefined;
  #hello: MessageToMaster | undefined;
  #isOver = false;

  constructor(exited: (spare: Spare) => void) {
    this.#exited = exited;
  }

  readonly events: HostEvents = {
    message: (message) => {
      if (message?.[0] === ToMaster.Hello) this.#hello ??= message;
      this.#pass((owner) => owner.message(message));
    },
    output: (stream, text) => this.#pass((owner) => owner.output(stream, text)),
    exit: (exit: WorkerExit) => {
      this.#pass((owner) => owner.exit(exit));
      this.#exited(this);
    },
  };

  /** Passes all events to `owner` from now on; first the kept ones, once `owner` has its connection. */
  giveTo(owner: HostEvents): void {
    queueMicrotask(() => {
      const kept = this.#kept;
      this.#kept = [];
      this.#owner = owner;
      for (const event of kept) event(owner);
    });
  }

  kill(): void {
    this.#isOver = true;
    this.connection?.kill();
  }

  /** Ends it on purpose: `begin` begins that, if the kind's `end` is to run first. */
  retire(id: string, begin: BeginEnd): void {
    if (this.#isOver) return;
    const owner = this.connection === undefined ? undefined : begin(id, this.connection, this.#hello);
    if (owner === undefined) return this.kill();
    this.#isOver = true;
    this.giveTo(owner);
  }

  #pass(event: (owner: HostEvents) => void): void {
    if (this.#owner === undefined) this.#kept.push(event);
    else event(this.#owner);
  }
}

/**
 * The workers that were started in advance, so that the end of a worker costs no start. A spare has no seat: it takes
 * no task and does not count for `size` until it takes the place of a worker whose process has exited. Their number
 * never exceeds the requested one.
 */
export class Spares {
  readonly #origin: Origin;
  /** The spares that can be taken, the oldest first. */
  readonly #waiting: Spare[] = [];
  readonly #living = new Set<Spare>();
  /** Prevents recursion: the kind's extraEnv may ask for more spares while one starts. */
  #isFilling = false;
  #end: Deferred | undefined;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /**
   * Starts spares until `count` of them wait. One that fails is not replaced: the next worker that is needed reports
   * the cause.
   */
  fill(count: number): void {
    const { host } = this.#origin.options;
    // A custom host may need the worker's id at its start.
    if (this.#isOver || this.#isFilling || (host !== processHost && host !== threadHost)) return;
    this.#isFilling = true;
    try {
      while (this.#waiting.length < count && this.#start());
    } finally {
      this.#isFilling = false;
    }
  }

  /** Starts a spare; returns false if no more are to be started. */
  #start(): boolean {
    const spare = new Spare((gone) => this.#exited(gone));
    try {
      spare.connection = startWorker(this.#origin, this.#id, spare.events);
    } catch {
      return false;
    }
    spare.connection.ref(false);
    this.#living.add(spare);
    // The kind's extraEnv may have ended the pool.
    if (this.#isOver) spare.kill();
    else this.#waiting.push(spare);
    return !this.#isOver;
  }

  /** Takes the oldest spare and passes its events to `owner`. Returns its connection; `undefined` if no spare waits. */
  take(owner: HostEvents): Connection | undefined {
    const spare = this.#waiting.shift();
    if (spare === undefined) return undefined;
    this.#living.delete(spare);
    spare.giveTo(owner);
    return spare.connection;
  }

  /**
   * Ends all spares at once, or on purpose if `begin` is given: it begins the planned end of one. Ends also those at once
   * that end on purpose already. Resolves when the last one has exited, for every caller.
   */
  end(begin?: BeginEnd): Promise<void> {
    this.#end ??= deferred();
    this.#waiting.length = 0;
    for (const spare of this.#living) {
      spare.connection?.ref(true);
      if (begin === undefined) spare.kill();
      else spare.retire(this.#id, begin);
    }
    if (this.#living.size === 0) this.#end.resolve();
    return this.#end.promise;
  }

  /** The id of every spare until it has a place. */
  get #id(): string {
    return `${this.#origin.kind.name}:spare`;
  }

  get #isOver(): boolean {
    return this.#end !== undefined;
  }

  #exited(spare: Spare): void {
    const index = this.#waiting.indexOf(spare);
    if (index >= 0) this.#waiting.splice(index, 1);
    this.#living.delete(spare);
    if (this.#living.size === 0) this.#end?.resolve();
  }
}

/** Starts the first workers of a pool, as many as it keeps. */
export function startFirst(origin: Origin): Spares {
  const spares = new Spares(origin);
  inNeutralContext(() => spares.fill(leastOf(origin.options)));
  return spares;
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function deferred(): Deferred {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
