import { type Pool, PoolClosedError, UsageError } from '../actors/index.ts';
import type { Watcher } from '../actors/inspection.ts';
import { inspectPool } from '../actors/inspection.ts';
import { quoted } from '../actors/tooling.ts';
import { InspectorServer } from './server/server.ts';
import { Viewers } from './server/viewers.ts';

/** Options of `inspect`. */
export interface InspectOptions {
  /** The port of the server on 127.0.0.1; 0 for any free port. 0 to 65535. @default 0 */
  readonly port?: number;
}

/** A pool that is shown in browsers. */
export interface Inspection {
  /** The address to open in a browser. It ends with `#token=`, which gives access. */
  readonly url: string;
  /** The port of the server on 127.0.0.1. */
  readonly port: number;
  /** The number of connected viewers. */
  readonly viewers: number;
  /** Resolves when a viewer connects; keeps the program alive until then. */
  viewed(): Promise<void>;
  /** Disconnects all viewers and closes the server; resolves when it is closed. */
  stop(): Promise<void>;
}

/** A pool of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: the inspector never reads tasks and results.
type AnyPool = Pool<any, any, any, any>;

/**
 * Shows a pool in a browser: a web server on 127.0.0.1 shows its supervisor and its workers as live statecharts.
 * Without viewers it costs nothing. It does not keep the program alive, and closes after the pool has ended.
 *
 * The content of tasks, requests, responses, errors and contexts is never shown. The page has only names
 * (`nameOfTask`), states and counts, and the part of a competence that the kind's `viewOfCompetence` returns.
 *
 * @throws {UsageError} if `pool` is not a pool, an option is wrong or the port is in use
 * @throws {PoolClosedError} if the pool has ended
 *
 * @example
 * import { inspect } from 'statepool/inspect';
 *
 * const view = await inspect(pool, { port: 8080 });
 * console.log(`open ${view.url}`);
 * await view.viewed();
 */
export async function inspect(pool: AnyPool, options: InspectOptions = {}): Promise<Inspection> {
  const core = inspectPool(pool);
  const port = portOf(options);
  const { actor } = pool;
  if (actor.getSnapshot().status !== 'active') throw new PoolClosedError();
  const viewers = new Viewers(core, actor, () => pool.stats);
  let onViewed = () => {};
  const server = await InspectorServer.listen(port, (viewer, language) => {
    viewers.add(viewer, language);
    onViewed();
  });
  const watcher: Watcher = {
    exited: (seat, exit) => viewers.exited(seat, exit),
    ended() {
      viewers.ended();
      void stop();
    },
  };
  core.watchers.add(watcher);
  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    core.watchers.delete(watcher);
    // No viewer can come any more: pending calls of `viewed` must resolve.
    onViewed();
    stopped ??= server.stop();
    return stopped;
  }
  let first: Promise<void> | undefined;
  function viewed(): Promise<void> {
    if (viewers.size > 0) return Promise.resolve();
    first ??= new Promise((resolve) => {
      server.ref(true);
      onViewed = () => {
        server.ref(false);
        first = undefined;
        resolve();
      };
    });
    return first;
  }
  return {
    url: server.url,
    port: server.port,
    get viewers() {
      return viewers.size;
    },
    viewed,
    stop,
  };
}

function portOf(options: InspectOptions): number {
  for (const name of Object.keys(options)) {
    if (name !== 'port') throw new UsageError(`there is no option ${name}; the one option of inspect is port`);
  }
  const { port = 0 } = options;
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`port is ${quoted(port)}: it must be a whole number from 0 to 65535`);
}
