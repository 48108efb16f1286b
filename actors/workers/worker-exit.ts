import type { WorkerExit } from '../../machines/state/pool-state.ts';
import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import { stackOf, warn, warnOf } from '../core/hook-warning.ts';
import type { PoolCore } from '../core/pool-core.ts';
import { decodeError } from '../errors/error-codec.ts';
import type { Connection, HostEvents } from '../hosts/host.ts';
import { Output } from '../observing/output.ts';
import { inNeutralContext } from '../platform/async-context.ts';
import { isMessageToMaster, type MessageToMaster, ToMaster, ToWorker } from '../protocol/messages.ts';
import { judgeExit } from './health.ts';

/** The last words of a worker: its own report of its coming end, as far as it could send one. */
export interface LastWords {
  readonly begun?: number;
  readonly reason?: WorkerExit['reason'];
  readonly cause?: unknown;
}

/** The facts that the master knows about the end. */
interface Known extends LastWords {
  /** The number of requests that the worker had begun; `undefined` if the host does not count. */
  readonly started: number | undefined;
  /** Lower bound: this many of the newest requests were never delivered. */
  readonly unsent: number;
  readonly stderrTail: string;
  /** Is true if the worker performs several requests at a time. */
  readonly isConcurrent: boolean;
}

/** Returns the last words in a message. */
export function lastWordsIn(message: MessageToMaster): LastWords {
  if (message[0] === ToMaster.Exiting) return { begun: message[1] };
  if (message[0] !== ToMaster.Fatal) return {};
  const [, begun, cause] = message;
  return { reason: 'uncaught', cause: decodeError(cause), ...(begun === undefined ? {} : { begun }) };
}

/** Returns the exit of a worker with all known facts. */
export function fullExit(seat: Seat, exit: WorkerExit, known: Known): WorkerExit {
  const { started, unsent, stderrTail, isConcurrent, begun: told, ...lastWords } = known;
  const { held } = seat;
  const isOutOfMemory = exit.reason === 'oom' || /heap out of memory|Cannot allocate memory/.test(stderrTail);
  // The held requests never reached the worker: it had died before, without last words.
  const isUnreached = held.length > 0 && held.length <= unsent;
  // Of several requests that run, any one can be the cause. Of several that run one after the other, only the last one
  // begun can; after an uncaught error not even that is certain.
  const isOneOfMany = held.length > 1 && isConcurrent;
  const last = lastWords.reason === undefined && held.length > 1 && !isOneOfMany ? started : undefined;
  const begun = (isOneOfMany ? undefined : told) ?? (isUnreached ? answeredBy(seat) : last);
  return {
    ...exit,
    ...(begun === undefined ? {} : { begun }),
    ...lastWords,
    ...(started === undefined ? {} : { started }),
    ...(isOutOfMemory ? { reason: 'oom' } : {}),
    stderrTail,
  };
}

/** Reports the exit of a worker that was ready since `readyAt` to the observers of the pool and to its supervisor. */
export function reportExit(core: PoolCore, seat: Seat, exit: WorkerExit, readyAt: number): void {
  core.links.delete(seat);
  for (const watcher of core.watchers) watcher.exited(seat, exit);
  core.counts.died++;
  core.send({ type: 'exited', worker: seat.id, exit, ...judgeExit(core, seat, readyAt) });
}

/**
 * The planned end of one worker: the kind's `end` runs in it, for at most `endGrace`, and then the worker is killed.
 * Problems of `end` are emitted as warnings: no task is to blame, and none can take the error.
 */
export class PlannedEnd {
  readonly #core: PoolCore;
  readonly #worker: string;
  readonly #connection: Connection;
  readonly #timer: NodeJS.Timeout;

  /** Begins the end of a worker that has completed its start, and whose kind has an `end`. */
  constructor(core: PoolCore, worker: string, connection: Connection) {
    this.#core = core;
    this.#worker = worker;
    this.#connection = connection;
    this.#timer = core.timers.after(core.options.endGrace, () => this.#giveUp(), 'pool');
    connection.close?.();
    inNeutralContext(() => connection.send([ToWorker.End]));
  }

  /** Kills the worker if this message reports that its `end` is over. */
  receive(message: MessageToMaster): void {
    if (message[0] !== ToMaster.Ended) return;
    if (message[1] !== undefined) warn(this.#core, 'end', decodeError(message[1]));
    this.cut();
    this.#connection.kill();
  }

  /** Ends the grace: the worker is killed, or has exited. */
  cut(): void {
    this.#core.timers.clear(this.#timer);
  }

  /** Handles the exit of the worker. */
  exited({ reason, exitCode, signal, cause }: WorkerExit): void {
    this.cut();
    if (reason === 'killed' || (reason === 'exit' && exitCode === 0)) return;
    // The error may be older than `end`: the master had sent the order when it came.
    const why = cause === undefined ? `${reason} ${signal ?? exitCode ?? ''}`.trimEnd() : stackOf(cause);
    warnOf(this.#core, `worker ${this.#worker} died before its end was over: ${why}`);
  }

  #giveUp(): void {
    const { endGrace } = this.#core.options;
    warnOf(
      this.#core,
      `the end of worker ${this.#worker} took longer than its endGrace of ${endGrace} ms: it is killed`,
    );
    this.#connection.kill();
  }
}

/** Returns whether a worker that has said this hello runs a kind's `end` before it is killed on purpose. */
export function runsEnd(core: PoolCore, hello: MessageToMaster | undefined): boolean {
  return hello?.[0] === ToMaster.Hello && hello[4] === true && core.options.endGrace > 0;
}

/** Begins the planned end of a spare, as `BeginEnd` says. Its output goes where workers' output goes. */
export function endSpare(
  core: PoolCore,
  id: string,
  connection: Connection,
  hello: MessageToMaster | undefined,
): HostEvents | undefined {
  if (!runsEnd(core, hello)) return undefined;
  const output = new Output(id, core.sinks, (error, name) => warn(core, name, error));
  const end = new PlannedEnd(core, id, connection);
  return {
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
  };
}
