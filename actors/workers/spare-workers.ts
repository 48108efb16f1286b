import type { WorkerExit } from '../../machines/state/pool-state.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { processHost } from '../hosts/process.ts';
import { threadHost } from '../hosts/thread.ts';
import { queueMicrotask } from '../platform/platform.ts';
import { startWorker } from './start-worker.ts';

/** A worker that was started and has no seat yet; what it says meanwhile is kept for the one who takes it. */
class Spare {
  connection: Connection | undefined;
  readonly #exited: (spare: Spare) => void;
  #said: ((events: HostEvents) => void)[] = [];
  #owner: HostEvents | undefined;

  constructor(exited: (spare: Spare) => void) {
    this.#exited = exited;
  }

  readonly events: HostEvents = {
    message: (message) => this.#tell((owner) => owner.message(message)),
    output: (stream, text) => this.#tell((owner) => owner.output(stream, text)),
    exit: (exit: WorkerExit) => {
      this.#tell((owner) => owner.exit(exit));
      this.#exited(this);
    },
  };

  /** From now on `owner` hears of it; first, when it has its connection, of all that was said before. */
  giveTo(owner: HostEvents): void {
    queueMicrotask(() => {
      const said = this.#said;
      this.#said = [];
      this.#owner = owner;
      for (const tell of said) tell(owner);
    });
  }

  #tell(tell: (owner: HostEvents) => void): void {
    if (this.#owner === undefined) this.#said.push(tell);
    else tell(this.#owner);
  }
}

/**
 * Workers that were started before a slot is empty, so that a worker that ends costs no start. They have no seat: they take no
 * task and count for no size until they take the place of a worker whose process has exited. Never more than asked for.
 */
export class Spares {
  readonly #core: PoolCore;
  /** Ready to be taken, the oldest first. */
  readonly #waiting: Spare[] = [];
  readonly #living = new Set<Spare>();
  /** The kind's extraEnv may ask for more while one starts. */
  #isFilling = false;
  #end: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(core: PoolCore) {
    this.#core = core;
  }

  /** Starts workers until so many wait. One that fails is not replaced: the next that is really needed tells why. */
  fill(count: number): void {
    const { host } = this.#core.options;
    // A host of somebody else's may want to know the worker's id at its start.
    if (this.#isOver || this.#isFilling || (host !== processHost && host !== threadHost)) return;
    this.#isFilling = true;
    try {
      while (this.#waiting.length < count && this.#start());
    } finally {
      this.#isFilling = false;
    }
  }

  /** Starts one; false where no more are to be started. */
  #start(): boolean {
    const spare = new Spare((gone) => this.#exited(gone));
    try {
      spare.connection = startWorker(this.#core, `${this.#core.kind.name}:spare`, spare.events);
    } catch {
      return false;
    }
    spare.connection.ref(false);
    this.#living.add(spare);
    // The kind's extraEnv may have ended the pool.
    if (this.#isOver) spare.connection.kill();
    else this.#waiting.push(spare);
    return !this.#isOver;
  }

  /** The connection of a worker that was started already, whose events go to `owner` from now on. */
  take(owner: HostEvents): Connection | undefined {
    const spare = this.#waiting.shift();
    if (spare === undefined) return undefined;
    this.#living.delete(spare);
    spare.giveTo(owner);
    return spare.connection;
  }

  /** Ends them all; resolves when the last has exited, for everyone who asks. */
  end(): Promise<void> {
    if (this.#end !== undefined) return this.#end.promise;
    let resolve = () => {};
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#end = { promise, resolve };
    this.#waiting.length = 0;
    for (const { connection } of this.#living) {
      connection?.ref(true);
      connection?.kill();
    }
    if (this.#living.size === 0) resolve();
    return promise;
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
