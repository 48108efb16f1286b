import { type Pool, PoolClosedError, UsageError } from '../actors/index.ts';
import type { Watcher } from '../actors/inspection.ts';
import { inspectPool } from '../actors/inspection.ts';
import { quoted } from '../actors/tooling.ts';
import { InspectorServer } from './server/server.ts';
import { Viewers } from './server/viewers.ts';

/** Options of `inspect`. */
export interface InspectOptions {
  /** Where the server listens, on 127.0.0.1; 0: on any port that is free. 0 to 65535. @default 0 */
  readonly port?: number;
}

/** A pool that is open to view. */
export interface Inspection {
  /** What to open in a browser: it ends with `#token=`, which lets its opener in. */
  readonly url: string;
  /** The port of 127.0.0.1 where the server listens. */
  readonly port: number;
  /** The number of browsers that look just now. */
  readonly viewers: number;
  /** Resolves when somebody looks; keeps the program alive until then. */
  viewed(): Promise<void>;
  /** Shows everybody out and closes the server; resolves when it is closed. */
  stop(): Promise<void>;
}

/** A pool of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: tasks and results of the pool are what is never looked at.
type AnyPool = Pool<any, any, any, any>;

/**
 * Opens a pool to view: a web server on 127.0.0.1 shows its supervisor and its workers as living statecharts. It costs
 * nothing while nobody looks, does not keep the program alive, and closes when the pool has ended.
 *
 * What tasks, requests, responses, errors and contexts contain is never shown: only names (`nameOfTask`), states, counts,
 * and of a competence what the kind's `viewOfCompetence` answers.
 *
 * @throws {UsageError} where `pool` is none, an option is wrong or the port is in use
 * @throws {PoolClosedError} where the pool has ended
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
  const viewers = new Viewers(core, actor);
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
    // Whoever waits for a viewer waits in vain.
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
