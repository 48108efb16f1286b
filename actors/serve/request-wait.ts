import { performanceNow } from '../platform/platform.ts';
import { AdaptivePause } from '../protocol/adaptive-pause.ts';
import type { MessageToWorker } from '../protocol/messages.ts';
import type { Port } from './port.ts';

/** The time after which a worker returns to its event loop while requests keep coming, in ms. A wait may add to it. */
export const TURN = 5;

/**
 * The longest time that a thread waits for the next request before it returns to its event loop, in ms. A sleep of less
 * than a tick of the system's clock, which is 4 ms on most Linux systems, costs more: it sets a timer of its own.
 */
const POLL = 5;

/**
 * Both times for a thread whose event loop only waits for the master, in ms. They have an end because Node does not say
 * all: it leaves out timers and sockets without a reference, and some work of its thread pool.
 */
const LONG_TURN = 250;
const LONG_POLL = 50;

/**
 * Waits for the next request after a thread has answered: this wakes the thread sooner than its event loop does, and for
 * less processor time. The thread sleeps meanwhile. It returns in time for other work of the kind's code in the event
 * loop.
 */
export class RequestWait {
  readonly #port: Port;
  readonly #pause = new AdaptivePause();
  #since = 0;
  #turn = TURN;
  /** Is true if the last wait has found something to do. */
  wasUseful = false;

  constructor(port: Port) {
    this.#port = port;
  }

  /** Returns whether to wait this time. Waits that were in vain are left out for a while. */
  begin(): boolean {
    if (!this.#pause.isDue()) return false;
    this.#since = performanceNow();
    return true;
  }

  /** Waits. `isBlocked`: the next request is here, and also its permission to begin ends the wait. */
  next(isBlocked: boolean): MessageToWorker | undefined {
    const isLong = this.#port.isAlone?.() === true;
    this.#turn = isLong ? LONG_TURN : TURN;
    const message = this.#port.next?.(isLong ? LONG_POLL : POLL, isBlocked);
    this.wasUseful = message !== undefined || (isBlocked && this.#port.isAllowed?.() === true);
    this.#pause.ended(this.wasUseful);
    return message;
  }

  /** Returns whether to wait again before the event loop has its turn. */
  isDue(): boolean {
    return performanceNow() - this.#since < this.#turn && this.#pause.isDue();
  }
}
