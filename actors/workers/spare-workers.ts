import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { warn } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { processHost } from '../hosts/process.ts';
import { threadHost } from '../hosts/thread.ts';
import { Output } from '../observing/output.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { isMessageToMaster, type MessageToMaster, ToMaster } from '../protocol/messages.ts';
import { startWorker } from './start-worker.ts';
import { PlannedEnd, runsEnd } from './worker-exit.ts';

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

  /** Ends it on purpose: the kind's `end` runs first if the spare has started. Its output goes where workers' goes. */
  retire(core: PoolCore, id: string): void {
    if (this.#isOver) return;
    if (this.connection === undefined || !runsEnd(core, this.#hello)) return this.kill();
    this.#isOver = true;
    const output = new Output(id, core.sinks, (error, name) => warn(core, name, error));
    const end = new PlannedEnd(core, id, this.connection);
    this.giveTo({
      message(message) {
        if (!isMessageToMaster(message)) return;
        if (message[0] === ToMaster.Output) output.write(message[1], message[2]);
        else end.receive(message);
      },
      output: (stream, text) => output.write(stream, text),
      exit(exit) {
        output.end();
        end.exited(exit);
      },
    });
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
  readonly #core: PoolCore;
  /** The spares that can be taken, the oldest first. */
  readonly #waiting: Spare[] = [];
  readonly #living = new Set<Spare>();
  /** Prevents recursion: the kind's extraEnv may ask for more spares while one starts. */
  #isFilling = false;
  #end: Deferred | undefined;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /**
   * Starts spares until `count` of them wait. One that fails is not replaced: the next worker that is needed reports
   * the cause.
   */
  fill(count: number): void {
    const { host } = this.#core.options;
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
      spare.connection = startWorker(this.#core, this.#id, spare.events);
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
   * Ends all spares, on purpose (`retire`) or at once (`kill`), also those that end on purpose already. Resolves when
   * the last one has exited, for every caller.
   */
  end(way: 'retire' | 'kill'): Promise<void> {
    this.#end ??= deferred();
    this.#waiting.length = 0;
    for (const spare of this.#living) {
      spare.connection?.ref(true);
      if (way === 'kill') spare.kill();
      else spare.retire(this.#core, this.#id);
    }
    if (this.#living.size === 0) this.#end.resolve();
    return this.#end.promise;
  }

  /** The id of every spare until it has a place. */
  get #id(): string {
    return `${this.#core.kind.name}:spare`;
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
