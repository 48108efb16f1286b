import type { WebSocket } from 'ws';
import { type Pool, PoolClosedError, UsageError } from '../actors/index.ts';
import { type InspectedPool, inspectPool, type Watcher } from '../actors/inspection.ts';
import { quoted } from '../actors/tooling.ts';
import type { InspectedFleet } from './fleet/fleet-view.ts';
import { FleetViewers } from './fleet/fleet-viewers.ts';
import type { Subject } from './server/files.ts';
import { InspectorServer, type Language } from './server/server.ts';
import { Viewers } from './server/viewers.ts';

/** Options of `inspect`. */
export interface InspectOptions {
  /** The port of the server on 127.0.0.1; 0 for any free port. 0 to 65535. @default 0 */
  readonly port?: number;
}

/** A pool or a fleet that is shown in browsers. */
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

/** The subject of an inspection while it is shown. */
interface Show {
  /** The number of viewers. */
  readonly size: number;
  add(viewer: WebSocket, language: Language): void;
  /** Looks no more. */
  stop(): void;
}

/**
 * Shows a pool in a browser: a web server on 127.0.0.1 shows its supervisor and its workers as live statecharts. Or shows a fleet:
 * its nodes, each with its workers and a link to its own page. Without viewers it costs nothing. It does not keep the
 * program alive, and closes after the pool has ended, or the fleet was closed.
 *
 * The content of tasks, requests, responses, errors and contexts is never shown. The page has only names
 * (`nameOfTask`), states and counts, and the part of a competence that the kind's `viewOfCompetence` returns.
 *
 * @throws {UsageError} if the first argument is neither a pool nor a fleet, an option is wrong or the port is in use
 * @throws {PoolClosedError} if the pool has ended
 *
 * @example
 * import { inspect } from 'statepool/inspect';
 *
 * const view = await inspect(pool, { port: 8080 });
 * console.log(`open ${view.url}`);
 * await view.viewed();
 */
export async function inspect(shown: AnyPool | InspectedFleet, options: InspectOptions = {}): Promise<Inspection> {
  if (isFleet(shown)) {
    const port = portOf(options);
    return serveShow(port, 'fleet', (_address, onEnd) => new FleetViewers(shown, onEnd));
  }
  const core = inspectPool(shown);
  const port = portOf(options);
  if (shown.actor.getSnapshot().status !== 'active') throw new PoolClosedError();
  return serveShow(port, 'pool', (address, onEnd) => poolShow(core, shown, address, onEnd));
}

/** Serves a page, and hands its viewers to a show until it ends. */
async function serveShow(
  port: number,
  subject: Subject,
  begin: (address: string, onEnd: () => void) => Show,
): Promise<Inspection> {
  let onViewed = () => {};
  const server = await InspectorServer.listen(port, subject, (viewer, language) => {
    show.add(viewer, language);
    onViewed();
  });
  const show = begin(server.url, () => void stop());
  let stopped: Promise<void> | undefined;
  function stop(): Promise<void> {
    show.stop();
    // No viewer can come any more: pending calls of `viewed` must resolve.
    onViewed();
    stopped ??= server.stop();
    return stopped;
  }
  let first: Promise<void> | undefined;
  function viewed(): Promise<void> {
    if (show.size > 0) return Promise.resolve();
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
      return show.size;
    },
    viewed,
    stop,
  };
}

/** Shows a pool until it ends. */
function poolShow(core: InspectedPool, { actor }: AnyPool, address: string, onEnd: () => void): Show {
  const viewers = new Viewers(core, actor);
  const watcher: Watcher = {
    address,
    exited: (seat, exit) => viewers.exited(seat, exit),
    ended() {
      viewers.ended();
      onEnd();
    },
  };
  core.watchers.add(watcher);
  return {
    get size() {
      return viewers.size;
    },
    add: (viewer, language) => viewers.add(viewer, language),
    stop: () => void core.watchers.delete(watcher),
  };
}

function isFleet(shown: unknown): shown is InspectedFleet {
  return typeof (shown as { readonly status?: unknown } | null | undefined)?.status === 'function';
}

function portOf(options: InspectOptions): number {
  for (const name of Object.keys(options)) {
    if (name !== 'port') throw new UsageError(`there is no option ${name}; the one option of inspect is port`);
  }
  const { port = 0 } = options;
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`port is ${quoted(port)}: it must be a whole number from 0 to 65535`);
}
