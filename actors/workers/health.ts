import { answeredBy, type Seat } from '../../machines/state/seat.ts';
import type { PoolCore } from '../core/pool-core.ts';
import type { Connection } from '../hosts/host.ts';
import { performanceNow, setImmediate } from '../platform/platform.ts';
import { ToWorker } from '../protocol/messages.ts';

const MEGABYTE = 2 ** 20;

/** How a worker bears its life: whether it still answers, and whether it has served long enough. */
export class Health {
  readonly #core: PoolCore;
  readonly #seat: Seat;
  readonly #connection: Connection;
  readonly #born = performanceNow();
  /** What it said last that it holds. In bytes. */
  #memory = 0;
  /** Nothing has come from it since it was last asked. */
  #isAwaited = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(core: PoolCore, seat: Seat, connection: Connection) {
    this.#core = core;
    this.#seat = seat;
    this.#connection = connection;
  }

  /** Whether it must say how much memory it holds, with each answer. */
  static isMeasured(core: PoolCore): boolean {
    return core.options.recycle.memory !== Number.POSITIVE_INFINITY;
  }

  /** It has said how much memory it holds. In bytes. */
  measured(bytes: number): void {
    this.#memory = bytes;
  }

  /** It has served as many tasks, holds as much memory or is as old as the pool allows: it ends with its next verdict. */
  get isWorn(): boolean {
    const { tasks, memory, age } = this.#core.options.recycle;
    if (answeredBy(this.#seat) >= tasks || this.#memory > memory * MEGABYTE) return true;
    return age !== Number.POSITIVE_INFINITY && performanceNow() - this.#born >= age;
  }

  /** Asks it again and again whether it still answers, once it has started; ends it where it does not. */
  start(): void {
    const { heartbeat } = this.#core.options;
    if (heartbeat === Number.POSITIVE_INFINITY) return;
    let due = performanceNow() + heartbeat;
    this.#timer = this.#core.timers.every(heartbeat, () => {
      const now = performanceNow();
      // A master that was itself asleep or busy for long cannot tell who else was.
      if (now - due > heartbeat / 2) this.#isAwaited = false;
      due = now + heartbeat;
      // An answer that lies in the channel counts: it gets a turn to be read.
      setImmediate(() => this.#ask());
    });
  }

  /** Something has come from it. */
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

/** A worker has died by itself: whether that happens too often. */
export function countDeath({ deaths, options: { restart } }: PoolCore): boolean {
  if (restart.intensity === Number.POSITIVE_INFINITY) return false;
  const now = performanceNow();
  while (deaths.length > 0 && now - (deaths[0] as number) > restart.window) deaths.shift();
  return deaths.push(now) > restart.intensity;
}
