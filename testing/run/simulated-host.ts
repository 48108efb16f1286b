import type { Connection, Host } from '../../actors/tooling.ts';
import { inlineHost } from '../../actors/tooling.ts';

/** Workers without a process or thread of their own that can die all the same: what the pool is told is what it would be told. */
export class SimulatedHost {
  readonly #deaths = new Map<string, () => void>();

  /** Starts a worker. */
  readonly start: Host = (options, events): Connection => {
    let isDead = false;
    const connection = inlineHost(options, {
      ...events,
      exit: (exit) => events.exit(isDead ? { ...exit, signal: 'SIGKILL', reason: 'signal' } : exit),
    });
    this.#deaths.set(options.workerId, () => {
      isDead = true;
      connection.kill();
    });
    return connection;
  };

  /** Ends a worker as a SIGKILL from outside would. */
  die(worker: string): void {
    this.#deaths.get(worker)?.();
  }
}
