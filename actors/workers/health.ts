import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection } from '../hosts/host.ts';
import { performanceNow, setImmediate } from '../platform/platform.ts';
import { ToWorker } from '../protocol/messages.ts';

const MEGABYTE = 2 ** 20;

/** Checks whether a worker still answers, and whether it has reached a limit of `recycle`. */
export class Health {
  readonly #core: PoolCore;
  readonly #seat: Seat;
  readonly #connection: Connection;
  readonly #born = performanceNow();
  /** The memory that the worker last reported. In bytes. */
  #memory = 0;
  /** Is true if no message has come from the worker since the last ping. */
  #isAwaited = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(core: PoolCore, seat: Seat, connection: Connection) {
    this.#core = core;
    this.#seat = seat;
    this.#connection = connection;
  }

  /** Returns whether workers must report their memory with each answer. */
  static isMeasured(core: PoolCore): boolean {
    return core.options.recycle.memory !== Number.POSITIVE_INFINITY;
  }

  /** Records the memory that the worker has reported. In bytes. */
  measured(bytes: number): void {
    this.#memory = bytes;
  }

  /** Is true once the worker has reached a limit on its tasks, memory or age: it ends with its next verdict. */
  get isWorn(): boolean {
    const { tasks, memory, age } = this.#core.options.recycle;
    if (answeredBy(this.#seat) >= tasks || this.#memory > memory * MEGABYTE) return true;
    return age !== Number.POSITIVE_INFINITY && performanceNow() - this.#born >= age;
  }

  /** Pings a started worker at each interval of `heartbeat`, and kills it if it does not answer. */
  start(): void {
    const { heartbeat } = this.#core.options;
    if (heartbeat === Number.POSITIVE_INFINITY) return;
    let due = performanceNow() + heartbeat;
    this.#timer = this.#core.timers.every(heartbeat, () => {
      const now = performanceNow();
      // If the master itself was asleep or busy for long, the silence of a worker proves nothing.
      if (now - due > heartbeat / 2) this.#isAwaited = false;
      due = now + heartbeat;
      // An answer may still wait in the channel: one turn of the event loop lets the master read it.
      setImmediate(() => this.#ask());
    });
  }

  /** Records that a message has come from the worker. */
  heard(): void {
    this.#isAwaited = false;
  }

  end(): void {
    this.#core.timers.clear(this.#timer);
    this.#timer = undefined;
  }

  #ask(): void {
    if (this.#timer === undefined) return;
    if (this.#isAwaited) return this.#connection.kill('unresponsive');
    this.#isAwaited = true;
    this.#connection.send([ToWorker.Ping]);
  }
}

/**
 * Judges the exit of a worker that was ready since `readyAt`: whether workers die too often, and whether this one died
 * so early that its start has failed. Counts it if it died by itself.
 */
export function judgeExit(core: PoolCore, seat: Seat, readyAt: number): { isTooOften: boolean; isEarly: boolean } {
  const isByItself = !seat.isExpected && seat.hasStarted;
  const isTooOften = isByItself && countDeath(core);
  const isYoung = performanceNow() - readyAt < core.options.restart.settle;
  return { isTooOften, isEarly: isByItself && seat.tasks === 0 && isYoung };
}

/** Counts a worker that has died by itself, and returns whether this happens too often. */
function countDeath({ deaths, options: { restart } }: PoolCore): boolean {
  if (restart.intensity === Number.POSITIVE_INFINITY) return false;
  const now = performanceNow();
  while (deaths.length > 0 && now - (deaths[0] as number) > restart.window) deaths.shift();
  return deaths.push(now) > restart.intensity;
}
