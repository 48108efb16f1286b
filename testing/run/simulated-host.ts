import type { Connection, Host } from '../../actors/tooling.ts';
import { inlineHost } from '../../actors/tooling.ts';

/**
 * Workers without a process or thread of their own that can still die. The pool gets the same events as from a real
 * death.
 */
export class SimulatedHost {
  readonly #deaths = new Map<string, () => void>();

  /** Starts a worker. */
  readonly start: Host = (options, events): Connection => {
    let isDead = false;
    const connection = inlineHost(options, {
      ...events,
      // No real worker exits while the microtasks of the caller still run.
      exit: (exit) => setImmediate(() => events.exit(isDead ? { ...exit, signal: 'SIGKILL', reason: 'signal' } : exit)),
    });
    this.#deaths.set(options.workerId, () => {
      isDead = true;
      connection.kill();
    });
    return connection;
  };

  /** Ends a worker, as an outside SIGKILL does. */
  die(worker: string): void {
    this.#deaths.get(worker)?.();
  }
}
